import type { ActivationRequest, ActiveAssignment, EligibleAssignment } from '../pim/model.ts';
import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardElement, CardFrame } from './adaptive-card.ts';
import { activeRow, moreText } from './list-rows.ts';
import type { ListRow } from './list-rows.ts';
import { largestFitting } from './card-size.ts';
import { choiceField } from './choices.ts';
import type { ChoiceField } from './choices.ts';
import { frame } from './frame.ts';
import { day, shortMoment } from './moment.ts';
import { oneLine } from './plain-text.ts';
import { roleAtScope, roleInWords, scopeInWords } from './role-words.ts';
import template from './templates/roles.json' with { type: 'json' };
import { text } from './texts.ts';
import type { Reader } from './texts.ts';
import { verbAction } from './verbs.ts';

export interface RolesOfPerson {
  readonly now: Date;
  readonly eligible: readonly EligibleAssignment[];
  readonly active: readonly ActiveAssignment[];
  readonly pending: readonly ActivationRequest[];
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
  readonly heading: string;
  readonly rows: readonly ListRow[];
  readonly hasMore: boolean;
  readonly more: string;
}

const mostRows = 8;
const mostChoices = 200;

const fill: (data: RolesData) => AdaptiveCard = cardTemplate(template);

/** What a person holds, waits for and may activate. However many roles there are, the card stays small enough. */
export function rolesCard(reader: Reader, roles: RolesOfPerson): AdaptiveCard {
  return largestFitting(Math.min(roles.eligible.length, mostChoices), (choices) => build(reader, roles, choices));
}

function build(reader: Reader, roles: RolesOfPerson, choiceCount: number): AdaptiveCard {
  const { locale } = reader;
  const canChoose = choiceCount > 0;
  return fill({
    ...frame(reader, 'roles.summary', actions(reader, roles, canChoose)),
    title: text(locale, 'roles.title'),
    groups: groups(reader, roles),
    isEmpty: roles.eligible.length === 0,
    emptyText: text(locale, 'roles.noneEligible'),
    emptyNext: text(locale, 'roles.noneNext'),
    canChoose,
    chooseLabel: text(locale, 'roles.choose'),
    choosePlaceholder: text(locale, 'choice.rolePlaceholder'),
    chooseMissing: text(locale, 'choice.roleMissing'),
    field: choiceField(
      roles.eligible.slice(0, choiceCount).map((assignment) => ({ title: roleAtScope(locale, assignment), value: assignment.id })),
    ),
    hasSearch: roles.eligible.length > mostRows || choiceCount < roles.eligible.length,
    searchText: text(locale, 'roles.search'),
    hasTimes: roles.active.length + roles.pending.length > 0,
    timeZone: text(locale, 'roles.timeZone', { zone: reader.timeZone }),
  });
}

function actions({ locale }: Reader, roles: RolesOfPerson, canChoose: boolean): readonly CardElement[] {
  return [
    ...(canChoose ? [verbAction({ verb: 'activation.choose' }, text(locale, 'action.activateOne'), 'positive')] : []),
    ...(roles.active.length > 0 ? [verbAction({ verb: 'active.show' }, text(locale, 'action.deactivateOne'))] : []),
    ...(canChoose || roles.active.length > 0 ? [] : [verbAction({ verb: 'roles.show' }, text(locale, 'action.check'))]),
  ];
}

function groups(reader: Reader, { now, active, pending, eligible }: RolesOfPerson): readonly RoleGroup[] {
  const { locale } = reader;
  const all = [
    { key: 'roles.active', rows: active.map((assignment) => activeRow(reader, assignment, now)) },
    { key: 'roles.pending', rows: pending.map((request) => pendingRow(reader, request, now)) },
    { key: 'roles.eligible', rows: eligible.map((assignment) => eligibleRow(reader, assignment)) },
  ] as const;
  return all
    .filter(({ rows }) => rows.length > 0)
    .map(({ key, rows }) => ({
      heading: text(locale, key, { count: String(rows.length) }),
      rows: rows.slice(0, mostRows),
      hasMore: rows.length > mostRows,
      more: moreText(locale, rows.length - mostRows),
    }));
}

function pendingRow(reader: Reader, request: ActivationRequest, now: Date): ListRow {
  return {
    name: roleInWords(request.role),
    detail: scopeInWords(reader.locale, request.scope),
    aside: text(reader.locale, 'roles.pendingSince', { time: shortMoment(reader, request.createdAt, now) }),
  };
}

function eligibleRow(reader: Reader, { role, scope, heldBy, until }: EligibleAssignment): ListRow {
  const { locale } = reader;
  const via = heldBy.kind === 'group' ? [text(locale, 'roles.via', { group: oneLine(heldBy.name) })] : [];
  return {
    name: roleInWords(role),
    detail: [scopeInWords(locale, scope), ...via].join(' · '),
    aside: until === null ? '' : text(locale, 'roles.eligibleUntil', { date: day(reader, until) }),
  };
}
