import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/database.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { send } from '../helpers/stand-ins/entra-https.ts';
import { startProduction, type Production } from '../helpers/stand-ins/production.ts';
import { alexRole, asAtTheStart, exchanges, linksOf, newCard, onBehalfOfCalls, sendsInvoke, shownIn, tellPim, typesAndSees } from './production-story.ts';

// What becomes of people's tokens over time, on `npm start`'s process: consent, expiry, challenges, and the end of a sign-in.

let production: Production;
let alex: FakePerson;
let mri: string;
let alexId: string;
beforeAll(async () => { production = await startProduction({ limits: false }); });
afterAll(() => production[Symbol.asyncDispose]());
beforeEach(async () => {
  alex = await production.person('Alex');
  mri = alex.account.mri;
  alexId = alex.account.aadObjectId;
  asAtTheStart(production, alex);
});

const seesRoles = (): Promise<ShownCard> => typesAndSees(alex, 'roles', alexRole);
const changesAtPim = async (): Promise<readonly unknown[]> =>
  (await production.pim.calls()).filter(({ method, path = '' }) => method !== 'GET' && path.includes('Microsoft.Authorization'));

describe('without an administrator\'s consent', () => {
  beforeEach(() => { production.entra.consent = false; });

  test('a card leads to the page on which one gives it, and then everything works without a new sign-in', async () => {
    const card = await typesAndSees(alex, 'roles', 'may not do this for people yet');
    const { bot: { appId } } = production.registrations;
    const page = `https://login.microsoftonline.com/${production.seed.tenantId}/adminconsent?client_id=${appId}`;
    expect(linksOf(card)).toContain(page);
    expect(card.text).toContain(page);
    expect(await send(page.replace('https://login.microsoftonline.com', production.entra.origin), { ca: production.tls.caPem })).toMatchObject({ status: 200 });

    production.entra.consent = true;
    const before = exchanges(production);
    expect(await alex.clicks(card, 'Try again')).toMatchObject({ status: 200 });
    expect(alex.card(card.activityId).has(alexRole)).toBe(true);
    expect(exchanges(production)).toBe(before);
  });

  test('a click leads there, too, and nothing is sent to PIM', async () => {
    const before = await changesAtPim();
    const help = await typesAndSees(alex, 'help', 'What you can type');
    const answer = await alex.clicks(help, (action) => action['verb'] === 'roles.show');
    expect(shownIn(answer)).toContain('/adminconsent?client_id=');
    expect(await changesAtPim()).toEqual(before);
  });
});

describe('a token that has run out', () => {
  test('and is lost at the token service is renewed without a click, and what was asked for goes on', async () => {
    await seesRoles();
    production.tokenService.forget(mri);
    const before = exchanges(production);
    await seesRoles();
    expect(exchanges(production)).toBe(before + 1);
    expect(alex.signInButton).toBeNull();
  });

  test('and is handed out by the token service all the same is renewed without a click', async () => {
    await seesRoles();
    await production.tokenService.expire(mri);
    const before = exchanges(production);
    await seesRoles();
    expect(exchanges(production)).toBe(before + 1);
  });

  test('in a click is renewed, and the click is carried out', async () => {
    const help = await typesAndSees(alex, 'help', 'What you can type');
    await seesRoles();
    await production.tokenService.expire(mri);
    expect(await alex.clicks(help, (action) => action['verb'] === 'roles.show')).toMatchObject({ status: 200 });
    expect(alex.card(help.activityId).has(alexRole)).toBe(true);
  });

  test('as Teams presents it for a command leads to the button, and that to what was asked for', async () => {
    production.habits.withoutSso.add(alexId);
    const expired = await production.entra.ssoToken(alexId, { expiresInSeconds: -60 });
    await alex.types('roles');
    await alex.waitForSignInButton();
    const answer = await sendsInvoke(alex, 'signin/tokenExchange', { id: 'one', connectionName: 'pim', token: expired });
    expect(answer).toMatchObject({ status: 412, body: { id: 'one', connectionName: 'pim' } });
    expect(production.tokenService.tokensOf(mri)).toEqual([]);
    await newCard(alex, () => alex.signsIn(), alexRole);
  });

  test('as Teams presents it with a click is answered with the button', async () => {
    const expired = await production.entra.ssoToken(alexId, { expiresInSeconds: -60 });
    const action = { type: 'Action.Execute', verb: 'roles.show', data: {} };
    const answer = await sendsInvoke(alex, 'adaptiveCard/action', { action, trigger: 'manual', authentication: { id: 'one', connectionName: 'pim', token: expired } });
    expect(answer).toMatchObject({ status: 200, body: { statusCode: 412, type: 'application/vnd.microsoft.error.preconditionFailed' } });
  });
});

