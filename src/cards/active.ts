import type { ActiveAssignment } from '../pim/model.ts';
import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardFrame } from './adaptive-card.ts';
import { largestFitting } from './card-size.ts';
import { choiceField } from './choices.ts';
import type { ChoiceField } from './choices.ts';
import { frame } from './frame.ts';
import { withGaps } from './gaps.ts';
import type { ListGaps } from './gaps.ts';
import { activeRow, moreText } from './list-rows.ts';
import type { ListRow } from './list-rows.ts';
import { roleAtScope } from './role-words.ts';
import template from './templates/active.json' with { type: 'json' };
import { text } from './texts.ts';
import type { Reader } from './texts.ts';
import { verbAction } from './verbs.ts';

export interface HeldRoles extends ListGaps {
  readonly now: Date;
  readonly active: readonly ActiveAssignment[];
}

interface ActiveData extends CardFrame {
  readonly title: string;
  readonly isEmpty: boolean;
  readonly emptyText: string;
  readonly rows: readonly ListRow[];
  readonly hasMore: boolean;
  readonly more: string;
  readonly hasAssigned: boolean;
  readonly assignedNote: string;
  readonly canChoose: boolean;
  readonly label: string;
  readonly placeholder: string;
  readonly missing: string;
  readonly field: ChoiceField;
  readonly timeZone: string;
}

const mostRows = 12;
const mostChoices = 100;

const fill: (data: ActiveData) => AdaptiveCard = cardTemplate(template);

/** What a person holds now. Only what was activated can be given back; an assigned role is shown, not offered. */
export function activeCard(reader: Reader, held: HeldRoles): AdaptiveCard {
  return largestFitting(Math.min(held.active.length, mostChoices), (count) => build(reader, held, count));
}

function build(reader: Reader, held: HeldRoles, count: number): AdaptiveCard {
  const { locale } = reader;
  const { now, active, gaps } = held;
  const isEmpty = active.length === 0;
  const rows = active.slice(0, Math.min(count, mostRows));
  const activated = active.slice(0, count).filter(({ how }) => how === 'activated');
  const canChoose = activated.length > 0;
  return withGaps(reader, fill({
    ...frame(reader, 'active.summary', [
      ...(canChoose ? [verbAction({ verb: 'active.deactivate' }, text(locale, 'action.deactivate'), 'destructive')] : []),
      verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles')),
    ]),
    title: isEmpty ? text(locale, gaps.length > 0 ? 'gap.noneActive' : 'active.none') : text(locale, 'active.title', { count: String(active.length) }),
    isEmpty,
    emptyText: text(locale, gaps.length > 0 ? 'gap.seeBelow' : 'active.noneText'),
    rows: rows.map((assignment) => activeRow(reader, assignment, now)),
    hasMore: rows.length < active.length,
    more: moreText(locale, active.length - rows.length),
    hasAssigned: active.some(({ how }) => how === 'assigned'),
    assignedNote: text(locale, 'active.assignedNote'),
    canChoose,
    label: text(locale, 'active.choose'),
    placeholder: text(locale, 'choice.rolePlaceholder'),
    missing: text(locale, 'choice.roleMissing'),
    field: choiceField(activated.map((assignment) => ({ title: roleAtScope(locale, assignment), value: assignment.id }))),
    timeZone: text(locale, 'roles.timeZone', { zone: reader.timeZone }),
  }), held);
}
