import type { Activation, ActivationDecision } from '../../store/activations.ts';
import { listAskedApprovers } from '../../store/approvals.ts';
import type { Offer } from '../../store/tables.ts';
import type { BotParts } from '../parts.ts';
import type { Actor, Turn } from '../turn.ts';

/** `offer`: what the approver would approve instead of what they deny. */
export type DecisionBy = ActivationDecision & { readonly by: Actor; readonly offer?: Offer | null };

/** A request is nobody's business but its requester's and its approvers': knowing its id is not enough to read it. */
export async function wasAsked(parts: BotParts, turn: Turn, { requestId, decision }: Activation): Promise<boolean> {
  if (decision?.by?.id === turn.actor.id) return true;
  const asked = await listAskedApprovers(parts.store.db, requestId);
  return asked.some(({ approver }) => approver.id.toLowerCase() === turn.actor.id);
}
