import { checkOverlap, checkPending, lengthOf, startOf } from './admission.ts';
import type { Admission } from './admission.ts';
import type { Caller } from './identity.ts';
import { pimError } from './pim-error.ts';
import { policyAt } from './policies.ts';
import { failingRules, longestAssignment } from './policy-rules.ts';
import { existingSchedule, formerSchedule } from './target-schedule.ts';
import type { RequestDraft } from './request-draft.ts';
import type { Pim } from './state.ts';

/** A new assignment or eligibility: nothing of the kind may be there or promised, and the rules for administrators hold. */
export function admitAssignment(pim: Pim, draft: RequestDraft, caller: Caller): Admission {
  checkPending(pim, draft, ['PendingApproval']);
  checkOverlap(pim, draft);
  checkAdminRules(pim, draft, caller);
  return { ...common, schedule: scheduleOf(pim, draft) };
}

/** Another window for what is there. */
export function admitChange(pim: Pim, draft: RequestDraft, caller: Caller): Admission {
  const { name } = existingSchedule(pim, draft, 'Assigned');
  checkOverlap(pim, draft, name);
  checkAdminRules(pim, draft, caller);
  return { ...common, schedule: scheduleOf(pim, draft), targetName: name };
}

/** A new assignment or eligibility in place of one that has ended. */
export function admitRenewal(pim: Pim, draft: RequestDraft, caller: Caller): Admission {
  formerSchedule(pim, draft);
  return admitAssignment(pim, draft, caller);
}

/** An eligibility; or what is active, whether it was assigned or activated. */
export function admitRemoval(pim: Pim, draft: RequestDraft): Admission {
  return { ...common, schedule: null, targetName: existingSchedule(pim, draft, 'any').name };
}

const common: Admission = { schedule: null, eligibilityName: null, targetName: null, approval: null };

function scheduleOf(pim: Pim, draft: RequestDraft): NonNullable<Admission['schedule']> {
  return { startAt: startOf(pim, draft), expiration: draft.expiration };
}

/** All failing rules in one list, as for an activation. */
function checkAdminRules(pim: Pim, draft: RequestDraft, caller: Caller): void {
  const { side, role, scope, justification, ticket } = draft;
  const { expiration, enablement } = policyAt(pim, role, scope)[side];
  const durationMs = lengthOf(pim, draft);
  const failed = failingRules(longestAssignment(expiration), enablement, { durationMs, justification, ticket, amr: caller.amr });
  if (failed.length > 0) {
    throw pimError.policyFailed(failed);
  }
}
