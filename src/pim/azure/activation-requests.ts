/** Activation requests by their GUID: sent once, and read back whenever what became of one is not certain. */
import type { RoleAssignmentScheduleRequest } from '@azure/arm-authorization';
import { activationState } from '../activation-status.ts';
import { activationRequest } from './azure-answers.ts';
import type { ArmClient } from '../http/azure-client.ts';
import { PimError } from '../errors.ts';
import type { PimErrorCode } from '../errors.ts';
import type { ActivationDraft, ActivationRequest, Role, Scope } from '../model.ts';
import { lastSegment, roleDefinitionIdAt, sameScope, sdkScope } from '../scope.ts';
import { toPimError } from '../http/to-pim-error.ts';

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A request to be made: enough to tell whether what is found under its GUID is the same. */
interface Intent {
  readonly requestId: string;
  readonly action: 'activate' | 'deactivate';
  readonly personId: string;
  readonly role: Role;
  readonly scope: Scope;
}

export function sendActivation(client: ArmClient, personId: string, requestId: string, draft: ActivationDraft): Promise<ActivationRequest> {
  const { role, scope, ticket } = draft;
  return submit(client, { action: 'activate', requestId, personId, role, scope }, {
    requestType: 'SelfActivate',
    linkedRoleEligibilityScheduleId: draft.eligibilityScheduleId,
    justification: draft.justification,
    // No start: PIM takes its own "now". Ours may differ, and a start ahead of PIM's clock would be a schedule.
    scheduleInfo: { expiration: { type: 'AfterDuration', duration: `PT${draft.minutes}M` } },
    ...(ticket === null ? {} : { ticketInfo: { ticketNumber: ticket.number, ticketSystem: ticket.system } }),
  });
}

export function sendDeactivation(client: ArmClient, personId: string, requestId: string, target: { role: Role; scope: Scope }): Promise<ActivationRequest> {
  return submit(client, { action: 'deactivate', requestId, personId, ...target }, { requestType: 'SelfDeactivate' });
}

async function submit(client: ArmClient, intent: Intent, more: RoleAssignmentScheduleRequest): Promise<ActivationRequest> {
  const { requestId, scope, role, personId } = intent;
  requireGuid(requestId);
  const body = { principalId: personId, roleDefinitionId: roleDefinitionIdAt(role.definitionId, scope), ...more };
  const limit = client.limit();
  try {
    return activationRequest(await client.call('write', (options) =>
      client.sdk.roleAssignmentScheduleRequests.create(sdkScope(scope), requestId, body, options), limit));
  } catch (error) {
    return await readBack(client, intent, toPimError(error, 'write'), limit);
  }
}

/** Refusals that our own request causes when it is sent a second time, because the first one arrived. */
const causedByARepeat: ReadonlySet<PimErrorCode> = new Set(['requestNameTaken', 'alreadyActive', 'alreadyRequested', 'notActive']);

/**
 * Looks under the GUID before a failure is believed. Found and ours: that is the answer. Found and another's:
 * `requestNameTaken`. A failure that left the outcome open stays `outcomeUnknown` when nothing is found: the request may
 * yet arrive.
 */
async function readBack(client: ArmClient, intent: Intent, failure: PimError, limit: AbortSignal): Promise<ActivationRequest> {
  const conflict = causedByARepeat.has(failure.code) || failure.details.status === 409;
  if (!conflict && failure.effect === 'none') throw failure;
  const found = await readRequest(client, intent.requestId, intent.scope, limit).catch((unread: unknown) => {
    throw failure.effect === 'unknown' || failure.code === 'requestNameTaken' ? outcomeUnknown(failure, unread) : failure;
  });
  // PIM that knows the name but does not find the request is not up to date with itself.
  if (found === null) throw failure.effect === 'unknown' || failure.code === 'requestNameTaken' ? outcomeUnknown(failure) : failure;
  if (!isSame(found, intent)) throw new PimError('requestNameTaken', 'another request has this GUID', { cause: failure });
  return found;
}

function isSame(found: ActivationRequest, intent: Intent): boolean {
  return found.action === intent.action
    && found.requester.id.toLowerCase() === intent.personId.toLowerCase()
    && lastSegment(found.role.definitionId).toLowerCase() === lastSegment(intent.role.definitionId).toLowerCase()
    && sameScope(found.scope.id, intent.scope.id);
}

function outcomeUnknown(failure: PimError, unread?: unknown): PimError {
  if (failure.code === 'outcomeUnknown') return failure;
  return new PimError('outcomeUnknown', failure.message, { ...failure.details, cause: unread ?? failure });
}

/** `null` when PIM has no request of that GUID at that scope. */
export async function readRequest(client: ArmClient, requestId: string, scope: Scope, limit?: AbortSignal): Promise<ActivationRequest | null> {
  requireGuid(requestId);
  try {
    return activationRequest(await client.call('read', (options) =>
      client.sdk.roleAssignmentScheduleRequests.get(sdkScope(scope), requestId, options), limit));
  } catch (error) {
    if (error instanceof PimError && error.code === 'notFound') return null;
    throw error;
  }
}

/** Answers of the service that say nothing about the request: reading it back would not tell more. */
const aboutTheCaller: ReadonlySet<PimErrorCode> = new Set(['signInRequired', 'stepUpRequired', 'throttled', 'unavailable', 'notFound']);

/**
 * Takes a request back. Taking it back again succeeds; one that was decided meanwhile is `alreadyDecided`.
 */
export async function cancelRequest(client: ArmClient, requestId: string, scope: Scope): Promise<void> {
  requireGuid(requestId);
  const limit = client.limit();
  try {
    await client.call('write', (options) => client.sdk.roleAssignmentScheduleRequests.cancel(sdkScope(scope), requestId, options), limit);
  } catch (error) {
    const failure = toPimError(error, 'write');
    if (aboutTheCaller.has(failure.code)) throw failure;
    const found = await readRequest(client, requestId, scope, limit).catch(() => null);
    requireWithdrawn(found, failure);
  }
}

function requireWithdrawn(found: ActivationRequest | null, failure: PimError): void {
  const state = found === null ? 'submitting' : activationState(found.pimStatus, { start: null, end: null }, found.createdAt);
  if (state === 'withdrawn') return;
  if (state !== 'pending' && state !== 'submitting') throw new PimError('alreadyDecided', 'the request was decided', { cause: failure });
  throw failure.effect === 'unknown' ? outcomeUnknown(failure) : failure;
}

/** Goes into a URL: nothing but a GUID may. */
function requireGuid(requestId: string): void {
  if (!guid.test(requestId)) throw new PimError('invalidRequest', 'a request is named by a GUID');
}
