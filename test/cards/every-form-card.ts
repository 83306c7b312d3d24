import { activationFormCard } from '../../src/cards/activation-form.ts';
import type { ActivationForm } from '../../src/cards/activation-form.ts';
import { withProblem } from '../../src/cards/refusal.ts';
import type { Locale } from '../../src/cards/texts.ts';
import { withValidation } from '../../src/cards/validation.ts';
import type { CardSample } from './every-card.ts';
import {
  app, below, contributor, directory, guid, manyEligible, member, opsLeads, owner, plainSettings, production, readers, strictSettings, userAdministrator, why,
} from './samples.ts';

export function formCards(locale: Locale): readonly CardSample[] {
  const form: ActivationForm = {
    requestId: guid(401),
    version: 1,
    role: contributor,
    scope: app,
    storedScope: app,
    settings: plainSettings,
    entered: {},
    reasons: [],
    eligibleUntil: new Date('2027-03-31T22:00:00Z'),
    where: null,
    isBelow: false,
  };
  const atSubscription: ActivationForm = { ...form, role: owner, scope: production, storedScope: production, where: { whole: production, below } };
  const atOneBelow: ActivationForm = { ...atSubscription, scope: app, storedScope: app, settings: strictSettings, isBelow: true };
  const manyBelow = manyEligible.flatMap(({ scope }) => [scope, { ...scope, id: `${scope.id}-b`, name: `${scope.name}-b` }]);
  const states: Readonly<Record<string, ActivationForm>> = {
    plain: form,
    approval: { ...form, role: owner, scope: production, settings: strictSettings },
    'approval-by-nobody': { ...form, settings: { ...strictSettings, ticketRequired: false, approvers: [] } },
    'scopes-below': atSubscription,
    'at-one-below': atOneBelow,
    'many-scopes-below': { ...atSubscription, where: { whole: production, below: manyBelow } },
    'at-one-of-many-below': { ...atOneBelow, storedScope: production, where: { whole: production, below: [app, ...manyBelow] } },
    'scopes-below-unread': { ...atSubscription, where: { whole: production, below: 'unread' } },
    entra: { ...form, role: userAdministrator, scope: directory, settings: strictSettings },
    group: { ...form, role: member, scope: opsLeads },
    refused: {
      ...form,
      settings: strictSettings,
      entered: { minutes: 480, justification: why[locale], ticketNumber: 'INC-4711' },
      reasons: [{ code: 'durationTooLong', maximumMinutes: 150 }, { code: 'ticketSystemMissing' }],
    },
    planned: { ...form, entered: { startDate: '2026-11-24', startTime: '09:00', minutes: 120 } },
    'start-refused': {
      ...form,
      entered: { startDate: '2027-03-31', startTime: '09:00' },
      reasons: [
        { code: 'startUnreadable' }, { code: 'startTimeMissing' }, { code: 'startPast' }, { code: 'startTooFar' },
        { code: 'startAfterEligibility' }, { code: 'startAfterEligibility', eligibleUntil: new Date('2027-03-31T22:00:00Z') },
        { code: 'endAfterEligibility' }, { code: 'endAfterEligibility', eligibleUntil: new Date('2027-03-31T22:00:00Z') },
      ],
    },
    'settings-unreadable': { ...form, settings: null, eligibleUntil: null },
    'short-maximum': { ...form, settings: { ...plainSettings, maximumMinutes: 15, authenticationContext: 'c1' } },
  };
  const reader = readers[locale];
  const filled = { ...form, entered: { minutes: 60, justification: why[locale] } };
  return [
    ...Object.entries(states).map(([state, data]) => ({ name: `activation-form-${state}`, card: activationFormCard(reader, data) })),
    { name: 'activation-form-would-be-granted', card: withValidation(reader, activationFormCard(reader, filled), 'granted') },
    {
      name: 'activation-form-would-need-approval',
      card: withValidation(reader, activationFormCard(reader, { ...filled, settings: { ...strictSettings, ticketRequired: false } }), 'needsApproval'),
    },
    { name: 'activation-form-would-need-step-up', card: withValidation(reader, activationFormCard(reader, filled), 'needsStepUp') },
    {
      name: 'activation-form-would-be-refused',
      card: withProblem(reader, activationFormCard(reader, filled), { code: 'alreadyActive', rules: [], azureRequestId: null }),
    },
  ];
}
