import { describe, expect, it } from 'vitest';
import { activeCard } from '../../src/cards/active.ts';
import type { AdaptiveCard } from '../../src/cards/adaptive-card.ts';
import { approvalsCard } from '../../src/cards/approvals.ts';
import { cardBytes, largestCard } from '../../src/cards/card-size.ts';
import { chooseRoleCard } from '../../src/cards/choose-role.ts';
import { digestCard } from '../../src/cards/digest.ts';
import { rolesCard } from '../../src/cards/roles.ts';
import type { Scope } from '../../src/pim/model.ts';
import { inputsOf, verbsOf, wordsOf } from './card-parts.ts';
import { active, alex, app, contributor, elevation, eligible, fewActive, fewEligible, later, manyEligible, now, production, readers, request } from './samples.ts';

const nothing = { now, eligible: [], active: [], pending: [] };
/** The longest names that a card shows, in letters of three bytes each. */
const longName = 'あ'.repeat(150);
const longScope: Scope = { ...app, name: longName };
const longRole = { ...contributor, name: longName };
const manyLong = Array.from({ length: 500 }, (_, index) => eligible(3000 + index, longRole, longScope));

function choices(card: AdaptiveCard): readonly unknown[] {
  const [input] = inputsOf(card);
  const listed: unknown = input?.['choices'];
  return Array.isArray(listed) ? listed : [];
}

describe('the limit', () => {
  it('is 28 KB', () => {
    expect(largestCard).toBe(28_672);
  });
});

describe('the roles card', () => {
  it('tells active, pending and eligible roles apart', () => {
    const words = wordsOf(rolesCard(readers.en, { now, eligible: fewEligible, active: fewActive, pending: [request(501, alex, contributor, 'en')] }));
    for (const part of ['Active now (2)', 'until today 15:30', 'assigned, not activated', 'Pending (1)', 'asked today 13:53', 'Eligible (3)', 'via Operations', 'eligible until 31 Mar 2027']) {
      expect(words).toContain(part);
    }
  });

  it('60 roles are all in the choice, a few in the list, and the card stays small', () => {
    const card = rolesCard(readers.en, { ...nothing, eligible: manyEligible });
    expect(choices(card)).toHaveLength(60);
    expect(inputsOf(card)[0]).toMatchObject({ style: 'filtered', id: 'eligibleId' });
    expect(wordsOf(card)).toContain('and 52 more');
    expect(wordsOf(card)).toContain('Type "activate" and a part of the name');
    expect(cardBytes(card)).toBeLessThan(largestCard);
  });

  it('500 roles with the longest names still fit: as many choices as there is room for', () => {
    const card = rolesCard(readers.ja, { ...nothing, eligible: manyLong });
    expect(cardBytes(card)).toBeLessThanOrEqual(largestCard);
    expect(choices(card).length).toBeGreaterThan(10);
    expect(wordsOf(card)).toContain('ほか 492 件');
  });

  it('up to eight roles are a plain list, one is chosen already', () => {
    expect(inputsOf(rolesCard(readers.en, { ...nothing, eligible: fewEligible }))[0]).toMatchObject({ style: 'compact', value: '' });
    expect(inputsOf(rolesCard(readers.en, { ...nothing, eligible: fewEligible.slice(0, 1) }))[0]).toMatchObject({ value: fewEligible[0]?.id });
  });

  it('says what to do when there is nothing', () => {
    const card = rolesCard(readers.en, nothing);
    expect(wordsOf(card)).toContain('Ask an administrator');
    expect(verbsOf(card)).toEqual(['roles.show']);
    expect(inputsOf(card)).toEqual([]);
  });
});

describe('the question which role is meant', () => {
  it('offers the candidates, none of them chosen', () => {
    const card = chooseRoleCard(readers.en, { asked: 'contrib', why: 'ambiguous', candidates: fewEligible });
    expect(choices(card)).toHaveLength(3);
    expect(inputsOf(card)[0]).toMatchObject({ value: '', isRequired: true });
    expect(verbsOf(card)).toEqual(['activation.choose', 'roles.show']);
  });

  it('without candidates there is no choice and a way on', () => {
    const card = chooseRoleCard(readers.en, { asked: 'x', why: 'unknown', candidates: [] });
    expect(inputsOf(card)).toEqual([]);
    expect(verbsOf(card)).toEqual(['roles.show']);
  });

  it('stays small whatever the number of candidates', () => {
    const card = chooseRoleCard(readers.ja, { asked: longName, why: 'notNamed', candidates: manyLong });
    expect(cardBytes(card)).toBeLessThanOrEqual(largestCard);
    expect(wordsOf(card)).toContain(`ほか ${500 - choices(card).length} 件`);
  });
});

