import type { Assignment, Gap, Principal, Role, Scope } from '../pim/model.ts';
import { sameScope } from '../pim/scope.ts';
import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardElement, CardFrame } from './adaptive-card.ts';
import { principalInWords, sideInWords } from './assignment-words.ts';
import { largestFitting } from './card-size.ts';
import { choiceField } from './choices.ts';
import type { ChoiceField } from './choices.ts';
import { frame } from './frame.ts';
import { withGaps } from './gaps.ts';
import type { ListGaps } from './gaps.ts';
import { moreText } from './list-rows.ts';
import type { ListRow } from './list-rows.ts';
import { shortMoment } from './moment.ts';
import { oneLine } from './plain-text.ts';
import { roleInWords, scopeInWords } from './role-words.ts';
import template from './templates/assignments.json' with { type: 'json' };
import { text } from './texts.ts';
import type { Reader, TextKey } from './texts.ts';
import { verbAction } from './verbs.ts';

/** What somebody holds, who has a role, or who has what at a scope. */
export interface AssignmentList extends ListGaps {
  readonly now: Date;
  /** Under which the question is kept. */
  readonly inquiryId: string;
  /** Whose; `null`: anybody's. */
  readonly principal: Principal | null;
  /** Which; `null`: any. */
  readonly role: Role | null;
  /** Where; `null`: wherever it can be seen. */
  readonly scope: Scope | null;
  /** Also below the scope. */
  readonly below: boolean;
  /** Also what has not begun yet. */
  readonly later: boolean;
  /** `key` tells one from all others of the list. */
  readonly rows: readonly { readonly key: string; readonly assignment: Assignment }[];
}

interface AssignmentsData extends CardFrame {
  readonly title: string;
  readonly subject: string;
  readonly reach: string;
  readonly isEmpty: boolean;
  readonly emptyText: string;
  readonly countAndTimes: string;
  readonly rows: readonly ListRow[];
  readonly hasMore: boolean;
  readonly more: string;
  readonly notes: readonly { readonly text: string }[];
  readonly canChoose: boolean;
  readonly label: string;
  readonly placeholder: string;
  readonly missing: string;
  readonly field: ChoiceField;
}

const mostRows = 15;
const mostChoices = 100;

const fill: (data: AssignmentsData) => AdaptiveCard = cardTemplate(template);

/** However many assignments there are, the card stays small enough, and says how many are left out. */
export function assignmentsCard(reader: Reader, list: AssignmentList): AdaptiveCard {
  const rows = list.rows.toSorted((a, b) => rank(a.assignment) - rank(b.assignment) || compare(a.assignment, b.assignment));
  const gaps = { gaps: list.gaps.filter(isUnread), consentUrl: list.consentUrl ?? null };
  return largestFitting(Math.min(rows.length, mostChoices), (count) => withGaps(reader, build(reader, { ...list, rows }, count), gaps));
}

function build(reader: Reader, list: AssignmentList, count: number): AdaptiveCard {
  const { locale } = reader;
  const { rows, gaps, now } = list;
  const shown = rows.slice(0, Math.min(count, mostRows));
  const isEmpty = rows.length === 0;
  return fill({
    ...frame(reader, 'assignments.summary', actions(reader, list, count > 0)),
    title: text(locale, titleOf(list)),
    subject: subjectOf(reader, list),
    reach: reachOf(reader, list),
    isEmpty,
    emptyText: text(locale, gaps.length > 0 ? 'assignments.noneRead' : 'assignments.none'),
    countAndTimes: [text(locale, 'assignments.count', { count: String(rows.length) }), text(locale, 'roles.timeZone', { zone: reader.timeZone })].join(' · '),
    rows: shown.map(({ assignment }) => row(reader, assignment, list, now)),
    hasMore: shown.length < rows.length,
    more: moreText(locale, rows.length - shown.length),
    notes: notes(reader, list),
    canChoose: count > 0,
    label: text(locale, 'assignments.choose'),
    placeholder: text(locale, 'choice.onePlaceholder'),
    missing: text(locale, 'choice.oneMissing'),
    field: choiceField(rows.slice(0, count).map(({ key, assignment }) => ({ title: choiceTitle(reader, assignment, list), value: key }))),
  });
}

