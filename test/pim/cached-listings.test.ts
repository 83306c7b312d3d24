import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createListingCache } from '../../src/pim/cached-listings.ts';
import type { ListingCache } from '../../src/pim/cached-listings.ts';
import { PimError } from '../../src/pim/errors.ts';
import type { ActivationDraft, AssignmentDraft, EligibleAssignment, Gap, Listing, RequestReference, Role, Scope } from '../../src/pim/model.ts';
import type { PimUser } from '../../src/pim/pim.ts';
import type { RolePolicy } from '../../src/pim/settings/role-policy.ts';
import { alex, app, lee, megan, production, sandbox } from './pim-seed.ts';
import { failureOf } from './pim-world.ts';

const role: Role = { definitionId: '/providers/Microsoft.Authorization/roleDefinitions/reader', name: 'Reader' };
const at = (id: string): Scope => ({ id, name: id, type: 'subscription' });
const scope = at(production);

function eligibleAt(id: string, heldBy: string = alex): EligibleAssignment {
  return { id: randomUUID(), role, scope: at(id), eligibilityScheduleId: `${id}/x`, heldBy: { id: heldBy, name: heldBy, kind: 'user' }, until: null };
}

type Changed = Partial<Omit<PimUser, 'assignments'>> & { readonly assignments?: Partial<PimUser['assignments']> };

/** A person at PIM, who counts what they are asked and whose name stands in every answer. */
function personAt(personId: string, asked: string[], change: Changed = {}): PimUser {
  const refuse = (): Promise<never> => Promise.reject(new PimError('unexpected', 'nobody asks for this here'));
  const count = <T>(name: string, answer: T): Promise<T> => {
    asked.push(name);
    return Promise.resolve(answer);
  };
  const { assignments, ...rest } = change;
  return {
    personId,
    listEligible: () => count('listEligible', { items: [eligibleAt(production, personId)], gaps: [] }),
    listActive: () => count('listActive', { items: [], gaps: [] }),
    listPending: () => count('listPending', { items: [], gaps: [] }),
    listWaitingForMyDecision: () => count('listWaitingForMyDecision', { items: [], gaps: [] }),
    listChildren: ({ id }) => count('listChildren', [at(`${id}/resourceGroups/of-${personId}`)]),
    readRoleSettings: refuse, validate: refuse, activate: refuse, deactivate: refuse, cancel: refuse, readRequest: refuse, decide: refuse,
    assignments: { list: refuse, assign: refuse, unassign: refuse, readRequest: refuse, findRoles: refuse, findScopes: refuse, findWidestScopes: refuse, findPrincipals: refuse, ...assignments },
    settings: { read: refuse, list: refuse, write: refuse, findApprovers: refuse },
    ...rest,
  };
}

interface Moved {
  now: number;
  readonly listings: ListingCache;
}

function cacheAt(options: { mostPeople?: number } = {}): Moved {
  const moved: Moved = { now: Date.parse('2026-03-01T10:00:00Z'), listings: createListingCache({ clock: { now: () => new Date(moved.now) }, ...options }) };
  return moved;
}

const draft: ActivationDraft = { role, scope, eligibilityScheduleId: 'x', start: null, minutes: 60, justification: '', ticket: null };
const request: RequestReference = { requestId: randomUUID(), pimId: null, role, scope };
const assignment: AssignmentDraft = {
  side: 'active', principal: { id: lee, name: 'Lee', kind: 'user' }, role, scope, start: null, expiration: { type: 'noExpiration' }, justification: '', ticket: null,
};
const policy: RolePolicy = {
  role, scope, policyId: 'p', approvers: [], authenticationContext: null, justificationRequired: true, source: { scope, lastModifiedBy: null, lastModifiedAt: null },
  settings: { elevationDuration: 'PT8H', notificationToUserOnElevation: true, ticketingInfoOnElevation: false, mfaOnElevation: false, approvalOnElevation: false, approverIds: [] },
  readOnly: { id: 'reader', isMfaOnElevationConfigurable: true, lastGlobalAdmin: null, minElevationDuration: 'PT30M', maxElavationDuration: 'P3DT2H' },
};

