import { randomUUID } from 'node:crypto';
import { admitActivation, admitDeactivation } from './activation.ts';
import { admitAssignment, admitChange, admitRemoval, admitRenewal } from './admin-requests.ts';
import { mayAdminister, requireAdministrator } from './administration.ts';
import type { Admission } from './admission.ts';
import { recordStep } from './audit.ts';
import { guidFrom } from './guid.ts';
import { placeOf } from './holding.ts';
import type { Caller } from './identity.ts';
import { invalidContent } from './incoming.ts';
import { isLocked } from './locks.ts';
import { pimError } from './pim-error.ts';
import { changeWindow, endAssignment, endEligibility, provision, settle } from './provisioning.ts';
import { badRequest } from './reply.ts';
import type { RequestDraft } from './request-draft.ts';
import { admitExtension, admitSelfRenewal } from './self-extension.ts';
import { requestsOf } from './schedules.ts';
import type { Pim, RequestStatus, RequestType, ScheduleRequest } from './state.ts';
import { findPrincipal } from './tenant.ts';

/**
 * Takes a request of any type on either side, and does at once what can be done at once. The order of the checks is
 * PIM's: name, who asks, then what the type of the request demands. Throws `Refusal`.
 */
export function submitRequest(pim: Pim, draft: RequestDraft, caller: Caller): ScheduleRequest {
  if (draft.name !== null && pim.state.requests.has(draft.name)) {
    throw pimError.requestExists(draft.name);
  }
  const request = judge(pim, draft, caller);
  pim.state.requests.set(request.name, request);
  recordStep(pim, 'requested', request, caller.id);
  carryOut(pim, request, caller.id);
  return request;
}

/**
 * Judges a request and keeps nothing. The answer's status is `Granted`, `PendingApproval` where somebody would have to
 * approve, or `PendingAdminDecision`; it has no approval that anybody could open. Throws `Refusal`.
 */
export function validateRequest(pim: Pim, draft: RequestDraft, caller: Caller): ScheduleRequest {
  const request = judge(pim, draft, caller);
  const status: RequestStatus = isWaitingForAdministrator(request.requestType) ? 'PendingAdminDecision' : request.approval === null ? 'Granted' : 'PendingApproval';
  return { ...request, approval: null, status };
}

const cancelable: readonly RequestStatus[] = ['PendingApproval', 'PendingAdminDecision', 'Granted'];

/** Takes back what nobody has decided, or what has not begun; for who asked for it, and for administrators. Throws `Refusal`. */
export function cancelRequest(pim: Pim, request: ScheduleRequest, caller: Caller): void {
  const { scope } = placeOf(pim, request);
  if (request.requestorId !== caller.id && !mayAdminister(pim, caller, scope, request.side)) {
    const action = `Microsoft.Authorization/role${request.side === 'assignment' ? 'Assignment' : 'Eligibility'}ScheduleRequests/cancel/action`;
    throw scope.kind === 'azure' ? pimError.authorizationFailed(caller.id, action, request.scopeId) : pimError.requestDenied();
  }
  if (!cancelable.includes(request.status)) {
    throw badRequest(`A request that is ${request.status} cannot be canceled.`);
  }
  settle(pim, request, 'Canceled');
  recordStep(pim, 'canceled', request, caller.id);
}

function judge(pim: Pim, draft: RequestDraft, caller: Caller): ScheduleRequest {
  if (draft.side === 'eligibility' && (draft.requestType === 'SelfActivate' || draft.requestType === 'SelfDeactivate')) {
    throw invalidContent(`'requestType' ${draft.requestType} is for active assignments, not for eligibilities`);
  }
  checkRequester(pim, draft, caller);
  const request = newRequest(pim, draft, caller, admit(pim, draft, caller));
  if (takesEffectNow(pim, request) && isLocked(pim, request)) {
    throw pimError.resourceIsLocked(request.scopeId);
  }
  return request;
}

/** Nobody has to decide on it, and it is not for later: those meet the lock when their time has come. */
function takesEffectNow(pim: Pim, { requestType, approval, schedule }: ScheduleRequest): boolean {
  return approval === null && !isWaitingForAdministrator(requestType) && (schedule === null || schedule.startAt <= pim.now);
}

function isWaitingForAdministrator(requestType: RequestType): boolean {
  return requestType === 'SelfExtend' || requestType === 'SelfRenew';
}

