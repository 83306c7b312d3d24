import { activationDemands, missingContext } from './activation-demands.ts';
import type { ActivationDemands } from './activation-demands.ts';
import { checkOverlap, checkPending, lengthOf, shortestMs, startOf } from './admission.ts';
import type { Admission } from './admission.ts';
import { findEntitlement } from './eligibilities.ts';
import type { Caller } from './identity.ts';
import { pimError } from './pim-error.ts';
import { failingRules } from './policy-rules.ts';
import { holdingOf } from './request-draft.ts';
import type { RequestDraft } from './request-draft.ts';
import { runningAssignment } from './schedules.ts';
import type { Pim } from './state.ts';
import { missing } from './target-schedule.ts';

/** PIM's checks in PIM's order: eligibility, pending request, overlap, length, policy rules, authentication context. */
export function admitActivation(pim: Pim, draft: RequestDraft, caller: Caller): Admission {
  const { principalId, role, scope, linked } = draft;
  const eligibility = findEntitlement(pim, { principalId, roleId: role.id, scope, linked });
  if (eligibility === undefined) {
    throw pimError.policyFailed(['EligibilityRule']);
  }
  checkPending(pim, draft, ['PendingApproval', 'PendingAdminDecision']);
  checkOverlap(pim, draft);
  const durationMs = lengthOf(pim, draft);
  const demands = activationDemands(pim, role, scope, eligibility);
  checkDemands(demands, draft, durationMs, caller);
  return {
    schedule: { startAt: startOf(pim, draft), expiration: draft.expiration },
    eligibilityName: eligibility.name,
    targetName: null,
    approval: demands.approval,
  };
}

/** What an administrator assigned is for an administrator to take away. */
export function admitDeactivation(pim: Pim, draft: RequestDraft): Admission {
  const running = runningAssignment(pim, holdingOf(draft));
  if (running?.how !== 'Activated') {
    throw missing(pim, draft);
  }
  if (pim.now - running.startAt < (pim.settlingMs ?? 0)) {
    throw pimError.roleAssignmentDoesNotExist();
  }
  if (pim.now - running.startAt < shortestMs) {
    throw pimError.activeDurationTooShort();
  }
  return { schedule: null, eligibilityName: null, targetName: running.name, approval: null };
}

function checkDemands(demands: ActivationDemands, draft: RequestDraft, durationMs: number | null, caller: Caller): void {
  const { justification, ticket } = draft;
  const failed = failingRules(demands.maximumMs, demands, { durationMs, justification, ticket, amr: caller.amr });
  if (failed.length > 0) {
    throw pimError.policyFailed(failed);
  }
  const context = missingContext(demands, caller.acrs);
  if (context !== null) {
    throw pimError.authenticationContextMissing(context);
  }
}
