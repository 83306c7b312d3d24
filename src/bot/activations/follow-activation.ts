import { notAtPim } from '../../pim/activation-status.ts';
import { noticeCard } from '../../cards/notice.ts';
import { PimError, type PimErrorCode } from '../../pim/errors.ts';
import type { ActivationRequest } from '../../pim/model.ts';
import { findActivation, moveActivation, type Activation } from '../../store/activations.ts';
import { recordAudit } from '../../store/audit-log.ts';
import { cancelStepUps } from '../../store/step-ups.ts';
import { audited } from '../audited.ts';
import type { BotParts } from '../parts.ts';
import { refusedOn } from '../problem.ts';
import { recordProgress } from './record-progress.ts';
import type { Reply } from '../reply.ts';
import { showStatus } from './show-activation.ts';
import type { Turn } from '../turn.ts';

/** "Check again": what PIM says about the request now, or what we do where PIM knows nothing of it. */
export async function checkActivationAgain(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const activation = await ownActivation(parts, turn, requestId);
  if ('card' in activation) return activation;
  if (notAtPim.has(activation.state)) return showStatus(parts, turn, activation);
  const request = await readRequest(parts, activation);
  return showStatus(parts, turn, request === null ? activation : await recordProgress(parts, activation, request));
}

/** The requester takes the request back while nobody has decided, or while it has not begun. */
export async function withdrawActivation(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const activation = await ownActivation(parts, turn, requestId);
  if ('card' in activation) return activation;
  if (activation.state === 'held' || activation.state === 'approved') return showStatus(parts, turn, await recordWithdrawal(parts, turn, activation));
  if (activation.state === 'awaitingStepUp') return withdrawWaiting(parts, turn, activation);
  if (activation.state !== 'pending' && activation.state !== 'scheduled') return showStatus(parts, turn, activation);
  const audit = { actor: turn.actor, action: 'withdraw', requestId, details: {} };
  try {
    const pim = await parts.signIn.pimOf(turn.actor.id);
    await audited(parts, audit, () => pim.cancel(activation));
  } catch (error) {
    const present = await presentState(parts, activation);
    const hasBegun = activation.state === 'scheduled' && present.state === 'active';
    return refusedOn(parts, turn, await showStatus(parts, turn, present), hasBegun ? new PimError('alreadyActive', 'the activation has begun', { cause: error }) : error);
  }
  return showStatus(parts, turn, await recordWithdrawal(parts, turn, activation));
}

/** PIM has nothing to take back, unless an answer of it was lost: then its account counts. */
async function withdrawWaiting(parts: BotParts, turn: Turn, activation: Activation): Promise<Reply> {
  try {
    const request = await readWhereAllowed(parts, activation);
    const now = request === null ? await recordWithdrawal(parts, turn, activation) : await recordProgress(parts, activation, request);
    return await showStatus(parts, turn, now);
  } catch (error) {
    return refusedOn(parts, turn, await showStatus(parts, turn, activation), error);
  }
}

/** Where nobody may read the request, the very sign-in that it waits for included, giving it up is possible all the same. */
async function readWhereAllowed(parts: BotParts, activation: Activation): Promise<ActivationRequest | null> {
  try {
    return await readRequest(parts, activation);
  } catch (error) {
    if (error instanceof PimError && neverReadable.has(error.code)) return null;
    throw error;
  }
}

const neverReadable: ReadonlySet<PimErrorCode> = new Set(['stepUpRequired', 'consentRequired', 'notPermitted']);

async function recordWithdrawal(parts: BotParts, { actor }: Turn, activation: Activation): Promise<Activation> {
  const { requestId, state } = activation;
  return parts.store.transaction(async (tx) => {
    const moved = await moveActivation(tx, requestId, { from: [state] }, { state: 'withdrawn' });
    if (moved === null && notAtPim.has(state)) return await findActivation(tx, requestId) ?? activation;
    if (state === 'awaitingStepUp') await cancelStepUps(tx, { requestId, personId: activation.person.id });
    await recordAudit(tx, { actor, action: 'withdraw', requestId, at: parts.clock.now(), phase: 'outcome', details: { result: 'withdrawn' } });
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
    return moved ?? await findActivation(tx, requestId) ?? activation;
  });
}

/** What PIM says now, or what we know where it does not answer. */
export async function presentState(parts: BotParts, activation: Activation): Promise<Activation> {
  try {
    const request = await readRequest(parts, activation);
    return request === null ? activation : await recordProgress(parts, activation, request);
  } catch (error) {
    if (error instanceof PimError) return activation;
    throw error;
  }
}

/**
 * What PIM says about a request: read with the bot's own identity, or, where that may not read the scope, with the
 * requester's, if there is a token of theirs. `null`: PIM has no such request.
 * @throws {PimError}
 */
export async function readRequest(parts: BotParts, activation: Activation): Promise<ActivationRequest | null> {
  try {
    return await parts.pimReader.readRequest(activation);
  } catch (error) {
    if (!(error instanceof PimError) || error.code !== 'notPermitted') throw error;
    const pim = await parts.signIn.pimOf(activation.person.id);
    return pim.readRequest(activation);
  }
}

/** The request a card names, if it is this person's; else the card that says so. */
export async function ownActivation(parts: BotParts, turn: Turn, requestId: string): Promise<Activation | Reply> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || activation.state === 'draft') return { card: noticeCard(turn.reader, { key: 'noSuchRequest' }) };
  if (activation.person.id !== turn.actor.id) return { card: noticeCard(turn.reader, { key: 'notYourCard' }) };
  return activation;
}
