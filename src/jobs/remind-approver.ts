import { waitsForApproval } from '../pim/activation-status.ts';
import { withReminder } from '../cards/reminder.ts';
import { approverCard, shownActivation } from '../bot/activations/show-activation.ts';
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
 * except where the requester has asked for it.
 */
export async function remindApprover(parts: BotParts, { requestId, approverId, round }: JobData['remind-approver'], run: JobRun): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || !await isAwaited(parts, activation, approverId)) return;
  const conversation = await findConversation(parts.store.db, approverId);
  if (conversation === null) return;
  const reader = readerOf(conversation);
  const wait = round === 'nudge' ? 0 : secondsToWork(parts.waiting.workingHours, parts.clock.now(), reader.timeZone);
  if (wait > 0) throw new RetryLater(wait);
  const card = withReminder(reader, await approverCard(parts, reader, activation, approverId), { now: parts.clock.now(), activation: shownActivation(activation) });
  await postCard(parts, conversation, { card, requestId, personId: approverId, kind: 'approver', shownVersion: activation.version, otherwise: 'an approver could not be reminded' }, run);
}

/** Whether this person has the card, and has not decided on it. */
async function isAwaited({ store: { db } }: BotParts, { requestId, state, decision }: Activation, approverId: string): Promise<boolean> {
  if (!waitsForApproval(state) || decision !== null) return false;
  const [asked, given] = await Promise.all([listAskedApprovers(db, requestId), listApprovalsGiven(db, requestId)]);
  const isSame = ({ id }: { readonly id: string }): boolean => id.toLowerCase() === approverId.toLowerCase();
  return asked.some(({ approver, outcome }) => outcome === 'sent' && isSame(approver)) && !given.some(({ by }) => isSame(by));
}
