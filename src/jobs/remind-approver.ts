import { waitsForApproval } from '../pim/activation-status.ts';
import { withReminder } from '../cards/reminder.ts';
import { approverCard, shownActivation } from '../bot/activations/show-activation.ts';
import { approvalProgress, isStillApprover, readCurrentApprovers } from '../bot/approvals/current-approvers.ts';
import { secondsToWork } from '../bot/approvals/waiting-rules.ts';
import type { BotParts } from '../bot/parts.ts';
import { readerOf } from '../bot/reader-of.ts';
import { findActivation, type Activation } from '../store/activations.ts';
import { listAskedApprovers } from '../store/approvals.ts';
import { listApprovalsGiven } from '../store/approvals-given.ts';
import { findConversation } from '../store/conversation-references.ts';
import { RetryLater, type JobData, type JobRun } from '../store/job-queue.ts';
import { postCard } from './post-card.ts';

/**
 * Brings an approver the card of a request once more, while nobody has decided. Outside working hours it waits for them,
 * except where the requester has asked for it; of several that would wait for the same morning the last one comes.
 */
export async function remindApprover(parts: BotParts, { requestId, approverId, round }: JobData['remind-approver'], run: JobRun): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  const told = activation === null ? null : await whenTold(parts, activation, approverId);
  const conversation = await findConversation(parts.store.db, approverId);
  if (activation === null || told === null || conversation === null) return;
  const reader = readerOf(conversation);
  if (round !== 'nudge') {
    const wait = secondsToWork(parts.waiting.workingHours, parts.clock.now(), reader.timeZone);
    if (wait > 0 && isFollowedWithin(parts, { told, round }, wait)) return;
    if (wait > 0) throw new RetryLater(wait);
  }
  if (!await isAwaited(parts, activation, approverId)) return;
  const card = withReminder(reader, await approverCard(parts, reader, activation, approverId), { now: parts.clock.now(), activation: shownActivation(activation) });
  await postCard(parts, conversation, { card, requestId, personId: approverId, kind: 'approver', shownVersion: activation.version, otherwise: 'an approver could not be reminded' }, run);
}

/** When this person got the card of a request that waits; `null`: there is nothing to remind them of. */
async function whenTold({ store: { db } }: BotParts, { requestId, state, decision }: Activation, approverId: string): Promise<Date | null> {
  if (!waitsForApproval(state) || decision !== null) return null;
  const asked = await listAskedApprovers(db, requestId);
  return asked.find(({ approver, outcome }) => outcome === 'sent' && isSame(approver, approverId))?.at ?? null;
}

function isFollowedWithin({ waiting: { remindAfter }, clock }: BotParts, { told, round }: { readonly told: Date; readonly round: number }, seconds: number): boolean {
  const next = remindAfter[round + 1];
  return next !== undefined && told.getTime() + next * 60_000 <= clock.now().getTime() + seconds * 1_000;
}

/** Whoever has left the list is told nothing more; whoever has approved is asked again only where the last approval has not reached PIM. */
async function isAwaited(parts: BotParts, activation: Activation, approverId: string): Promise<boolean> {
  const [approvers, given] = await Promise.all([readCurrentApprovers(parts, activation), listApprovalsGiven(parts.store.db, activation.requestId)]);
  if (isStillApprover(approvers, approverId) === false) return false;
  const progress = approvalProgress(approvers, given.map(({ by }) => by.id));
  return progress.given >= progress.needed || !given.some(({ by }) => isSame(by, approverId));
}

function isSame({ id }: { readonly id: string }, other: string): boolean {
  return id.toLowerCase() === other.toLowerCase();
}
