import { waitsForApproval } from '../pim/activation-status.ts';
import { presentSettings } from '../bot/approvals/current-approvers.ts';
import type { BotParts } from '../bot/parts.ts';
import { distinctById } from '../pim/distinct-by-id.ts';
import type { Approver, Person } from '../pim/model.ts';
import type { BoundSettings } from '../pim/own-settings.ts';
import type { ExpandedApprovers, UnreadableApprover } from '../pim/pim.ts';
import { findActivation, type Activation } from '../store/activations.ts';
import { listAskedApprovers, markEscalated, recordAskedApprovers } from '../store/approvals.ts';
import { recordAudit } from '../store/audit-log.ts';
import type { Queries } from '../store/database.ts';
import { recordTold } from '../store/told.ts';
import { lostOf, noteLost } from './lost-approvers.ts';
import { againIfUnread, secondsSince } from './try-again.ts';

/**
 * Nobody has decided for a while: the people whom our settings name for that are asked, too. Where we keep the request
 * those decide who stand in for a list of its approvers; the others, and all where PIM keeps it, are told who decides.
 */
export async function escalateApprovers(parts: BotParts, requestId: string): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || !waitsForApproval(activation.state) || activation.decision !== null) return;
  const settings = await presentSettings(parts, activation);
  if (settings === null || settings.escalateTo.length === 0) return;
  const { deciding, others, unreadable } = await expand(parts, settings, activation.person.id);
  await parts.store.transaction(async (tx) => {
    const reached = [...await askToo(parts, tx, activation, deciding), ...await tell(parts, tx, activation, others)];
    const lost = (await noteLost(parts, tx, requestId, lostOf(unreadable))).map(({ id }) => id);
    if (reached.length === 0 && lost.length === 0) return;
    await recordAudit(tx, {
      at: parts.clock.now(), actor: activation.person, action: 'ask-approvers', phase: 'outcome', requestId,
      details: { escalated: reached, ...(lost.length === 0 ? {} : { unreadable: lost }) },
    });
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
  });
  // Those who could be read are asked at once; the others as soon as the directory answers again.
  againIfUnread(unreadable, secondsSince(dueAt(parts, activation), parts.clock.now()));
}

interface Escalation {
  /** Who stands in for a list of approvers. */
  readonly deciding: readonly Person[];
  readonly others: readonly Person[];
  readonly unreadable: readonly UnreadableApprover[];
}

/** Each entry is read once, so that nobody who decides is taken for one of the others while an entry cannot be read. */
async function expand({ pimReader }: BotParts, { escalateTo, requirements }: BoundSettings, requesterId: string): Promise<Escalation> {
  const standIns = distinctById(requirements.flatMap((requirement) => requirement.escalateTo));
  const rest = escalateTo.filter(({ id }) => !standIns.some((standIn) => standIn.id.toLowerCase() === id.toLowerCase()));
  const read = async (list: readonly Approver[]): Promise<ExpandedApprovers> => (list.length === 0 ? { people: [], unreadable: [] } : pimReader.expandApprovers(list));
  const [first, second] = await Promise.all([read(standIns), read(rest)]);
  const deciding = first.people.filter(({ id }) => id.toLowerCase() !== requesterId);
  const known = new Set([requesterId, ...deciding.map(({ id }) => id.toLowerCase())]);
  const others = second.people.filter(({ id }) => !known.has(id.toLowerCase()));
  return { deciding, others, unreadable: [...first.unreadable, ...second.unreadable] };
}

/** @returns whom nobody had asked before */
async function askToo(parts: BotParts, tx: Queries, { requestId }: Activation, people: readonly Person[]): Promise<readonly string[]> {
  const added = await recordAskedApprovers(tx, requestId, people, parts.clock.now());
  await markEscalated(tx, requestId, people.map(({ id }) => id));
  for (const { id } of added) await parts.jobs.enqueue(tx, 'notify-approver', { requestId, approverId: id });
  return added.map(({ id }) => id);
}

/** @returns whom nobody had told before */
async function tell(parts: BotParts, tx: Queries, { requestId }: Activation, people: readonly Person[]): Promise<readonly string[]> {
  const asked = new Set((await listAskedApprovers(tx, requestId)).map(({ approver }) => approver.id.toLowerCase()));
  const others = people.map(({ id }) => id.toLowerCase()).filter((id) => !asked.has(id));
  const added = await recordTold(tx, requestId, 'escalated', others);
  for (const personId of added) await parts.jobs.enqueue(tx, 'tell-escalated', { requestId, personId });
  return added;
}

/** When others were to be asked; `null`: nobody has been asked yet. */
function dueAt({ waiting }: BotParts, { approversAskedAt }: Activation): Date | null {
  return approversAskedAt === null ? null : new Date(approversAskedAt.getTime() + waiting.escalateAfter * 60_000);
}
