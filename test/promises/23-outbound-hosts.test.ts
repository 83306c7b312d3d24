import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { typesAndSees } from '../flows/production-story.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { publicHosts } from '../helpers/stand-ins/hosts.ts';
import type { AskedHost } from '../helpers/stand-ins/redirect-hosts.ts';
import { identityHost, startTappedProduction, type TapAnswer, type TappedCall, type TappedProduction } from '../helpers/stand-ins/wire-tap.ts';

// Guards: `allowedServiceUrl` (src/bot/door/service-url.ts) at the door and in `AllowedHostsFactory` (src/bot/door/channel-authentication.ts);
// `SingleTryAuthentication` (src/bot/door/single-try.ts) for the connector and the token service; `EntraNetwork` (src/identity/network.ts)
// and `boundedCalls` (src/identity/bounded-calls.ts) for Entra and the managed identity; `securePipeline` with `ownOriginPolicy`
// (src/pim/http/azure-pipeline.ts) for ARM and Graph; `getJson` (src/bot/door/channel-keys.ts) for the channel's keys.
// Every connection that the process of `npm start` begins is on record, and every request that it sends is heard.

const strangers = ['https://evil.example/', 'http://evil.example/', '//evil.example/x', 'https://smba.trafficmanager.net.evil.example/', 'https://smba.trafficmanager.net@evil.example/'];

let production: TappedProduction;
let alex: FakePerson;
let megan: FakePerson;
/** On this machine, where a redirect could go unnoticed. */
const lure = createServer((socket) => { lured += 1; socket.destroy(); });
let lured = 0;
let lureUrl = '';

beforeAll(async () => {
  lure.listen(0, '127.0.0.1');
  await once(lure, 'listening');
  const address = lure.address();
  lureUrl = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
  production = await startTappedProduction({ limits: false });
  [alex, megan] = [production.teams.person({ id: idOf('Alex'), name: 'Alex Wilber' }), production.teams.person({ id: idOf('Megan'), name: 'Megan Bowen' })];
});
afterAll(async () => {
  await production[Symbol.asyncDispose]();
  lure.close();
});

beforeEach(() => { production.intercept(null); });

/** Whatever a test has done. */
afterEach(() => {
  expect(connections().filter(({ host, to }) => to === 'refused' || (to === 'standIn' && !publicHosts.some((name) => name === host)))).toEqual([]);
  expect(lured).toBe(0);
  expect(production.sent.filter(({ path }) => path.startsWith(elsewhere))).toEqual([]);
  expect(production.sent.flatMap(misplaced)).toEqual([]);
});

function idOf(firstName: string): string {
  return production.seed.people.find(({ name }) => name.startsWith(firstName))?.id ?? '';
}

/** Every connection that the bot has begun. */
function connections(): readonly AskedHost[] {
  const log = readFileSync(path.join(path.dirname(production.databaseFolder), 'hosts.log'), 'utf8');
  return log.trim().split('\n').map((line): AskedHost => JSON.parse(line));
}

/** For whom a token may be that is sent to this host, in a header or in a body. */
function audiencesAt(host: string): readonly string[] {
  const { appId } = production.registrations.bot;
  switch (host) {
    case 'smba.trafficmanager.net': return ['https://api.botframework.com'];
    case 'token.botframework.com': return ['https://api.botframework.com', appId];
    case 'management.azure.com': return ['https://management.azure.com'];
    case 'graph.microsoft.com': return ['https://graph.microsoft.com'];
    case 'login.microsoftonline.com': return ['api://AzureADTokenExchange', appId];
    default: return [];
  }
}

/** Audiences of tokens that do not belong where the call goes. */
function misplaced({ host, path, headers, body }: TappedCall): readonly string[] {
  const tokens = [path, JSON.stringify(headers), body].join('\n').match(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/gu) ?? [];
  const header = production.managedIdentity?.env.IDENTITY_HEADER ?? '';
  const strayedHeader = host !== identityHost && JSON.stringify([path, headers, body]).includes(header) ? [`identity header at ${host}`] : [];
  return [...strayedHeader, ...tokens.map((token) => String(decodeJwt(token).aud)).filter((audience) => !audiencesAt(host).includes(audience)).map((audience) => `${audience} at ${host}`)];
}