describe('what a person is told', () => {
  it('is asked for once in twenty seconds', async () => {
    const cache = cacheAt();
    const asked: string[] = [];
    const user = cache.listings.of(personAt(alex, asked));
    const first = await user.listEligible();
    cache.now += 19_999;
    expect(await user.listEligible()).toBe(first);
    expect(asked).toEqual(['listEligible']);
    cache.now += 1;
    await user.listEligible();
    expect(asked).toEqual(['listEligible', 'listEligible']);
  });

  it('is no longer good once the clock was set back', async () => {
    const cache = cacheAt();
    const asked: string[] = [];
    const user = cache.listings.of(personAt(alex, asked));
    await user.listEligible();
    cache.now -= 3_600_000;
    await user.listEligible();
    expect(asked).toHaveLength(2);
  });

  it('is one answer for questions that come at the same time, also from another turn', async () => {
    const cache = cacheAt();
    const asked: string[] = [];
    const pim = personAt(alex, asked);
    const answers = await Promise.all([cache.listings.of(pim).listEligible(), cache.listings.of(personAt(alex.toUpperCase(), asked)).listEligible(), cache.listings.of(pim).listEligible()]);
    expect(asked).toEqual(['listEligible']);
    expect(new Set(answers).size).toBe(1);
  });

  it('of active roles depends on the scopes alone, of children on the scope, of settings on role and scope', async () => {
    const asked: string[] = [];
    const settings = { maximumMinutes: 60, justificationRequired: false, ticketRequired: false, mfaRequired: false, authenticationContext: null,
      approvalRequired: false, approvers: [], approverJustificationRequired: false, notifiesAdministrators: false };
    const pim = personAt(alex, asked, { readRoleSettings: (role, scope) => { asked.push(`${role.name} ${scope.id}`); return Promise.resolve(settings); } });
    const user = cacheAt().listings.of(pim);
    for (const scopes of [[production, sandbox], [sandbox, production, production], [sandbox, production.toUpperCase()]]) {
      await user.listActive(scopes.map((id) => eligibleAt(id)));
    }
    await user.listActive([eligibleAt(production)]);
    await user.listActive([]);
    expect(asked.splice(0)).toEqual(['listActive', 'listActive', 'listActive']);
    for (const id of [production, production.toUpperCase(), sandbox]) await user.listChildren(at(id));
    expect(asked.splice(0)).toEqual(['listChildren', 'listChildren']);
    const other = { definitionId: '/providers/Microsoft.Authorization/roleDefinitions/owner', name: 'Owner' };
    for (const [asks, where] of [[role, scope], [role, at(sandbox)], [other, scope], [{ ...role, definitionId: `${production}${role.definitionId}` }, scope]] as const) {
      await user.readRoleSettings(asks, where);
    }
    expect(asked).toEqual([`Reader ${production}`, `Reader ${sandbox}`, `Owner ${production}`]);
  });

  it('of roles and scopes to assign depends on where, and on the words', async () => {
    const asked: string[] = [];
    const user = cacheAt().listings.of(personAt(alex, asked, { assignments: {
      findRoles: ({ id }, words) => { asked.push(`roles ${words} ${id}`); return Promise.resolve([role]); },
      findScopes: (words) => { asked.push(`scopes ${words}`); return Promise.resolve({ items: [], gaps: [] }); },
    } }));
    for (const words of ['Reader', 'Reader', '']) {
      await user.assignments.findRoles(scope, words);
      await user.assignments.findRoles(at(sandbox), words);
      await user.assignments.findScopes(words);
    }
    expect(asked).toEqual([`roles Reader ${production}`, `roles Reader ${sandbox}`, 'scopes Reader', `roles  ${production}`, `roles  ${sandbox}`, 'scopes ']);
  });

  it('of what waits is asked for each time', async () => {
    const asked: string[] = [];
    const user = cacheAt().listings.of(personAt(alex, asked));
    for (const _ of [1, 2]) {
      await user.listPending();
      await user.listWaitingForMyDecision();
    }
    expect(asked).toHaveLength(4);
  });

  it('is not kept when it is a refusal', async () => {
    let calls = 0;
    const pim = personAt(alex, [], { listEligible: () => {
      calls += 1;
      return calls === 1 ? Promise.reject(new PimError('throttled', 'later')) : Promise.resolve({ items: [], gaps: [] });
    } });
    const user = cacheAt().listings.of(pim);
    const both = await Promise.all([failureOf(user.listEligible()), failureOf(user.listEligible())]);
    expect(both.map(({ code }) => code)).toEqual(['throttled', 'throttled']);
    expect(calls).toBe(1);
    expect(await user.listEligible()).toEqual({ items: [], gaps: [] });
    expect(calls).toBe(2);
  });

  it.each<[Gap['why'], boolean]>([['unavailable', false], ['throttled', false], ['badAnswer', false], ['notPermitted', true], ['tooManyScopes', true]])(
    'with a gap because of %s is kept: %s', async (why, kept) => {
      const asked: string[] = [];
      const listing: Listing<never> = { items: [], gaps: [{ kind: 'azure', why }] };
      const user = cacheAt().listings.of(personAt(alex, asked, { listActive: () => { asked.push('listActive'); return Promise.resolve(listing); } }));
      await user.listActive([]);
      await user.listActive([]);
      expect(asked).toHaveLength(kept ? 1 : 2);
    },
  );
});

