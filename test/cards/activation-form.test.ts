import { describe, expect, it } from 'vitest';
import { activationFormCard } from '../../src/cards/activation-form.ts';
import type { ActivationForm } from '../../src/cards/activation-form.ts';
import type { AdaptiveCard } from '../../src/cards/adaptive-card.ts';
import { reasonText } from '../../src/cards/reason-words.ts';
import type { Reason } from '../../src/pim/check-activation.ts';
import { cardBytes, largestCard } from '../../src/cards/card-size.ts';
import { inputsOf, partsOfType, verbsOf, wordsOf } from './card-parts.ts';
import { app, below, contributor, guid, manyEligible, plainSettings, production, readers, strictSettings } from './samples.ts';

const form: ActivationForm = {
  requestId: guid(401),
  version: 1,
  role: contributor,
  scope: app,
  storedScope: app,
  settings: plainSettings,
  entered: {},
  reasons: [],
  eligibleUntil: null,
  where: null,
  isBelow: false,
};

function inputs(card: AdaptiveCard): Readonly<Record<string, boolean>> {
  return Object.fromEntries(inputsOf(card).map(({ id, isRequired }) => [String(id), isRequired === true]));
}

function show(more: Partial<ActivationForm>): AdaptiveCard {
  return activationFormCard(readers.en, { ...form, ...more });
}

describe('the activation form', () => {
  it('has just the fields that the role’s settings ask for', () => {
    expect(inputs(show({}))).toEqual({ startDate: false, startTime: false, minutes: true, justification: true });
    expect(inputs(show({ settings: { ...plainSettings, justificationRequired: false } }))).toEqual({ startDate: false, startTime: false, minutes: true, justification: false });
    expect(inputs(show({ settings: strictSettings }))).toEqual({ startDate: false, startTime: false, minutes: true, justification: true, ticketNumber: true, ticketSystem: true });
  });

  it('has every field, none but the duration required, when the settings cannot be read', () => {
    const card = show({ settings: null });
    expect(inputs(card)).toEqual({ startDate: false, startTime: false, minutes: true, justification: false, ticketNumber: false, ticketSystem: false });
    expect(wordsOf(card)).toContain('could not be read');
  });

  it('says whether approval will be asked, and of whom', () => {
    expect(wordsOf(show({}))).toContain('No approval needed');
    expect(wordsOf(show({ settings: strictSettings }))).toContain('Megan Bowen or Operations (group)');
    expect(wordsOf(show({ settings: { ...strictSettings, approvers: [] } }))).toContain('name nobody');
  });

  it('keeps what was entered and says what to correct', () => {
    const entered = { startDate: '2026-11-24', startTime: '09:00', minutes: 90, justification: 'because [x](y)\nof it', ticketNumber: 'INC-1', ticketSystem: 'Jira' };
    const card = show({ settings: strictSettings, entered, reasons: [{ code: 'justificationTooLong' }] });
    const values = Object.fromEntries(inputsOf(card).map(({ id, value }) => [String(id), value]));
    expect(values).toEqual({ ...entered, minutes: '90' });
    expect(wordsOf(card)).toContain('at most 500 characters');
  });

  it('asks for a start that nobody has to give, in the person’s own time zone', () => {
    expect(wordsOf(show({}))).toContain('Leave both empty to begin at once. Times: Europe/London.');
    const fields = inputsOf(show({ entered: { startDate: 'someday', startTime: '9 o’clock' } })).filter(({ type }) => type === 'Input.Date' || type === 'Input.Time');
    expect(fields).toMatchObject([{ id: 'startDate', value: '' }, { id: 'startTime', value: '' }]);
  });

  it('keeps a justification that is too long, to be shortened', () => {
    const justification = 'word '.repeat(300).trim();
    const field = inputsOf(show({ entered: { justification } })).find(({ id }) => id === 'justification');
    expect(field).toMatchObject({ value: justification, maxLength: 500 });
  });

  it('sends nothing but the request’s id and version, and offers a way back', () => {
    const card = show({});
    expect(verbsOf(card)).toEqual(['activation.submit', 'activation.validate', 'roles.show']);
    expect(partsOfType(card, 'Action.Execute')[0]).toMatchObject({ data: { requestId: guid(401), version: 1 } });
  });
});

