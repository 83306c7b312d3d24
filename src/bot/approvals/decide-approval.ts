import { waitsForApproval } from '../../pim/activation-status.ts';
import { noticeCard } from '../../cards/notice.ts';
import { withReasonMissing } from '../../cards/refusal.ts';
import type { Verb } from '../../cards/verbs.ts';
import { PimError } from '../../pim/errors.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import { findActivation, type Activation } from '../../store/activations.ts';
import { listApprovalsGiven } from '../../store/approvals-given.ts';
import type { Offer } from '../../store/tables.ts';
import { showApproval } from '../activations/show-activation.ts';
import type { BotParts } from '../parts.ts';
import { refusedOn } from '../problem.ts';
import type { Reply } from '../reply.ts';
import { keepDecision, stepUpAgainst } from '../sign-in/step-up.ts';
import type { Actor, Turn } from '../turn.ts';
import { onlyApprovalsSince } from './count-approval.ts';
import { decideAtPim } from './decide-at-pim.ts';
import { decideHere } from './decide-here.ts';
import { recordRefusal, wasAsked, type DecisionBy } from './decision.ts';
import { openApproval } from './open-approval.ts';
import { waitsForThem } from './pims-word.ts';

/** A click on Approve or Deny, or an offer that denies. */
type DecideAction = Pick<Extract<Verb, { verb: 'approval.approve' | 'approval.deny' }>, 'requestId' | 'version' | 'reason'> & { readonly offer?: Offer };

/**
 * Approve or Deny was clicked. Who decides comes from the activity. Nobody gets as far as PIM with their own request
 * (promise 8), and a card that is out of date shows how things stand instead (promise 12).
 */
export async function decideApproval(parts: BotParts, turn: Turn, result: 'approve' | 'deny', action: DecideAction): Promise<Reply> {
  const activation = await findDecidable(parts, turn, result, action);
  if ('card' in activation) return activation;
  const decision = { result, by: turn.actor, reason: action.reason?.trim() ?? '', at: parts.clock.now(), offer: action.offer ?? null };
  if (decision.reason === '' && activation.settings?.approverJustificationRequired === true) return askForReason(parts, turn, activation);
  const here = await decideHere(parts, turn, activation, decision);
  if (here !== null) return here;
  // An approval of several that has just been counted here has made a version of its own.
  const present = await findActivation(parts.store.db, activation.requestId) ?? activation;
  if (!await wasAsked(parts, turn, present)) return decideUnasked(parts, turn, present, decision);
  return decideAsked(parts, turn, present, { decision, open: await showApproval(parts, turn, present) });
}

/** Only whoever may read the request is asked for a reason: nothing has been decided, here or at PIM. */
async function askForReason(parts: BotParts, turn: Turn, activation: Activation): Promise<Reply> {
  const mayRead = activation.state !== 'held' && await wasAsked(parts, turn, activation);
  const open = mayRead ? await showApproval(parts, turn, activation) : await openApproval(parts, turn, activation.requestId);
  return open.shows === undefined ? open : { ...open, card: withReasonMissing(turn.reader, open.card) };
}

/** A request that waits for a decision, and is as the card says; else what to show instead. */
export async function findDecidable(parts: BotParts, turn: Turn, result: 'approve' | 'deny', action: Pick<DecideAction, 'requestId' | 'version'>): Promise<Activation | Reply> {
  const activation = await findActivation(parts.store.db, action.requestId);
  if (activation === null || activation.state === 'draft') return { card: noticeCard(turn.reader, { key: 'noSuchRequest' }) };
  if (activation.person.id === turn.actor.id) return refuseOwnRequest(parts, turn, result, activation);
  const isAsShown = waitsForApproval(activation.state) && onlyApprovalsSince(await listApprovalsGiven(parts.store.db, activation.requestId), action.version, activation.version);
  return isAsShown ? activation : openApproval(parts, turn, activation.requestId);
}

/** What PIM says stands on the card; what it takes a stronger sign-in for is kept until then. */
async function decideAsked(parts: BotParts, turn: Turn, activation: Activation, { decision, open }: { decision: DecisionBy; open: Reply }): Promise<Reply> {
  try {
    return await showApproval(parts, turn, await decideAtPim(parts, activation, decision));
  } catch (error) {
    const stepUp = error instanceof PimError ? stepUpAgainst(parts, error, null) : null;
    if (stepUp !== null) {
      await keepDecision(parts, activation, decision, stepUp);
      return showApproval(parts, turn, activation);
    }
    if (await isNoLongerApprover(parts, activation, decision.by, error)) return { card: noticeCard(turn.reader, { key: 'noLongerApprover' }) };
    return refusedOn(parts, turn, open, error);
  }
}

/** PIM can refuse for other reasons: that somebody whom we asked has lost the right since then, its own list says. */
async function isNoLongerApprover({ signIn }: BotParts, activation: Activation, approver: Actor, error: unknown): Promise<boolean> {
  if (!(error instanceof PimError) || error.code !== 'notPermitted') return false;
  const pim = await orPimError(signIn.pimOf(approver.id));
  return !(pim instanceof PimError) && await waitsForThem(pim, activation) === false;
}

/** Somebody whom we have not asked may be an approver all the same: PIM knows. Whom it refuses learns nothing of the request. */
async function decideUnasked(parts: BotParts, turn: Turn, activation: Activation, decision: DecisionBy): Promise<Reply> {
  try {
    return await showApproval(parts, turn, await decideAtPim(parts, activation, decision));
  } catch (error) {
    if (error instanceof PimError && error.code === 'notPermitted') return { card: noticeCard(turn.reader, { key: 'notYourDecision' }) };
    throw error;
  }
}

async function refuseOwnRequest(parts: BotParts, turn: Turn, result: 'approve' | 'deny', activation: Activation): Promise<Reply> {
  await recordRefusal(parts, turn, activation, { result, code: 'ownRequest' });
  return { card: noticeCard(turn.reader, { key: 'ownRequest' }) };
}