describe('a change', () => {
  const own: readonly [string, (user: PimUser) => Promise<unknown>][] = [
    ['activate', (user) => user.activate(randomUUID(), draft)], ['deactivate', (user) => user.deactivate(randomUUID(), role, scope)], ['cancel', (user) => user.cancel(request)],
  ];
  const ofOthers: readonly [string, (user: PimUser) => Promise<unknown>][] = [
    ['decide', (user) => user.decide({ approvalId: randomUUID(), scope }, { result: 'approve', justification: '' })],
    ['assign', (user) => user.assignments.assign(randomUUID(), assignment)], ['unassign', (user) => user.assignments.unassign(randomUUID(), assignment)],
    ['settings.write', (user) => user.settings.write(policy, {})],
  ];
  const fails = (): Promise<never> => Promise.reject(new PimError('outcomeUnknown', 'no answer'));
  const done = (): Promise<never> => new Promise<never>((resolve: (value: never) => void) => { Reflect.apply(resolve, undefined, [undefined]); });
  const changes = (outcome: () => Promise<never>): Changed => ({
    activate: outcome, deactivate: outcome, cancel: outcome, decide: outcome, assignments: { assign: outcome, unassign: outcome },
    settings: { read: outcome, list: outcome, write: outcome, findApprovers: outcome },
  });

  // Guard: withDrop in src/pim/cached-listings.ts.
  it.each([...own, ...ofOthers])('by %s drops what is kept of the person, also when nobody knows what became of it', async (_, change) => {
    for (const outcome of [done, fails]) {
      for (const way of ['of', 'beside'] as const) {
        const { listings } = cacheAt();
        const asked: string[] = [];
        const user = listings.of(personAt(alex, asked, changes(outcome)));
        await user.listEligible();
        await change(listings[way](personAt(alex, asked, changes(outcome)))).catch(() => undefined);
        await user.listEligible();
        expect(asked).toEqual(['listEligible', 'listEligible']);
      }
    }
  });

  it.each(own)('by %s leaves alone what is kept of others', async (_, change) => {
    const { listings } = cacheAt();
    const asked: string[] = [];
    const other = listings.of(personAt(lee, asked));
    await other.listEligible();
    await change(listings.of(personAt(alex, [], changes(done))));
    await other.listEligible();
    expect(asked).toHaveLength(1);
  });

  it.each(ofOthers)('by %s is about others, whose listings are dropped too', async (_, change) => {
    const { listings } = cacheAt();
    const asked: string[] = [];
    const other = listings.of(personAt(lee, asked));
    await other.listEligible();
    await change(listings.of(personAt(alex, [], changes(done))));
    await other.listEligible();
    expect(asked).toHaveLength(2);
  });

  it('lets no answer be kept that was on its way before', async () => {
    const { listings } = cacheAt();
    const late = Promise.withResolvers<Listing<EligibleAssignment>>();
    const asked: string[] = [];
    const user = listings.of(personAt(alex, asked, { ...changes(done), listEligible: () => { asked.push('listEligible'); return late.promise; } }));
    const before = user.listEligible();
    await user.activate(randomUUID(), draft);
    late.resolve({ items: [], gaps: [] });
    await before;
    await user.listEligible();
    expect(asked).toEqual(['listEligible', 'listEligible']);
  });

  it('of no kind: what is only read or tried out leaves everything kept', async () => {
    const { listings } = cacheAt();
    const asked: string[] = [];
    const user = listings.of(personAt(alex, asked));
    await user.listEligible();
    for (const read of [() => user.validate(draft), () => user.readRequest(request), () => user.assignments.findRoles(scope, '')]) await failureOf(read());
    await user.listEligible();
    expect(asked).toEqual(['listEligible']);
  });
});

