import { hasApproval, mayDecide } from '../approvals.ts';
import { isGuid, lastSegment } from '../guid.ts';
import { placeOf } from '../holding.ts';
import { bodyMembers, invalidContent } from '../incoming.ts';
import { isNoticed } from '../lag.ts';
import { pimError } from '../pim-error.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { RequestDraft } from '../request-draft.ts';
import type { ScheduleRequest, Side } from '../state.ts';
import { cancelRequest, submitRequest, validateRequest } from '../submit-request.ts';
import { nameOf, pimVersions, requireRead } from './call.ts';
import type { ArmCall, ArmOperation } from './call.ts';
import { listAtScope } from './listing.ts';
import { parseScheduleRequest } from './schedule-request-body.ts';
import { scheduleRequestResource } from './schedule-request-resource.ts';
import { instanceName, scheduleTypes } from './schedule-types.ts';
import { shownInstances } from '../shown-schedules.ts';

/** `roleAssignmentScheduleRequests` and `roleEligibilityScheduleRequests`: the same five operations for all nine request types. */
export const scheduleRequests: readonly ArmOperation[] = [...operationsOf('assignment'), ...operationsOf('eligibility')];

function operationsOf(side: Side): readonly ArmOperation[] {
  const type = scheduleTypes[side].requests;
  return [
    { method: 'PUT', path: `${type}/{name}`, apiVersions: pimVersions, handle: (call) => create(call, side) },
    { method: 'POST', path: `${type}/{name}/validate`, apiVersions: pimVersions, handle: (call) => validate(call, side) },
    { method: 'POST', path: `${type}/{name}/cancel`, apiVersions: pimVersions, handle: (call) => cancel(call, side) },
    { method: 'GET', path: `${type}/{name}`, apiVersions: pimVersions, handle: (call) => get(call, side) },
    { method: 'GET', path: type, apiVersions: pimVersions, queryOptions: ['$filter'], handle: (call) => list(call, side) },
  ];
}

/** Answers 201. The body is looked at before anything else; `submitRequest` has the order of the other checks. */
function create(call: ArmCall, side: Side): Reply {
  const request = submitRequest(call, draftOf(call, side), call.caller);
  return { status: 201, body: scheduleRequestResource(call, request) };
}

/** Answers 200 and keeps nothing: `Granted`, or `PendingEvaluation` where somebody would have to approve. */
function validate(call: ArmCall, side: Side): Reply {
  const request = validateRequest(call, draftOf(call, side), call.caller);
  return ok(scheduleRequestResource(call, request, request.status === 'PendingApproval' ? 'PendingEvaluation' : request.status));
}

/** Takes back what nobody has decided, or what has not begun. Answers 200 without a body. */
function cancel(call: ArmCall, side: Side): Reply {
  cancelRequest(call, requestAt(call, side), call.caller);
  return { status: 200 };
}

function get(call: ArmCall, side: Side): Reply {
  const request = requestAt(call, side);
  const own = request.principalId === call.caller.id || request.requestorId === call.caller.id;
  if (!own && !isWaitingFor(call, request)) {
    requireRead(call, scheduleTypes[side].requests, call.scope);
  }
  return ok(scheduleRequestResource(call, request));
}

function list(call: ArmCall, side: Side): Reply {
  const requests = [...call.state.requests.values()].filter((request) => request.side === side && placeOf(call, request).role.kind === 'azure');
  return listAtScope(call, {
    readableAs: scheduleTypes[side].requests,
    items: requests.filter((request) => isNoticed(call, request.createdAt)),
    scopeOf: (request) => placeOf(call, request).scope,
    principalOf: (request) => request.principalId,
    ownFunctions: {
      asTarget: (request) => request.principalId === call.caller.id,
      asRequestor: (request) => request.requestorId === call.caller.id,
      asApprover: (request) => request.status === 'PendingApproval' && isWaitingFor(call, request),
    },
    fields: {
      principalId: (request) => request.principalId,
      requestorId: (request) => request.requestorId,
      roleDefinitionId: (request) => request.roleId,
      status: (request) => request.status,
    },
    toResource: (request) => scheduleRequestResource(call, request),
  });
}

function draftOf(call: ArmCall, side: Side): RequestDraft {
  const name = nameOf(call, 'name');
  if (!isGuid(name)) {
    throw invalidContent('the name of a request must be a GUID');
  }
  // What is still being taken down is known by its instance, too.
  const known = { ...call, lagMs: call.settlingMs ?? 0 };
  const scheduleOf = (instanceId: string): string | null =>
    shownInstances(known, side, 'azure').find((shown) => instanceName(side, shown.name) === lastSegment(instanceId))?.name ?? null;
  return parseScheduleRequest(bodyMembers(call.incoming.body), { name, side, scope: call.scope, roles: call.tenant.roles, scheduleOf });
}

/** The request that the path names, at its own scope. */
function requestAt(call: ArmCall, side: Side): ScheduleRequest {
  const name = nameOf(call, 'name');
  const request = call.state.requests.get(name);
  if (request?.side !== side || request.scopeId !== call.scope.id) {
    throw pimError.notFound(scheduleTypes[side].requests, name);
  }
  return request;
}

function isWaitingFor(call: ArmCall, request: ScheduleRequest): boolean {
  return hasApproval(request) && mayDecide(call, request, call.caller);
}
