import type { Delivery } from '../bot/messenger.ts';
import { RetryLater, type JobRun } from '../store/job-queue.ts';

/**
 * For a message that Teams has not taken: a busy Teams is asked again after the time it names; a message that may have
 * arrived is sent once more and then given up, because a second copy confuses and a third annoys.
 */
export async function sendAgainOrGiveUp(delivery: Delivery, run: JobRun, giveUp: () => Promise<void>): Promise<void> {
  if (delivery.outcome === 'throttled') throw new RetryLater(delivery.retryAfterSeconds);
  if (run.attempt > 1) return giveUp();
  throw new Error('Teams did not say whether a message arrived.');
}

/** For a change to a message: changing it twice does no harm, so it is tried until the queue gives up. */
export function updateAgain(delivery: Delivery): never {
  if (delivery.outcome === 'throttled') throw new RetryLater(delivery.retryAfterSeconds);
  throw new Error('Teams did not say whether a card was changed.');
}
