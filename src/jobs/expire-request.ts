import type { BotParts } from '../bot/parts.ts';
import { heldForSeconds } from '../bot/approvals/hold-request.ts';
import { findActivation, moveActivation, type Activation, type ActivationChange } from '../store/activations.ts';
import { recordAudit } from '../store/audit-log.ts';
import { RetryLater } from '../store/job-queue.ts';
import { cancelStepUps, stepUpTakesMs } from '../store/step-ups.ts';

/**
 * Ends what has waited here for too long: for a decision, for a stronger sign-in, or for the click that uses an approval.
 * PIM ends its own.
 */
export async function expireRequest(parts: BotParts, requestId: string): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  const end = activation === null ? null : endOf(activation);
  if (activation === null || end === null) return;
  const now = parts.clock.now();
  const remaining = end.getTime() - now.getTime();
  if (remaining > 0) throw new RetryLater(remaining / 1_000);
  const { state, version, person } = activation;
  await parts.store.transaction(async (tx) => {
    const moved = await moveActivation(tx, requestId, { from: [state], fromVersion: version }, whatComesOf(activation, now));
    // Somebody has just approved, or signed in: it is looked at as it stands now.
    if (moved === null) throw new RetryLater(1);
    await cancelStepUps(tx, { requestId, personId: person.id });
    await recordAudit(tx, { at: now, actor: person, action: 'request', phase: 'outcome', requestId, details: { from: state, to: moved.state } });
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
    await parts.jobs.enqueue(tx, 'tell-requester', { requestId, version: moved.version });
    if (moved.state === 'approved') await parts.jobs.enqueue(tx, 'expire-request', { requestId });
  });
}

/** `null`: it does not wait here. */
function endOf({ state, submittedAt, createdAt, approvedUntil }: Activation): Date | null {
  const since = (submittedAt ?? createdAt).getTime();
  if (state === 'held') return new Date(since + heldForSeconds * 1_000);
  if (state === 'awaitingStepUp') return new Date(since + stepUpTakesMs);
  return state === 'approved' ? approvedUntil : null;
}

/** Without the stronger sign-in nothing was sent: what our approvers have approved stays so for as long as they said. */
function whatComesOf({ state, approvedUntil }: Activation, now: Date): ActivationChange {
  if (state !== 'awaitingStepUp') return { state: 'timedOut' };
  if (approvedUntil !== null && approvedUntil <= now) return { state: 'timedOut', problem: null };
  return { state: approvedUntil === null ? 'failed' : 'approved', problem: { code: 'stepUpMissed', rules: [] } };
}
