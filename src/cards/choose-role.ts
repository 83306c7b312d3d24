import type { EligibleAssignment } from '../pim/model.ts';
import type { EnteredActivation } from './activation-form.ts';
import type { AdaptiveCard } from './adaptive-card.ts';
import { largestFitting } from './card-size.ts';
import { choiceField } from './choices.ts';
import { frame } from './frame.ts';
import { withGaps } from './gaps.ts';
import type { ListGaps } from './gaps.ts';
import { moreText } from './list-rows.ts';
import { oneLine } from './plain-text.ts';
import { roleAtScope } from './role-words.ts';
import { mostChoices, questionCard } from './question-card.ts';
import { pieces, text } from './texts.ts';
import type { Reader, TextKey } from './texts.ts';
import { verbAction } from './verbs.ts';

export interface RoleQuestion extends ListGaps {
  /** The words that were typed; may be empty. */
  readonly asked: string;
  readonly why: 'ambiguous' | 'unknown' | 'notNamed';
  readonly candidates: readonly RoleCandidate[];
  /** What was said beside the role: the button takes it along to the form. */
  readonly entered?: Pick<EnteredActivation, 'startDate' | 'startTime' | 'minutes' | 'justification'>;
}

/** A role that may be activated, and where. `id` as in the verb `activation.choose`. */
export type RoleCandidate = Pick<EligibleAssignment, 'id' | 'role' | 'scope'>;

/** Asks which role is meant; never takes the first of several. */
export function chooseRoleCard(reader: Reader, question: RoleQuestion): AdaptiveCard {
  return largestFitting(Math.min(question.candidates.length, mostChoices), (count) => build(reader, question, count));
}

function build(reader: Reader, question: RoleQuestion, count: number): AdaptiveCard {
  const { locale } = reader;
  const canChoose = count > 0;
  const shown = question.candidates.slice(0, count);
  return withGaps(reader, questionCard({
    ...frame(reader, 'chooseRole.summary', [
      ...(canChoose ? [verbAction({ verb: 'activation.choose', ...said(question.entered ?? {}) }, text(locale, 'action.activateOne'), 'positive')] : []),
      verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles')),
    ]),
    title: text(locale, titleKey(question)),
    explanation: pieces(locale, explanationKey(question), { asked: oneLine(question.asked) }),
    canChoose,
    fieldId: 'eligibleId',
    label: text(locale, 'choice.role'),
    placeholder: text(locale, 'choice.rolePlaceholder'),
    missing: text(locale, 'choice.roleMissing'),
    field: choiceField(shown.map((assignment) => ({ title: roleAtScope(locale, assignment), value: assignment.id }))),
    hasMore: count < question.candidates.length,
    more: moreText(locale, question.candidates.length - count),
  }), question);
}

function said({ startDate, startTime, minutes, justification }: NonNullable<RoleQuestion['entered']>): object {
  return {
    ...(startDate ? { startDate } : {}),
    ...(startTime ? { startTime } : {}),
    ...(minutes ? { minutes } : {}),
    ...(justification ? { justification } : {}),
  };
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
