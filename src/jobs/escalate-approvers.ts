import { waitsForApproval } from '../pim/activation-status.ts';
import { presentSettings } from '../bot/approvals/current-approvers.ts';
import type { BotParts } from '../bot/parts.ts';
import type { Approver, Person } from '../pim/model.ts';
import { findActivation, type Activation } from '../store/activations.ts';
import { listAskedApprovers, markEscalated, recordAskedApprovers, setAskOutcome } from '../store/approvals.ts';
import { recordAudit } from '../store/audit-log.ts';
import type { Queries } from '../store/database.ts';
import { againIfUnread } from './try-again.ts';

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
  againIfUnread(unreadable);
  const others = people.filter(({ id }) => id.toLowerCase() !== activation.person.id);
  const lost = unreadable.map(({ approver }) => approver);
  await parts.store.transaction(async (tx) => {
    await (activation.state === 'held' ? askToo(parts, tx, activation, others) : tell(parts, tx, activation, others));
    await noteLost(parts, tx, activation, lost);
    await recordAudit(tx, {
      at: parts.clock.now(), actor: activation.person, action: 'ask-approvers', phase: 'outcome', requestId,
      details: { escalated: others.map(({ id }) => id), ...(lost.length === 0 ? {} : { unreadable: lost.map(({ id }) => id) }) },
    });
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
  });
}

async function askToo(parts: BotParts, tx: Queries, { requestId }: Activation, people: readonly Person[]): Promise<void> {
  const added = await recordAskedApprovers(tx, requestId, people, parts.clock.now());
  await markEscalated(tx, requestId, people.map(({ id }) => id));
  for (const { id } of added) await parts.jobs.enqueue(tx, 'notify-approver', { requestId, approverId: id });
}

async function tell(parts: BotParts, tx: Queries, { requestId }: Activation, people: readonly Person[]): Promise<void> {
  const told = new Set((await listAskedApprovers(tx, requestId)).map(({ approver }) => approver.id.toLowerCase()));
  for (const { id } of people.filter((person) => !told.has(person.id.toLowerCase()))) {
    await parts.jobs.enqueue(tx, 'tell-escalated', { requestId, personId: id.toLowerCase() });
  }
}

/** A group that nobody may read is told to the requester as one that was not reached. */
async function noteLost({ clock }: BotParts, tx: Queries, { requestId }: Activation, lost: readonly Approver[]): Promise<void> {
  const at = clock.now();
  const added = await recordAskedApprovers(tx, requestId, lost, at);
  for (const { id } of added) await setAskOutcome(tx, { requestId, approverId: id }, { outcome: 'failed', at });
}
