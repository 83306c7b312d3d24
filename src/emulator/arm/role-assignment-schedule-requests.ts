import { mayDo } from '../access.ts';
import type { ActivationDraft, DeactivationDraft } from '../activation-draft.ts';
import { admitActivation, admitDeactivation, checkRequester } from '../activation.ts';
import { hasApproval, mayDecide } from '../approvals.ts';
import { activity, recordActivity } from '../audit.ts';
import { guidFrom, isGuid } from '../guid.ts';
import { bodyMembers, invalidContent } from '../incoming.ts';
import { pimError } from '../pim-error.ts';
import { endActivation, provision } from '../provisioning.ts';
import { badRequest, ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Scope } from '../scopes.ts';
import { tenantRoot } from '../scopes.ts';
import type { ScheduleRequest } from '../state.ts';
import { nameOf, pimVersions, provider, requireRead } from './call.ts';
import type { ArmCall, ArmOperation } from './call.ts';
import { listAtScope } from './listing.ts';
import { parseScheduleRequest } from './schedule-request-body.ts';
import { scheduleRequestResource } from './schedule-request-resource.ts';

const type = 'roleAssignmentScheduleRequests';

export const roleAssignmentScheduleRequests: readonly ArmOperation[] = [
  { method: 'PUT', path: `${type}/{name}`, apiVersions: pimVersions, handle: create },
  { method: 'POST', path: `${type}/{name}/validate`, apiVersions: pimVersions, handle: validate },
  { method: 'POST', path: `${type}/{name}/cancel`, apiVersions: pimVersions, handle: cancel },
  { method: 'GET', path: `${type}/{name}`, apiVersions: pimVersions, handle: get },
  { method: 'GET', path: type, apiVersions: pimVersions, handle: list },
];

/** Answers 201. The order of the checks is PIM's: body, name, requester, then what activation.ts looks at. */
function create(call: ArmCall): Reply {
  const name = requestName(call);
  const draft = parseScheduleRequest(bodyMembers(call.incoming.body), call.scope);
  if (call.state.requests.has(name)) {
    throw pimError.requestExists(name);
  }
  checkRequester(call, draft, call.caller);
  const request = draft.requestType === 'SelfActivate' ? activate(call, name, draft) : deactivate(call, name, draft);
  return { status: 201, body: toResource(call, request) };
}

/** Answers 200 and keeps nothing: `Granted`, or `PendingEvaluation` where somebody would have to approve. */
function validate(call: ArmCall): Reply {
  const name = requestName(call);
  const draft = parseScheduleRequest(bodyMembers(call.incoming.body), call.scope);
  checkRequester(call, draft, call.caller);
  if (draft.requestType === 'SelfDeactivate') {
    admitDeactivation(call, call.scope, draft);
    return ok(scheduleRequestResource(call, call.scope, newDeactivation(call, name, draft), 'Granted'));
  }
  const request = newActivation(call, name, draft);
  const outcome = request.approval === null ? 'Granted' : 'PendingEvaluation';
  // What is only looked at has no approval that anybody could open.
  return ok(scheduleRequestResource(call, call.scope, { ...request, approval: null }, outcome));
}

/** Takes back what nobody has decided, or what has not begun. Answers 200 without a body. */
function cancel(call: ArmCall): Reply {
  const request = requestAt(call);
  const action = `${provider}/${type}/cancel/action`;
  if (request.requestorId !== call.caller.id && !mayDo(call, call.caller.id, action, call.scope)) {
    throw pimError.authorizationFailed(call.caller.id, action, call.scope.id);
  }
  if (request.status !== 'PendingApproval' && request.status !== 'Granted') {
    throw badRequest(`A request that is ${request.status} cannot be canceled.`);
  }
  request.status = 'Canceled';
  recordActivity(call, activity.canceled, request, call.caller.id);
  return { status: 200 };
}

function get(call: ArmCall): Reply {
  const request = requestAt(call);
  const own = request.principalId === call.caller.id || request.requestorId === call.caller.id;
  if (!own && !isWaitingFor(call, request)) {
    requireRead(call, type, call.scope);
  }
  return ok(toResource(call, request));
}

function list(call: ArmCall): Reply {
  return listAtScope(call, {
    type,
    items: [...call.state.requests.values()].filter((request) => request.createdAt <= call.visibleUntil),
    scopeOf: (request) => scopeOf(call, request),
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
    toResource: (request) => toResource(call, request),
  });
}

function activate(call: ArmCall, name: string, draft: ActivationDraft): ScheduleRequest {
  const request = newActivation(call, name, draft);
  call.state.requests.set(name, request);
  recordActivity(call, activity.requested, request, call.caller.id);
  if (request.approval === null) {
    provision(call, request, call.caller.id);
  } else {
    recordActivity(call, activity.approvalRequested, request, call.caller.id);
  }
  return request;
}

function deactivate(call: ArmCall, name: string, draft: DeactivationDraft): ScheduleRequest {
  const running = admitDeactivation(call, call.scope, draft);
  const request = newDeactivation(call, name, draft);
  call.state.requests.set(name, request);
  recordActivity(call, activity.deactivateRequested, request, call.caller.id);
  endActivation(call, running);
  recordActivity(call, activity.deactivated, request, call.caller.id);
  return request;
}

function newActivation(call: ArmCall, name: string, draft: ActivationDraft): ScheduleRequest {
  const { eligibility, policy, startAt } = admitActivation(call, call.scope, draft, call.caller);
  return {
    ...newRequest(call, name, draft),
    schedule: { startAt, expiration: draft.expiration },
    eligibilityName: eligibility.name,
    approval: policy.approval ? { stageName: guidFrom('stage', name), approverIds: policy.approverIds, decision: null } : null,
    status: 'PendingApproval',
  };
}

function newDeactivation(call: ArmCall, name: string, draft: DeactivationDraft): ScheduleRequest {
  return { ...newRequest(call, name, draft), schedule: null, eligibilityName: null, approval: null, status: 'Revoked' };
}

type Unsettled = Omit<ScheduleRequest, 'schedule' | 'eligibilityName' | 'approval' | 'status'>;

function newRequest(call: ArmCall, name: string, draft: ActivationDraft | DeactivationDraft): Unsettled {
  const { requestType, principalId, role, justification, ticket } = draft;
  const common = { scopeId: call.scope.id, roleId: role.id, requestorId: call.caller.id, createdAt: call.now };
  return { ...common, name, requestType, principalId, justification, ticket };
}

function requestName(call: ArmCall): string {
  const name = nameOf(call, 'name');
  if (!isGuid(name)) {
    throw invalidContent('the name of a request must be a GUID');
  }
  return name;
}

/** The request that the path names, at its own scope. */
function requestAt(call: ArmCall): ScheduleRequest {
  const name = nameOf(call, 'name');
  const request = call.state.requests.get(name);
  if (request === undefined || request.scopeId !== call.scope.id) {
    throw pimError.notFound(type, name);
  }
  return request;
}

function isWaitingFor(call: ArmCall, request: ScheduleRequest): boolean {
  return hasApproval(request) && mayDecide(call, request, call.caller);
}

function scopeOf(call: ArmCall, request: ScheduleRequest): Scope {
  return call.tenant.scopes.find(request.scopeId) ?? tenantRoot;
}

function toResource(call: ArmCall, request: ScheduleRequest): object {
  return scheduleRequestResource(call, scopeOf(call, request), request, request.status);
}
