import { describe, expect, it } from 'vitest';
import { activeCard } from '../../src/cards/active.ts';
import type { AdaptiveCard } from '../../src/cards/adaptive-card.ts';
import { approvalsCard } from '../../src/cards/approvals.ts';
import { cardBytes, largestCard } from '../../src/cards/card-size.ts';
import { chooseRoleCard } from '../../src/cards/choose-role.ts';
import { digestCard } from '../../src/cards/digest.ts';
import { rolesCard } from '../../src/cards/roles.ts';
import type { Scope } from '../../src/pim/model.ts';
import { inputsOf, opensOf, verbsOf, wordsOf } from './card-parts.ts';
import {
  active, alex, allKinds, app, consentUrl, contributor, directory, elevation, eligible, everyGap, fewActive, fewEligible, later, manyEligible, member, now, opsLeads, production,
  readers, request, unreadEntra, userAdministrator,
} from './samples.ts';

const nothing = { now, eligible: [], active: [], pending: [], gaps: [] };
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
    const words = wordsOf(rolesCard(readers.en, { ...nothing, eligible: fewEligible, active: fewActive, pending: [request(501, alex, contributor, 'en')] }));
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

  it('roles of several kinds are listed by kind, a few of each, and all are in the choice', () => {
    const eligibleRoles = [...manyEligible, ...allKinds];
    const words = wordsOf(rolesCard(readers.en, { ...nothing, eligible: eligibleRoles }));
    expect(words).toMatch(/Eligible: Azure resources \(65\)[^]*Eligible: Entra roles \(2\)[^]*Entra directory[^]*Administrative unit Tokyo office[^]*Eligible: Groups \(2\)[^]*Member\nGroup Ops leads/u);
    expect(words).toContain('and 61 more');
    expect(choices(rolesCard(readers.en, { ...nothing, eligible: eligibleRoles }))).toHaveLength(69);
    expect(wordsOf(rolesCard(readers.en, { ...nothing, eligible: fewEligible }))).not.toContain('Azure resources');
  });

  it('hundreds of every kind and in every state, with the longest names, still fit', () => {
    const scopes: readonly Scope[] = [longScope, { ...directory, name: longName }, { ...opsLeads, name: longName }];
    const everywhere = Array.from({ length: 300 }, (_, index) => eligible(3000 + index, longRole, scopes[index % 3] ?? longScope));
    const held = Array.from({ length: 300 }, (_, index) => active(4000 + index, longRole, scopes[index % 3] ?? longScope));
    const pending = Array.from({ length: 300 }, (_, index) => ({ ...request(5000 + index, alex, longRole, 'ja'), scope: longScope }));
    const card = rolesCard(readers.ja, { ...nothing, eligible: everywhere, active: held, pending, gaps: everyGap, consentUrl });
    expect(cardBytes(card)).toBeLessThanOrEqual(largestCard);
    expect(choices(card).length).toBeGreaterThan(0);
  });

  it('whoever holds roles and is eligible for none sees them', () => {
    expect(wordsOf(rolesCard(readers.en, { ...nothing, active: fewActive }))).toContain('Active now (2)');
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
    const card = chooseRoleCard(readers.en, { asked: 'contrib', why: 'ambiguous', candidates: fewEligible, gaps: [] });
    expect(choices(card)).toHaveLength(3);
    expect(inputsOf(card)[0]).toMatchObject({ value: '', isRequired: true });
    expect(verbsOf(card)).toEqual(['activation.choose', 'roles.show']);
  });

  it('without candidates there is no choice and a way on', () => {
    const card = chooseRoleCard(readers.en, { asked: 'x', why: 'unknown', candidates: [], gaps: [] });
    expect(inputsOf(card)).toEqual([]);
    expect(verbsOf(card)).toEqual(['roles.show']);
  });

  it('stays small whatever the number of candidates', () => {
    const card = chooseRoleCard(readers.ja, { asked: longName, why: 'notNamed', candidates: manyLong, gaps: [] });
    expect(cardBytes(card)).toBeLessThanOrEqual(largestCard);
    expect(wordsOf(card)).toContain(`ほか ${500 - choices(card).length} 件`);
  });
});

describe('a kind of roles that could not be read', () => {
  const lists: Readonly<Record<string, AdaptiveCard>> = {
    roles: rolesCard(readers.en, { ...nothing, gaps: unreadEntra }),
    'which role': chooseRoleCard(readers.en, { asked: '', why: 'notNamed', candidates: [], gaps: unreadEntra }),
    'no such role': chooseRoleCard(readers.en, { asked: 'x', why: 'unknown', candidates: fewEligible, gaps: unreadEntra }),
    active: activeCard(readers.en, { now, active: [], gaps: unreadEntra }),
    approvals: approvalsCard(readers.en, { now, waiting: [], gaps: unreadEntra }),
  };

  // Guard: `withGaps` (src/cards/gaps.ts) and the titles that ask for gaps in each card.
  it.each(Object.entries(lists))('promise 24 (the card’s part): is named on the card of %s, which does not say that there is nothing', (_name, card) => {
    expect(wordsOf(card)).toMatch(/Entra roles could not be read: no answer came back\. Try again/u);
    expect(wordsOf(card)).not.toMatch(/You have no|You hold no|Nothing is active|Nothing waits for you\n|No request waits|No such role among yours|None of your/u);
  });

  it('is named once, and before a list of the same kind that may be incomplete', () => {
    const words = wordsOf(rolesCard(readers.en, { ...nothing, eligible: fewEligible, gaps: everyGap }));
    expect(words.match(/could not be read:/gu)).toHaveLength(3);
    expect(words).toContain('Azure resources could not be read: no answer came back');
    expect(words).not.toContain('more than 20 scopes');
    expect(words).not.toContain('takes no more requests');
  });

  it('for want of consent comes with the administrators’ page', () => {
    expect(opensOf(rolesCard(readers.en, { ...nothing, gaps: everyGap, consentUrl }))).toEqual([consentUrl]);
    expect(opensOf(rolesCard(readers.en, { ...nothing, gaps: everyGap }))).toEqual([]);
    expect(opensOf(rolesCard(readers.en, { ...nothing, gaps: unreadEntra, consentUrl }))).toEqual([]);
  });

  it('leaves a list that is read whole as it is', () => {
    expect(wordsOf(rolesCard(readers.en, { ...nothing, eligible: fewEligible }))).not.toContain('could not be read');
  });
});

