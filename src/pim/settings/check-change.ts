/** Whether a change of settings can be written to this policy, and what an administrator should know before. */
import type { Approver } from '../model.ts';
import { compareSettings } from './compare-settings.ts';
import { elevationDurationRange, minutesOfPolicy, readElevationDuration } from './elevation-duration.ts';
import { lacksApprovers, readOnlyFields, setsApprovalAlone } from './privileged-role-settings.ts';
import type { ReadOnlyField, ReadOnlyRoleSettings, SettingsChange } from './privileged-role-settings.ts';
import type { RolePolicy } from './role-policy.ts';
import type { SettingsFaultReason } from './settings-fault.ts';

/** A fault, and the field that it is about. */
export interface ChangeFault {
  readonly field: keyof SettingsChange;
  readonly reason: SettingsFaultReason;
}

/**
 * `readOnlyKept`: a member that is never written was given another value than it has (`present` `null`: nobody tells which).
 * `above24Hours`: today's PIM may refuse it. `justificationAdded`: a justification will be asked for, which it is not now.
 */
export type ChangeNote =
  | { readonly code: 'readOnlyKept'; readonly field: ReadOnlyField; readonly given: string; readonly present: string | null }
  | { readonly code: 'above24Hours' }
  | { readonly code: 'justificationAdded' };

type Judged = Pick<RolePolicy, 'settings' | 'authenticationContext'> & { readonly readOnly: Pick<ReadOnlyRoleSettings, 'isMfaOnElevationConfigurable'> };

/**
 * Whatever PIM would refuse, or take and make nonsense of.
 *
 * @param approvers the users and groups that the directory has among `change.approverIds`
 */
export function checkChange(policy: Judged, change: SettingsChange, approvers: readonly Approver[]): readonly ChangeFault[] {
  const { settings: before, authenticationContext: context, readOnly } = policy;
  const known = new Set(approvers.map(({ id }) => id.toLowerCase()));
  const unknown = (change.approverIds ?? []).filter((id) => !known.has(id.toLowerCase()));
  return [
    ...durationFaults(change.elevationDuration),
    ...(setsApprovalAlone(change) || leavesNobody(before, change) ? [{ field: fieldOfApproval(change), reason: { code: 'approversMissing' } } as const] : []),
    ...unknown.map((id) => ({ field: 'approverIds', reason: { code: 'approverUnknown', id } }) as const),
    ...(change.mfaOnElevation === false && !readOnly.isMfaOnElevationConfigurable ? [{ field: 'mfaOnElevation', reason: { code: 'mfaLocked' } } as const] : []),
    ...(change.mfaOnElevation === true && !before.mfaOnElevation && context !== null
      ? [{ field: 'mfaOnElevation', reason: { code: 'mfaAgainstContext', claimValue: context.claimValue } } as const] : []),
  ];
}

function durationFaults(elevationDuration: string | undefined): readonly ChangeFault[] {
  const read = readElevationDuration(elevationDuration ?? 'PT1H');
  return read.ok ? [] : [{ field: 'elevationDuration', reason: { code: read.why, found: elevationDuration ?? elevationDurationRange } }];
}

/**
 * A directory role that asks for approval and names nobody may stay like that, as its export says it: those who manage directory roles
 * decide. No role becomes so.
 */
function leavesNobody(before: SettingsChange, change: SettingsChange): boolean {
  return lacksApprovers({ ...before, ...change }) && !lacksApprovers(before);
}

function fieldOfApproval({ approverIds }: SettingsChange): 'approverIds' | 'approvalOnElevation' {
  return approverIds === undefined ? 'approvalOnElevation' : 'approverIds';
}

const minutesOfADay = 1440;

export function notesOn(policy: RolePolicy, change: SettingsChange, given: Partial<ReadOnlyRoleSettings> = {}): readonly ChangeNote[] {
  const changed = new Map(compareSettings(policy.settings, change).map((difference) => [difference.field, difference]));
  const duration = changed.get('elevationDuration')?.after;
  const asksMore = changed.has('mfaOnElevation') || changed.has('ticketingInfoOnElevation');
  return [
    ...(typeof duration === 'string' && (minutesOfPolicy(duration) ?? 0) > minutesOfADay ? [{ code: 'above24Hours' } as const] : []),
    ...(asksMore && !policy.justificationRequired ? [{ code: 'justificationAdded' } as const] : []),
    ...readOnlyFields.flatMap((field) => readOnlyNote(field, given[field], policy.readOnly[field])),
  ];
}

function readOnlyNote(field: ReadOnlyField, given: string | boolean | null | undefined, present: string | boolean | null): readonly ChangeNote[] {
  const isSame = given === undefined || given === null || String(given).toLowerCase() === String(present).toLowerCase();
  return isSame ? [] : [{ code: 'readOnlyKept', field, given: String(given), present: present === null ? null : String(present) }];
}
