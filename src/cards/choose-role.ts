import type { EligibleAssignment } from '../pim/model.ts';
import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardFrame } from './adaptive-card.ts';
import { largestFitting } from './card-size.ts';
import { choiceField } from './choices.ts';
import type { ChoiceField } from './choices.ts';
import { frame } from './frame.ts';
import { withGaps } from './gaps.ts';
import type { ListGaps } from './gaps.ts';
import { moreText } from './list-rows.ts';
import { oneLine } from './plain-text.ts';
import { roleAtScope } from './role-words.ts';
import template from './templates/choose-role.json' with { type: 'json' };
import { pieces, text } from './texts.ts';
import type { Reader, TextKey, TextPiece } from './texts.ts';
import { verbAction } from './verbs.ts';

export interface RoleQuestion extends ListGaps {
  /** The words that were typed; may be empty. */
  readonly asked: string;
  readonly why: 'ambiguous' | 'unknown' | 'notNamed';
  readonly candidates: readonly RoleCandidate[];
}

/** A role that may be activated, and where. `id` as in the verb `activation.choose`. */
export type RoleCandidate = Pick<EligibleAssignment, 'id' | 'role' | 'scope'>;

interface ChooseRoleData extends CardFrame {
  readonly title: string;
  readonly explanation: readonly TextPiece[];
  readonly canChoose: boolean;
  readonly label: string;
  readonly placeholder: string;
  readonly missing: string;
  readonly field: ChoiceField;
  readonly hasMore: boolean;
  readonly more: string;
}

const mostChoices = 200;

const fill: (data: ChooseRoleData) => AdaptiveCard = cardTemplate(template);

/** Asks which role is meant; never takes the first of several. */
export function chooseRoleCard(reader: Reader, question: RoleQuestion): AdaptiveCard {
  return largestFitting(Math.min(question.candidates.length, mostChoices), (count) => build(reader, question, count));
}

function build(reader: Reader, question: RoleQuestion, count: number): AdaptiveCard {
  const { locale } = reader;
  const canChoose = count > 0;
  const shown = question.candidates.slice(0, count);
  return withGaps(reader, fill({
    ...frame(reader, 'chooseRole.summary', [
      ...(canChoose ? [verbAction({ verb: 'activation.choose' }, text(locale, 'action.activateOne'), 'positive')] : []),
      verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles')),
    ]),
    title: text(locale, titleKey(question)),
    explanation: pieces(locale, explanationKey(question), { asked: oneLine(question.asked) }),
    canChoose,
    label: text(locale, 'choice.role'),
    placeholder: text(locale, 'choice.rolePlaceholder'),
    missing: text(locale, 'choice.roleMissing'),
    field: choiceField(shown.map((assignment) => ({ title: roleAtScope(locale, assignment), value: assignment.id }))),
    hasMore: count < question.candidates.length,
    more: moreText(locale, question.candidates.length - count),
  }), question);
}

/** Where something could not be read, nobody is told that they do not have it. */
function titleKey({ why, gaps }: RoleQuestion): TextKey {
  return why === 'unknown' && gaps.length > 0 ? 'gap.noneFits' : `chooseRole.${why}`;
}

function explanationKey({ why, candidates, gaps }: RoleQuestion): TextKey {
  if (why === 'unknown' && gaps.length > 0) return 'gap.noneFitsText';
  if (candidates.length > 0) return `chooseRole.${why}Text`;
  if (gaps.length > 0) return 'gap.noneEligible';
  return why === 'unknown' ? 'chooseRole.unknownNone' : 'chooseRole.noneText';
}
