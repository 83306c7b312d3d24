import type { ActivationState } from '../pim/activation-status.ts';
import type { ActivationRequest, ActiveAssignment, EligibleAssignment, Role, Scope } from '../pim/model.ts';
import { kindOf } from '../pim/scope.ts';
import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardElement, CardFrame } from './adaptive-card.ts';
import { activeRow, moreText } from './list-rows.ts';
import type { ListRow } from './list-rows.ts';
import { largestFitting } from './card-size.ts';
import { choiceField } from './choices.ts';
import type { ChoiceField } from './choices.ts';
import { frame } from './frame.ts';
import { withGaps } from './gaps.ts';
import type { ListGaps } from './gaps.ts';
import { day, shortMoment } from './moment.ts';
import { oneLine } from './plain-text.ts';
import { roleAtScope, roleInWords, scopeInWords } from './role-words.ts';
import template from './templates/roles.json' with { type: 'json' };
import { statusHeadline } from './status-words.ts';
import { text } from './texts.ts';
import type { Locale, Reader } from './texts.ts';
import { verbAction } from './verbs.ts';

export interface RolesOfPerson extends ListGaps {
  readonly now: Date;
  readonly eligible: readonly EligibleAssignment[];
  readonly active: readonly ActiveAssignment[];
  readonly pending: readonly ActivationRequest[];
  /** What waits here, and PIM knows nothing of; the first one is offered to be opened. */
  readonly kept?: readonly KeptRequest[];
}

export interface KeptRequest {
  readonly requestId: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly state: ActivationState;
  readonly askedAt: Date;
}

interface RolesData extends CardFrame {
  readonly title: string;
  readonly groups: readonly RoleGroup[];
  readonly isEmpty: boolean;
  readonly emptyText: string;
  readonly emptyNext: string;
  readonly canChoose: boolean;
  readonly chooseLabel: string;
  readonly choosePlaceholder: string;
  readonly chooseMissing: string;
  readonly field: ChoiceField;
  readonly hasSearch: boolean;
  readonly searchText: string;
  readonly hasTimes: boolean;
  readonly timeZone: string;
}

interface RoleGroup {
  /** The rest of it is found by its name. */
  readonly canSearch: boolean;
  readonly heading: string;
  readonly rows: readonly ListRow[];
  readonly hasMore: boolean;
  readonly more: string;
}

const mostRows = 8;
/** Of each kind, where a person has roles of several. */
const mostRowsOfKind = 4;
const mostChoices = 200;
/** With the others, as many buttons as Teams shows. */
const mostOpened = 3;

const fill: (data: RolesData) => AdaptiveCard = cardTemplate(template);

/** What a person holds, waits for and may activate. However many roles there are, the card stays small enough. */
export function rolesCard(reader: Reader, roles: RolesOfPerson): AdaptiveCard {
  const most = Math.max(roles.eligible.length, roles.active.length, waiting(roles).length);
  return largestFitting(Math.min(most, mostChoices), (count) => build(reader, roles, count));
}

function build(reader: Reader, roles: RolesOfPerson, count: number): AdaptiveCard {
  const { locale } = reader;
  const choices = roles.eligible.slice(0, count);
  const shown = groups(reader, roles, count);
  const canChoose = choices.length > 0;
  return withGaps(reader, fill({
    ...frame(reader, 'roles.summary', actions(reader, roles, canChoose)),
    title: text(locale, 'roles.title'),
    groups: shown,
    isEmpty: roles.eligible.length === 0,
    emptyText: text(locale, roles.gaps.length > 0 ? 'gap.noneEligible' : 'roles.noneEligible'),
    emptyNext: text(locale, roles.gaps.length > 0 ? 'gap.seeBelow' : 'roles.noneNext'),
    canChoose,
    chooseLabel: text(locale, 'roles.choose'),
    choosePlaceholder: text(locale, 'choice.rolePlaceholder'),
    chooseMissing: text(locale, 'choice.roleMissing'),
    field: choiceField(choices.map((assignment) => ({ title: roleAtScope(locale, assignment), value: assignment.id }))),
    hasSearch: choices.length < roles.eligible.length || shown.some(({ canSearch }) => canSearch),
    searchText: text(locale, 'roles.search'),
    hasTimes: roles.active.length + waiting(roles).length > 0,
    timeZone: text(locale, 'roles.timeZone', { zone: reader.timeZone }),
  }), roles);
}