describe('a stronger sign-in', () => {
  it('asks PIM itself', async () => {
    const { listings } = cacheAt();
    const asked: string[] = [];
    const user = personAt(alex, asked);
    await listings.of(user).listEligible();
    for (const _ of [1, 2]) await listings.beside(user).listEligible();
    expect(asked).toHaveLength(3);
  });
});

describe('whose listing it is', () => {
  const rolesAreOf = async (who: string, pim: PimUser): Promise<void> => {
    expect((await pim.listEligible()).items.map(({ heldBy }) => heldBy.id.toLowerCase())).toEqual([who]);
  };
  const childrenAreOf = async (who: string, pim: PimUser): Promise<void> => {
    expect((await pim.listChildren(scope)).map(({ id }) => id.toLowerCase())).toEqual([`${production}/resourcegroups/of-${who}`]);
  };

  // Guard: keptOf in src/pim/cached-listings.ts.
  it('promise 6: is the person’s own, whoever else asks, changes something, is forgotten or pushed out at the same time', async () => {
    const people = [alex, megan, lee, '0a000000-0000-4000-8000-000000000001'];
    const step = fc.record({
      who: fc.constantFrom(...people), capitals: fc.boolean(), passes: fc.integer({ min: 0, max: 15_000 }),
      does: fc.constantFrom('listEligible', 'listChildren', 'cancel', 'decide', 'forget', 'beside'),
    });
    let kept = 0;
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), fc.integer({ min: 1, max: 4 }), async (steps, mostPeople) => {
      const cache = cacheAt({ mostPeople });
      const asked: string[] = [];
      const told: Promise<void>[] = [];
      for (const { who, capitals, passes, does } of steps) {
        cache.now += passes;
        const user = personAt(capitals ? who.toUpperCase() : who, does === 'beside' ? [] : asked);
        const pim = does === 'beside' ? cache.listings.beside(user) : cache.listings.of(user);
        if (does === 'forget') cache.listings.forget(user.personId);
        else if (does === 'cancel') told.push(pim.cancel(request).catch(() => undefined));
        else if (does === 'decide') told.push(pim.decide({ approvalId: 'x', scope }, { result: 'deny', justification: '' }).catch(() => undefined));
        else if (does === 'listChildren') told.push(childrenAreOf(who, pim));
        else told.push(rolesAreOf(who, pim));
        if (passes > 10_000) await Promise.all(told);
      }
      await Promise.all(told);
      kept += steps.filter(({ does }) => does.startsWith('list')).length - asked.length;
    }), { numRuns: 300 });
    expect(kept).toBeGreaterThan(0);
  });

  it('is forgotten with the sign-in', async () => {
    const { listings } = cacheAt();
    const asked: string[] = [];
    const [user, other] = [listings.of(personAt(alex, asked)), listings.of(personAt(lee, asked))];
    await user.listEligible();
    await other.listEligible();
    listings.forget(alex.toUpperCase());
    await user.listEligible();
    await other.listEligible();
    expect(asked).toHaveLength(3);
  });

  it('promise 3: is held for no more people than allowed, the longest silent first', async () => {
    const cache = cacheAt({ mostPeople: 3 });
    const asked: string[] = [];
    const people = Array.from({ length: 10 }, () => randomUUID());
    for (const personId of people) await cache.listings.of(personAt(personId, asked)).listEligible();
    for (const personId of people.slice(-3)) await cache.listings.of(personAt(personId, asked)).listEligible();
    expect(asked).toHaveLength(10);
    await cache.listings.of(personAt(people[0] ?? '', asked)).listEligible();
    expect(asked).toHaveLength(11);
  });

  it('keeps the answers of fifty scopes', async () => {
    const asked: string[] = [];
    const user = cacheAt().listings.of(personAt(alex, asked));
    const scopes = Array.from({ length: 51 }, (_, index) => at(`${app}-${index}`));
    for (const each of [...scopes, ...scopes.slice(1)]) await user.listChildren(each);
    expect(asked).toHaveLength(51);
    await user.listChildren(scopes[0] ?? scope);
    expect(asked).toHaveLength(52);
  });
});
