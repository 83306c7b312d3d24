import type { PimErrorCode } from '../pim/errors.ts';
import type { Approver } from '../pim/model.ts';
import type { ChangeNote } from '../pim/settings/check-change.ts';
import type { SettingDifference } from '../pim/settings/compare-settings.ts';
import type { RolePolicy } from '../pim/settings/role-policy.ts';
import type { AdaptiveCard, CardElement } from './adaptive-card.ts';
import { largestFitting } from './card-size.ts';
import { oneLine } from './plain-text.ts';
import { problemWords } from './problem-words.ts';
import { roleAtScope } from './role-words.ts';
import { settingsFrame } from './settings-frame.ts';
import type { SettingsSection } from './settings-frame.ts';
import { differenceRow, durationInWords } from './settings-words.ts';
import { tones } from './status-words.ts';
import type { Tone } from './status-words.ts';
import { text } from './texts.ts';
import type { Locale, Reader } from './texts.ts';
import { verbAction } from './verbs.ts';

export interface ShownRoleChange {
  readonly policy: Pick<RolePolicy, 'role' | 'scope'>;
  readonly differences: readonly SettingDifference[];
  readonly notes: readonly ChangeNote[];
  /** The duration as it was written, and what it was rounded to. */
  readonly rounded: { readonly from: string; readonly to: string } | null;
  readonly outcome: ShownOutcome | null;
}

export interface ShownOutcome {
  readonly result: 'written' | 'same' | 'changedMeanwhile' | 'refused' | 'partly' | 'unknown' | 'notWritten';
  readonly problem: { readonly code: PimErrorCode; readonly rules: readonly string[] } | null;
}

export interface ShownSettingsChange {
  readonly requestId: string;
  readonly version: number;
  readonly state: 'draft' | 'writing' | 'done' | 'cancelled' | 'nothing';
  readonly roles: readonly ShownRoleChange[];
  readonly approvers: readonly Approver[];
  readonly unchanged: number;
}

/**
 * What is to be written, field by field, with the question whether it is meant; later what came of it, role by role. Roles that
 * stay as they are come last, as many as there is room for.
 */
export function settingsChangeCard(reader: Reader, change: ShownSettingsChange): AdaptiveCard {
  const same = change.roles.filter(isSame);
  return largestFitting(same.length, (shown) => build(reader, change, [...change.roles.filter((role) => !isSame(role)), ...same.slice(0, shown)]));
}

function isSame({ outcome }: ShownRoleChange): boolean {
  return outcome?.result === 'same';
}

function build(reader: Reader, change: ShownSettingsChange, shown: readonly ShownRoleChange[]): AdaptiveCard {
  const { locale } = reader;
  const { state, roles, unchanged } = change;
  const isDraft = state === 'draft';
  const beyond = roles.length - shown.length;
  return settingsFrame(reader, {
    summary: 'settings.summary',
    tone: toneOf(change),
    headline: text(locale, headlineOf(change)),
    lines: isDraft ? [text(locale, 'settings.draft.text')] : state === 'nothing' ? [text(locale, 'settings.nothing.text')] : [],
    sections: shown.map((role) => section(locale, change, role)),
    notes: [
      ...(beyond > 0 ? [text(locale, 'settings.moreSame', { count: String(beyond) })] : []),
      ...(unchanged > 0 ? [text(locale, 'settings.unchanged', { count: String(unchanged) })] : []),
      ...(isDraft ? [text(locale, 'settings.draft.everybody')] : []),
    ],
    actions: actions(locale, change),
  });
}

function isOpen({ state, roles }: ShownSettingsChange): boolean {
  return state === 'writing' || (state === 'done' && roles.some(({ outcome }) => outcome?.result === 'unknown'));
}

function isAllWritten({ roles }: ShownSettingsChange): boolean {
  return roles.every((role) => isSame(role) || role.outcome?.result === 'written');
}

function headlineOf(change: ShownSettingsChange) {
  switch (change.state) {
    case 'draft': return 'settings.draft.title';
    case 'writing': return 'settings.writing.title';
    case 'cancelled': return 'settings.cancelled.title';
    case 'nothing': return 'settings.nothing.title';
    case 'done': return isAllWritten(change) ? 'settings.done.title' : 'settings.notDone.title';
  }
}

function toneOf(change: ShownSettingsChange): Tone {
  switch (change.state) {
    case 'draft': return tones.accent;
    case 'writing': return tones.warning;
    case 'nothing':
    case 'cancelled': return tones.quiet;
    case 'done': return isAllWritten(change) ? tones.good : tones.attention;
  }
}

function section(locale: Locale, { approvers }: ShownSettingsChange, role: ShownRoleChange): SettingsSection {
  const { policy, differences, notes, rounded, outcome } = role;
  return {
    title: roleAtScope(locale, policy),
    caption: outcome === null ? '' : text(locale, `settings.outcome.${outcome.result}`),
    rows: differences.map((difference) => differenceRow(locale, difference, approvers)),
    remarks: [
      ...(outcome === null ? [] : whyLines(locale, outcome)),
      ...(rounded === null ? [] : [text(locale, 'settings.note.rounded', { from: oneLine(rounded.from), to: durationInWords(locale, rounded.to) })]),
      ...notes.map((note) => noteInWords(locale, note)),
    ],
    style: outcome === null || isSame(role) ? 'default' : outcome.result === 'written' ? 'good' : 'attention',
  };
}

function whyLines(locale: Locale, { problem }: ShownOutcome): readonly string[] {
  if (problem === null) return [];
  if (problem.code === 'notPermitted') return [text(locale, 'settings.mayNotWrite')];
  const { what, why, next } = problemWords(locale, { ...problem, azureRequestId: null });
  return [what, ...[...why, ...next].map((line) => line.text)];
}

function noteInWords(locale: Locale, note: ChangeNote): string {
  if (note.code !== 'readOnlyKept') return text(locale, `settings.note.${note.code}`);
  return text(locale, 'settings.note.readOnlyKept', {
    field: note.field, given: oneLine(note.given), present: note.present === null ? text(locale, 'settings.notTold') : oneLine(note.present),
  });
}

function actions(locale: Locale, change: ShownSettingsChange): readonly CardElement[] {
  const { requestId, version, state, roles } = change;
  if (state === 'draft') {
    const loosens = roles.some(({ differences }) => differences.some((difference) => difference.loosens));
    return [
      verbAction({ verb: 'settings.confirm', requestId, version }, text(locale, 'action.writeSettings'), loosens ? 'destructive' : 'positive'),
      verbAction({ verb: 'settings.cancel', requestId }, text(locale, 'action.cancel')),
    ];
  }
  return isOpen(change)
    ? [verbAction({ verb: 'settings.recheck', requestId }, text(locale, 'action.check'))]
    : [verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles'))];
}
