import type { AssignmentReason } from '../../cards/assignment-change.ts';
import { noticeCard } from '../../cards/notice.ts';
import type { Verb } from '../../cards/verbs.ts';
import { longestJustification } from '../../pim/check-activation.ts';
import { endOf } from '../../pim/assignment-change.ts';
import { PimError } from '../../pim/errors.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import { findAssignmentChange, moveAssignmentChange, type AssignmentChange } from '../../store/assignment-changes.ts';
import { beforePim } from '../nothing-sent.ts';
import type { BotParts } from '../parts.ts';
import { refusedOn } from '../problem.ts';
import type { Reply } from '../reply.ts';
import { recordAssignmentAttempt, sendAssignment } from './send-assignment.ts';
import { settleAssignment } from './settle-assignment.ts';
import { showChange, showNewChange } from './show-assignment.ts';
import type { Turn } from '../turn.ts';
import { confirmRemoval } from './unassign.ts';

/**
 * It was meant. Who, which role, where and how long come from what is stored, never from the card (promise 13). The attempt
 * is committed with its watch before PIM is asked; only the click that moves the draft sends it (promise 10).
 */
export async function confirmAssignment(parts: BotParts, turn: Turn, action: Extract<Verb, { verb: 'assignment.confirm' }>): Promise<Reply> {
  const change = await ownChange(parts, turn, action.requestId);
  if ('card' in change) return change;
  if (change.state !== 'draft' || change.version !== action.version) return showChange(parts, turn, change);
  const entered = action.justification?.trim() ?? '';
  const reasons = reasonsAgainst(change, entered, parts.clock.now());
  if (reasons.length > 0) return showChange(parts, turn, change, { entered, reasons });

  const pim = await orPimError(parts.signIn.pimOf(turn.actor.id));
  // The card stays as it was filled in: nothing has been sent.
  if (pim instanceof PimError) return refusedOn(parts, turn, showChange(parts, turn, change, { entered, reasons: [] }), pim);
  const submitted = await beforePim(() => recordAssignmentAttempt(parts, change, entered));
  if (submitted === null) return showChange(parts, turn, await findAssignmentChange(parts.store.db, change.requestId) ?? change);
  return showChange(parts, turn, await sendAssignment(parts, pim.assignments, submitted));
}

/** PIM's log is read by others: whoever assigns says why. */
function reasonsAgainst({ action, start, expiration }: AssignmentChange, justification: string, now: Date): readonly AssignmentReason[] {
  const end = endOf(expiration, start ?? now);
  return [
    ...(action === 'assign' && justification === '' ? ['justificationMissing' as const] : []),
    ...(justification.length > longestJustification ? ['justificationTooLong' as const] : []),
    ...(action === 'assign' && end !== null && end <= now ? ['over' as const] : []),
  ];
}

/** Nothing is sent. Where it was to take something back, that is shown again. */
export async function cancelAssignment(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const change = await ownChange(parts, turn, requestId);
  if ('card' in change) return change;
  const cancelled = await moveAssignmentChange(parts.store.db, requestId, { from: 'draft' }, { state: 'cancelled' });
  const undone = cancelled === null || change.undoes === null ? null : await findAssignmentChange(parts.store.db, change.undoes);
  return showChange(parts, turn, undone ?? cancelled ?? await findAssignmentChange(parts.store.db, requestId) ?? change);
}

/** "Check again": what PIM says about it now. */
export async function checkAssignmentAgain(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const change = await ownChange(parts, turn, requestId);
  if ('card' in change) return change;
  try {
    return showChange(parts, turn, await settleAssignment(parts, change));
  } catch (error) {
    return refusedOn(parts, turn, showChange(parts, turn, change), error);
  }
}

/** "Undo": the card that asks whether what was assigned is to be taken away. */
export async function undoAssignment(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const change = await ownChange(parts, turn, requestId);
  if ('card' in change) return change;
  const canUndo = change.action === 'assign' && (change.state === 'assigned' || change.state === 'scheduled');
  return canUndo ? confirmRemoval(parts, turn, change, { undoes: requestId }) : showChange(parts, turn, change);
}

/** "Try again" after a refusal, or after it was called off: a new card, so a new request. */
export async function repeatAssignment(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const change = await ownChange(parts, turn, requestId);
  if ('card' in change) return change;
  if (change.state !== 'failed' && change.state !== 'cancelled') return showChange(parts, turn, change);
  const { action, side, principal, role, scope, start, expiration, justification, ticket, undoes } = change;
  return showNewChange(parts, turn, { action, side, principal, role, scope, start, expiration, assumed: [], justification, ticket, undoes });
}

/** The change that a card names, if it is this person's; else the card that says so. */
async function ownChange(parts: BotParts, turn: Turn, requestId: string): Promise<AssignmentChange | Reply> {
  const change = await findAssignmentChange(parts.store.db, requestId);
  if (change === null) return { card: noticeCard(turn.reader, { key: 'outOfDate' }) };
  return change.person.id === turn.actor.id ? change : { card: noticeCard(turn.reader, { key: 'notYourCard' }) };
}
