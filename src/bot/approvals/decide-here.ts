import { noticeCard } from '../../cards/notice.ts';
import { PimError } from '../../pim/errors.ts';
import { findActivation, type Activation } from '../../store/activations.ts';
import { showApproval } from '../activations/show-activation.ts';
import type { BotParts } from '../parts.ts';
import { refusedOn } from '../problem.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';
import { countApproval, denyHeld } from './count-approval.ts';
import { bindAsHeld, isCurrentApprover, readCurrentApprovers, requireReadable, withPerson, type CurrentApprovers } from './current-approvers.ts';
import { readBack } from './decide-at-pim.ts';
import { recordRefusal, wasAsked, type DecisionBy } from './decision.ts';
import { waitsForThem } from './pims-word.ts';

/**
 * Decides on a request that we keep, or counts an approval of one that several have to approve. Where its approvers cannot
 * be read, whoever has its card keeps it, to click once more.
 *
 * @returns `null`: it is PIM's turn, with the approver's own token
 */
export async function decideHere(parts: BotParts, turn: Turn, activation: Activation, decision: DecisionBy): Promise<Reply | null> {
  try {
    return await decideOrCount(parts, turn, activation, decision);
  } catch (error) {
    if (!(error instanceof PimError) || !await wasAsked(parts, turn, activation)) throw error;
    return refusedOn(parts, turn, await showApproval(parts, turn, activation), error);
  }
}

async function decideOrCount(parts: BotParts, turn: Turn, activation: Activation, decision: DecisionBy): Promise<Reply | null> {
  if (activation.state === 'held') return decideHeld(parts, turn, activation, decision);
  return decision.result === 'approve' && await takesSeveral(parts, activation) ? countForPim(parts, turn, activation, decision) : null;
}

async function decideHeld(parts: BotParts, turn: Turn, activation: Activation, decision: DecisionBy): Promise<Reply> {
  const approvers = await readCurrentApprovers(parts, activation);
  if (!isCurrentApprover(approvers, turn.actor.id)) return refuseStranger(parts, turn, activation, { decision, approvers });
  if (decision.result === 'approve') return showApproval(parts, turn, (await countApproval(parts, activation, decision, approvers)).activation);
  const denied = await denyHeld(parts, activation, decision) ?? await findActivation(parts.store.db, activation.requestId);
  return showApproval(parts, turn, denied ?? activation);
}

async function takesSeveral(parts: BotParts, activation: Activation): Promise<boolean> {
  const bound = await bindAsHeld(parts, activation, activation.settings);
  return bound !== null && bound.requirements.some(({ count }) => count > 1);
}

/** PIM's own list says who may decide on what it keeps; where it does not answer, the role's approvers as the bot reads them. */
async function countForPim(parts: BotParts, turn: Turn, activation: Activation, decision: DecisionBy): Promise<Reply | null> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const [waits, approvers] = await Promise.all([waitsForThem(pim, activation), readCurrentApprovers(parts, activation)]);
  if (waits === false) {
    const present = await readBack(parts, pim, activation);
    if (present.state !== 'pending' && await wasAsked(parts, turn, present)) return showApproval(parts, turn, present);
    if (isCurrentApprover(approvers, turn.actor.id) && isJustAsked(parts, present)) throw new PimError('unavailable', 'PIM does not list a request yet that has just been made');
    return refuse(parts, turn, present, decision);
  }
  if (waits === null && !isCurrentApprover(approvers, turn.actor.id)) return refuseStranger(parts, turn, activation, { decision, approvers });
  // Of those who have approved, the list that does not answer for the moment may have lost some.
  if (approvers.requirements.some(({ isWhole, onlyPimKnows }) => !isWhole && !onlyPimKnows)) return refuseStranger(parts, turn, activation, { decision, approvers });
  const counted = await countApproval(parts, activation, decision, waits === true ? withPerson(approvers, turn.actor) : approvers);
  return counted.complete && counted.activation.state === 'pending' ? null : showApproval(parts, turn, counted.activation);
}

/** PIM's lists tell of a request some minutes after it was made: until then a list without it says nothing of its approvers. */
function isJustAsked({ clock }: BotParts, { submittedAt, createdAt }: Activation): boolean {
  return clock.now().getTime() - (submittedAt ?? createdAt).getTime() < listedAfterMs;
}

const listedAfterMs = 5 * 60_000;

/** Somebody whom nobody has found among the approvers may be on a list that could not be read. */
async function refuseStranger(parts: BotParts, turn: Turn, activation: Activation, { decision, approvers }: { readonly decision: DecisionBy; readonly approvers: CurrentApprovers }): Promise<Reply> {
  requireReadable(approvers);
  return refuse(parts, turn, activation, decision);
}

/** Whoever is no approver, or none any more, learns nothing of the request (promise 9). */
async function refuse(parts: BotParts, turn: Turn, activation: Activation, { result }: DecisionBy): Promise<Reply> {
  await recordRefusal(parts, turn, activation, { result, code: 'noApprover' });
  return { card: noticeCard(turn.reader, { key: await wasAsked(parts, turn, activation) ? 'noLongerApprover' : 'notYourDecision' }) };
}
