import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { asAtTheStart, newCard, onBehalfOfCalls, sendsInvoke, typesAndSees } from '../flows/production-story.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { send } from '../helpers/stand-ins/entra-https.ts';
import { startProduction, type Production } from '../helpers/stand-ins/production.ts';

// Guards: `requirePerson` and `personTokenOf` (src/bot/teams-people.ts) where a token is used, `ownerOf` and `kept` in
// `createTeamsSignIn` (src/bot/sign-in/teams-sign-in.ts) where it arrives, `readPersonToken` (src/identity/person-token.ts) for the
// tenant, `answerToPim` (src/bot/answer.ts) for the audit. What Entra gives: test/identity/odd-answers.test.ts.
// The process is `npm start`'s; PIM, Entra and the token service say what reached them. What the token service could keep of
// another tenant: test/bot/sign-in/sign-in-tokens.test.ts.

const otherTenant = '99999999-9a3a-4f6e-8a51-8a7d3c2b1f22';
const other = 'You signed in with another account';

let production: Production;
let alex: FakePerson;
let alexId: string;
let meganId: string;
let help: ShownCard;
/** How often Alex was refused: as often as the audit has to say so. */
let refusals = 0;
beforeAll(async () => {
  production = await startProduction({ limits: false, proof: 'secret' });
  alex = await production.person('Alex');
  alexId = alex.account.aadObjectId;
  meganId = (await production.person('Megan')).account.aadObjectId;
});
afterAll(() => production[Symbol.asyncDispose]());
beforeEach(async () => {
  asAtTheStart(production, alex);
  help = await typesAndSees(alex, 'help', 'What you can type');
});

const kept = (): readonly string[] => production.tokenService.tokensOf(alex.account.mri);
const asPeopleAtPim = async (): Promise<number> => (await production.pim.calls()).filter(({ actor }) => actor === alexId || actor === meganId).length;
const foreign: readonly (readonly [string, () => Promise<string>])[] = [
  ['another person', () => production.entra.ssoToken(meganId)],
  ['the same person in another tenant', () => production.entra.ssoToken(alexId, { as: { tid: otherTenant } })],
];

/** The work ends with the refusal, and with nothing else anywhere. */
async function isRefused(work: () => Promise<ShownCard>): Promise<void> {
  const before = { atPim: await asPeopleAtPim(), atEntra: onBehalfOfCalls(production) };
  const card = await work();
  refusals += 1;
  expect(card.text).toContain(other);
  expect(card.text).toContain('nothing was done');
  expect({ atPim: await asPeopleAtPim(), atEntra: onBehalfOfCalls(production) }).toEqual(before);
  expect(kept()).toEqual([]);
}

describe.each(foreign)('promise 7: a token of %s', (_whose, token) => {
  test('that Teams\' client exchanges is refused', async () => {
    const exchanged = production.tokenService.requests.length;
    const value = { id: 'one', connectionName: 'pim', token: await token() };
    await isRefused(() => newCard(alex, async () => { expect(await sendsInvoke(alex, 'signin/tokenExchange', value)).toMatchObject({ status: 412 }); }, other));
    expect(production.tokenService.requests.length).toBe(exchanged);
  });

  test('that comes with a click is refused, and the click is not carried out', async () => {
    const authentication = { id: 'one', connectionName: 'pim', token: await token() };
    const click = { action: { type: 'Action.Execute', verb: 'roles.show', data: {} }, trigger: 'manual', authentication };
    await isRefused(async () => {
      const { body } = await sendsInvoke(alex, 'adaptiveCard/action', click);
      expect(body).toMatchObject({ statusCode: 200 });
      return { ...help, text: JSON.stringify(body) };
    });
  });
});

test('promise 7: a token of another person that the token service keeps already is refused, and removed there', async () => {
  await keepForAlex(await production.entra.ssoToken(meganId));
  expect(kept()).toHaveLength(1);
  await isRefused(() => typesAndSees(alex, 'roles', other));
  await keepForAlex(await production.entra.ssoToken(meganId));
  await isRefused(async () => {
    await alex.clicks(help, (action) => action['verb'] === 'roles.show');
    return alex.card(help.activityId);
  });
});

describe('promise 7: a sign-in page completed with another account', () => {
  beforeEach(() => {
    production.habits.withoutSso.add(alexId);
    production.habits.account.set(alexId, meganId);
  });

  test('behind the button of a sign-in card signs nobody in', async () => {
    await alex.types('roles');
    await alex.waitForSignInButton();
    await isRefused(() => newCard(alex, () => alex.signsIn(), other));
  });

  test('after a click signs nobody in, and the click is not carried out', async () => {
    expect(await alex.clicks(help, (action) => action['verb'] === 'roles.show')).toMatchObject({ status: 401 });
    await isRefused(async () => {
      await alex.signsIn();
      return alex.card(help.activityId);
    });
  });

  test('does not sign in the other person either', async () => {
    await alex.types('roles');
    await alex.waitForSignInButton();
    const megan = production.teams.person({ id: meganId, name: 'Megan Bowen' });
    await isRefused(() => newCard(alex, () => alex.signsIn(), other));
    expect(production.tokenService.tokensOf(megan.account.mri)).toEqual([]);
  });
});

test('promise 7: with their own account the same person is let in afterwards', async () => {
  await typesAndSees(alex, 'roles', 'Your roles');
  expect(kept()).toHaveLength(1);
});

test('promise 7: every refusal is in the audit, under the name of the person whom Teams named', async () => {
  await delay(500);
  expect(refusals).toBe(9);
  expect(await production.bot.stop()).toBe(0);
  const refused = (await production.auditRows()).filter(({ action, details }) => action === 'signIn' && details['result'] === 'refused');
  expect(refused).toHaveLength(refusals);
  for (const { actor, phase, details } of refused) {
    expect({ actor: actor.id, phase, details }).toEqual({ actor: alexId, phase: 'outcome', details: { result: 'refused', code: 'otherAccount' } });
  }
});

const botTokenSchema = z.object({ access_token: z.string() });

/** As after a sign-in that the bot did not live to check: the token service keeps it under Alex's id in Teams. */
async function keepForAlex(token: string): Promise<void> {
  const { entra, tls, seed, registrations: { bot: { appId, proof } }, tokenService } = production;
  const form = { grant_type: 'client_credentials', client_id: appId, client_secret: proof.kind === 'secret' ? proof.value : '', scope: 'https://api.botframework.com/.default' };
  const answer = await send(`${entra.origin}/${seed.tenantId}/oauth2/v2.0/token`, { ca: tls.caPem, form });
  const { access_token: botToken } = botTokenSchema.parse(JSON.parse(answer.text));
  const query = new URLSearchParams({ userId: alex.account.mri, connectionName: 'pim', channelId: 'msteams' });
  const { status } = await send(`${tokenService.origin}/api/usertoken/exchange?${query.toString()}`, { ca: tls.caPem, headers: { authorization: `Bearer ${botToken}` }, json: { token } });
  expect(status).toBe(200);
}
