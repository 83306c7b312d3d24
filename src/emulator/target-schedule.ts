import { scheduleName } from './guid.ts';
import { pimError } from './pim-error.ts';
import { holdingOf } from './request-draft.ts';
import type { RequestDraft } from './request-draft.ts';
import { isOver, schedulesOf } from './schedules.ts';
import type { Assignment, Eligibility, Pim } from './state.ts';

/**
 * The assignment or eligibility that a request changes or ends: of its holding, of this moment or to come, and the one
 * that was named, if one was. `Assigned`: an activation does not count. Throws `Refusal`.
 */
export function existingSchedule(pim: Pim, draft: RequestDraft, how: 'Assigned' | 'any'): Assignment | Eligibility {
  const found = candidates(pim, draft).find((entry) => !isOver(entry, pim.now) && (how === 'any' || isAssigned(entry)));
  if (found === undefined) {
    throw pimError.roleAssignmentDoesNotExist();
  }
  return found;
}

/** The last one of the holding that has ended; an activation is not renewed. Throws `Refusal`. */
export function formerSchedule(pim: Pim, draft: RequestDraft): Assignment | Eligibility {
  const found = candidates(pim, draft).findLast((entry) => isOver(entry, pim.now) && isAssigned(entry));
  if (found === undefined) {
    throw pimError.roleAssignmentDoesNotExist();
  }
  return found;
}

function candidates(pim: Pim, draft: RequestDraft): readonly (Assignment | Eligibility)[] {
  const named = draft.target === null || draft.target === '' ? null : scheduleName(draft.target);
  return schedulesOf(pim, draft.side, holdingOf(draft)).filter((entry) => named === null || entry.name === named);
}

function isAssigned(entry: Assignment | Eligibility): boolean {
  return !('how' in entry) || entry.how === 'Assigned';
}
