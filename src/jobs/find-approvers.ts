import { isRefusal, readGoverningSettings } from '../pim/governing-settings.ts';
import type { Role, RoleSettings, Scope } from '../pim/model.ts';
import { findActivation, type Activation } from '../store/activations.ts';
import { markApproversAsked, recordAskedApprovers, setAskOutcome } from '../store/approvals.ts';
import { recordAudit } from '../store/audit-log.ts';
import { RetryLater } from '../store/job-queue.ts';
import type { BotParts } from '../bot/parts.ts';

/**
 * Turns a role's approver list into people, groups expanded, and gives each of them one notification: unique per request
 * and approver, however often this runs. The requester is never among them (promise 8).
 */
export async function findApprovers(parts: BotParts, requestId: string): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation?.state !== 'pending') return;
  const settings = await presentSettings(parts, activation);
  const { people, unreadable } = await parts.pimReader.expandApprovers(settings?.approvers ?? []);
  const approvers = people.filter(({ id }) => id.toLowerCase() !== activation.person.id);
  const lost = unreadable.filter(({ passing }) => !passing).map(({ approver }) => approver);
  await parts.store.transaction(async (tx) => {
    const added = await recordAskedApprovers(tx, requestId, approvers, parts.clock.now());
    // A group that nobody may read is told to the requester as an approver who was not reached.
    await recordAskedApprovers(tx, requestId, lost, parts.clock.now());
    for (const { id } of lost) await setAskOutcome(tx, { requestId, approverId: id }, { outcome: 'failed', at: parts.clock.now() });
    await markApproversAsked(tx, requestId, parts.clock.now());
    await recordAudit(tx, {
      at: parts.clock.now(),
      actor: activation.person,
      action: 'ask-approvers',
      phase: 'outcome',
      requestId,
      details: { asked: approvers.map(({ id }) => id), unreadable: unreadable.map(({ approver }) => approver.id) },
    });
    for (const { id } of added) await parts.jobs.enqueue(tx, 'notify-approver', { requestId, approverId: id });
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
  });
  // Those who could be read are asked at once; the others as soon as the directory answers again.
  if (unreadable.some(({ passing }) => passing)) throw new RetryLater(unreadableAgainSeconds);
}

const unreadableAgainSeconds = 60;

/** The role's settings as they are now; where the bot may not read them, as they were when the form was made. */
async function presentSettings(parts: BotParts, activation: Activation): Promise<RoleSettings | null> {
  try {
    return await readGoverningSettings(activation, (role, scope) => readOrRecall(parts, activation, role, scope));
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** The form's settings are those of all scopes that count: they stand for one that only the requester may read. */
async function readOrRecall({ pimReader }: BotParts, { settings }: Activation, role: Role, scope: Scope): Promise<RoleSettings> {
  try {
    return await pimReader.readRoleSettings(role, scope);
  } catch (error) {
    if (isRefusal(error) && settings !== null) return settings;
    throw error;
  }
}
