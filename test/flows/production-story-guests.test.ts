import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mriOf } from '../helpers/fake-teams-conversations.ts';
import type { FakePerson } from '../helpers/fake-teams.ts';
import { startProduction, type Production } from '../helpers/stand-ins/production.ts';
import { storedRows } from '../helpers/stand-ins/stored-rows.ts';
import { alexRole, asAtTheStart, newCard, sendsInvoke, tellPim, typesAndSees } from './production-story.ts';

// Whoever is no enabled member of the tenant gets one refusal and nothing else, on `npm start`'s process.
// Guards: `answerOf` (src/bot/answer.ts), `signedInBy` (src/bot/sign-in/on-sign-in.ts), `isGuest` (src/bot/on-turn.ts), `createMembership`
// (src/bot/sign-in/members.ts). Other tenants end at the door, `ChannelAuthentication` (src/bot/door/channel-authentication.ts), and once more
// in `createTurnHandler` (src/bot/on-turn.ts).

const otherTenant = '99999999-9a3a-4f6e-8a51-8a7d3c2b1f22';
const guest = { id: 'a1e00000-0000-4000-8000-000000000006', name: 'Grady Archie' };
const leaver = { id: 'a1e00000-0000-4000-8000-000000000009', name: 'Adele Vance' };
const unknown = { id: 'a1e00000-0000-4000-8000-00000000ffff', name: 'Nobody Known' };
const outsider = { id: 'a1e00000-0000-4000-8000-00000000eeee', name: 'Fabian Rikam', tenantId: otherTenant };
const refusal = 'This bot serves members of this organisation';

let production: Production;
let alex: FakePerson;
beforeAll(async () => {
  production = await startProduction({
    limits: false,
    changeSeed: (seed) => ({ ...seed, people: [...seed.people, { ...leaver, userPrincipalName: 'adele@contoso.example', accountEnabled: false }] }),
  });
  alex = await production.person('Alex');
  await typesAndSees(alex, 'help', 'What you can type');
});
afterAll(() => production[Symbol.asyncDispose]());
beforeEach(() => { asAtTheStart(production, alex); });

/** What anybody's turn leaves behind at the services that the bot talks to: changes as soon as one of them was asked for a person. */
async function traces(): Promise<object> {
  const people = new Set(production.seed.people.map(({ id }) => id));
  return {
    asPeopleAtPim: (await production.pim.calls()).filter(({ actor }) => typeof actor === 'string' && people.has(actor)).length,
    tokenService: production.tokenService.requests.length,
    onBehalfOf: production.entra.requests.filter(({ grant }) => grant === 'on_behalf_of').length,
  };
}

const rolesClick = { action: { type: 'Action.Execute', verb: 'roles.show', data: {} }, trigger: 'manual' };
const tokenFor = (id: string): Promise<string> => production.entra.ssoToken(production.seed.people.some((person) => person.id === id) ? id : alex.account.aadObjectId);

