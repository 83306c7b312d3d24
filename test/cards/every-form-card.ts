import { activationFormCard } from '../../src/cards/activation-form.ts';
import type { ActivationForm } from '../../src/cards/activation-form.ts';
import type { Locale } from '../../src/cards/texts.ts';
import type { CardSample } from './every-card.ts';
import { app, contributor, guid, owner, plainSettings, production, readers, strictSettings, why } from './samples.ts';

export function formCards(locale: Locale): readonly CardSample[] {
  const form: ActivationForm = {
    requestId: guid(401),
    version: 1,
    role: contributor,
    scope: app,
    settings: plainSettings,
    entered: {},
    reasons: [],
    eligibleUntil: new Date('2027-03-31T22:00:00Z'),
  };
  const states: Readonly<Record<string, ActivationForm>> = {
    plain: form,
    approval: { ...form, role: owner, scope: production, settings: strictSettings },
    'approval-by-nobody': { ...form, settings: { ...strictSettings, ticketRequired: false, approvers: [] } },
    refused: {
      ...form,
      settings: strictSettings,
      entered: { minutes: 480, justification: why[locale], ticketNumber: 'INC-4711' },
      reasons: [{ code: 'durationTooLong', maximumMinutes: 150 }, { code: 'ticketSystemMissing' }],
    },
    'settings-unreadable': { ...form, settings: null, eligibleUntil: null },
    'short-maximum': { ...form, settings: { ...plainSettings, maximumMinutes: 15, authenticationContext: 'c1' } },
  };
  return Object.entries(states).map(([state, data]) => ({
    name: `activation-form-${state}`,
    card: activationFormCard(readers[locale], data),
  }));
}
