import { checkOverlap, checkPending, lengthOf, startOf } from './admission.ts';
import type { Admission } from './admission.ts';
import { badRequest } from './reply.ts';
import type { RequestDraft } from './request-draft.ts';
import { existingSchedule, formerSchedule } from './target-schedule.ts';
import type { Pim } from './state.ts';

/** Asks for a later end of one's own time-bound assignment or eligibility. An administrator's `AdminExtend` is the answer. */
export function admitExtension(pim: Pim, draft: RequestDraft): Admission {
  const { name, endAt } = existingSchedule(pim, draft, 'Assigned');
  checkPending(pim, draft, ['PendingAdminDecision']);
  if (endAt === null) {
    throw badRequest('What is permanent cannot be extended.');
  }
  return waiting(pim, draft, name);
}

/** Asks for one's own assignment or eligibility again, once it has ended. An administrator's `AdminRenew` is the answer. */
export function admitSelfRenewal(pim: Pim, draft: RequestDraft): Admission {
  const { name } = formerSchedule(pim, draft);
  checkPending(pim, draft, ['PendingAdminDecision']);
  checkOverlap(pim, draft);
  return waiting(pim, draft, name);
}

/** The rules of the policy are for the administrator who decides; only the length is looked at. */
function waiting(pim: Pim, draft: RequestDraft, targetName: string): Admission {
  lengthOf(pim, draft);
  const schedule = { startAt: startOf(pim, draft), expiration: draft.expiration };
  return { schedule, eligibilityName: null, targetName, approval: null };
}
