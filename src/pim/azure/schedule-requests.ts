/** Requests of either side by their GUID: sent once, and read back whenever what became of one is not certain. */
import type { RoleAssignmentScheduleRequest } from '@azure/arm-authorization';
import { activationRequest, requestTypeOf } from './azure-answers.ts';
import type { ArmClient } from '../http/azure-client.ts';
import { PimError } from '../errors.ts';
import { requireGuid } from '../guid.ts';
import type { ActivationRequest, AssignmentSide, Role, Scope, Ticket } from '../model.ts';
import { mayHaveArrived, outcomeUnknown } from '../request-outcome.ts';
import { lastSegment, roleDefinitionIdAt, sameScope, sdkScope } from '../scope.ts';
import { toPimError } from '../http/to-pim-error.ts';

/** A request to be made: enough to tell whether what is found under its GUID is the same. */
export interface Intent {
  readonly side: AssignmentSide;
  readonly requestId: string;
  readonly requestType: 'SelfActivate' | 'SelfDeactivate' | 'AdminAssign' | 'AdminRemove';
  /** Whose assignment it is about. */
  readonly principalId: string;
  readonly role: Role;
  readonly scope: Scope;
}

/** What a request of some type says beside its intent. */
export type RequestDetails = Pick<RoleAssignmentScheduleRequest, 'justification' | 'linkedRoleEligibilityScheduleId' | 'scheduleInfo' | 'ticketInfo'>;

type RequestBody = RequestDetails & Pick<RoleAssignmentScheduleRequest, 'principalId' | 'requestType' | 'roleDefinitionId'>;

export function requestBody({ principalId, requestType, role, scope }: Omit<Intent, 'requestId' | 'side'>, details: RequestDetails): RequestBody {
  return { principalId, requestType, roleDefinitionId: roleDefinitionIdAt(role.definitionId, scope), ...details };
}

export function ticketDetails(ticket: Ticket | null): Pick<RequestDetails, 'ticketInfo'> {
  return ticket === null ? {} : { ticketInfo: { ticketNumber: ticket.number, ticketSystem: ticket.system } };
}

/** Sends a request under its GUID. Sent again, it reaches the same request, whose present state is the answer. */
export async function submit(client: ArmClient, intent: Intent, details: RequestDetails): Promise<ActivationRequest> {
  const { requestId, scope } = intent;
  requireGuid(requestId);
  const limit = client.limit();
  try {
    return activationRequest(await client.call('write', (options) =>
      requestsOf(client, intent).create(sdkScope(scope), requestId, requestBody(intent, details), options), limit));
  } catch (error) {
    return await readBack(client, intent, toPimError(error, 'write'), limit);
  }
}

function requestsOf({ sdk }: ArmClient, { side }: Pick<Intent, 'side'>): ArmClient['sdk']['roleAssignmentScheduleRequests' | 'roleEligibilityScheduleRequests'] {
  return side === 'active' ? sdk.roleAssignmentScheduleRequests : sdk.roleEligibilityScheduleRequests;
}

/**
 * Looks under the GUID before a failure is believed. Found and ours: that is the answer. Found and another's:
 * `requestNameTaken`. A failure that left the outcome open stays `outcomeUnknown` when nothing is found: the request may
 * yet arrive.
 */
async function readBack(client: ArmClient, intent: Intent, failure: PimError, limit: AbortSignal): Promise<ActivationRequest> {
  if (!mayHaveArrived(failure)) throw failure;
  // PIM that knows the name but does not find the request is not up to date with itself.
  const isOpen = failure.effect === 'unknown' || failure.code === 'requestNameTaken';
  const found = await findRequest(client, intent, limit).catch((unread: unknown) => {
    throw isOpen ? outcomeUnknown(failure, unread) : failure;
  });
  if (found === null) throw isOpen ? outcomeUnknown(failure) : failure;
  if (!isSame(found, intent)) throw new PimError('requestNameTaken', 'another request has this GUID', { cause: failure });
  return found.request;
}

/** What has become of a request of ours; `null` when PIM has none. */
export async function readOwn(client: ArmClient, intent: Intent): Promise<ActivationRequest | null> {
  const found = await findRequest(client, intent);
  if (found !== null && !isSame(found, intent)) throw new PimError('requestNameTaken', 'another request has this GUID');
  return found?.request ?? null;
}

export interface FoundRequest {
  /** In lower case. */
  readonly requestType: string;
  readonly request: ActivationRequest;
}

function isSame({ requestType, request }: FoundRequest, intent: Intent): boolean {
  return requestType === intent.requestType.toLowerCase()
    && request.requester.id.toLowerCase() === intent.principalId.toLowerCase()
    && lastSegment(request.role.definitionId).toLowerCase() === lastSegment(intent.role.definitionId).toLowerCase()
    && sameScope(request.scope.id, intent.scope.id);
}

/** `null` when PIM has no request of that GUID at that scope. */
export async function findRequest(client: ArmClient, wanted: Pick<Intent, 'requestId' | 'scope' | 'side'>, limit?: AbortSignal): Promise<FoundRequest | null> {
  const { requestId, scope } = wanted;
  requireGuid(requestId);
  try {
    const answer = await client.call('read', (options) => requestsOf(client, wanted).get(sdkScope(scope), requestId, options), limit);
    return { requestType: requestTypeOf(answer), request: activationRequest(answer) };
  } catch (error) {
    if (error instanceof PimError && error.code === 'notFound') return null;
    throw error;
  }
}
