import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Seed, SeedPerson } from '../../src/emulator/seed.ts';
import { mapAtMost } from '../../src/pim/http/at-most.ts';
import { asAtTheStart, sendsInvoke, typesAndSees } from '../flows/production-story.ts';
import type { FakePerson } from '../helpers/fake-teams.ts';
import { startProduction, type Production } from '../helpers/stand-ins/production.ts';

// Guards: `pimOf` in `createSignIn` (src/bot/sign-in/sign-in.ts) for whose PIM it is, `personTokenOf` (src/bot/teams-people.ts) for whose
// sign-in is looked up, `keyOf` (src/identity/token-cache.ts) for whose token comes of it. Everybody may see one resource group that nobody else does, and PIM keeps a list of who has asked for what.

const peopleCount = 12;
const turnsEach = 84;
const subscription = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const numbers = Array.from({ length: peopleCount }, (_, index) => String(index + 1).padStart(2, '0'));
const groupOf = (number: string): string => `rg-of-${number}`;
const crowd: readonly SeedPerson[] = numbers.map((number) => ({
  id: `a1e00000-0000-4000-8000-0000000001${number}`, name: `Person ${number}`, userPrincipalName: `person${number}@contoso.example`,
}));

let production: Production;
let people: readonly { readonly person: FakePerson; readonly group: string }[];
beforeAll(async () => {
  production = await startProduction({ limits: false, changeSeed: withCrowd });
  people = crowd.map(({ id, name }, index) => ({ person: production.teams.person({ id, name }), group: groupOf(numbers[index] ?? '') }));
  asAtTheStart(production, ...people.map(({ person }) => person));
});
afterAll(() => production[Symbol.asyncDispose]());

function withCrowd(seed: Seed): Seed {
  const scopeOf = (number: string): string => `${subscription}/resourceGroups/${groupOf(number)}`;
  return {
    ...seed,
    people: [...seed.people, ...crowd],
    scopes: [...seed.scopes ?? [], ...numbers.map((number) => ({ id: scopeOf(number) }))],
    eligible: [...seed.eligible ?? [], ...crowd.map(({ id }, index) => ({ kind: 'azure' as const, principalId: id, role: 'Reader', scope: scopeOf(numbers[index] ?? '') }))],
  };
}

/** Everybody's work at the same time, each in their own order. */
function interleaved(work: (who: (typeof people)[number]) => Promise<void>): Promise<unknown> {
  return Promise.all(people.map(work));
}

const groupsIn = (text: string): ReadonlySet<string> => new Set(text.match(/rg-of-\d\d/gu));
const click = { action: { type: 'Action.Execute', verb: 'roles.show', data: {} }, trigger: 'manual' };

test('promise 5: in a thousand interleaved turns of many people, sign-outs among them, PIM hears each of them with their own token', { timeout: 240_000 }, async () => {
  const listings = new Map<string, number>();
  const listed = ({ account: { aadObjectId } }: FakePerson): void => { listings.set(aadObjectId, (listings.get(aadObjectId) ?? 0) + 1); };
  const types = async ({ person, group }: (typeof people)[number]): Promise<void> => {
    const card = await typesAndSees(person, 'roles', 'Your roles');
    listed(person);
    expect(groupsIn(card.text)).toEqual(new Set([group]));
  };
  // People come one after the other; what follows is mixed up.
  await mapAtMost(5, people, types);
  await interleaved(async ({ person, group }) => {
    for (let turn = 1; turn < turnsEach; turn += 1) {
      // Not all at the same point.
      if ((turn + Number(group.slice(-2))) % 16 === 0) {
        await typesAndSees(person, 'sign out', 'You are signed out');
        await types({ person, group });
      } else {
        const { body } = await sendsInvoke(person, 'adaptiveCard/action', click);
        listed(person);
        // Where PIM took its time, the card comes as a message.
        if (JSON.stringify(body).includes('Checking with PIM')) continue;
        expect(body).toMatchObject({ statusCode: 200 });
        expect(groupsIn(JSON.stringify(body))).toEqual(new Set([group]));
      }
    }
  });
  expect([...listings.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(1_000);

  // What is pending is kept by nobody: each listing asks for it anew.
  const asked = (await production.pim.calls()).filter(({ method, path = '', actor }) =>
    method === 'GET' && path.endsWith('/providers/Microsoft.Authorization/roleAssignmentScheduleRequests') && typeof actor === 'string');
  const askedBy = Object.groupBy(asked, ({ actor }) => actor ?? '');
  expect(Object.fromEntries(Object.entries(askedBy).map(([actor, calls = []]) => [actor, calls.length]))).toEqual(Object.fromEntries(listings));
  for (const { person, group } of people) {
    for (const { text } of person.cards()) expect([...groupsIn(text)].filter((shown) => shown !== group)).toEqual([]);
  }
});

test('promise 5: what many people activate at the same time is asked for by each of them, under their own name', { timeout: 120_000 }, async () => {
  await interleaved(async ({ person, group }) => {
    const form = await typesAndSees(person, `activate Reader on ${group}`, (card) => card.verbs.includes('activation.submit'));
    expect(groupsIn(form.text)).toEqual(new Set([group]));
    await person.clicks(form, 'activation.submit', { minutes: '60', justification: `for ${group}` });
    const active = await person.waitForCard((card) => card.activityId === form.activityId && card.verbs.includes('activation.deactivate'), 30_000);
    expect(active.text).toContain(`for ${group}`);
  });
  const requests = await production.pim.requests();
  const puts = (await production.pim.calls()).filter(({ method, path = '' }) => method === 'PUT' && path.includes('roleAssignmentScheduleRequests'));
  expect(puts).toHaveLength(peopleCount);
  for (const { person, group } of people) {
    const { aadObjectId } = person.account;
    const own = requests.filter(({ properties }) => properties.scope.endsWith(`/${group}`));
    expect(own.map(({ properties }) => [properties.principalId, properties.justification])).toEqual([[aadObjectId, `for ${group}`]]);
    expect(puts.filter(({ path = '' }) => path.toLowerCase().endsWith(own[0]?.name.toLowerCase() ?? '?')).map(({ actor }) => actor)).toEqual([aadObjectId]);
  }
});
