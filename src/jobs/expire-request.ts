import type { BotParts } from '../bot/parts.ts';
import { heldForSeconds } from '../bot/approvals/hold-request.ts';
import { findActivation, moveActivation, type Activation } from '../store/activations.ts';
import { recordAudit } from '../store/audit-log.ts';
import { RetryLater } from '../store/job-queue.ts';

/** Ends a request that nobody has decided on, or an approval that nobody has used, when its time is over. PIM ends its own. */
export async function expireRequest(parts: BotParts, requestId: string): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  const end = activation === null ? null : endOf(activation);
  if (activation === null || end === null) return;
  const remaining = end.getTime() - parts.clock.now().getTime();
  if (remaining > 0) throw new RetryLater(remaining / 1_000);
  const { state, person } = activation;
  await parts.store.transaction(async (tx) => {
    const moved = await moveActivation(tx, requestId, { from: [state] }, { state: 'timedOut' });
    if (moved === null) return;
    await recordAudit(tx, { at: parts.clock.now(), actor: person, action: 'request', phase: 'outcome', requestId, details: { from: state, to: 'timedOut' } });
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
    await parts.jobs.enqueue(tx, 'tell-requester', { requestId, version: moved.version });
  });
}

function endOf({ state, submittedAt, createdAt, approvedUntil }: Activation): Date | null {
  if (state === 'held') return new Date((submittedAt ?? createdAt).getTime() + heldForSeconds * 1_000);
  return state === 'approved' || state === 'awaitingStepUp' ? approvedUntil : null;
}
