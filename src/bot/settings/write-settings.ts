import { PimError } from '../../pim/errors.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import { compareSettings } from '../../pim/settings/compare-settings.ts';
import type { PimSettings } from '../../pim/settings/pim-settings.ts';
import { recordAudit, type AuditEntry } from '../../store/audit-log.ts';
import { findSettingsChange, moveSettingsChange, type RoleChange, type RoleOutcome, type SettingsChange } from '../../store/settings-changes.ts';
import type { BotParts } from '../parts.ts';

/**
 * Longer than one role takes. Of a group's settings that is eight calls one after the other: who the approvers are, the rules,
 * one for each of five, the rules once more; each may wait half a minute for a token and half a minute for its answer. Until
 * then the click that writes is still at it, and what PIM does not have yet may be on its way.
 */
const oneRoleWithinMs = 10 * 60_000;
/** Seconds until the watch looks what has become of it. */
const firstWatchAfterSeconds = oneRoleWithinMs / 1_000;

/** What has to be on record before PIM is asked: each role, with what it is to have, and who looks after it. `null`: it was clicked elsewhere meanwhile. */
export async function recordSettingsAttempt(parts: BotParts, change: SettingsChange): Promise<SettingsChange | null> {
  return parts.store.transaction(async (tx) => {
    const writing = await moveSettingsChange(tx, change, { state: 'writing', submittedAt: parts.clock.now() });
    if (writing === null) return null;
    for (const role of writing.roles.filter(({ outcome }) => outcome === null)) await recordAudit(tx, entry(parts, writing, role, { phase: 'attempt', details: { changes: compareSettings(role.policy.settings, role.change) } }));
    await parts.jobs.enqueue(tx, 'watch-settings', { requestId: writing.requestId, round: 0 }, { after: firstWatchAfterSeconds });
    return writing;
  });
}

/** One role after the other, each with its outcome on record before the next. */
export async function writeSettings(parts: BotParts, pim: PimSettings, writing: SettingsChange): Promise<SettingsChange> {
  let current = writing;
  for (const [index, role] of writing.roles.entries()) {
    if (role.outcome !== null) continue;
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
  const roles = change.roles.map((role, at) => (at === index ? { ...role, outcome: { ...outcome, at: parts.clock.now().toISOString() } } : role));
  const isLast = roles.every((role) => role.outcome !== null);
  return parts.store.transaction(async (tx) => {
    const moved = await moveSettingsChange(tx, change, { state: isLast ? 'done' : 'writing', roles });
    const role = roles[index];
    if (moved === null || role === undefined) return null;
    await recordAudit(tx, entry(parts, change, role, { phase: 'outcome', details: { result: outcome.result, ...outcome.problem } }));
    return moved;
  });
}

/** Whether nobody can say of some role what has become of it. */
export function isOpen({ state, roles }: SettingsChange): boolean {
  return state === 'writing' || (state === 'done' && roles.some(({ outcome }) => outcome?.result === 'unknown'));
}

export interface ReadBack {
  readonly change: SettingsChange;
  /** Why a role could not be read; its outcome stays open. */
  readonly unread: PimError | null;
}

/** What PIM has now, where no outcome is known. While somebody is still writing nothing is concluded. */
export async function readBack(parts: BotParts, pim: Pick<PimSettings, 'read'>, change: SettingsChange): Promise<ReadBack> {
  if (!isOpen(change) || isAtIt(change, parts.clock.now())) return { change, unread: null };
  let [current, unread]: [SettingsChange, PimError | null] = [change, null];
  for (const [index, role] of change.roles.entries()) {
    if (role.outcome !== null && role.outcome.result !== 'unknown') continue;
    const present = await orPimError(pim.read(role.policy.role, role.policy.scope));
    if (present instanceof PimError) {
      unread ??= present;
      continue;
    }
    const result = compareSettings(present.settings, role.change).length === 0 ? 'written' : 'notWritten';
    const recorded = await recordOutcome(parts, current, index, { result, problem: null });
    if (recorded === null) return { change: await findSettingsChange(parts.store.db, change.requestId) ?? current, unread };
    current = recorded;
  }
  return { change: current, unread };
}

/** Since the last role whose outcome is known, there was time for one. */
function isAtIt({ state, roles, submittedAt, createdAt }: SettingsChange, now: Date): boolean {
  const times = roles.flatMap(({ outcome }) => (outcome?.at === undefined ? [] : [Date.parse(outcome.at)]));
  return state === 'writing' && now.getTime() - Math.max((submittedAt ?? createdAt).getTime(), ...times) < oneRoleWithinMs;
}

function entry(parts: BotParts, { person, requestId }: SettingsChange, { policy }: RoleChange, { phase, details }: Pick<AuditEntry, 'phase' | 'details'>): AuditEntry {
  const { role, scope, policyId } = policy;
  return { at: parts.clock.now(), actor: person, action: 'changeSettings', phase, requestId, details: { role: role.name, scope: scope.id, policyId, ...details } };
}
