import { PimError } from '../../pim/errors.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import { compareSettings } from '../../pim/settings/compare-settings.ts';
import type { PimSettings } from '../../pim/settings/pim-settings.ts';
import { recordAudit, type AuditEntry } from '../../store/audit-log.ts';
import { findSettingsChange, moveSettingsChange, type RoleChange, type RoleOutcome, type SettingsChange } from '../../store/settings-changes.ts';
import type { BotParts } from '../parts.ts';

/** Longer than any write takes: before, the click that writes them is still at it. */
const writtenWithinMs = 2 * 60_000;

/** What has to be on record before PIM is asked: each role, with what it is to have. `null`: it was clicked elsewhere meanwhile. */
export async function recordSettingsAttempt(parts: BotParts, change: SettingsChange): Promise<SettingsChange | null> {
  return parts.store.transaction(async (tx) => {
    const writing = await moveSettingsChange(tx, change, { state: 'writing', submittedAt: parts.clock.now() });
    if (writing === null) return null;
    for (const role of writing.roles) await recordAudit(tx, entry(parts, writing, role, { phase: 'attempt', details: { changes: compareSettings(role.policy.settings, role.change) } }));
    return writing;
  });
}

/** One role after the other, each with its outcome on record before the next. */
export async function writeSettings(parts: BotParts, pim: PimSettings, writing: SettingsChange): Promise<SettingsChange> {
  let current = writing;
  for (const [index, role] of writing.roles.entries()) {
    const recorded = await recordOutcome(parts, current, index, await writeOne(parts, pim, role));
    if (recorded === null) return await findSettingsChange(parts.store.db, writing.requestId) ?? current;
    current = recorded;
  }
  return current;
}

async function writeOne(parts: BotParts, pim: PimSettings, { policy, change }: RoleChange): Promise<RoleOutcome> {
  const answer = await orPimError(pim.write(policy, change));
  if (!(answer instanceof PimError)) return { result: answer, problem: null };
  const { code, details, effect } = answer;
  parts.log.warn({ error: answer, code }, 'PIM did not take role settings');
  const isPartly = (details.written ?? []).length > 0 && code !== 'outcomeUnknown' && code !== 'badAnswer';
  return { result: isPartly ? 'partly' : effect === 'none' ? 'refused' : 'unknown', problem: { code, rules: details.rules ?? [] } };
}

async function recordOutcome(parts: BotParts, change: SettingsChange, index: number, outcome: RoleOutcome): Promise<SettingsChange | null> {
  const roles = change.roles.map((role, at) => (at === index ? { ...role, outcome } : role));
  const isLast = roles.every((role) => role.outcome !== null);
  return parts.store.transaction(async (tx) => {
    const moved = await moveSettingsChange(tx, change, { state: isLast ? 'done' : 'writing', roles });
    const role = roles[index];
    if (moved === null || role === undefined) return null;
    await recordAudit(tx, entry(parts, change, role, { phase: 'outcome', details: { result: outcome.result, ...outcome.problem } }));
    return moved;
  });
}

/** What PIM has now, where no outcome is known. */
export async function readBack(parts: BotParts, pim: PimSettings, change: SettingsChange): Promise<SettingsChange> {
  const isBusy = change.state === 'writing' && parts.clock.now().getTime() - (change.submittedAt ?? change.createdAt).getTime() < writtenWithinMs;
  if (isBusy || change.state === 'draft' || change.state === 'cancelled') return change;
  let current = change;
  for (const [index, role] of change.roles.entries()) {
    if (role.outcome !== null && role.outcome.result !== 'unknown') continue;
    const { settings } = await pim.read(role.policy.role, role.policy.scope);
    const result = compareSettings(settings, role.change).length === 0 ? 'written' : 'notWritten';
    const recorded = await recordOutcome(parts, current, index, { result, problem: null });
    if (recorded === null) return await findSettingsChange(parts.store.db, change.requestId) ?? current;
    current = recorded;
  }
  return current;
}

function entry(parts: BotParts, { person, requestId }: SettingsChange, { policy }: RoleChange, { phase, details }: Pick<AuditEntry, 'phase' | 'details'>): AuditEntry {
  const { role, scope, policyId } = policy;
  return { at: parts.clock.now(), actor: person, action: 'changeSettings', phase, requestId, details: { role: role.name, scope: scope.id, policyId, ...details } };
}
