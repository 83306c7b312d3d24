import type { BotParts } from '../bot/parts.ts';
import { isSettled } from '../bot/send-assignment.ts';
import { settleAssignment } from '../bot/settle-assignment.ts';
import { PimError } from '../pim/errors.ts';
import { findAssignmentChange, type AssignmentChange } from '../store/assignment-changes.ts';

/** Seconds before each further look. */
const watchSeconds = [5, 10, 20, 40, 60, 90] as const;
const longestWatchSeconds = 300;
/** Days of looking without an answer: then the operator reads it in the log. */
const mostRounds = 1_000;

/** Settles what an administrator has sent and PIM has not confirmed. While PIM is out of reach nothing is concluded. */
export async function watchAssignment(parts: BotParts, requestId: string, round: number): Promise<void> {
  const change = await findAssignmentChange(parts.store.db, requestId);
  if (change === null || isSettled((await look(parts, change)).state)) return;
  if (round > mostRounds) {
    parts.log.error({ requestId }, 'PIM has not said for days what has become of an assignment: it is not watched any more');
    return;
  }
  const after = watchSeconds[round] ?? longestWatchSeconds;
  await parts.store.transaction((tx) => parts.jobs.enqueue(tx, 'watch-assignment', { requestId, round: round + 1 }, { after }));
}

async function look(parts: BotParts, change: AssignmentChange): Promise<AssignmentChange> {
  try {
    return await settleAssignment(parts, change);
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
    parts.log.warn({ error, code: error.code, requestId: change.requestId }, 'PIM could not be asked about an assignment');
    return change;
  }
}