/** From now on, the calls that fit are answered like this, and counted. */
function answers(fits: (call: TappedCall) => boolean, answer: (call: TappedCall) => TapAnswer): { readonly count: number } {
  const answered = { count: 0 };
  production.intercept((call) => {
    if (!fits(call)) return null;
    answered.count += 1;
    return answer(call);
  });
  return answered;
}

/** Where nobody is sent but by a redirect: one to the same host is not followed either, so that no rule of a library's decides what is the same. */
const elsewhere = '/elsewhere';

const redirectTo = (n: number) => ({ host }: TappedCall): TapAnswer => {
  const places = [host === identityHost ? elsewhere : `https://${host}${elsewhere}`, ...strangers, lureUrl];
  return { status: [307, 302, 301, 308, 303][n % 5] ?? 307, headers: { location: places[n % places.length] ?? '' } };
};

const at = (host: string) => (call: TappedCall): boolean => call.host === host;

test('promise 23: a redirect of the channel\'s keys, of the managed identity and of Entra\'s application tokens leads nowhere', async () => {
  const keys = answers(at('login.botframework.com'), redirectTo(0));
  expect((await alex.sends({ text: 'help' })).status).toBe(401);
  expect(keys.count).toBe(1);
  // Without any key, the bot asks again after ten seconds.
  production.intercept(null);
  await expect.poll(async () => (await alex.sends({ type: 'event', name: 'x' })).status, { timeout: 15_000, interval: 500 }).toBe(200);

  for (const host of [identityHost, 'login.microsoftonline.com']) {
    const asked = answers(at(host), redirectTo(0));
    await alex.sends({ text: 'help' });
    await expect.poll(() => asked.count).toBeGreaterThan(0);
  }
  expect(alex.cards()).toEqual([]);
  production.intercept(null);
  await alex.installs();
  await megan.installs();
  await typesAndSees(alex, 'roles', 'Website Contributor');
});

test.each(['token.botframework.com', 'login.microsoftonline.com', 'management.azure.com', 'smba.trafficmanager.net'])('promise 23: a redirect of %s leads nowhere, and the person is served when it is over', async (host) => {
  for (let n = 0; n < 3; n += 1) {
    production.tokenService.forget(alex.account.mri);
    production.intercept(null);
    await alex.sends({ text: 'sign out' });
    const asked = answers((call) => call.host === host && !call.body.includes('"typing"'), redirectTo(n));
    await alex.sends({ text: 'roles' });
    await expect.poll(() => asked.count).toBeGreaterThan(0);
  }
  production.intercept(null);
  // An answer that is still under way is shared by whoever asks the same.
  await alex.sends({ text: 'sign out' });
  await typesAndSees(alex, 'roles', 'Website Contributor');
});

test('promise 23: a redirect of Graph leads nowhere, and a guest stays out', async () => {
  const grady = production.teams.person({ id: idOf('Grady'), name: 'Grady Archie' });
  const asked = answers(at('graph.microsoft.com'), redirectTo(0));
  await grady.sends({ text: 'roles' });
  await expect.poll(() => asked.count).toBeGreaterThan(0);
  expect(JSON.stringify(grady.messages)).not.toContain('Contributor');
});

test('promise 23: a next page at another host is not asked for', async () => {
  for (const stranger of [...strangers, lureUrl, 'https://graph.microsoft.com/v1.0/me', 'https://management.azure.com@evil.example/', 'https://management.azure.com:8443/', 'https://management.azure.com.evil.example/']) {
    const asked = answers(
      ({ host, path }) => host === 'management.azure.com' && path.includes('roleEligibilityScheduleInstances'),
      () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ value: [], nextLink: stranger }) }),
    );
    // What was listed a moment ago would be shown instead.
    await typesAndSees(alex, 'sign out', 'You are signed out');
    await typesAndSees(alex, 'roles', (card) => !card.has('Website Contributor'));
    expect(asked.count).toBeGreaterThan(0);
  }
});

