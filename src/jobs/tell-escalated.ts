import { waitsForApproval } from '../pim/activation-status.ts';
import { escalationNews } from '../cards/reminder.ts';
import { shownActivation, whoDecides } from '../bot/activations/show-activation.ts';
import { secondsToWork } from '../bot/approvals/waiting-rules.ts';
import type { BotParts } from '../bot/parts.ts';
import { readerOf } from '../bot/reader-of.ts';
import { findActivation } from '../store/activations.ts';
import { listAskedApprovers } from '../store/approvals.ts';
import { findConversation } from '../store/conversation-references.ts';
import { RetryLater, type JobData, type JobRun } from '../store/job-queue.ts';
import { sentOrNoted } from './try-again.ts';

/** One line for somebody who cannot decide, and may know who can: in their working hours, while it still waits. */
export async function tellEscalated(parts: BotParts, { requestId, personId }: JobData['tell-escalated'], run: JobRun): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || !waitsForApproval(activation.state) || activation.decision !== null) return;
  const conversation = await findConversation(parts.store.db, personId);
  if (conversation === null) {
    parts.log.warn({ requestId }, 'somebody whom our settings name for escalation has not met the bot');
    return;
  }
  const reader = readerOf(conversation);
  const wait = secondsToWork(parts.waiting.workingHours, parts.clock.now(), reader.timeZone);
  if (wait > 0) throw new RetryLater(wait);
  const asked = await listAskedApprovers(parts.store.db, requestId);
  const deciding = whoDecides(asked);
  // A group that nobody may read is better than no name.
  const approvers = (deciding.length > 0 ? deciding : asked).map(({ approver }) => approver.name);
  const news = escalationNews(reader, { now: parts.clock.now(), activation: shownActivation(activation) }, approvers);
  await sentOrNoted(parts, await parts.messenger.sendText(conversation, news), run, { what: 'somebody could not be told of a waiting request', requestId });
}
