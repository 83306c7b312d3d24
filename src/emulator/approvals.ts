import { activationDemands } from './activation-demands.ts';
import { mayAdminister } from './administration.ts';
import { recordStep } from './audit.ts';
import { transitiveMembers } from './directory.ts';
import { placeOf } from './holding.ts';
import type { Caller } from './identity.ts';
import { pimError } from './pim-error.ts';
import { provision, settle } from './provisioning.ts';
import type { Approval, Decision, Pim, ScheduleRequest } from './state.ts';

/** A request that waits, or waited, for an approver. */
export interface RequestWithApproval extends ScheduleRequest {
  readonly approval: Approval;
}

export function hasApproval(request: ScheduleRequest): request is RequestWithApproval {
  return request.approval !== null;
}

/** As the settings say now; where they ask for no approval any more, or the eligibility has ended, as they said then. */
function namedApprovers(pim: Pim, request: RequestWithApproval): readonly string[] {
  const { role, scope } = placeOf(pim, request);
  const eligibility = pim.state.eligibilities.get(request.eligibilityName ?? '');
  const now = eligibility === undefined ? null : activationDemands(pim, role, scope, eligibility).approval;
  return (now ?? request.approval).approverIds;
}

/** People who may decide at this moment: groups are expanded now. */
function currentApprovers(pim: Pim, approverIds: readonly string[]): ReadonlySet<string> {
  const ids = approverIds.flatMap((id) => (pim.tenant.groups.has(id) ? transitiveMembers(pim, id) : [id]));
  return new Set(ids.filter((id) => pim.tenant.people.has(id)));
}

/**
 * Whether this caller may decide: a person among the current approvers, or, where the settings name none, one who may
 * administer the role. Nobody decides on their own request, and an application on none.
 */
export function mayDecide(pim: Pim, request: RequestWithApproval, caller: Caller): boolean {
  const { principalId, requestorId } = request;
  if (caller.kind !== 'user' || caller.id === principalId || caller.id === requestorId) {
    return false;
  }
  const approverIds = namedApprovers(pim, request);
  if (approverIds.length > 0) {
    return currentApprovers(pim, approverIds).has(caller.id);
  }
  return mayAdminister(pim, caller, placeOf(pim, request).scope);
}

/** Records the one decision of a request. Throws `Refusal`: not an approver, no reason given, already over. */
export function decide(
  pim: Pim,
  request: RequestWithApproval,
  caller: Caller,
  verdict: Pick<Decision, 'result' | 'justification'>,
): void {
  if (!mayDecide(pim, request, caller)) {
    throw notAnApprover(pim, request, caller);
  }
  if (request.status !== 'PendingApproval') {
    throw pimError.approvalClosed();
  }
  if (request.approval.isJustificationRequired && verdict.justification.trim() === '') {
    throw pimError.policyFailed(['JustificationRule']);
  }
  request.approval.decision = { ...verdict, approverId: caller.id, decidedAt: pim.now };
  if (verdict.result === 'Deny') {
    settle(pim, request, 'Denied');
    recordStep(pim, 'denied', request, caller.id);
    return;
  }
  recordStep(pim, 'approved', request, caller.id);
  provision(pim, request, caller.id);
}

/** Of the one stage. A request that was taken back, or that nobody decided in time, has an expired one. */
export function stageStatus({ approval, status }: RequestWithApproval): 'InProgress' | 'Completed' | 'Expired' {
  if (approval.decision !== null) {
    return 'Completed';
  }
  return status === 'PendingApproval' ? 'InProgress' : 'Expired';
}

function notAnApprover(pim: Pim, request: RequestWithApproval, caller: Caller): Error {
  const action = 'Microsoft.Authorization/roleAssignmentApprovals/stages/write';
  return placeOf(pim, request).scope.kind === 'azure'
    ? pimError.authorizationFailed(caller.id, action, request.scopeId)
    : pimError.requestDenied();
}
