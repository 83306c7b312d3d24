import { describe, expect, it } from 'vitest';
import { assignmentChangeCard } from '../../src/cards/assignment-change.ts';
import { assignmentsCard } from '../../src/cards/assignments.ts';
import { cardBytes, largestCard } from '../../src/cards/card-size.ts';
import { chooseOneCard } from '../../src/cards/choose-one.ts';
import type { ShownAssignmentChange } from '../../src/cards/shown-assignment.ts';
import type { AdaptiveCard } from '../../src/cards/adaptive-card.ts';
import { inputsOf, verbsOf, wordsOf } from './card-parts.ts';
import { assignment, change, list, rowsOf, someHeld } from './every-assignment-card.ts';
import { alex, app, contributor, later, megan, now, production, readers } from './samples.ts';

const longName = 'あ'.repeat(150);
const longPerson = { ...alex, name: longName, userPrincipalName: `${'x'.repeat(150)}@contoso.example` };

function show(more: Partial<ShownAssignmentChange>, entered = ''): AdaptiveCard {
  return assignmentChangeCard(readers.en, { now, change: change('en', more), entered, reasons: [] });
}

describe('the card that asks whether an assignment is meant', () => {
  it('carries nothing but the request’s id and version, and asks for the reason', () => {
    const card = show({});
    expect(card.actions[0]).toMatchObject({ verb: 'assignment.confirm', data: { requestId: change('en').requestId, version: 1 } });
    expect(inputsOf(card)).toMatchObject([{ id: 'justification', isRequired: true, value: '' }]);
    expect(inputsOf(show({}, 'audit'))).toMatchObject([{ value: 'audit' }]);
    expect(inputsOf(show({ action: 'unassign' }))).toMatchObject([{ isRequired: false }]);
  });

  it('names who, which, where, of which kind, from when and until when', () => {
    const words = wordsOf(show({ start: later(60), expiration: { type: 'afterDateTime', end: later(120) } }));
    for (const part of ['Alex Wilber · alex@contoso.example', 'Contributor', 'Resource group rg-app', 'Eligible: no right', 'today 15:05', 'today 16:05']) expect(words).toContain(part);
    expect(wordsOf(show({ start: later(60), expiration: { type: 'afterDuration', minutes: 90 } }))).toContain('today 16:35 (1 h 30 min)');
  });

  it('no longer asks once it was sent', () => {
    for (const state of ['submitting', 'waiting', 'scheduled', 'assigned', 'removed', 'ended', 'failed', 'cancelled'] as const) {
      expect(inputsOf(show({ state }))).toEqual([]);
      expect(verbsOf(show({ state }))).not.toContain('assignment.confirm');
    }
  });

  // Guard: the texts of the states, chosen by `sentence` in src/cards/assignment-change.ts.
  it('promise 15 (the card’s part): only what PIM has confirmed is said to be confirmed', () => {
    for (const state of ['draft', 'submitting', 'waiting', 'failed', 'cancelled'] as const) expect(wordsOf(show({ state }))).not.toContain('PIM has confirmed');
    for (const state of ['scheduled', 'assigned', 'removed'] as const) expect(wordsOf(show({ state }))).toContain('PIM has confirmed');
  });

  it('shows from when to when as PIM says, once PIM has said it', () => {
    const words = wordsOf(show({ state: 'assigned', beginsAt: later(-5), endsAt: later(55), expiration: { type: 'afterDuration', minutes: 60 } }));
    expect(words).toContain('today 14:00');
    expect(words).toContain('today 15:00 (1 h)');
  });
});

describe('a list of assignments', () => {
  it('tells apart what was activated, what was assigned and what is eligible, in this order', () => {
    expect(wordsOf(assignmentsCard(readers.en, list({ rows: rowsOf(someHeld) })))).toMatch(/activated via PIM[^]*active, assigned[^]*eligible/u);
  });

  it('says where an assignment lies only where that is elsewhere', () => {
    const words = wordsOf(assignmentsCard(readers.en, list({ rows: rowsOf([assignment(1, alex, contributor), assignment(2, megan, contributor, { scope: { ...app, id: app.id.toUpperCase() } }), assignment(3, megan, contributor, { scope: production })]) })));
    expect(words.match(/Resource group rg-app/gu)).toHaveLength(1);
    expect(words).toContain('Subscription Production');
  });

  it('500 assignments with the longest names still fit, and those that are left out are counted', () => {
    const many = Array.from({ length: 500 }, (_, index) => assignment(2000 + index, longPerson, { ...contributor, name: longName }, { scope: { ...app, id: `${app.id}${index}`, name: longName } }));
    const card = assignmentsCard(readers.ja, list({ rows: rowsOf(many) }));
    expect(cardBytes(card)).toBeLessThanOrEqual(largestCard);
    const shown = wordsOf(card).match(/PIM でアクティブ化済み/gu)?.length ?? 0;
    expect(wordsOf(card)).toMatch(/ほか 4\d\d 件/u);
    expect(shown).toBeGreaterThan(5);
  });

  it('offers nothing to take away where there is nothing', () => {
    expect(verbsOf(assignmentsCard(readers.en, list()))).toEqual(['assignments.show', 'assignments.show']);
    expect(inputsOf(assignmentsCard(readers.en, list()))).toEqual([]);
  });
});

describe('the question which one is meant', () => {
  it('sends the number of a candidate, never its id', () => {
    const card = chooseOneCard(readers.en, { inquiryId: change('en').requestId, question: { about: 'principal', why: 'ambiguous', asked: 'al', candidates: [alex, megan] } });
    expect(inputsOf(card)).toMatchObject([{ id: 'choice', value: '', choices: [{ title: 'Alex Wilber', value: '0' }, { title: 'Megan Bowen', value: '1' }] }]);
    expect(JSON.stringify(card)).not.toContain(alex.id);
  });

  it('stays small whatever the number of candidates', () => {
    const candidates = Array.from({ length: 900 }, (_, index) => ({ ...longPerson, id: String(index) }));
    const card = chooseOneCard(readers.ja, { inquiryId: change('en').requestId, question: { about: 'principal', why: 'ambiguous', asked: longName, candidates } });
    expect(cardBytes(card)).toBeLessThanOrEqual(largestCard);
    expect(wordsOf(card)).toMatch(/ほか \d+ 件/u);
  });
});
