import type { Elevation, ElevationReport } from '../pim/pim.ts';
import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardFrame } from './adaptive-card.ts';
import { largestFitting } from './card-size.ts';
import { frame } from './frame.ts';
import { moreText } from './list-rows.ts';
import { moment, shortMoment } from './moment.ts';
import { oneLine, plainText } from './plain-text.ts';
import { roleInWords, scopeInWords } from './role-words.ts';
import type { DriftCounts } from './settings-drift.ts';
import template from './templates/digest.json' with { type: 'json' };
import { text } from './texts.ts';
import type { Locale, Reader, TextKey } from './texts.ts';
import { verbAction } from './verbs.ts';

export interface Digest {
  readonly now: Date;
  readonly report: ElevationReport;
  /** `HH:mm` in an IANA zone; `null`: not sent daily. */
  /** How far PIM falls short of our own settings. */
  readonly drift?: DriftCounts;
  readonly daily: { readonly time: string; readonly timeZone: string } | null;
}

interface DigestData extends CardFrame {
  readonly title: string;
  readonly asOf: string;
  readonly isEmpty: boolean;
  readonly emptyText: string;
  readonly groups: readonly DigestGroup[];
  readonly hasMore: boolean;
  readonly more: string;
  readonly hasUnread: boolean;
  readonly unreadLabel: string;
  readonly unread: readonly { readonly scope: string; readonly reason: string }[];
  readonly hasMoreUnread: boolean;
  readonly moreUnread: string;
  readonly incomplete: string;
  readonly schedule: string;
  readonly drift: readonly { readonly text: string }[];
}

interface DigestGroup {
  readonly scope: string;
  readonly rows: readonly { readonly person: string; readonly role: string; readonly until: string; readonly why: string }[];
}

const mostRows = 60;
const mostUnread = 15;
const longestWhy = 120;

const fill: (data: DigestData) => AdaptiveCard = cardTemplate(template);

/** Who holds what right now, scope by scope. What could not be read is named; what does not fit is counted. */
export function digestCard(reader: Reader, digest: Digest): AdaptiveCard {
  const elevations = byScope(digest.report.elevations);
  return largestFitting(Math.min(elevations.length, mostRows), (count) => build(reader, digest, elevations.slice(0, count)));
}

function build(reader: Reader, { now, report, daily, drift }: Digest, shown: readonly Elevation[]): AdaptiveCard {
  const { locale } = reader;
  const total = report.elevations.length;
  const params = { count: String(total), time: moment(reader, now, now) };
  return fill({
    ...frame(reader, 'digest.summary', [
      verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles')),
      ...(daily === null ? [] : [verbAction({ verb: 'digest.off' }, text(locale, 'action.digestOff'))]),
    ]),
    title: text(locale, 'digest.title'),
    asOf: text(locale, 'digest.asOf', params),
    isEmpty: total === 0,
    emptyText: text(locale, report.unread.length + report.gaps.length > 0 ? 'digest.noneRead' : 'digest.none'),
    groups: groups(reader, shown, now),
    hasMore: shown.length < total,
    more: moreText(locale, total - shown.length),
    ...unreadParts(locale, report),
    drift: driftLines(locale, drift ?? { looser: 0, unread: 0 }),
    schedule:
      daily === null ? text(locale, 'digest.notDaily') : text(locale, 'digest.daily', { time: daily.time, zone: daily.timeZone }),
  });
}

function driftLines(locale: Locale, { looser, unread }: DriftCounts): DigestData['drift'] {
  return [
    ...(looser > 0 ? [{ text: text(locale, 'digest.drift', { count: String(looser) }) }] : []),
    ...(unread > 0 ? [{ text: text(locale, 'digest.driftUnread', { count: String(unread) }) }] : []),
  ];
}

/** Scopes by name, people by name within a scope. */
function byScope(elevations: readonly Elevation[]): readonly Elevation[] {
  const key = ({ scope, principal }: Elevation): string => `${scope.name}\n${scope.id.toLowerCase()}\n${principal.name}`;
  return elevations.toSorted((a, b) => key(a).localeCompare(key(b), 'en', { numeric: true }));
}

function groups(reader: Reader, elevations: readonly Elevation[], now: Date): readonly DigestGroup[] {
  const grouped = Map.groupBy(elevations, ({ scope }) => scope.id.toLowerCase());
  return [...grouped.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    return [{ scope: scopeInWords(reader.locale, first.scope), rows: members.map((member) => row(reader, member, now)) }];
  });
}

function row(reader: Reader, { principal, role, until, justification }: Elevation, now: Date): DigestGroup['rows'][number] {
  const { locale } = reader;
  const why = plainText(justification, longestWhy).replace(/\s+/gu, ' ');
  return {
    person: oneLine(principal.name),
    role: roleInWords(locale, role),
    until: until === null ? text(locale, 'digest.untilNoEnd') : text(locale, 'digest.until', { end: shortMoment(reader, until, now) }),
    why: why === '' ? text(locale, 'digest.whyNone') : why,
  };
}

type UnreadData = Pick<DigestData, 'hasUnread' | 'unreadLabel' | 'unread' | 'hasMoreUnread' | 'moreUnread' | 'incomplete'>;

function unreadParts(locale: Locale, report: ElevationReport): UnreadData {
  const unread = [
    ...report.gaps.map(({ kind, why }) => ({ what: text(locale, `kind.${kind}`), code: why })),
    ...report.unread.map(({ scope, code }) => ({ what: scopeInWords(locale, scope), code })),
  ];
  return {
    hasUnread: unread.length > 0,
    unreadLabel: text(locale, 'digest.unread'),
    unread: unread
      .slice(0, mostUnread)
      .map(({ what, code }) => ({ scope: what, reason: unreadReason(locale, code) })),
    hasMoreUnread: unread.length > mostUnread,
    moreUnread: moreText(locale, unread.length - mostUnread),
    incomplete: text(locale, 'digest.incomplete'),
  };
}

const knownReasons: ReadonlyMap<string, TextKey> = new Map([
  ['notPermitted', 'digest.unread.notPermitted'],
  ['consentRequired', 'digest.unread.notPermitted'],
  ['unavailable', 'digest.unread.unavailable'],
  ['throttled', 'digest.unread.throttled'],
]);

function unreadReason(locale: Locale, code: string): string {
  return text(locale, knownReasons.get(code) ?? 'digest.unread.other', { code: oneLine(code) });
}
