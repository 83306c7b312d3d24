/** What a change would make different, field by field. */
import { minutesOfPolicy } from './elevation-duration.ts';
import { roundSettings, settingFields } from './privileged-role-settings.ts';
import type { PrivilegedRoleSettings, SettingField, SettingsChange } from './privileged-role-settings.ts';

type Flag = Exclude<SettingField, 'elevationDuration' | 'approverIds'>;

/** `loosens`: the role would be easier to activate, or would be activated more quietly. */
export type SettingDifference = { readonly loosens: boolean } & (
  | { readonly field: 'elevationDuration'; readonly before: string; readonly after: string }
  | { readonly field: Flag; readonly before: boolean; readonly after: boolean }
  | {
    readonly field: 'approverIds'; readonly before: readonly string[]; readonly after: readonly string[];
    readonly added: readonly string[]; readonly removed: readonly string[];
  }
);

/** In the order of the fields; a field that the change does not name, or that stays as it is, is left out. */
export function compareSettings(before: PrivilegedRoleSettings, change: SettingsChange): readonly SettingDifference[] {
  const after = roundSettings(change);
  return settingFields.flatMap((field) => {
    switch (field) {
      case 'elevationDuration': return durationDifference(before.elevationDuration, after.elevationDuration);
      case 'approverIds': return approverDifference(roundSettings(before).approverIds, after.approverIds);
      case 'notificationToUserOnElevation':
      case 'ticketingInfoOnElevation':
      case 'mfaOnElevation':
      case 'approvalOnElevation': return flagDifference(field, before[field], after[field]);
    }
  });
}

/** By the time it means: what PIM has may be written in another way. */
function durationDifference(before: string, after: string | undefined): readonly SettingDifference[] {
  if (after === undefined) return [];
  const [from, to] = [minutesOfPolicy(before) ?? 0, minutesOfPolicy(after) ?? 0];
  return from === to ? [] : [{ field: 'elevationDuration', before, after, loosens: to > from }];
}

function flagDifference(field: Flag, before: boolean, after: boolean | undefined): readonly SettingDifference[] {
  return after === undefined || before === after ? [] : [{ field, before, after, loosens: before }];
}

/** Whoever is added may approve. */
function approverDifference(before: readonly string[], after: readonly string[] | undefined): readonly SettingDifference[] {
  if (after === undefined) return [];
  const added = after.filter((id) => !before.includes(id));
  const removed = before.filter((id) => !after.includes(id));
  return added.length + removed.length === 0 ? [] : [{ field: 'approverIds', before, after, added, removed, loosens: added.length > 0 }];
}
