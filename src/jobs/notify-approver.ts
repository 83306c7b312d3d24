import { waitsForApproval } from '../pim/activation-status.ts';
import { approverCard } from '../bot/activations/show-activation.ts';
import { findActivation } from '../store/activations.ts';
import { setAskOutcome } from '../store/approvals.ts';
import type { AskOutcome } from '../store/tables.ts';
import { findConversation } from '../store/conversation-references.ts';
import { rememberPostedCard } from '../store/posted-cards.ts';
import { readerOf } from '../bot/reader-of.ts';
import { sendAgainOrGiveUp } from './try-again.ts';
import type { JobRun } from '../store/job-queue.ts';
import type { BotParts } from '../bot/parts.ts';

/** Several approvers are reached at almost the same time; the requester's card changes once for all of them. */
const gatherSeconds = 1;

/** Brings one approver the card of one request. Whom it cannot reach, the requester is told of. */
export async function notifyApprover(parts: BotParts, requestId: string, approverId: string, run: JobRun): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || !waitsForApproval(activation.state)) return;
  const conversation = await findConversation(parts.store.db, approverId);
  if (conversation === null) {
    await recordOutcome(parts, requestId, approverId, { outcome: 'notInstalled' });
    return;
  }
  const delivery = await parts.messenger.sendCard(conversation, await approverCard(parts, readerOf(conversation), activation, approverId));
  switch (delivery.outcome) {
    case 'sent':
      await rememberPostedCard(parts.store.db, {
        requestId,
        personId: approverId,
        activityId: delivery.activityId,
        kind: 'approver',
        reference: conversation.reference,
        shownVersion: activation.version,
      });
      return recordSent(parts, requestId, approverId);
    case 'blocked':
    case 'notInstalled':
      return recordOutcome(parts, requestId, approverId, { outcome: delivery.outcome, detail: delivery.detail });
    case 'gone':
      return recordOutcome(parts, requestId, approverId, { outcome: 'notInstalled', detail: delivery.detail });
    case 'refused':
      return recordOutcome(parts, requestId, approverId, { outcome: 'failed', detail: delivery.detail });
    case 'throttled':
    case 'unknown':
      return sendAgainOrGiveUp(delivery, run, () => recordOutcome(parts, requestId, approverId, { outcome: 'failed' }));
  }
}

/** With the reminders that follow while nobody decides. */
async function recordSent(parts: BotParts, requestId: string, approverId: string): Promise<void> {
  await parts.store.transaction(async (tx) => {
    for (const [round, minutes] of parts.waiting.remindAfter.entries()) {
      await parts.jobs.enqueue(tx, 'remind-approver', { requestId, approverId, round }, { after: minutes * 60 });
    }
  });
  await recordOutcome(parts, requestId, approverId, { outcome: 'sent' });
}

async function recordOutcome(
  parts: BotParts, requestId: string, approverId: string, { outcome, detail }: { outcome: AskOutcome; detail?: string },
): Promise<void> {
  await parts.store.transaction(async (tx) => {
    await setAskOutcome(tx, { requestId, approverId }, { outcome, at: parts.clock.now(), ...(detail === undefined ? {} : { detail }) });
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId }, { after: gatherSeconds });
  });
}
