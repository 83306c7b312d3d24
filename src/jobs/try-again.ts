import type { Delivery } from '../bot/messenger.ts';
import type { BotParts } from '../bot/parts.ts';
import { pauseSeconds } from '../pim/errors.ts';
import type { UnreadableApprover } from '../pim/pim.ts';
import { RetryLater, type JobRun } from '../store/job-queue.ts';

/** Work that PIM has stopped begins again after the pause that PIM has named, where it has named one. */
export async function againAfterPause({ log }: BotParts, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const seconds = pauseSeconds(error);
    if (seconds === 0) throw error;
    log.warn({ error, seconds }, 'PIM wants not to be asked for a while');
    throw new RetryLater(seconds);
  }
}

/** Before a list of approvers that could not be read is read again. */
export const unreadAgainSeconds = 60;

/** However long it has been so. */
const longestUnreadSeconds = 15 * 60;

/**
 * Where a part of a list of approvers may be read later.
 * @param waited for how many seconds that has been so: the next look is after as many more
 * @throws {RetryLater} after the pause that the directory has named, a minute at least
 */
export function againIfUnread(unreadable: readonly UnreadableApprover[], waited: number): void {
  if (!unreadable.some(({ passing }) => passing)) return;
  const pause = Math.max(unreadAgainSeconds, Math.min(Math.ceil(waited), longestUnreadSeconds));
  throw new RetryLater(Math.max(pause, ...unreadable.map(({ pauseSeconds: named = 0 }) => named)));
}

/** Seconds since a time; 0 where it has not come. */
export function secondsSince(time: Date | null, now: Date): number {
  return time === null ? 0 : Math.max(0, (now.getTime() - time.getTime()) / 1_000);
}

/**
 * For a message that Teams has not taken: a busy Teams is asked again after the time it names; a message that may have
 * arrived is sent once more and then given up, because a second copy confuses and a third annoys.
 */
export async function sendAgainOrGiveUp(delivery: Delivery, run: JobRun, giveUp: () => Promise<void>): Promise<void> {
  if (delivery.outcome === 'throttled') throw new RetryLater(delivery.retryAfterSeconds);
  if (run.attempt > 1) return giveUp();
  throw new Error('Teams did not say whether a message arrived.');
}

/**
 * For a message that nobody is told of if it cannot be sent: tried as above, and noted.
 *
 * @param what could not be done, for the log
 * @returns whether it was sent
 */
export async function sentOrNoted(parts: BotParts, delivery: Delivery, run: JobRun, { what, ...about }: { readonly what: string; readonly [about: string]: string }): Promise<boolean> {
  if (delivery.outcome === 'throttled' || delivery.outcome === 'unknown') await sendAgainOrGiveUp(delivery, run, () => Promise.resolve());
  else if (delivery.outcome !== 'sent') parts.log.warn({ delivery, ...about }, what);
  return delivery.outcome === 'sent';
}

/** For a change to a message: changing it twice does no harm, so it is tried until the queue gives up. */
export function updateAgain(delivery: Delivery): never {
  if (delivery.outcome === 'throttled') throw new RetryLater(delivery.retryAfterSeconds);
  throw new Error('Teams did not say whether a card was changed.');
}