describe('the card of what is active', () => {
  it('offers only activations: an assigned role cannot be given back', () => {
    const card = activeCard(readers.en, { now, active: fewActive, gaps: [] });
    expect(choices(card)).toEqual([{ title: 'Contributor · Resource group rg-app', value: fewActive[0]?.id }]);
    expect(wordsOf(card)).toContain('Reader');
    expect(verbsOf(activeCard(readers.en, { now, active: fewActive.slice(1), gaps: [] }))).toEqual(['roles.show']);
  });

  it('stays small whatever the number of roles', () => {
    const held = Array.from({ length: 500 }, (_, index) => active(4000 + index, longRole, longScope));
    expect(cardBytes(activeCard(readers.ja, { now, active: held, gaps: [] }))).toBeLessThanOrEqual(largestCard);
  });
});

describe('the card of what waits for a decision', () => {
  it('lists the oldest first', () => {
    const waiting = [5, 40, 20].map((minutes, index) => ({ ...request(600 + index, alex, contributor, 'en'), createdAt: later(-minutes) }));
    expect(wordsOf(approvalsCard(readers.en, { now, waiting, gaps: [] }))).toMatch(/13:25[^]*13:45[^]*14:00/u);
  });

  it('stays small whatever the number of requests', () => {
    const waiting = Array.from({ length: 500 }, (_, index) => ({ ...request(5000 + index, { ...alex, name: longName }, longRole, 'ja'), scope: longScope }));
    const card = approvalsCard(readers.ja, { now, waiting, gaps: [] });
    expect(cardBytes(card)).toBeLessThanOrEqual(largestCard);
    expect(choices(card).length).toBeGreaterThan(5);
  });
});

describe('the digest', () => {
  const many = Array.from({ length: 10_000 }, (_, index) =>
    elevation(10_000 + index, { ...alex, name: `Person ${index}` }, contributor, { scope: { ...production, id: `${production.id}-${index % 70}`, name: `Sub ${index % 70}` } }),
  );

  it('promise 27 (the card’s part): 10,000 elevations are counted, as many shown as fit', () => {
    const card = digestCard(readers.en, { now, report: { elevations: many, unread: [], gaps: [] }, daily: null });
    expect(cardBytes(card)).toBeLessThanOrEqual(largestCard);
    const shown = wordsOf(card).match(/Person \d+/gu) ?? [];
    expect(shown.length).toBeGreaterThan(20);
    expect(wordsOf(card)).toContain('10000 active, as of today 14:05 (GMT)');
    expect(wordsOf(card)).toContain(`and ${10_000 - shown.length} more`);
  });

  it('promise 27 (the card’s part): a scope that could not be read is named, with the reason, and nobody is said to hold nothing there', () => {
    const unread = [{ scope: production, code: 'notPermitted' }];
    const words = wordsOf(digestCard(readers.en, { now, report: { elevations: [], unread, gaps: [] }, daily: null }));
    expect(words).toMatch(/Could not be read\nSubscription Production\n · \nno right to read it/u);
    expect(words).toContain('in what could be read');
    expect(words).not.toContain('Nobody holds an activated role right now.');
  });

  it('promise 27 (the card’s part): a kind of roles that could not be read is named, and nobody is said to hold none', () => {
    const gaps = [{ kind: 'entra', why: 'consentRequired' }, { kind: 'group', why: 'unavailable' }] as const;
    const words = wordsOf(digestCard(readers.en, { now, report: { elevations: [], unread: [], gaps }, daily: null }));
    expect(words).toMatch(/Entra roles\n · \nno right to read it\nGroups\n · \nno answer from Microsoft/u);
    expect(words).toContain('in what could be read');
  });

  it('tells directory, units and groups apart', () => {
    const elevations = [elevation(1, alex, userAdministrator, { scope: directory }), elevation(2, alex, member, { scope: opsLeads })];
    const words = wordsOf(digestCard(readers.ja, { now, report: { elevations, unread: [], gaps: [] }, daily: null }));
    expect(words).toMatch(/Entra ディレクトリ[^]*User Administrator/u);
    expect(words).toMatch(/グループ Ops leads[^]*メンバー/u);
  });

  it('groups by scope, whatever the case of its id', () => {
    const elevations = [elevation(1, alex, contributor), elevation(2, alex, contributor, { scope: { ...app, id: app.id.toUpperCase() } })];
    const words = wordsOf(digestCard(readers.en, { now, report: { elevations, unread: [], gaps: [] }, daily: null }));
    expect(words.match(/Resource group rg-app/gu)).toHaveLength(1);
  });

  it('says when it is sent, and stops by a button', () => {
    const daily = { time: '09:00', timeZone: 'Asia/Tokyo' };
    const card = digestCard(readers.en, { now, report: { elevations: [], unread: [], gaps: [] }, daily });
    expect(wordsOf(card)).toContain('Sent every day at 09:00 (Asia/Tokyo).');
    expect(verbsOf(card)).toEqual(['roles.show', 'digest.off']);
  });
});
