import { activity, recordActivity } from './audit.ts';
import { transitiveMembers } from './directory.ts';
import type { Caller } from './identity.ts';
import { pimError } from './pim-error.ts';
import { provision } from './provisioning.ts';
import type { Approval, Decision, Pim, ScheduleRequest } from './state.ts';

/** A request that waits, or waited, for an approver. */
export interface RequestWithApproval extends ScheduleRequest {
  readonly approval: Approval;
}

export function hasApproval(request: ScheduleRequest): request is RequestWithApproval {
  return request.approval !== null;
}

/** People who may decide at this moment: groups are expanded now, and nobody decides on their own request. */
function currentApprovers(pim: Pim, request: RequestWithApproval): ReadonlySet<string> {
  const ids = request.approval.approverIds.flatMap((id) => (pim.tenant.groups.has(id) ? transitiveMembers(pim, id) : [id]));
  return new Set(ids.filter((id) => pim.tenant.people.has(id) && id !== request.principalId && id !== request.requestorId));
}

/** Whether this caller may decide: a person among the current approvers; an application never may. */
export function mayDecide(pim: Pim, request: RequestWithApproval, caller: Caller): boolean {
  return caller.kind === 'user' && currentApprovers(pim, request).has(caller.id);
}

/** Records the one decision of a request. Throws `Refusal`: not an approver, no reason given, already over. */
export function decide(
  pim: Pim,
  request: RequestWithApproval,
  caller: Caller,
  verdict: Pick<Decision, 'result' | 'justification'>,
): void {
  if (!mayDecide(pim, request, caller)) {
    const action = 'Microsoft.Authorization/roleAssignmentApprovals/stages/write';
    throw pimError.authorizationFailed(caller.id, action, request.scopeId);
  }
  if (request.status !== 'PendingApproval') {
    throw pimError.approvalClosed();
  }
  if (verdict.justification.trim() === '') {
    throw pimError.policyFailed(['JustificationRule']);
  }
  request.approval.decision = { ...verdict, approverId: caller.id, decidedAt: pim.now };
  if (verdict.result === 'Deny') {
    request.status = 'Denied';
    recordActivity(pim, activity.denied, request, caller.id);
    return;
  }
  recordActivity(pim, activity.approved, request, caller.id);
  provision(pim, request, caller.id);
}
