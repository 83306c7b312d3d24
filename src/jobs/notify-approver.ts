import { waitsForApproval } from '../pim/activation-status.ts';
import { isStillApprover, readCurrentApprovers } from '../bot/approvals/current-approvers.ts';
import { approverCard } from '../bot/activations/show-activation.ts';
import { findActivation, type Activation } from '../store/activations.ts';
import { listAskedApprovers, setAskOutcome, type AskedApprover } from '../store/approvals.ts';
import type { AskOutcome } from '../store/tables.ts';
import { findConversation } from '../store/conversation-references.ts';
import { rememberPostedCard } from '../store/posted-cards.ts';
import { remindLater } from '../bot/approvals/remind-later.ts';
import { secondsToWork } from '../bot/approvals/waiting-rules.ts';
import type { Reader } from '../cards/texts.ts';
import { readerOf } from '../bot/reader-of.ts';
import { sendAgainOrGiveUp, unreadAgainSeconds } from './try-again.ts';
import { RetryLater, type JobRun } from '../store/job-queue.ts';
import type { BotParts } from '../bot/parts.ts';

/** Several approvers are reached at almost the same time; the requester's card changes once for all of them. */
const gatherSeconds = 1;
const freshMs = 5 * 60_000;

/** Brings one approver the card of one request. Whom it cannot reach, the requester is told of. */
export async function notifyApprover(parts: BotParts, requestId: string, approverId: string, run: JobRun): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || !waitsForApproval(activation.state)) return;
  const conversation = await findConversation(parts.store.db, approverId);
  if (conversation === null) {
    await recordOutcome(parts, requestId, approverId, { outcome: 'notInstalled' });
    return;
  }
  const asked = (await listAskedApprovers(parts.store.db, requestId)).find(({ approver }) => approver.id === approverId);
  if (asked === undefined || !await mayBeAsked(parts, activation, asked)) return;
  waitForWork(parts, asked, readerOf(conversation));
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

/** It may be a while since the list was read, and somebody who has left it is told nothing (promise 9). */
async function mayBeAsked(parts: BotParts, activation: Activation, { approver: { id: approverId }, at }: AskedApprover): Promise<boolean> {
  if (parts.clock.now().getTime() - at.getTime() < freshMs) return true;
  const isOne = isStillApprover(await readCurrentApprovers(parts, activation), approverId);
  if (isOne === null) throw new RetryLater(unreadAgainSeconds);
  if (!isOne) await recordOutcome(parts, activation.requestId, approverId, { outcome: 'notApprover' });
  return isOne;
}

/** Whoever is asked because others have not answered is asked in their working hours. */
function waitForWork({ waiting, clock }: BotParts, { escalated }: AskedApprover, { timeZone }: Reader): void {
  const wait = escalated ? secondsToWork(waiting.workingHours, clock.now(), timeZone) : 0;
  if (wait > 0) throw new RetryLater(wait);
}

/** With the reminders that follow while nobody decides. */
async function recordSent(parts: BotParts, requestId: string, approverId: string): Promise<void> {
  await parts.store.transaction((tx) => remindLater(parts, tx, requestId, approverId));
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
