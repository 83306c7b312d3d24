import { readRequest } from '../bot/follow-activation.ts';
import { nextWatchSeconds, recordProgress } from '../bot/record-progress.ts';
import { recordFailure, sendActivation } from '../bot/send-activation.ts';
import { PimError } from '../pim/errors.ts';
import { findActivation, type Activation } from '../store/activations.ts';
import type { BotParts } from '../bot/parts.ts';

/** Seconds before each further look at an activation that PIM does not know, or cannot be asked about. */
const unsureWatchSeconds = [5, 10, 20, 40, 60, 90] as const;
const longestUnsureWatch = 90;

/**
 * Reads a request back from PIM until its story has ended, and takes what PIM says into our memory. An activation that
 * never arrived is sent again under the same GUID, a few times; then it has failed. While PIM is out of reach nothing is concluded.
 */
export async function watchActivation(parts: BotParts, requestId: string, round: number): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || activation.state === 'draft') return;
  const seen = await look(parts, activation, round);
  const unsure = seen.state === 'submitting';
  const after = unsure ? unsureWatchSeconds[round] ?? longestUnsureWatch : nextWatchSeconds(seen, parts.clock.now());
  if (after === null) return;
  await parts.store.transaction((tx) => parts.jobs.enqueue(tx, 'watch-activation', { requestId, round: unsure ? round + 1 : 0 }, { after }));
}

async function look(parts: BotParts, activation: Activation, round: number): Promise<Activation> {
  try {
    const request = await readRequest(parts, activation);
    if (request !== null) return await recordProgress(parts, activation, request);
    if (activation.state !== 'submitting') return activation;
    if (round < unsureWatchSeconds.length) return await sendActivation(parts, await parts.signIn.pimOf(activation.person.id), activation);
    return await recordFailure(parts, activation, new PimError('unavailable', 'PIM has no record of the request.'));
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
    parts.log.warn({ error, code: error.code, requestId: activation.requestId }, 'PIM could not be asked about a request');
    return activation;
  }
}