/** What is held now comes first, what somebody has activated before what was assigned. */
function rank({ side, how }: Assignment): number {
  if (side === 'eligible') return 2;
  return how === 'activated' ? 0 : 1;
}

function compare(a: Assignment, b: Assignment): number {
  return a.principal.name.localeCompare(b.principal.name, 'en') || a.role.name.localeCompare(b.role.name, 'en') || a.scope.name.localeCompare(b.scope.name, 'en', { numeric: true });
}

/** Too many scopes are a list's own limit, and no refusal. */
function isUnread({ why }: Gap): boolean {
  return why !== 'tooManyScopes';
}

function titleOf({ principal, role }: AssignmentList): TextKey {
  if (principal !== null) return 'assignments.ofPerson';
  return role !== null ? 'assignments.ofRole' : 'assignments.atScope';
}

function subjectOf({ locale }: Reader, { principal, role, scope }: AssignmentList): string {
  const parts = [
    ...(principal === null ? [] : [principalInWords(locale, principal)]),
    ...(role === null ? [] : [roleInWords(locale, role)]),
    ...(scope === null ? [] : [scopeInWords(locale, scope)]),
  ];
  return parts.join(' · ');
}

function reachOf({ locale }: Reader, { scope, below, later }: AssignmentList): string {
  const where = scope === null ? 'assignments.everywhere' : below ? 'assignments.below' : 'assignments.here';
  return [text(locale, where), text(locale, later ? 'assignments.later' : 'assignments.now')].join(' · ');
}

function row(reader: Reader, assignment: Assignment, list: AssignmentList, now: Date): ListRow {
  const { locale } = reader;
  const { principal, role, until, start } = assignment;
  const name = list.principal === null ? principalInWords(locale, principal) : roleInWords(locale, role);
  const from = start !== null && start > now ? [text(locale, 'assignments.from', { date: shortMoment(reader, start, now) })] : [];
  const details = [
    ...(list.principal === null && list.role === null ? [roleInWords(locale, role)] : []),
    sideInWords(locale, assignment),
    ...whereAndThrough(reader, assignment, list),
    ...from,
  ];
  const end = until === null ? text(locale, 'roles.activeNoEnd') : text(locale, 'roles.activeUntil', { end: shortMoment(reader, until, now) });
  return { name, detail: details.join(' · '), aside: end };
}

function whereAndThrough({ locale }: Reader, { principal, scope }: Assignment, list: AssignmentList): readonly string[] {
  const elsewhere = list.scope === null || !sameScope(list.scope.id, scope.id) ? [scopeInWords(locale, scope)] : [];
  const isThroughGroup = list.principal !== null && list.principal.id.toLowerCase() !== principal.id.toLowerCase();
  return [...elsewhere, ...(isThroughGroup ? [text(locale, 'roles.via', { group: oneLine(principal.name) })] : [])];
}

function choiceTitle(reader: Reader, assignment: Assignment, list: AssignmentList): string {
  const { locale } = reader;
  const who = list.principal === null ? [principalInWords(locale, assignment.principal)] : [];
  const which = list.role === null ? [roleInWords(locale, assignment.role)] : [];
  return [...who, ...which, ...whereAndThrough(reader, assignment, list), sideInWords(locale, assignment)].join(' · ');
}

function notes({ locale }: Reader, { gaps }: AssignmentList): AssignmentsData['notes'] {
  return gaps.every(isUnread) ? [] : [{ text: text(locale, 'assignments.tooManyScopes') }];
}

/** Nothing lies below a resource, a group or an administrative unit. */
const hasBelow: ReadonlySet<Scope['type']> = new Set(['managementGroup', 'subscription', 'resourceGroup', 'directory']);

function actions({ locale }: Reader, { inquiryId, scope, below, later }: AssignmentList, canChoose: boolean): readonly CardElement[] {
  const show = { verb: 'assignments.show', inquiryId } as const;
  return [
    ...(canChoose ? [verbAction({ verb: 'assignments.take', inquiryId, below, later }, text(locale, 'action.unassignOne'), 'destructive')] : []),
    ...(scope !== null && hasBelow.has(scope.type)
      ? [verbAction({ ...show, below: !below, later }, text(locale, below ? 'action.onlyHere' : 'action.alsoBelow'))]
      : []),
    verbAction({ ...show, below, later: !later }, text(locale, later ? 'action.onlyNow' : 'action.alsoLater')),
  ];
}