describe('the card of what is active', () => {
  it('offers only activations: an assigned role cannot be given back', () => {
    const card = activeCard(readers.en, { now, active: fewActive });
    expect(choices(card)).toEqual([{ title: 'Contributor · Resource group rg-app', value: fewActive[0]?.id }]);
    expect(wordsOf(card)).toContain('Reader');
    expect(verbsOf(activeCard(readers.en, { now, active: fewActive.slice(1) }))).toEqual(['roles.show']);
  });

  it('stays small whatever the number of roles', () => {
    const held = Array.from({ length: 500 }, (_, index) => active(4000 + index, longRole, longScope));
    expect(cardBytes(activeCard(readers.ja, { now, active: held }))).toBeLessThanOrEqual(largestCard);
  });
});

describe('the card of what waits for a decision', () => {
  it('lists the oldest first', () => {
    const waiting = [5, 40, 20].map((minutes, index) => ({ ...request(600 + index, alex, contributor, 'en'), createdAt: later(-minutes) }));
    expect(wordsOf(approvalsCard(readers.en, { now, waiting }))).toMatch(/13:25[^]*13:45[^]*14:00/u);
  });

  it('stays small whatever the number of requests', () => {
    const waiting = Array.from({ length: 500 }, (_, index) => ({ ...request(5000 + index, { ...alex, name: longName }, longRole, 'ja'), scope: longScope }));
    const card = approvalsCard(readers.ja, { now, waiting });
    expect(cardBytes(card)).toBeLessThanOrEqual(largestCard);
    expect(choices(card).length).toBeGreaterThan(5);
  });
});

describe('the digest', () => {
  const many = Array.from({ length: 10_000 }, (_, index) =>
    elevation(10_000 + index, { ...alex, name: `Person ${index}` }, contributor, { scope: { ...production, id: `${production.id}-${index % 70}`, name: `Sub ${index % 70}` } }),
  );

  it('promise 27 (the card’s part): 10,000 elevations are counted, as many shown as fit', () => {
    const card = digestCard(readers.en, { now, report: { elevations: many, unread: [] }, daily: null });
    expect(cardBytes(card)).toBeLessThanOrEqual(largestCard);
    const shown = wordsOf(card).match(/Person \d+/gu) ?? [];
    expect(shown.length).toBeGreaterThan(20);
    expect(wordsOf(card)).toContain('10000 active, as of today 14:05 (GMT)');
    expect(wordsOf(card)).toContain(`and ${10_000 - shown.length} more`);
  });

  it('promise 27 (the card’s part): a scope that could not be read is named, with the reason, and nobody is said to hold nothing there', () => {
    const unread = [{ scope: production, code: 'notPermitted' }];
    const words = wordsOf(digestCard(readers.en, { now, report: { elevations: [], unread }, daily: null }));
    expect(words).toMatch(/Could not be read\nSubscription Production\n · \nno right to read it/u);
    expect(words).toContain('at the scopes that could be read');
    expect(words).not.toContain('Nobody holds an activated role right now.');
  });

  it('groups by scope, whatever the case of its id', () => {
    const elevations = [elevation(1, alex, contributor), elevation(2, alex, contributor, { scope: { ...app, id: app.id.toUpperCase() } })];
    const words = wordsOf(digestCard(readers.en, { now, report: { elevations, unread: [] }, daily: null }));
    expect(words.match(/Resource group rg-app/gu)).toHaveLength(1);
  });

  it('says when it is sent, and stops by a button', () => {
    const daily = { time: '09:00', timeZone: 'Asia/Tokyo' };
    const card = digestCard(readers.en, { now, report: { elevations: [], unread: [] }, daily });
    expect(wordsOf(card)).toContain('Sent every day at 09:00 (Asia/Tokyo).');
    expect(verbsOf(card)).toEqual(['roles.show', 'digest.off']);
  });
});
