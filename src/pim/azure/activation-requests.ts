/** A person's own activations: sent, tried out, taken back. */
import { randomUUID } from 'node:crypto';
import { activationRequest } from './azure-answers.ts';
import type { ArmClient } from '../http/azure-client.ts';
import type { ActivationDraft, ActivationRequest, Role, Scope } from '../model.ts';
import { findRequest, requestBody, submit, ticketDetails } from './schedule-requests.ts';
import { requireGuid } from '../guid.ts';
import type { Intent, RequestDetails } from './schedule-requests.ts';
import { settleCancellation, validationOutcome } from '../request-outcome.ts';
import { sdkScope } from '../scope.ts';
import { toPimError } from '../http/to-pim-error.ts';

export function sendActivation(client: ArmClient, personId: string, requestId: string, draft: ActivationDraft): Promise<ActivationRequest> {
  return submit(client, { ...activationIntent(personId, draft), requestId }, activationDetails(draft));
}

function activationIntent(personId: string, { role, scope }: ActivationDraft): Omit<Intent, 'requestId'> {
  return { side: 'active', requestType: 'SelfActivate', principalId: personId, role, scope };
}

function activationDetails({ eligibilityScheduleId, justification, start, minutes, ticket }: ActivationDraft): RequestDetails {
  return {
    ...(eligibilityScheduleId === '' ? {} : { linkedRoleEligibilityScheduleId: eligibilityScheduleId }),
    justification,
    // No start where there is none: PIM takes its own "now". Ours may differ, and a start ahead of PIM's clock would be a schedule.
    scheduleInfo: { ...(start === null ? {} : { startDateTime: start }), expiration: { type: 'AfterDuration', duration: `PT${minutes}M` } },
    ...ticketDetails(ticket),
  };
}

export function sendDeactivation(client: ArmClient, personId: string, requestId: string, target: { role: Role; scope: Scope }): Promise<ActivationRequest> {
  return submit(client, { side: 'active', requestType: 'SelfDeactivate', principalId: personId, requestId, ...target }, {});
}

/**
 * What PIM would make of an activation. The GUID goes no further than this call: nothing is stored under it, so nothing
 * is left open when no answer comes.
 */
export async function validateActivation(client: ArmClient, personId: string, draft: ActivationDraft): Promise<'granted' | 'needsApproval'> {
  const body = requestBody(activationIntent(personId, draft), activationDetails(draft));
  const { pimStatus } = activationRequest(await client.call('read', (options) =>
    client.sdk.roleAssignmentScheduleRequests.validate(sdkScope(draft.scope), randomUUID(), body, options)));
  return validationOutcome(pimStatus);
}

/** `null` when PIM has no request of that GUID at that scope. */
export async function readRequest(client: ArmClient, requestId: string, scope: Scope, limit?: AbortSignal): Promise<ActivationRequest | null> {
  const found = await findRequest(client, { side: 'active', requestId, scope }, limit);
  return found?.request ?? null;
}

/** Takes a request back. Taking it back again succeeds; one that was decided meanwhile is `alreadyDecided`. */
export async function cancelRequest(client: ArmClient, requestId: string, scope: Scope): Promise<void> {
  requireGuid(requestId);
  const limit = client.limit();
  try {
    await client.call('write', (options) => client.sdk.roleAssignmentScheduleRequests.cancel(sdkScope(scope), requestId, options), limit);
  } catch (error) {
    await settleCancellation(toPimError(error, 'write'), () => readRequest(client, requestId, scope, limit));
  }
}