/** People ask for themselves, administrators for anybody. */
function checkRequester(pim: Pim, draft: RequestDraft, caller: Caller): void {
  const isAdministration = draft.requestType.startsWith('Admin');
  if (isAdministration) {
    requireAdministrator(pim, caller, draft.scope, draft.side);
  }
  if (findPrincipal(pim.tenant, draft.principalId) === undefined) {
    throw pimError.subjectNotFound(draft.principalId);
  }
  if (!isAdministration && (caller.kind !== 'user' || caller.id !== draft.principalId)) {
    throw draft.scope.kind === 'azure' ? pimError.insufficientPermissions(caller.id) : pimError.requestDenied();
  }
}

function admit(pim: Pim, draft: RequestDraft, caller: Caller): Admission {
  switch (draft.requestType) {
    case 'SelfActivate':
      return admitActivation(pim, draft, caller);
    case 'SelfDeactivate':
      return admitDeactivation(pim, draft);
    case 'SelfExtend':
      return admitExtension(pim, draft);
    case 'SelfRenew':
      return admitSelfRenewal(pim, draft);
    case 'AdminAssign':
      return admitAssignment(pim, draft, caller);
    case 'AdminUpdate':
    case 'AdminExtend':
      return admitChange(pim, draft, caller);
    case 'AdminRenew':
      return admitRenewal(pim, draft, caller);
    case 'AdminRemove':
      return admitRemoval(pim, draft);
  }
}

function newRequest(pim: Pim, draft: RequestDraft, caller: Caller, admission: Admission): ScheduleRequest {
  const name = draft.name ?? randomUUID();
  const { side, requestType, principalId, role, scope, justification, ticket, condition, customData } = draft;
  const { schedule, eligibilityName, targetName, approval } = admission;
  return {
    name,
    side,
    requestType,
    scopeId: scope.id,
    roleId: role.id,
    principalId,
    requestorId: caller.id,
    createdAt: pim.now,
    justification,
    ticket,
    condition,
    customData,
    schedule,
    eligibilityName,
    targetName: targetName ?? name,
    approval: approval === null ? null : { ...approval, stageName: guidFrom('stage', name), decision: null },
    status: 'Granted',
    completedAt: null,
  };
}

function carryOut(pim: Pim, request: ScheduleRequest, actor: string): void {
  switch (request.requestType) {
    case 'SelfActivate':
      activate(pim, request, actor);
      return;
    case 'SelfExtend':
    case 'SelfRenew':
      request.status = 'PendingAdminDecision';
      return;
    case 'AdminAssign':
    case 'AdminRenew':
      answerWaiting(pim, request, 'Provisioned', actor);
      provision(pim, request, actor);
      return;
    case 'AdminUpdate':
    case 'AdminExtend':
      answerWaiting(pim, request, 'Provisioned', actor);
      changeWindow(pim, request, actor);
      return;
    case 'AdminRemove':
      answerWaiting(pim, request, 'Denied', actor);
      end(pim, request, actor);
      return;
    case 'SelfDeactivate':
      end(pim, request, actor);
  }
}

function activate(pim: Pim, request: ScheduleRequest, actor: string): void {
  if (request.approval === null) {
    provision(pim, request, actor);
    return;
  }
  request.status = 'PendingApproval';
  recordStep(pim, 'approvalRequested', request, actor);
}

function end(pim: Pim, request: ScheduleRequest, actor: string): void {
  const assignment = pim.state.assignments.get(request.targetName);
  const eligibility = pim.state.eligibilities.get(request.targetName);
  recordStep(pim, 'completed', request, actor);
  if (assignment !== undefined) {
    endAssignment(pim, assignment);
  } else if (eligibility !== undefined) {
    endEligibility(pim, eligibility);
  }
  settle(pim, request, 'Revoked');
}

/** What an administrator does to a holding answers whoever asked for its extension or renewal. */
function answerWaiting(pim: Pim, request: ScheduleRequest, status: 'Provisioned' | 'Denied', actor: string): void {
  for (const waiting of requestsOf(pim, request.side, request)) {
    if (waiting.status === 'PendingAdminDecision') {
      settle(pim, waiting, status);
      recordStep(pim, status === 'Provisioned' ? 'approved' : 'denied', waiting, actor);
    }
  }
}
