import { scheduleName } from './guid.ts';
import { pimError } from './pim-error.ts';
import type { Refusal } from './reply.ts';
import { holdingOf } from './request-draft.ts';
import type { RequestDraft } from './request-draft.ts';
import { isOver, schedulesOf, settlingAssignments } from './schedules.ts';
import type { Assignment, Eligibility, Pim } from './state.ts';

/**
 * The assignment or eligibility that a request changes or ends: of its holding, of this moment or to come, and the one
 * that was named, if one was. `Assigned`: an activation does not count. Throws `Refusal`.
 */
export function existingSchedule(pim: Pim, draft: RequestDraft, how: 'Assigned' | 'any'): Assignment | Eligibility {
  const found = candidates(pim, draft).find((entry) => !isOver(entry, pim.now) && (how === 'any' || isAssigned(entry)));
  if (found === undefined) {
    throw missing(pim, draft);
  }
  return found;
}

/** What is not there: an id of what is still being taken down is not valid. */
export function missing(pim: Pim, draft: RequestDraft): Refusal {
  const named = targetName(draft);
  const isSettling = settlingAssignments(pim, draft.side, holdingOf(draft)).some(({ name }) => name === named);
  return isSettling ? pimError.invalidRoleAssignmentId() : pimError.roleAssignmentDoesNotExist();
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
  const named = targetName(draft);
  return schedulesOf(pim, draft.side, holdingOf(draft)).filter((entry) => named === null || entry.name === named);
}

/** `null`: none was named. */
function targetName({ target }: RequestDraft): string | null {
  return target === null || target === '' ? null : scheduleName(target);
}

function isAssigned(entry: Assignment | Eligibility): boolean {
  return !('how' in entry) || entry.how === 'Assigned';
}
