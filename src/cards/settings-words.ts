import type { Approver } from '../pim/model.ts';
import type { SettingDifference } from '../pim/settings/compare-settings.ts';
import { minutesOfPolicy } from '../pim/settings/elevation-duration.ts';
import { settingFields } from '../pim/settings/privileged-role-settings.ts';
import type { PrivilegedRoleSettings, SettingField } from '../pim/settings/privileged-role-settings.ts';
import { duration } from './moment.ts';
import { oneLine } from './plain-text.ts';
import type { SettingsRow } from './settings-frame.ts';
import { text } from './texts.ts';
import type { Locale } from './texts.ts';

export function fieldInWords(locale: Locale, field: SettingField): string {
  return text(locale, `settings.field.${field}`);
}

/** The six settings, in their order. */
export function settingRows(locale: Locale, settings: PrivilegedRoleSettings, approvers: readonly Approver[]): readonly SettingsRow[] {
  return settingFields.map((field) => ({ label: fieldInWords(locale, field), value: settingInWords(locale, settings, field, approvers) }));
}

function settingInWords(locale: Locale, settings: PrivilegedRoleSettings, field: SettingField, approvers: readonly Approver[]): string {
  switch (field) {
    case 'elevationDuration': return durationInWords(locale, settings.elevationDuration);
    case 'approverIds': return settings.approverIds.length === 0 ? text(locale, 'settings.nobody') : approversInWords(locale, settings.approverIds, approvers);
    case 'notificationToUserOnElevation':
    case 'ticketingInfoOnElevation':
    case 'mfaOnElevation':
    case 'approvalOnElevation': return flagInWords(locale, settings[field]);
  }
}

function flagInWords(locale: Locale, value: boolean): string {
  return text(locale, value ? 'settings.yes' : 'settings.no');
}

/** "2 h (PT2H)": in words, and as the JSON has it. */
export function durationInWords(locale: Locale, iso: string): string {
  const minutes = minutesOfPolicy(iso);
  return minutes === null ? oneLine(iso) : text(locale, 'settings.duration', { words: duration(locale, minutes), iso: oneLine(iso) });
}

/** Every one of them, by name where the name is known: what is not shown must not be confirmed. */
export function approversInWords(locale: Locale, ids: readonly string[], approvers: readonly Approver[]): string {
  const byId = new Map(approvers.map((approver) => [approver.id.toLowerCase(), approver]));
  return ids.map((id) => approverInWords(locale, byId.get(id.toLowerCase()) ?? { id, kind: 'unknown', name: id })).join(text(locale, 'list.comma'));
}

function approverInWords(locale: Locale, { kind, name }: Approver): string {
  return kind === 'group' ? text(locale, 'principal.group', { name: oneLine(name) }) : oneLine(name);
}

/** "4 h (PT4H) (was 2 h (PT2H)) · loosens". */
export function differenceRow(locale: Locale, difference: SettingDifference, approvers: readonly Approver[]): SettingsRow {
  const value = changeInWords(locale, difference, approvers);
  return {
    label: fieldInWords(locale, difference.field),
    value: difference.loosens ? text(locale, 'settings.loosens', { change: value }) : value,
    color: difference.loosens ? 'Attention' : 'Default',
  };
}

function changeInWords(locale: Locale, difference: SettingDifference, approvers: readonly Approver[]): string {
  switch (difference.field) {
    case 'elevationDuration': return changed(locale, durationInWords(locale, difference.before), durationInWords(locale, difference.after));
    case 'approverIds': return [
      ...(difference.added.length === 0 ? [] : [text(locale, 'settings.added', { names: approversInWords(locale, difference.added, approvers) })]),
      ...(difference.removed.length === 0 ? [] : [text(locale, 'settings.removed', { names: approversInWords(locale, difference.removed, approvers) })]),
    ].join(' · ');
    case 'notificationToUserOnElevation':
    case 'ticketingInfoOnElevation':
    case 'mfaOnElevation':
    case 'approvalOnElevation': return changed(locale, flagInWords(locale, difference.before), flagInWords(locale, difference.after));
  }
}

function changed(locale: Locale, before: string, after: string): string {
  return text(locale, 'settings.change', { before, after });
}
