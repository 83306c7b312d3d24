import { waitsForApproval } from '../pim/activation-status.ts';
import { approvalProgress, presentSettings, readCurrentApprovers } from '../bot/approvals/current-approvers.ts';
import { approvalsNeeded, type BoundSettings } from '../pim/own-settings.ts';
import { findActivation, type Activation } from '../store/activations.ts';
import { markApproversAsked, recordAskedApprovers } from '../store/approvals.ts';
import { recordAudit } from '../store/audit-log.ts';
import { saveBackground } from '../store/request-background.ts';
import type { BotParts } from '../bot/parts.ts';
import { gatherBackground } from './gather-background.ts';
import { lostOf, noteLost } from './lost-approvers.ts';
import { againIfUnread, secondsSince } from './try-again.ts';

/**
 * Turns a role's approver list into people, groups expanded, and gives each of them one notification: unique per request
 * and approver, however often this runs. The requester is never among them (promise 8).
 */
export async function findApprovers(parts: BotParts, requestId: string): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || !waitsForApproval(activation.state)) return;
  const settings = await presentSettings(parts, activation);
  const [{ people, unreadable }, background, possible] = await Promise.all([
    parts.pimReader.expandApprovers(settings?.approvers ?? []),
    gatherBackground(parts, activation),
    countPossible(parts, activation, settings),
  ]);
  const approvers = people.filter(({ id }) => id.toLowerCase() !== activation.person.id);
  const isFirst = activation.approversAskedAt === null;
  const askedAt = activation.approversAskedAt ?? parts.clock.now();
  await parts.store.transaction(async (tx) => {
    if (background !== null) await saveBackground(tx, requestId, background);
    const added = await recordAskedApprovers(tx, requestId, approvers, parts.clock.now());
    const lost = await noteLost(parts, tx, requestId, lostOf(unreadable));
    await markApproversAsked(tx, requestId, { at: askedAt, possible });
    const isNews = isFirst || added.length > 0 || lost.length > 0;
    if (isNews) await recordAudit(tx, {
      at: parts.clock.now(),
      actor: activation.person,
      action: 'ask-approvers',
      phase: 'outcome',
      requestId,
      details: { asked: approvers.map(({ id }) => id), unreadable: unreadable.map(({ approver }) => approver.id) },
    });
    for (const { id } of added) await parts.jobs.enqueue(tx, 'notify-approver', { requestId, approverId: id });
    if (isFirst) await parts.jobs.enqueue(tx, 'escalate-approvers', { requestId }, { after: parts.waiting.escalateAfter * 60 });
    if (isNews || possible !== activation.approvalsPossible) await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
  });
  // Those who could be read are asked at once; the others as soon as the directory answers again.
  againIfUnread(unreadable, secondsSince(activation.approversAskedAt, parts.clock.now()));
}

/** How many of the approvals that it takes its approvers could give, everybody once; `null`: one is enough, or nobody can say. */
async function countPossible(parts: BotParts, activation: Activation, settings: BoundSettings | null): Promise<number | null> {
  if (approvalsNeeded(settings?.requirements ?? []) < 2) return null;
  const approvers = await readCurrentApprovers(parts, activation);
  if (!approvers.requirements.every(({ isWhole }) => isWhole)) return null;
  return approvalProgress(approvers, approvers.requirements.flatMap(({ people }) => people.map(({ id }) => id))).given;
}
