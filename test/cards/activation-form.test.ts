import { describe, expect, it } from 'vitest';
import { activationFormCard } from '../../src/cards/activation-form.ts';
import type { ActivationForm } from '../../src/cards/activation-form.ts';
import type { AdaptiveCard } from '../../src/cards/adaptive-card.ts';
import { reasonText } from '../../src/cards/reason-words.ts';
import type { Reason } from '../../src/pim/check-activation.ts';
import { inputsOf, partsOfType, verbsOf, wordsOf } from './card-parts.ts';
import { app, contributor, guid, plainSettings, readers, strictSettings } from './samples.ts';

const form: ActivationForm = {
  requestId: guid(401),
  version: 1,
  role: contributor,
  scope: app,
  settings: plainSettings,
  entered: {},
  reasons: [],
  eligibleUntil: null,
};

function inputs(card: AdaptiveCard): Readonly<Record<string, boolean>> {
  return Object.fromEntries(inputsOf(card).map(({ id, isRequired }) => [String(id), isRequired === true]));
}

function show(more: Partial<ActivationForm>): AdaptiveCard {
  return activationFormCard(readers.en, { ...form, ...more });
}

describe('the activation form', () => {
  it('has just the fields that the role’s settings ask for', () => {
    expect(inputs(show({}))).toEqual({ minutes: true, justification: true });
    expect(inputs(show({ settings: { ...plainSettings, justificationRequired: false } }))).toEqual({ minutes: true, justification: false });
    expect(inputs(show({ settings: strictSettings }))).toEqual({ minutes: true, justification: true, ticketNumber: true, ticketSystem: true });
  });

  it('has every field, none but the duration required, when the settings cannot be read', () => {
    const card = show({ settings: null });
    expect(inputs(card)).toEqual({ minutes: true, justification: false, ticketNumber: false, ticketSystem: false });
    expect(wordsOf(card)).toContain('could not be read');
  });

  it('says whether approval will be asked, and of whom', () => {
    expect(wordsOf(show({}))).toContain('No approval needed');
    expect(wordsOf(show({ settings: strictSettings }))).toContain('Megan Bowen or Operations (group)');
    expect(wordsOf(show({ settings: { ...strictSettings, approvers: [] } }))).toContain('name nobody');
  });

  it('keeps what was entered and says what to correct', () => {
    const entered = { minutes: 90, justification: 'because [x](y)\nof it', ticketNumber: 'INC-1', ticketSystem: 'Jira' };
    const card = show({ settings: strictSettings, entered, reasons: [{ code: 'justificationTooLong' }] });
    const values = Object.fromEntries(inputsOf(card).map(({ id, value }) => [String(id), value]));
    expect(values).toEqual({ ...entered, minutes: '90' });
    expect(wordsOf(card)).toContain('at most 500 characters');
  });

  it('keeps a justification that is too long, to be shortened', () => {
    const justification = 'word '.repeat(300).trim();
    const [, field] = inputsOf(show({ entered: { justification } }));
    expect(field).toMatchObject({ value: justification, maxLength: 500 });
  });

  it('sends nothing but the request’s id and version, and offers a way back', () => {
    const card = show({});
    expect(verbsOf(card)).toEqual(['activation.submit', 'roles.show']);
    expect(partsOfType(card, 'Action.Execute')[0]).toMatchObject({ data: { requestId: guid(401), version: 1 } });
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
  };

  it.each(Object.entries(codes))('%s: %s', (code, words) => {
    const reason = Object.keys(codes).filter((name): name is Reason['code'] => name === code).map((name) => ({ code: name }));
    expect(reason.map((each) => reasonText('en', each)).join('')).toContain(words);
  });

  it('name the limit where there is one', () => {
    expect(reasonText('en', { code: 'durationTooLong', maximumMinutes: 150 })).toContain('at most 2 h 30 min');
    expect(reasonText('ja', { code: 'durationTooShort', minimumMinutes: 30 })).toContain('30 分 以上');
  });
});