test('promise 23: a service URL that only looks like the connector\'s is refused with a token for that very URL', async () => {
  const { channel, registrations: { bot: { appId } }, botUrl } = production;
  const genuine = production.teams.serviceUrl;
  const path = new URL(genuine).pathname;
  const forged = [
    ...strangers.map((url) => url.replace('//evil', 'https://evil').replace('https:https:', 'https:')), lureUrl,
    `https://smba.trafficmanager.net.${path}`, `https://smba.trafficmanager.net:8443${path}`, `https://smba.trafficmanager.net:443${path}`, `http://smba.trafficmanager.net${path}`,
    `https://user@smba.trafficmanager.net${path}`, `https://smba.trafficmanager.net\\@evil.example${path}`, `https://smba.trafficmanager.net%2eevil.example${path}`,
    `https://smba.trafficmanager。net${path}`, `https://ｓmba.trafficmanager.net${path}`, `https://smba.trafficmanager.net\u200b${path}`, `https://sмba.trafficmanager.net${path}`,
    `https://[::1]${path}`, `https://[::ffff:127.0.0.1]${path}`, `https://2130706433${path}`, `https://0x7f.1${path}`, 'https://169.254.169.254/', `https://localhost${path}`,
    `https://smba.trafficmanager.net${path}?x=//evil.example`, `https://smba.trafficmanager.net${path}#@evil.example`, ` ${genuine}`, `${genuine}\n`, `https:/\\evil.example${path}`,
    'file:///etc/passwd', 'urn:botframework:websocket:evil.example',
  ];
  const sentBefore = production.sent.length;
  for (const serviceUrl of forged) {
    const token = await channel.token({ appId, serviceUrl });
    const activity = { type: 'message', id: '1', text: 'help', channelId: 'msteams', serviceUrl, from: { id: alex.account.mri, aadObjectId: alex.account.aadObjectId }, recipient: { id: `28:${appId}` }, conversation: { id: alex.conversationId, tenantId: production.seed.tenantId } };
    const { status } = await fetch(`${botUrl}/api/messages`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(activity) });
    expect(`${status} ${serviceUrl}`).toBe(`401 ${serviceUrl}`);
  }
  expect(production.sent.length).toBe(sentBefore);
});

test('promise 23: a remembered conversation that names another host is not written to', async () => {
  expect(await production.bot.stop()).toBe(0);
  const database = await PGlite.create({ dataDir: path.join(production.databaseFolder, 'pgdata') });
  const { affectedRows } = await database.query(`
    update conversation_references set service_url = $1, reference = jsonb_set(reference, '{serviceUrl}', to_jsonb($1::text)) where person_id = $2`,
    [`${lureUrl}emea/`, megan.account.aadObjectId]);
  expect(affectedRows).toBe(1);
  await database.close();
  await production.restart();

  const form = await typesAndSees(alex, 'activate Contributor on rg-app', (card: ShownCard) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'the deployment hangs' });
  const bot = await alex.waitForCard((card) => card.activityId === form.activityId && /Megan Bowen · (?!asked)/u.test(card.text), 30_000);
  expect(bot.text).not.toContain('Megan Bowen · told');
});

test('promise 23: all public names were asked, each with tokens of its own alone', () => {
  expect([...new Set(production.sent.map(({ host }) => host))].sort()).toEqual([...publicHosts, identityHost].sort());
  for (const { host, headers } of production.sent) {
    const bearer = /^Bearer (\S+)$/u.exec(headers.authorization ?? '')?.[1];
    if (bearer !== undefined) expect([host, decodeJwt(bearer).aud]).toEqual([host, audiencesAt(host)[0]]);
    if (host === 'login.microsoftonline.com' || host === 'login.botframework.com') expect(headers.authorization).toBeUndefined();
  }
});
