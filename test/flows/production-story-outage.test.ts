import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import type { EntraFault } from '../helpers/stand-ins/entra-tenant.ts';
import { startProduction, type Production } from '../helpers/stand-ins/production.ts';
import type { TokenServiceFault } from '../helpers/stand-ins/token-service.ts';
import { alexRole, asAtTheStart, newCard, sendsInvoke, typesAndSees } from './production-story.ts';

// Promise 24 for what people's sign-in needs, on `npm start`'s process: while it is out of order, a card says so with the
// next step, nothing reaches PIM, and as soon as it is in order again everything goes on.
// Guards: `answered` (src/bot/sign-in/token-service.ts) and `jsonOnly` (src/bot/door/single-try.ts), `EntraNetwork` (src/identity/network.ts) with `requireAnswer`
// (src/identity/entra-answer.ts), `readAnswer` and `withinTime` (src/identity/limits.ts), `answerOf` (src/bot/answer.ts).

let production: Production;
let alex: FakePerson;
let help: ShownCard;
beforeAll(async () => {
  production = await startProduction({ limits: false });
  // The bot's own tokens are there, as they are in a bot that has been running for some time.
  await typesAndSees(await production.person('Alex'), 'roles', alexRole);
});
afterAll(() => production[Symbol.asyncDispose]());
beforeEach(async () => {
  alex = await production.person('Alex');
  asAtTheStart(production, alex);
  help = await typesAndSees(alex, 'help', 'What you can type');
});
afterEach(() => { asAtTheStart(production, alex); });

const outage = 'Try again in a few minutes';
/** A time limit of ten seconds, and some more. */
const patience = 15_000;
const isForm = (card: ShownCard): boolean => card.verbs.includes('activation.submit');
const changesAtPim = async (): Promise<readonly unknown[]> =>
  (await production.pim.calls()).filter(({ method, path = '' }) => method !== 'GET' && path.includes('Microsoft.Authorization'));
const isTruthful = (card: ShownCard): void => {
  for (const part of [outage, 'Nothing was done']) expect(card.text).toContain(part);
  expect(card.text).not.toMatch(/eyJ|AADSTS|https?:|html/u);
};

/** The card that a click has come to, also where that took longer than Teams waits. */
async function clicksAndSees(card: ShownCard, verb: string, inputs: Readonly<Record<string, string>>, what: string): Promise<ShownCard> {
  expect(await alex.clicks(card, (action) => action['verb'] === verb, inputs)).toMatchObject({ httpStatus: 200, status: 200 });
  return alex.waitForCard((shown) => shown.activityId === card.activityId && shown.has(what), patience);
}

describe.each<EntraFault>(['down', 'silent', 'notJson', 'redirects', 'huge', 429, 500])('promise 24: while Entra is out of order (%s)', (fault) => {
  test('a command and a click are answered truthfully, PIM hears nothing, and the same works afterwards', async () => {
    const form = await typesAndSees(alex, 'activate Reader on Production', isForm);
    const before = await changesAtPim();
    production.tokenService.forget(alex.account.mri);
    production.entra.fault = fault;
    const answers = await Promise.all([
      newCard(alex, () => alex.types('roles'), outage),
      clicksAndSees(help, 'roles.show', {}, outage),
      clicksAndSees(form, 'activation.submit', { minutes: '30', justification: 'the logs' }, outage),
    ]);
    answers.forEach(isTruthful);
    const [, , kept] = answers;
    expect([isForm(kept), JSON.stringify(kept.json).includes('the logs')], 'the form with what was entered').toEqual([true, true]);
    expect(await changesAtPim()).toEqual(before);

    production.entra.fault = 'none';
    await typesAndSees(alex, 'roles', alexRole);
    expect(await changesAtPim()).toEqual(before);
  });
});

describe.each<TokenServiceFault>(['down', 'silent', 'notJson', 'redirects'])('promise 24: while the token service is out of order (%s)', (fault) => {
  test('somebody who has signed in is answered truthfully, and goes on afterwards without a new sign-in', async () => {
    await typesAndSees(alex, 'roles', alexRole);
    production.tokenService.fault = fault;
    const answers = await Promise.all([newCard(alex, () => alex.types('roles'), outage), clicksAndSees(help, 'roles.show', {}, outage)]);
    answers.forEach(isTruthful);
    production.tokenService.fault = 'none';
    const tokens = production.tokenService.tokensOf(alex.account.mri);
    await typesAndSees(alex, 'roles', alexRole);
    expect(production.tokenService.tokensOf(alex.account.mri)).toEqual(tokens);
  });

  test('a sign-in that has been begun cannot be finished, and nothing of what it was for is lost', async () => {
    production.habits.withoutSso.add(alex.account.aadObjectId);
    await alex.types('roles');
    await alex.waitForSignInButton();
    production.tokenService.fault = fault;
    isTruthful(await newCard(alex, () => sendsInvoke(alex, 'signin/verifyState', { state: '123456' }), outage));
    const token = await production.entra.ssoToken(alex.account.aadObjectId);
    const value = { id: 'one', connectionName: 'pim', token };
    if (fault !== 'silent') expect(await sendsInvoke(alex, 'signin/tokenExchange', value)).toMatchObject({ status: 412 });
    production.tokenService.fault = 'none';
    await newCard(alex, () => alex.signsIn(), alexRole);
  });

  test('signing out says that it has not been done', async () => {
    await typesAndSees(alex, 'roles', alexRole);
    production.tokenService.fault = fault;
    const card = await newCard(alex, () => alex.types('sign out'), outage);
    expect(card.has('You are signed out')).toBe(false);
    production.tokenService.fault = 'none';
    await typesAndSees(alex, 'sign out', 'You are signed out');
    expect(production.tokenService.tokensOf(alex.account.mri)).toEqual([]);
  });
});
