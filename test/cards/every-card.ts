import type { AdaptiveCard } from '../../src/cards/adaptive-card.ts';
import { helpCard } from '../../src/cards/help.ts';
import type { Locale } from '../../src/cards/texts.ts';
import { welcomeCard } from '../../src/cards/welcome.ts';
import { assignmentCards } from './every-assignment-card.ts';
import { approvalCards } from './every-approval-card.ts';
import { digestCards } from './every-digest-card.ts';
import { formCards } from './every-form-card.ts';
import { ownApprovalCards } from './every-own-approval-card.ts';
import { problemCards } from './every-problem-card.ts';
import { roleCards } from './every-role-card.ts';
import { settingsCards } from './every-settings-card.ts';
import { statusCards } from './every-status-card.ts';
import { alex, readers } from './samples.ts';

/** One card in one state. `name` is also the name of its picture. */
export interface CardSample {
  readonly name: string;
  readonly card: AdaptiveCard;
}

/** Every card in every state that it has, as one person sees it. */
export function everyCard(locale: Locale): readonly CardSample[] {
  const reader = readers[locale];
  return [
    { name: 'welcome', card: welcomeCard(reader, { personName: alex.name }) },
    { name: 'welcome-no-name', card: welcomeCard(reader, { personName: null }) },
    { name: 'help', card: helpCard(reader) },
    ...roleCards(locale),
    ...formCards(locale),
    ...statusCards(locale),
    ...approvalCards(locale),
    ...ownApprovalCards(locale),
    ...digestCards(locale),
    ...assignmentCards(locale),
    ...settingsCards(locale),
    ...problemCards(locale),
  ];
}
