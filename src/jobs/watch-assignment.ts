import type { BotParts } from '../bot/parts.ts';
import { isSettled } from '../bot/assignments/send-assignment.ts';
import { settleAssignment } from '../bot/assignments/settle-assignment.ts';
import { PimError, pauseSeconds } from '../pim/errors.ts';
import { findAssignmentChange, type AssignmentChange } from '../store/assignment-changes.ts';

/** Seconds before each further look. */
const watchSeconds = [5, 10, 20, 40, 60, 90] as const;
const longestWatchSeconds = 300;
/** PIM holds it for somebody's decision. */
const waitingWatchSeconds = 60;
/** Days of looking without an answer: then the operator reads it in the log. */
const mostRounds = 1_000;

/** `sure`: PIM has been asked, and has said something. `pause`: for so many seconds it wants not to be asked again. */
interface Look {
  readonly change: AssignmentChange;
  readonly sure: boolean;
  readonly pause: number;
}

/** Settles what an administrator has sent and PIM has not finished. While PIM is out of reach nothing is concluded. */
export async function watchAssignment(parts: BotParts, requestId: string, round: number): Promise<void> {
  const found = await findAssignmentChange(parts.store.db, requestId);
  if (found === null) return;
  const { change, sure, pause } = await look(parts, found);
  if (isSettled(change.state)) return;
  if (round > mostRounds) {
    parts.log.error({ requestId }, 'PIM has not said for days what has become of an assignment: it is not watched any more');
    return;
  }
  const isHeld = sure && change.state === 'waiting';
  const step = isHeld ? waitingWatchSeconds : watchSeconds[round] ?? longestWatchSeconds;
  await parts.store.transaction((tx) => parts.jobs.enqueue(tx, 'watch-assignment', { requestId, round: isHeld ? 0 : round + 1 }, { after: Math.max(step, pause) }));
}

async function look(parts: BotParts, change: AssignmentChange): Promise<Look> {
  try {
    return { change: await settleAssignment(parts, change), sure: true, pause: 0 };
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
    parts.log.warn({ error, code: error.code, requestId: change.requestId }, 'PIM could not be asked about an assignment');
    return { change, sure: false, pause: pauseSeconds(error) };
  }
}
