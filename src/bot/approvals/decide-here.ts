import { noticeCard } from '../../cards/notice.ts';
import { findActivation, type Activation } from '../../store/activations.ts';
import { showApproval } from '../activations/show-activation.ts';
import { recordRefusal, wasAsked, type DecisionBy } from './decision.ts';
import { refusedOn } from '../problem.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';
import { countApproval, denyHeld } from './count-approval.ts';
import { bindAsHeld, type CurrentApprovers, isCurrentApprover, readCurrentApprovers, requireReadable } from './current-approvers.ts';

/**
 * Decides on a request that we keep, or counts an approval of one that several have to approve.
 *
 * @returns `null`: it is PIM's turn, with the approver's own token
 */
export async function decideHere(parts: BotParts, turn: Turn, activation: Activation, decision: DecisionBy): Promise<Reply | null> {
  const isHeld = activation.state === 'held';
  if (!isHeld && (decision.result === 'deny' || !await takesSeveral(parts, activation))) return null;
  const approvers = await readCurrentApprovers(parts, activation);
  if (!isCurrentApprover(approvers, turn.actor.id)) return refuseStranger(parts, turn, activation, { decision, approvers });
  if (decision.result === 'deny') {
    const denied = await denyHeld(parts, activation, decision) ?? await findActivation(parts.store.db, activation.requestId);
    return showApproval(parts, turn, denied ?? activation);
  }
  const counted = await countApproval(parts, activation, decision, approvers);
  return counted.complete && counted.activation.state === 'pending' ? null : showApproval(parts, turn, counted.activation);
}

async function takesSeveral(parts: BotParts, activation: Activation): Promise<boolean> {
  const bound = await bindAsHeld(parts, activation, activation.settings);
  return bound !== null && bound.requirements.some(({ count }) => count > 1);
}

/** Whoever is no approver, or none any more, learns nothing of the request (promise 9). */
async function refuseStranger(parts: BotParts, turn: Turn, activation: Activation, { decision, approvers }: { readonly decision: DecisionBy; readonly approvers: CurrentApprovers }): Promise<Reply> {
  const isAsked = await wasAsked(parts, turn, activation);
  try {
    requireReadable(approvers);
  } catch (error) {
    if (isAsked) return refusedOn(parts, turn, await showApproval(parts, turn, activation), error);
    throw error;
  }
  await recordRefusal(parts, turn, activation, { result: decision.result, code: 'noApprover' });
  return { card: noticeCard(turn.reader, { key: isAsked ? 'noLongerApprover' : 'notYourDecision' }) };
}