describe.each([['a guest', guest], ['somebody whose account is disabled', leaver], ['somebody whom the directory does not know', unknown]])('%s', (_who, profile) => {
  let person: FakePerson;
  let before: object;
  beforeEach(async () => {
    person = production.teams.person(profile);
    before = await traces();
  });
  /** The refusal, and nothing beside it. */
  const isRefused = async (work: () => Promise<unknown>): Promise<void> => {
    const shown = person.messages.filter(({ from }) => from === 'bot').length;
    await newCard(person, work, refusal);
    await delay(200);
    expect(person.messages.filter(({ from }) => from === 'bot')).toHaveLength(shown + 1);
    expect(person.signInButton).toBeNull();
    expect(await traces()).toEqual(before);
  };

  test('is not greeted', async () => {
    await person.installs();
    await delay(200);
    expect(person.messages).toEqual([]);
    expect(await traces()).toEqual(before);
  });

  test.each(['roles', 'help', 'sign out'])('who types "%s" is refused', async (text) => {
    await isRefused(() => person.types(text));
  });

  test('who sends what a sign-in gave is not signed in', async () => {
    const value = { id: 'one', connectionName: 'pim', token: await tokenFor(profile.id) };
    const shown = person.messages.length;
    expect(await sendsInvoke(person, 'signin/tokenExchange', value)).toMatchObject({ status: 412 });
    await delay(200);
    expect(person.messages).toHaveLength(shown);
    expect(await traces()).toEqual(before);
  });

  test('who comes back from a sign-in page is refused', async () => {
    await isRefused(() => sendsInvoke(person, 'signin/verifyState', { state: '123456' }));
  });

  test.each([
    ['', async () => ({})],
    ['with a token', async () => ({ authentication: { id: 'one', connectionName: 'pim', token: await tokenFor(profile.id) } })],
    ['with a code', async () => ({ state: '123456' })],
  ])('who clicks on a card of somebody else\'s %s is refused', async (_with, more) => {
    const { body } = await sendsInvoke(person, 'adaptiveCard/action', { ...rolesClick, ...await more() });
    expect(body).toMatchObject({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive' });
    expect(JSON.stringify(body)).toContain(refusal);
    expect(await traces()).toEqual(before);
  });
});

describe.each([
  ['somebody of another organisation', { from: { id: mriOf(outsider.id, otherTenant), name: outsider.name, aadObjectId: outsider.id }, channelData: { tenant: { id: otherTenant } } }],
  ['a member whose activity names another organisation', { channelData: { tenant: { id: otherTenant } } }],
  ['somebody without an account', { from: { id: '29:anonymous', name: 'Anonymous Guest' } }],
])('%s', (_who, as) => {
  test.each([
    ['types', { text: 'roles' }],
    ['clicks', { type: 'invoke', name: 'adaptiveCard/action', value: rolesClick }],
    ['signs in silently', { type: 'invoke', name: 'signin/tokenExchange', value: { id: 'one', connectionName: 'pim', token: 'x' } }],
    ['signs in by a code', { type: 'invoke', name: 'signin/verifyState', value: { state: '123456' } }],
    ['arrives', { type: 'installationUpdate', action: 'add' }],
  ])('who %s is told nothing', async (_does, activity) => {
    const [before, shown] = [await traces(), alex.messages.length];
    const { body } = await alex.sends({ ...activity, ...as });
    expect(body ?? '').toBe('');
    await delay(200);
    expect(alex.messages).toHaveLength(shown);
    expect(await traces()).toEqual(before);
  });
});

describe('while the directory does not answer', () => {
  test('somebody it has not named yet is refused for now, with nothing signed in; whom it has named is served', async () => {
    await typesAndSees(alex, 'roles', alexRole);
    const nestor = await production.person('Nestor');
    const lee = production.teams.person(production.seed.people.find(({ name }) => name.startsWith('Lee')) ?? guest);
    await tellPim(production, '/emulator/faults', { match: { path: '^/v1.0/users/' }, times: 10_000, fault: { status: 503, body: { error: { code: 'serviceNotAvailable', message: 'busy' } } } });
    const before = await traces();
    const card = await typesAndSees(lee, 'roles', 'Try again in a few minutes');
    expect(card.text).toContain('Nothing was done');
    expect(await sendsInvoke(lee, 'signin/tokenExchange', { id: 'one', connectionName: 'pim', token: await tokenFor(lee.account.aadObjectId) })).toMatchObject({ status: 412 });
    const { body } = await sendsInvoke(lee, 'adaptiveCard/action', { ...rolesClick, authentication: { id: 'one', connectionName: 'pim', token: await tokenFor(lee.account.aadObjectId) } });
    expect(JSON.stringify(body)).toContain('Try again in a few minutes');
    expect(await traces()).toEqual(before);

    await typesAndSees(nestor, 'roles', 'Your roles');
    await typesAndSees(alex, 'roles', alexRole);
  });
});

test('of all these people nothing is stored', async () => {
  await production.bot.stop();
  const rows = [...await storedRows(production.databaseFolder)].flatMap(([table, found]) => found.map((row) => `${table} ${row}`));
  expect(rows.filter((row) => row.includes(alex.account.aadObjectId))).not.toEqual([]);
  for (const { id, name } of [guest, leaver, unknown, outsider]) {
    expect(rows.filter((row) => row.includes(id) || row.includes(name))).toEqual([]);
  }
  expect(rows.filter((row) => /29:anonymous|Anonymous Guest/u.test(row) || row.includes(otherTenant))).toEqual([]);
});
