import { markNudged } from '../../store/activations.ts';
import { listAskedApprovers } from '../../store/approvals.ts';
import { recordAudit } from '../../store/audit-log.ts';
import { ownActivation } from '../activations/follow-activation.ts';
import { showStatus } from '../activations/show-activation.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';

/** The requester asks everybody once more who has the card, whatever the hour: once for each request. */
export async function nudgeApprovers(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const activation = await ownActivation(parts, turn, requestId);
  if ('card' in activation) return activation;
  const at = parts.clock.now();
  const nudged = await parts.store.transaction(async (tx) => {
    const moved = await markNudged(tx, requestId, at);
    if (moved === null) return activation;
    const reached = (await listAskedApprovers(tx, requestId)).filter(({ outcome }) => outcome === 'sent');
    await recordAudit(tx, { at, actor: turn.actor, action: 'nudge', phase: 'outcome', requestId, details: { asked: reached.map(({ approver }) => approver.id) } });
    for (const { approver } of reached) await parts.jobs.enqueue(tx, 'remind-approver', { requestId, approverId: approver.id, round: 'nudge' });
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
    return moved;
  });
  return showStatus(parts, turn, nudged);
}
