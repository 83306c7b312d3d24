import { PimError } from '../../pim/errors.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import type { Activation, ActivationDecision } from '../../store/activations.ts';
import { listAskedApprovers } from '../../store/approvals.ts';
import { recordAudit } from '../../store/audit-log.ts';
import type { Offer } from '../../store/tables.ts';
import type { BotParts } from '../parts.ts';
import type { Actor, Turn } from '../turn.ts';
import { isStillApprover, readCurrentApprovers } from './current-approvers.ts';

/** `offer`: what the approver would approve instead of what they deny. */
export type DecisionBy = ActivationDecision & { readonly by: Actor; readonly offer?: Offer | null };

/** A request is nobody's business but its requester's and its approvers': knowing its id is not enough to read it. */
export async function wasAsked(parts: BotParts, turn: Turn, { requestId, decision }: Activation): Promise<boolean> {
  if (decision?.by?.id === turn.actor.id) return true;
  const asked = await listAskedApprovers(parts.store.db, requestId);
  return asked.some(({ approver }) => approver.id.toLowerCase() === turn.actor.id);
}

/**
 * Of a request that we keep, its approvers as they are now; of one that PIM keeps, whoever has its card. While nobody can
 * say who the approvers are, whoever has the card keeps it: nothing on it is new to them, and they need it to decide.
 */
export async function mayRead(parts: BotParts, turn: Turn, activation: Activation): Promise<boolean> {
  if (activation.state !== 'held') return wasAsked(parts, turn, activation);
  const approvers = await orPimError(readCurrentApprovers(parts, activation));
  const isOne = approvers instanceof PimError ? null : isStillApprover(approvers, turn.actor.id);
  return isOne ?? wasAsked(parts, turn, activation);
}

/** Somebody wanted to decide who may not, and did not get as far as PIM. */
export async function recordRefusal(parts: BotParts, turn: Turn, { requestId }: Activation, { result, code }: { readonly result: ActivationDecision['result']; readonly code: 'ownRequest' | 'noApprover' }): Promise<void> {
  await recordAudit(parts.store.db, { at: parts.clock.now(), actor: turn.actor, action: result, phase: 'outcome', requestId, details: { result: 'refused', code } });
}
