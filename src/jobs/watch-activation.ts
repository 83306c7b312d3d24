import { readRequest } from '../bot/activations/follow-activation.ts';
import type { BotParts } from '../bot/parts.ts';
import { nextWatchSeconds, recordExpiry, recordProgress, recordUnreadEnd } from '../bot/activations/record-progress.ts';
import { recordFailure, resendActivation } from '../bot/activations/send-activation.ts';
import { isFinal, notAtPim } from '../pim/activation-status.ts';
import { PimError, pauseSeconds, type PimErrorCode } from '../pim/errors.ts';
import { findActivation, markStartMissed, type Activation } from '../store/activations.ts';

/** Seconds before each further look at a request that PIM does not know, or cannot be asked about. */
const unsureWatchSeconds = [5, 10, 20, 40, 60, 90] as const;
const longestUnsureWatch = 90;
/** About a day of looking without an answer: then the operator reads it in the log. */
const mostUnsureRounds = 1_000;
const longestResendMs = 5 * 60_000;
const undecidedMs = (24 * 60 + 10) * 60_000;

/** `sure`: PIM has said how the request stands. `pause`: for so many seconds it wants not to be asked again. */
interface Look {
  readonly activation: Activation;
  readonly sure: boolean;
  readonly pause?: number;
}

/**
 * Reads a request back from PIM until its story has ended, and takes what PIM says into our memory. An activation that
 * never arrived is sent again under the same GUID, a few times within minutes; then it has failed. While PIM is out of
 * reach nothing is concluded.
 */
export async function watchActivation(parts: BotParts, requestId: string, round: number): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || notAtPim.has(activation.state) || isFinal(activation.state)) return;
  const seen = await look(parts, activation, round);
  const sure = seen.sure && seen.activation.state !== 'submitting';
  const after = sure ? nextWatchSeconds(seen.activation, parts.clock.now()) : unsureWatchSeconds[round] ?? longestUnsureWatch;
  if (after === null || notAtPim.has(seen.activation.state) || isFinal(seen.activation.state)) return;
  if (round > mostUnsureRounds) {
    parts.log.error({ requestId, state: activation.state }, 'PIM has not said for a day how a request stands: it is not watched any more');
    return;
  }
  await parts.store.transaction(async (tx) => {
    if (await markStartMissed(tx, requestId, parts.clock.now()) !== null) await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
    await parts.jobs.enqueue(tx, 'watch-activation', { requestId, round: sure ? 0 : round + 1 }, { after: Math.max(after, seen.pause ?? 0) });
  });
}

async function look(parts: BotParts, activation: Activation, round: number): Promise<Look> {
  try {
    const request = await readRequest(parts, activation);
    if (request !== null) return { activation: await recordProgress(parts, activation, request), sure: true };
    return { activation: await concludeFromAbsence(parts, activation, round), sure: false };
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
    if (error.code === 'requestNameTaken' && activation.state === 'submitting') return { activation: await recordFailure(parts, activation, error), sure: true };
    if (nobodyMayRead.has(error.code) && hasRunOut(activation, parts.clock.now())) return { activation: await recordExpiry(parts, activation), sure: true };
    if (nobodyMayRead.has(error.code) && isLongUndecided(activation, parts.clock.now())) return { activation: await recordUnreadEnd(parts, activation), sure: true };
    parts.log.warn({ error, code: error.code, requestId: activation.requestId }, 'PIM could not be asked about a request');
    return { activation, sure: false, pause: pauseSeconds(error) };
  }
}

/** Directory roles and groups are read with the requester's token, who may have signed out since: PIM has said beforehand when it ends. */
const nobodyMayRead: ReadonlySet<PimErrorCode> = new Set(['notPermitted', 'signInRequired', 'otherAccount', 'consentRequired', 'stepUpRequired']);

function hasRunOut({ state, endAt }: Activation, now: Date): boolean {
  return (state === 'active' || state === 'scheduled') && endAt !== null && endAt <= now;
}

/** PIM ends what nobody decides within a day; clocks differ. https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-approval-workflow */
function isLongUndecided({ state, submittedAt, createdAt }: Activation, now: Date): boolean {
  return state === 'pending' && now.getTime() - (submittedAt ?? createdAt).getTime() > undecidedMs;
}

/** PIM has no such request: it never arrived, or its scope is gone. */
async function concludeFromAbsence(parts: BotParts, activation: Activation, round: number): Promise<Activation> {
  const now = parts.clock.now();
  if (hasRunOut(activation, now)) return recordExpiry(parts, activation);
  if (activation.state !== 'submitting') return activation;
  if (round < unsureWatchSeconds.length && isRecent(activation, now)) {
    return resendActivation(parts, await parts.signIn.pimOf(activation.person.id), activation);
  }
  return recordFailure(parts, activation, new PimError('unavailable', 'PIM has no record of the request.'));
}

/** A right that nobody waits for any more is not asked for: after a long stop the person decides anew. */
function isRecent({ submittedAt }: Activation, now: Date): boolean {
  return submittedAt !== null && now.getTime() - submittedAt.getTime() < longestResendMs;
}