describe('a stronger sign-in that this bot cannot offer', () => {
  const unknown = '{"access_token":{"capolids":{"essential":true,"values":["00000000-0000-4000-8000-00000000c0de"]}}}';
  const form = (): Promise<ShownCard> => typesAndSees(alex, 'activate Reader on Production', (card) => card.verbs.includes('activation.submit'));
  const portal = expect.stringMatching(/^https:\/\/portal\.azure\.com\//u);

  test('asked for by Entra leads to the portal', async () => {
    production.entra.demand(alexId, unknown);
    const card = await typesAndSees(alex, 'roles', 'A stronger sign-in is needed');
    expect(linksOf(card)).toEqual([portal]);
  });

  test('asked for by Entra when a form is sent leads to the portal, and nothing is sent to PIM', async () => {
    const [before, shown] = [await changesAtPim(), await form()];
    production.entra.demand(alexId, unknown);
    production.tokenService.forget(mri);
    await alex.clicks(shown, 'activation.submit', { minutes: '30', justification: 'the logs' });
    const card = alex.card(shown.activityId);
    expect(card.has('A stronger sign-in is needed')).toBe(true);
    expect(linksOf(card)).toContainEqual(portal);
    expect(await changesAtPim()).toEqual(before);
  });

  test('asked for by Azure leads to the portal, and nothing is active', async () => {
    const shown = await form();
    await tellPim(production, '/emulator/faults', {
      match: { method: 'PUT', path: 'roleAssignmentScheduleRequests' },
      fault: { status: 401, headers: { 'www-authenticate': `Bearer realm="", error="insufficient_claims", claims="${Buffer.from(unknown).toString('base64')}"` }, body: { error: { code: 'InteractionRequired', message: 'more is needed' } } },
    });
    await alex.clicks(shown, 'activation.submit', { minutes: '30', justification: 'the logs' });
    const card = alex.card(shown.activityId);
    expect(card.has('A stronger sign-in is needed')).toBe(true);
    expect(linksOf(card)).toContainEqual(portal);
    expect((await production.pim.requests()).filter(({ properties }) => properties.principalId === alexId)).toEqual([]);
  });
});

describe('who signs out', () => {
  test('is signed out at once, and the next command signs them in anew and asks for new tokens', async () => {
    await seesRoles();
    await seesRoles();
    const before = onBehalfOfCalls(production);
    await seesRoles();
    expect(onBehalfOfCalls(production)).toBe(before);
    await typesAndSees(alex, 'sign out', 'You are signed out');
    expect(production.tokenService.tokensOf(mri)).toEqual([]);
    const signIns = exchanges(production);
    await seesRoles();
    expect(exchanges(production)).toBe(signIns + 1);
    expect(onBehalfOfCalls(production), 'for Azure and for Graph').toBe(before + 2);
  });

  test('has to sign in before an old card works again', async () => {
    const help = await typesAndSees(alex, 'help', 'What you can type');
    await seesRoles();
    await typesAndSees(alex, 'sign out', 'You are signed out');
    production.habits.withoutSso.add(alexId);
    const before = onBehalfOfCalls(production);
    expect(await alex.clicks(help, (action) => action['verb'] === 'roles.show')).toMatchObject({ status: 401 });
    expect(onBehalfOfCalls(production)).toBe(before);
    expect(await alex.signsIn()).toMatchObject({ status: 200 });
  });
});

/** Moves what is to be done later towards now; the bot is stopped for it, because it has locked its database. */
async function passHours(hours: number): Promise<void> {
  await production.bot.stop();
  {
    await using store = await openStore({ kind: 'embedded', folder: production.databaseFolder });
    await sql`update pgboss.job set start_after = start_after - make_interval(hours => ${hours}::int) where state in ('created', 'retry')`.execute(store.db);
  }
  await production.restart();
}

test('a sign-in ends after twelve hours by itself, and not before', async () => {
  await seesRoles();
  await passHours(11);
  await delay(3_000);
  expect(production.tokenService.tokensOf(mri)).toHaveLength(1);
  await passHours(1);
  await expect.poll(() => production.tokenService.tokensOf(mri), { timeout: 60_000, interval: 200 }).toEqual([]);
  await seesRoles();
});

// The local PIM service's clock goes on alone from here.
describe('a token that Azure and Graph do not take any more', () => {
  const twoHoursLater = (): Promise<void> => tellPim(production, '/emulator/clock', { advance: 'PT2H' });

  test('is replaced by one that meets the challenge, in the same turn', async () => {
    await seesRoles();
    await twoHoursLater();
    const [before, signIns] = [production.entra.requests.length, exchanges(production)];
    await seesRoles();
    const asked = production.entra.requests.slice(before).filter(({ grant }) => grant === 'on_behalf_of');
    const renewed = { status: 200, claims: expect.stringContaining('"nbf"') };
    expect(asked, 'for Azure and for Graph').toMatchObject([renewed, renewed]);
    expect(exchanges(production)).toBe(signIns);
  });

  test('and that Entra does not replace, because the sign-in was revoked, leads to a new sign-in without a click', async () => {
    await seesRoles();
    production.entra.revoke(alexId);
    await twoHoursLater();
    const signIns = exchanges(production);
    await seesRoles();
    expect(exchanges(production)).toBe(signIns + 1);
  });
});
