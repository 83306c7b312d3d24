import type { AssignmentTarget, Principal, Role, Scope } from '../pim/model.ts';
import type { AdaptiveCard } from './adaptive-card.ts';
import { targetInWords, principalInWords } from './assignment-words.ts';
import { largestFitting } from './card-size.ts';
import { choiceField } from './choices.ts';
import { frame } from './frame.ts';
import { moreText } from './list-rows.ts';
import { oneLine } from './plain-text.ts';
import { roleInWords, scopeInWords } from './role-words.ts';
import { mostChoices, questionCard } from './question-card.ts';
import { pieces, text } from './texts.ts';
import type { Locale, Reader, TextKey, TextPiece } from './texts.ts';
import { verbAction } from './verbs.ts';

/** Which of several is meant. `unknown`: none fits, these come nearest; `notNamed`: nothing was said about it. */
export type Question = {
  readonly why: 'ambiguous' | 'unknown' | 'notNamed';
  /** The words that were typed; may be empty. */
  readonly asked: string;
} & Candidates;

type Candidates =
  | { readonly about: 'principal'; readonly candidates: readonly Principal[] }
  | { readonly about: 'scope'; readonly candidates: readonly Scope[] }
  | { readonly about: 'role'; readonly candidates: readonly Role[] }
  | { readonly about: 'target'; readonly candidates: readonly AssignmentTarget[] };

export interface OpenQuestion {
  /** Under which the candidates are kept: the card sends the number of one. */
  readonly inquiryId: string;
  readonly question: Question;
}

const labels: Readonly<Record<Question['about'], TextKey>> = {
  principal: 'chooseOne.principalLabel',
  scope: 'chooseOne.scopeLabel',
  role: 'choice.role',
  target: 'chooseOne.targetLabel',
};

/** Asks which person, scope, role or assignment is meant; never takes the first of several. */
export function chooseOneCard(reader: Reader, open: OpenQuestion): AdaptiveCard {
  return largestFitting(Math.min(open.question.candidates.length, mostChoices), (count) => build(reader, open, count));
}

function build(reader: Reader, { inquiryId, question }: OpenQuestion, count: number): AdaptiveCard {
  const { locale } = reader;
  const { about, candidates } = question;
  return questionCard({
    ...frame(reader, 'chooseOne.summary', [verbAction({ verb: 'inquiry.choose', inquiryId }, text(locale, 'action.continue'), 'positive')]),
    title: text(locale, `chooseOne.${about}`),
    explanation: explanation(locale, question),
    canChoose: true,
    fieldId: 'choice',
    label: text(locale, labels[about]),
    placeholder: text(locale, 'choice.onePlaceholder'),
    missing: text(locale, 'choice.oneMissing'),
    field: choiceField(titles(locale, question).slice(0, count).map((title, index) => ({ title, value: String(index) }))),
    hasMore: count < candidates.length,
    more: moreText(locale, candidates.length - count),
  });
}

function explanation(locale: Locale, { why, asked }: Question): readonly TextPiece[] {
  if (why === 'notNamed' || asked === '') return pieces(locale, 'chooseOne.notNamedText', {});
  return pieces(locale, `chooseOne.${why}Text`, { asked: oneLine(asked) });
}

function titles(locale: Locale, question: Question): readonly string[] {
  switch (question.about) {
    case 'principal': return toldApart(question.candidates, (principal) => principalInWords(locale, principal), ({ id }) => id);
    case 'scope': return toldApart(question.candidates, (scope) => scopeInWords(locale, scope), ({ id }) => id);
    case 'role': return toldApart(question.candidates, (role) => roleInWords(locale, role), ({ definitionId }) => definitionId);
    case 'target': return toldApart(question.candidates, (target) => targetInWords(locale, target), ({ scope }) => scope.id);
  }
}

const longestId = 160;

/** Two things of the same name are told apart by their ids. */
function toldApart<T>(candidates: readonly T[], titleOf: (candidate: T) => string, idOf: (candidate: T) => string): readonly string[] {
  const plain = candidates.map(titleOf);
  return candidates.map((candidate, index) => {
    const title = plain[index] ?? '';
    return plain.indexOf(title) === plain.lastIndexOf(title) ? title : `${title} · ${oneLine(idOf(candidate), longestId)}`;
  });
}
