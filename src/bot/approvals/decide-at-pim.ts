import { PimError } from '../../pim/errors.ts';
import type { PimUser } from '../../pim/pim.ts';
import { findActivation, keepOffer, rememberDecision, type Activation } from '../../store/activations.ts';
import { recordAudit } from '../../store/audit-log.ts';
import { presentState } from '../activations/follow-activation.ts';
import { recordProgress } from '../activations/record-progress.ts';
import { audited } from '../audited.ts';
import type { BotParts } from '../parts.ts';
import type { DecisionBy } from './decision.ts';

/** PIM judges, with the approver's own token, whether they may (promise 9). One that it has closed already counts as it was decided. */
export async function decideAtPim(parts: BotParts, activation: Activation, decision: DecisionBy, steppedUp?: PimUser): Promise<Activation> {
  const { requestId, pimId, approvalId, person, role, scope, minutes, justification, ticket, settings } = activation;
  const { result, reason, offer = null } = decision;
  // What the decision is about, so that the audit log by itself tells (promise 26).
  const details = { reason, requester: person, role, scope: scope.id, minutes, justification, ticket, pimRequestId: pimId, approvalId, policy: settings };
  const pim = steppedUp ?? await parts.signIn.pimOf(decision.by.id);
  try {
    await audited(parts, { actor: decision.by, action: result, requestId, details }, () =>
      pim.decide({ approvalId: approvalId ?? pimId ?? requestId, scope }, { result, justification: reason }),
    async (tx) => { if (offer !== null) await keepOffer(tx, requestId, offer); });
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
    if (error.code !== 'alreadyDecided') {
      if (offer !== null && error.effect === 'none') await keepOffer(parts.store.db, requestId, null);
      throw error;
    }
    // Maybe by this very person, whose first answer was lost: what they offer stays.
    const decided = await readBack(parts, pim, activation);
    if (decided.state === 'pending') throw error;
    return decided;
  }
  return readBack(parts, pim, await recordDecision(parts, activation, decision));
}

/** As the approver, who may read what they decide on: the bot may not read every kind of request, and the requester may never have signed in. */
export async function readBack(parts: BotParts, pim: PimUser, activation: Activation): Promise<Activation> {
  try {
    const request = await pim.readRequest(activation);
    if (request !== null) return await recordProgress(parts, activation, request);
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
  }
  return presentState(parts, activation);
}

/** PIM has taken the decision. Who made it is on record before its effect is read, and whoever reads that first. */
async function recordDecision(parts: BotParts, activation: Activation, decision: DecisionBy): Promise<Activation> {
  const { requestId } = activation;
  const { by: actor, result: action, reason, at } = decision;
  return parts.store.transaction(async (tx) => {
    const decided = await rememberDecision(tx, requestId, decision);
    if (decided !== null) {
      await parts.jobs.enqueue(tx, 'refresh-cards', { requestId }, { after: 3 });
      await parts.jobs.enqueue(tx, 'watch-activation', { requestId, round: 0 }, { after: 2 });
      // Its effect was read before: the news of that is of a version that has just passed.
      if (decided.state !== 'pending') await parts.jobs.enqueue(tx, 'tell-requester', { requestId, version: decided.version });
    }
    await recordAudit(tx, { at, actor, action, phase: 'outcome', requestId, details: { result: 'taken', reason } });
    return decided ?? await findActivation(tx, requestId) ?? activation;
  });
}
