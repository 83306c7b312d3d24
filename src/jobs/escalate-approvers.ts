import { waitsForApproval } from '../pim/activation-status.ts';
import { escalationNews } from '../cards/reminder.ts';
import { shownActivation } from '../bot/activations/show-activation.ts';
import { presentSettings } from '../bot/approvals/current-approvers.ts';
import type { BotParts } from '../bot/parts.ts';
import { readerOf } from '../bot/reader-of.ts';
import type { Person } from '../pim/model.ts';
import { findActivation, type Activation } from '../store/activations.ts';
import { listAskedApprovers, markEscalated, recordAskedApprovers } from '../store/approvals.ts';
import { recordAudit } from '../store/audit-log.ts';
import { RetryLater } from '../store/job-queue.ts';
import { findConversation } from '../store/conversation-references.ts';

/**
 * Nobody has decided for a while: the people whom our settings name for that are asked, too. Where we keep the request
 * they may decide; where PIM does, its own approvers alone may, and the others are told who that is.
 */
export async function escalateApprovers(parts: BotParts, requestId: string): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || !waitsForApproval(activation.state) || activation.decision !== null) return;
  const escalateTo = (await presentSettings(parts, activation))?.escalateTo ?? [];
  if (escalateTo.length === 0) return;
  const { people, unreadable } = await parts.pimReader.expandApprovers(escalateTo);
  if (unreadable.some(({ passing }) => passing)) throw new RetryLater(unreadableAgainSeconds);
  const others = people.filter(({ id }) => id.toLowerCase() !== activation.person.id);
  const asked = await listAskedApprovers(parts.store.db, requestId);
  if (activation.state === 'held') return askToo(parts, activation, others);
  const told = new Set(asked.map(({ approver }) => approver.id.toLowerCase()));
  await tell(parts, activation, others.filter(({ id }) => !told.has(id.toLowerCase())), asked.map(({ approver }) => approver.name));
}

const unreadableAgainSeconds = 60;

async function askToo(parts: BotParts, { requestId, person }: Activation, people: readonly Person[]): Promise<void> {
  const at = parts.clock.now();
  await parts.store.transaction(async (tx) => {
    const added = await recordAskedApprovers(tx, requestId, people, at);
    await markEscalated(tx, requestId, people.map(({ id }) => id));
    await recordAudit(tx, { at, actor: person, action: 'ask-approvers', phase: 'outcome', requestId, details: { escalated: people.map(({ id }) => id) } });
    for (const { id } of added) await parts.jobs.enqueue(tx, 'notify-approver', { requestId, approverId: id });
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
  });
}

async function tell(parts: BotParts, activation: Activation, people: readonly Person[], approvers: readonly string[]): Promise<void> {
  for (const { id } of people) {
    const conversation = await findConversation(parts.store.db, id.toLowerCase());
    if (conversation === null) continue;
    const news = escalationNews(readerOf(conversation), { now: parts.clock.now(), activation: shownActivation(activation) }, approvers);
    const delivery = await parts.messenger.sendText(conversation, news);
    if (delivery.outcome !== 'sent') parts.log.warn({ delivery, requestId: activation.requestId }, 'somebody could not be told of a waiting request');
  }
}