describe('where an eligible role may be activated', () => {
  const where = { whole: production, below };

  function scopeField(card: AdaptiveCard): Readonly<Record<string, unknown>> | undefined {
    return inputsOf(card).find(({ id }) => id === 'scopeId');
  }

  it('is the eligibility’s own scope or one below it, the own one chosen', () => {
    const field = scopeField(show({ scope: production, storedScope: production, where }));
    expect(field).toMatchObject({ value: production.id, isRequired: true });
    expect(field?.['choices']).toEqual([
      { title: 'Subscription Production (all of it)', value: production.id },
      { title: 'Resource group rg-app', value: app.id },
      { title: 'Resource group rg-web · Production', value: below[0]?.id },
      { title: `Resource group rg-web · ${guid(901)}`, value: below[1]?.id },
    ]);
  });

  it('is chosen already where the form is for a scope below, which says whose settings count', () => {
    const card = show({ scope: app, where, isBelow: true });
    expect(scopeField(card)).toMatchObject({ value: app.id });
    expect(wordsOf(card)).toContain('both count');
    expect(wordsOf(show({ scope: production, storedScope: production, where }))).not.toContain('both count');
  });

  it('is not asked for where there is one scope only, or the others could not be read', () => {
    expect(scopeField(show({ where: null }))).toBeUndefined();
    expect(scopeField(show({ where: { whole: production, below: [] } }))).toBeUndefined();
    const unread = show({ where: { whole: production, below: 'unread' } });
    expect(scopeField(unread)).toBeUndefined();
    expect(wordsOf(unread)).toContain('could not be read, so only the whole is offered');
  });

  it('of hundreds, a hundred are offered, the chosen one among them, and the rest counted', () => {
    const many = Array.from({ length: 10 }, (_, index) => manyEligible.map(({ scope }) => ({ ...scope, id: `${scope.id}-${index}`, name: `${scope.name}-${index}` }))).flat();
    const last = many.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })).at(-1) ?? app;
    const card = show({ scope: last, storedScope: last, where: { whole: production, below: many } });
    const { choices, value, style, placeholder, isRequired } = Object(scopeField(card));
    expect(choices).toHaveLength(100);
    expect(choices.map((choice: { value: string }) => choice.value)).toContain(last.id);
    expect({ value, style, isRequired }).toEqual({ value: '', style: 'filtered', isRequired: false });
    expect(placeholder).toBe(`Resource group ${last.name}, unless you choose another`);
    expect(wordsOf(card)).toContain('501 more are not in this choice');
    expect(cardBytes(card)).toBeLessThanOrEqual(largestCard);
  });

  it('that was picked from a long list stays picked where the form comes back: leaving the field alone does not widen it', () => {
    const many = manyEligible.map(({ scope }) => scope);
    const picked = many[7] ?? app;
    const field = scopeField(show({ scope: picked, storedScope: production, where: { whole: production, below: many } }));
    expect(field).toMatchObject({ value: picked.id, style: 'compact', isRequired: true });
  });

  it('with the longest names and texts the form still fits', () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ ...app, id: `${app.id}-${'x'.repeat(400)}-${index}`, name: `${'あ'.repeat(150)}${index}` }));
    const card = show({ scope: production, storedScope: production, where: { whole: production, below: many }, entered: { justification: '緊急'.repeat(400) } });
    expect(cardBytes(card)).toBeLessThanOrEqual(largestCard);
    expect(Object(scopeField(card)).choices.length).toBeGreaterThan(1);
  });
});

describe('reasons', () => {
  const codes: Readonly<Record<Reason['code'], string>> = {
    durationTooLong: 'too long for this role',
    durationTooShort: 'too short',
    durationMissing: 'Choose a duration',
    justificationMissing: 'asks for a justification',
    justificationTooLong: 'at most 500 characters',
    ticketNumberMissing: 'asks for a ticket number',
    ticketSystemMissing: 'asks for the ticket system',
    ticketTooLong: 'at most 100 characters',
    ticketNotAccepted: 'not one that your organization accepts',
    scopeNotOffered: 'does not offer this scope',
    startUnreadable: 'could not be read',
    startTimeMissing: 'Choose a time',
    startPast: 'has passed',
    startTooFar: 'at most one year',
    startAfterEligibility: 'no longer eligible',
    endAfterEligibility: 'longer than you are eligible',
  };

  it.each(Object.entries(codes))('%s: %s', (code, words) => {
    const reason = Object.keys(codes).filter((name): name is Reason['code'] => name === code).map((name) => ({ code: name }));
    expect(reason.map((each) => reasonText(readers.en, each)).join('')).toContain(words);
  });

  it('name the limit where there is one', () => {
    expect(reasonText(readers.en, { code: 'durationTooLong', maximumMinutes: 150 })).toContain('at most 2 h 30 min');
    expect(reasonText(readers.ja, { code: 'durationTooShort', minimumMinutes: 30 })).toContain('30 分 以上');
    const eligibleUntil = new Date('2027-03-31T22:00:00Z');
    for (const code of ['startAfterEligibility', 'endAfterEligibility'] as const) {
      expect(reasonText(readers.en, { code, eligibleUntil })).toContain('until Wed 31 Mar 2027 23:00 (GMT+1)');
      expect(reasonText(readers.ja, { code, eligibleUntil })).toContain('2027年4月1日(木) 07:00');
    }
  });
});
