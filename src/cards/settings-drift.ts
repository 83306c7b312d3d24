import type { ComparedEntry, Drift } from '../pim/settings-drift.ts';
import type { AdaptiveCard } from './adaptive-card.ts';
import { largestFitting } from './card-size.ts';
import { moreText } from './list-rows.ts';
import { duration } from './moment.ts';
import { oneLine } from './plain-text.ts';
import { problemWords } from './problem-words.ts';
import { roleAtScope } from './role-words.ts';
import { settingsFrame } from './settings-frame.ts';
import type { SettingsRow, SettingsSection } from './settings-frame.ts';
import { approversInWords, fieldInWords } from './settings-words.ts';
import { tones } from './status-words.ts';
import { text } from './texts.ts';
import type { Locale, Reader } from './texts.ts';
import { verbAction } from './verbs.ts';

/** Where PIM is looser than our own settings, entry by entry and field by field. */
export function settingsDriftCard(reader: Reader, entries: readonly ComparedEntry[]): AdaptiveCard {
  const { locale } = reader;
  const { looser, unread } = driftCounts(entries);
  const told = entries.toSorted((a, b) => rank(a) - rank(b));
  return largestFitting(told.length, (count) => settingsFrame(reader, {
    summary: 'settings.summary',
    tone: looser > 0 ? tones.attention : unread > 0 ? tones.warning : tones.good,
    headline: text(locale, entries.length === 0 ? 'settings.drift.noLayer' : looser > 0 ? 'settings.drift.title' : unread > 0 ? 'settings.drift.unread' : 'settings.drift.none'),
    lines: [text(locale, entries.length === 0 ? 'settings.drift.noLayerText' : 'settings.drift.text', { count: String(entries.length) })],
    sections: told.slice(0, count).map((entry) => section(locale, entry)),
    notes: count < told.length ? [moreText(locale, told.length - count)] : [],
    actions: [verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles'))],
  }));
}

export interface DriftCounts {
  readonly looser: number;
  readonly unread: number;
}

export function driftCounts(entries: readonly ComparedEntry[]): DriftCounts {
  return {
    looser: entries.filter(({ drift }) => drift !== null && drift.length > 0).length,
    unread: entries.filter(({ drift }) => drift === null).length,
  };
}

function rank({ drift }: ComparedEntry): number {
  if (drift === null) return 1;
  return drift.length > 0 ? 0 : 2;
}

function section(locale: Locale, { role, scope, drift, why }: ComparedEntry): SettingsSection {
  const title = roleAtScope(locale, { role: { definitionId: role, name: role }, scope });
  if (drift === null) {
    const words = problemWords(locale, { code: why ?? 'unexpected', rules: [], azureRequestId: null });
    return { title, caption: text(locale, 'settings.drift.entryUnread', { why: words.what }), style: 'warning' };
  }
  if (drift.length === 0) return { title, remarks: [text(locale, 'settings.drift.same')] };
  return { title, caption: text(locale, 'settings.drift.looser'), rows: drift.map((field) => row(locale, field)), style: 'attention' };
}

function row(locale: Locale, drift: Drift): SettingsRow {
  return { label: fieldInWords(locale, drift.field), value: oneLine(driftInWords(locale, drift), 500), color: 'Attention' };
}

function driftInWords(locale: Locale, drift: Drift): string {
  switch (drift.field) {
    case 'elevationDuration': return text(locale, 'settings.drift.duration', { atPim: duration(locale, drift.atPim), ours: duration(locale, drift.ours) });
    case 'approverIds': return drift.others.length === 0
      ? text(locale, 'settings.drift.noApprovers')
      : text(locale, 'settings.drift.approvers', { names: approversInWords(locale, drift.others.map(({ id }) => id), drift.others) });
    case 'notificationToUserOnElevation':
    case 'ticketingInfoOnElevation':
    case 'mfaOnElevation':
    case 'approvalOnElevation': return text(locale, 'settings.drift.flag');
  }
}