/** The card of what waits may lie far above in the chat. What does not fit beside the others comes last. */
function actions({ locale }: Reader, roles: RolesOfPerson, canChoose: boolean): readonly CardElement[] {
  const { kept = [] } = roles;
  const [first = [], ...others] = kept.slice(0, mostOpened).map(({ requestId, role }) =>
    [verbAction({ verb: 'activation.check', requestId }, text(locale, 'action.openWaiting', { role: roleInWords(locale, role) }))]);
  return [
    ...(canChoose ? [verbAction({ verb: 'activation.choose' }, text(locale, 'action.activateOne'), 'positive')] : []),
    ...first,
    ...(roles.active.length > 0 ? [verbAction({ verb: 'active.show' }, text(locale, 'action.deactivateOne'))] : []),
    ...others.flat(),
    ...(canChoose || roles.active.length > 0 ? [] : [verbAction({ verb: 'roles.show' }, text(locale, 'action.check'))]),
  ];
}

function groups(reader: Reader, roles: RolesOfPerson, count: number): readonly RoleGroup[] {
  const { now, active, eligible } = roles;
  const lists: readonly RoleList[] = [
    { key: 'roles.active', ...listOf(active, (assignment) => activeRow(reader, assignment, now)) },
    { key: 'roles.pending', ...listOf(waiting(roles), (request) => ('state' in request ? keptRow(reader, request, now) : pendingRow(reader, request, now))) },
    ...eligibleLists(reader, eligible),
  ];
  return lists.filter(({ total }) => total > 0).map((list) => group(reader.locale, list, count));
}

interface RoleList extends Rows {
  readonly key: 'roles.active' | 'roles.pending' | 'roles.eligible' | 'roles.eligibleOfKind';
  /** In words, where the list has roles of this kind only. */
  readonly kind?: string;
}

/** Rows are made as they are shown: most of a long list never is. */
interface Rows {
  readonly total: number;
  readonly first: (most: number) => readonly ListRow[];
}

function listOf<T>(items: readonly T[], row: (item: T) => ListRow): Rows {
  return { total: items.length, first: (most) => items.slice(0, most).map(row) };
}

/** Whoever has roles of one kind only need not know that there are others. */
function eligibleLists(reader: Reader, eligible: readonly EligibleAssignment[]): readonly RoleList[] {
  const row = (assignment: EligibleAssignment): ListRow => eligibleRow(reader, assignment);
  const kinds = [...Map.groupBy(eligible, ({ scope }) => kindOf(scope))];
  if (kinds.length < 2) return [{ key: 'roles.eligible', ...listOf(eligible, row) }];
  return kinds.map(([kind, ofKind]) => ({ key: 'roles.eligibleOfKind', kind: text(reader.locale, `kind.${kind}`), ...listOf(ofKind, row) }));
}

function group(locale: Locale, { key, total, first, kind = '' }: RoleList, count: number): RoleGroup {
  const rows = first(Math.min(count, kind === '' ? mostRows : mostRowsOfKind));
  return {
    heading: text(locale, key, { kind, count: String(total) }),
    rows,
    canSearch: rows.length < total && key !== 'roles.active' && key !== 'roles.pending',
    hasMore: rows.length < total,
    more: moreText(locale, total - rows.length),
  };
}

function pendingRow(reader: Reader, request: ActivationRequest, now: Date): ListRow {
  return {
    name: roleInWords(reader.locale, request.role),
    detail: scopeInWords(reader.locale, request.scope),
    aside: text(reader.locale, 'roles.pendingSince', { time: shortMoment(reader, request.createdAt, now) }),
  };
}

function waiting({ pending, kept = [] }: RolesOfPerson): readonly (ActivationRequest | KeptRequest)[] {
  return [...kept, ...pending];
}

/** It may wait for others, or for the person. */
function keptRow(reader: Reader, { role, scope, state, askedAt }: KeptRequest, now: Date): ListRow {
  const { locale } = reader;
  return {
    name: roleInWords(locale, role),
    detail: [scopeInWords(locale, scope), statusHeadline(reader, { state, start: null, end: null, decidedByName: null }, now)].join(' · '),
    aside: text(locale, 'roles.pendingSince', { time: shortMoment(reader, askedAt, now) }),
  };
}

function eligibleRow(reader: Reader, { role, scope, heldBy, until }: EligibleAssignment): ListRow {
  const { locale } = reader;
  const via = heldBy.kind === 'group' ? [text(locale, 'roles.via', { group: oneLine(heldBy.name) })] : [];
  return {
    name: roleInWords(locale, role),
    detail: [scopeInWords(locale, scope), ...via].join(' · '),
    aside: until === null ? '' : text(locale, 'roles.eligibleUntil', { date: day(reader, until) }),
  };
}
