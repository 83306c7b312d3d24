import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardFrame } from './adaptive-card.ts';
import type { ChoiceField } from './choices.ts';
import template from './templates/question.json' with { type: 'json' };
import type { TextPiece } from './texts.ts';

export interface QuestionData extends CardFrame {
  readonly title: string;
  readonly explanation: readonly TextPiece[];
  readonly canChoose: boolean;
  /** Under which the choice is sent. */
  readonly fieldId: string;
  readonly label: string;
  readonly placeholder: string;
  readonly missing: string;
  readonly field: ChoiceField;
  readonly hasMore: boolean;
  readonly more: string;
}

/** So many are offered at most, and fewer where the card would be too large. */
export const mostChoices = 200;

/** Asks which of several is meant. */
export const questionCard: (data: QuestionData) => AdaptiveCard = cardTemplate(template);
