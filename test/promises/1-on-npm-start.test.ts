import { createHmac, KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createFakeKey, type FakeKey, type Signing } from '../helpers/fake-channel.ts';
import type { FakePerson } from '../helpers/fake-teams.ts';
import { send } from '../helpers/stand-ins/entra-https.ts';
import { startProduction, type Production } from '../helpers/stand-ins/production.ts';
import { storedRows } from '../helpers/stand-ins/stored-rows.ts';

// Guards: `ChannelAuthentication.admits` and `authenticateRequest` (src/bot/door/channel-authentication.ts) with `verifyChannelToken`
// (src/bot/door/channel-token.ts) and `soleAuthorization` (src/bot/door/server.ts) before anything is read; `refusedByHead` (src/bot/door/gate.ts)
// for what is no POST; `isActivity` (src/bot/door/adapter.ts).
// Everything here is posted to the process of `npm start`. The activity is one that would have an effect: its sender is signed in.

const strangersTenant = '99999999-9a3a-4f6e-8a51-8a7d3c2b1f22';
const nowSeconds = Math.floor(Date.now() / 1_000);
const [mine, unpublished, webchat, unendorsed] = await Promise.all([
  createFakeKey('mine'), createFakeKey('teams'), createFakeKey('webchat', ['webchat', 'directline']), createFakeKey('unendorsed', null),
]);

let production: Production;
let alex: FakePerson;
let appId = '';
let tenantId = '';
let before: Effects;

beforeAll(async () => {
  production = await startProduction({ limits: false });
  ({ appId } = production.registrations.bot);
  ({ tenantId } = production.seed);
  production.channel.publish({ ...unpublished, published: await publishedKey(production) }, mine, webchat, unendorsed);
  alex = await production.person('Alex');
  await alex.types('roles');
  await alex.waitForCard('Website Contributor');
  // The first unknown key id makes the bot ask for the keys again, once in five minutes.
  expect(await post(await headersWith({}, { kid: 'unheard-of' }))).toEqual(refused);
});
afterAll(() => production[Symbol.asyncDispose]());
beforeEach(async () => { before = await effects(); });

/** The key with which the stand-in signs what people send. */
async function publishedKey({ channel, tls }: Production): Promise<FakeKey['published']> {
  const { text } = await send(`${channel.origin}/v1/.well-known/keys`, { ca: tls.caPem });
  const keys: { readonly keys: readonly FakeKey['published'][] } = JSON.parse(text);
  return z.custom<FakeKey['published']>((key) => key !== undefined).parse(keys.keys[0]);
}

type Changes = Record<string, unknown>;
type Headers = Readonly<Record<string, string | readonly string[]>>;

const refused = { status: 401, body: '' };

function activity(changes: Changes = {}): Changes {
  const { account, conversationId } = alex;
  return {
    type: 'message', id: crypto.randomUUID(), text: 'roles', channelId: 'msteams', serviceUrl: production.teams.serviceUrl,
    from: { id: account.mri, name: account.name, aadObjectId: account.aadObjectId },
    recipient: { id: `28:${appId}` },
    conversation: { id: conversationId, conversationType: 'personal', tenantId },
    channelData: { tenant: { id: tenantId } },
    ...changes,
  };
}

async function post(headers: Headers, body: unknown = activity(), method = 'POST'): Promise<{ status: number; body: string }> {
  const request = http.request(`${production.botUrl}/api/messages`, { method, agent: false, headers: { 'content-type': 'application/json', ...headers } });
  const answered = once(request, 'response');
  request.end(method === 'POST' ? JSON.stringify(body) : undefined);
  const [response]: http.IncomingMessage[] = await answered;
  if (response === undefined) throw new Error('no answer');
  return { status: response.statusCode ?? 0, body: await text(response) };
}

async function headersWith(claims?: Changes, signing: Signing = { key: mine }): Promise<Headers> {
  return { authorization: await bearer(claims, signing) };
}

async function bearer(claims?: Changes, signing: Signing = { key: mine }): Promise<string> {
  return `Bearer ${await production.channel.token({ appId, serviceUrl: production.teams.serviceUrl }, claims, { key: mine, ...signing })}`;
}

/** A token by hand: whatever a library would not make. */
function handmade(header: object, signature: (data: Buffer) => Buffer): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const payload = { iss: 'https://api.botframework.com', aud: appId, serviceurl: production.teams.serviceUrl, nbf: nowSeconds - 60, exp: nowSeconds + 3_600 };
  const data = `${encode(header)}.${encode(payload)}`;
  return `Bearer ${data}.${signature(Buffer.from(data)).toString('base64url')}`;
}

const byKey = (digest: string, { privateKey }: FakeKey) => (data: Buffer): Buffer => sign(digest, data, KeyObject.from(privateKey));

/** What can be seen from outside of anything that the bot does. */
interface Effects {
  readonly hosts: readonly string[];
  readonly calls: Readonly<Record<'entra' | 'tokenService' | 'teams' | 'pim' | 'channel' | 'managedIdentity', number>>;
}

async function effects(): Promise<Effects> {
  const { entra, tokenService, teams, channel, managedIdentity, pim } = production;
  return {
    hosts: production.hostsAsked(),
    calls: {
      entra: entra.requests.length, tokenService: tokenService.requests.length, teams: teams.requests.length, channel: channel.asked.length,
      managedIdentity: managedIdentity?.asked.length ?? 0, pim: (await pim.calls()).length,
    },
  };
}

/** A token of Entra, signed by it, for the bot and of the bot. */
async function entrasToken(claims: Changes): Promise<string> {
  const { account } = alex;
  return `Bearer ${await production.entra.ssoToken(account.aadObjectId, { as: { aud: appId, serviceurl: production.teams.serviceUrl, ...claims } })}`;
}

const entraTokens: [string, () => Changes][] = [
  ['an emulator token of version 1, of our tenant', () => ({ iss: `https://sts.windows.net/${tenantId}/`, appid: appId, azp: undefined, ver: '1.0' })],
  ['an emulator token of version 1, of another tenant', () => ({ iss: `https://sts.windows.net/${strangersTenant}/`, tid: strangersTenant, appid: appId, azp: undefined, ver: '1.0' })],
  ['an emulator token of version 2, of our tenant', () => ({ azp: appId })],
  ['an emulator token of version 2, of another tenant', () => ({ iss: `https://login.microsoftonline.com/${strangersTenant}/v2.0`, tid: strangersTenant, azp: appId })],
  ['an emulator token of Microsoft\'s own tenant', () => ({ iss: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/', tid: 'd6d49420-f39b-4df7-a1dc-d59a935871db', appid: appId, ver: '1.0' })],
  ['an emulator token under the channel\'s own name', () => ({ iss: 'https://api.botframework.com', azp: appId })],
  ['a skill token', () => ({ iss: `https://sts.windows.net/${tenantId}/`, appid: '7a11eeee-0000-4000-8000-000000000001', azp: undefined, ver: '1.0' })],
  ['a skill token of version 2', () => ({ azp: '7a11eeee-0000-4000-8000-000000000001' })],
  ['a person\'s token of our own API', () => ({})],
  ['the bot\'s own token for the connector', () => ({ iss: `https://sts.windows.net/${tenantId}/`, aud: 'https://api.botframework.com', appid: appId, azp: appId, ver: '1.0' })],
  ['a token of App Service Extension', () => ({ iss: `https://sts.windows.net/${tenantId}/`, appid: 'ab3be6b7-f5df-413d-ac2d-abf1e3fd9c0b', ver: '1.0' })],
];

test.each(entraTokens)('promise 1: %s, signed by Entra, is answered 401, and nothing happens', async (_what, claims) => {
  const authorization = await entrasToken(claims());
  expect(decodeJwt(authorization.slice('Bearer '.length))).toMatchObject({ serviceurl: production.teams.serviceUrl });
  expect(await post({ authorization })).toEqual(refused);
  expect(await effects()).toEqual(before);
});

const badTokens: [string, () => Promise<string> | string][] = [
  ['a blank token', () => ' '],
  ['a password', () => 'Basic Ym90OnNlY3JldA=='],
  ['a scheme without a token', () => 'Bearer'],
  ['a token without a scheme', async () => (await bearer()).slice('Bearer '.length)],
  ['two tokens in one header', async () => `${await bearer()}, ${await bearer()}`],
  ['a token and a tail', async () => `${await bearer()} x`],
  ['a token that is no JWT', () => 'Bearer canary'],
  ['a token of five parts', () => 'Bearer a.b.c.d.e'],
  ['a header that is no JSON', () => 'Bearer aaaa.bbbb.cccc'],
  ['a signature by a key that only pretends to be the channel\'s', () => bearer({}, { key: unpublished })],
  ['a signature that was cut off', () => handmade({ alg: 'RS256', kid: 'mine' }, () => Buffer.alloc(0))],
  ['a signature of zeros', () => handmade({ alg: 'RS256', kid: 'mine' }, () => Buffer.alloc(256))],
  ['claims that were changed after signing', async () => {
    const [[header, , signature], [, payload]] = [(await bearer({ aud: 'another' })).split('.'), (await bearer()).split('.')];
    return `${header}.${payload}.${signature}`;
  }],
  ['the algorithm none', () => handmade({ alg: 'none', kid: 'mine' }, () => Buffer.from('x'))],
  ['the algorithm none without a signature', () => handmade({ alg: 'none' }, () => Buffer.alloc(0))],
  ['HS256 with the public key as the secret', () => handmade({ alg: 'HS256', kid: 'mine' }, (data) => createHmac('sha256', JSON.stringify(mine.published)).update(data).digest())],
  ['HS256 with the modulus as the secret', () => handmade({ alg: 'HS256', kid: 'mine' }, (data) => createHmac('sha256', mine.published.n ?? '').update(data).digest())],
  ['RS384 by the channel\'s own key', () => handmade({ alg: 'RS384', kid: 'mine' }, byKey('sha384', mine))],
  ['RS512 by the channel\'s own key', () => handmade({ alg: 'RS512', kid: 'mine' }, byKey('sha512', mine))],
  ['a critical extension that nobody knows', () => handmade({ alg: 'RS256', kid: 'mine', crit: ['x'], x: 1 }, byKey('sha256', mine))],
  ['a key that comes along in the token', () => handmade({ alg: 'RS256', kid: 'mine', jwk: unpublished.published }, byKey('sha256', unpublished))],
  ['an address of keys that comes along in the token', () => handmade({ alg: 'RS256', kid: 'x', jku: 'https://evil.example/keys' }, byKey('sha256', unpublished))],
  ['no key id', () => handmade({ alg: 'RS256' }, byKey('sha256', mine))],
  ['a key id that is no text', () => handmade({ alg: 'RS256', kid: ['mine'] }, byKey('sha256', mine))],
  ['an unknown key id', () => bearer({}, { kid: 'unheard-of' })],
  ['a key that is endorsed for other channels only', () => bearer({}, { key: webchat })],
  ['a key without endorsements', () => bearer({}, { key: unendorsed })],
  ['another issuer', () => bearer({ iss: 'https://evil.example' })],
  ['the issuer of another cloud', () => bearer({ iss: 'https://api.botframework.us' })],
  ['two issuers', () => bearer({ iss: ['https://api.botframework.com', 'https://evil.example'] })],
  ['no issuer', () => bearer({ iss: undefined })],
  ['another bot\'s token', () => bearer({ aud: '7a11eeee-0000-4000-8000-000000000001' })],
  ['a token for us and others', () => bearer({ aud: [appId, 'another'] })],
  ['no audience', () => bearer({ aud: undefined })],
  ['a token that expired six minutes ago', () => bearer({ exp: nowSeconds - 360 })],
  ['a token without an end', () => bearer({ exp: undefined })],
  ['a token that begins in an hour', () => bearer({ nbf: nowSeconds + 3_600 })],
  ['no service URL in the token', () => bearer({ serviceurl: undefined })],
  ['a service URL that is no text', () => bearer({ serviceurl: [production.teams.serviceUrl] })],
  ['a token for another service URL', () => bearer({ serviceurl: 'https://smba.trafficmanager.net/amer/' })],
  ['a token for another host of the allow-list', () => bearer({ serviceurl: 'https://smba.infra.gcc.teams.microsoft.com/emea/' })],
];

test.each(badTokens)('promise 1: %s is answered 401, and nothing happens', async (_what, makeToken) => {
  expect(await post({ authorization: await makeToken() })).toEqual(refused);
  expect(await effects()).toEqual(before);
});

test('promise 1: no token at all, and two of them, are answered 401, and nothing happens', async () => {
  const [genuine, forged] = [await bearer(), await bearer({}, { key: unpublished })];
  for (const authorization of [[genuine, forged], [forged, genuine], [genuine, genuine]]) expect(await post({ authorization })).toEqual(refused);
  expect(await post({})).toEqual(refused);
  expect(await effects()).toEqual(before);
});

const badActivities: [string, () => Changes, number?][] = [
  ['of another channel', () => ({ channelId: 'webchat' })],
  ['of the emulator\'s channel', () => ({ channelId: 'emulator' })],
  ['of App Service Extension\'s channel', () => ({ channelId: 'AseChannel' })],
  ['of an empty channel', () => ({ channelId: '' }), 400],
  ['of no channel', () => ({ channelId: undefined }), 400],
  ['without a service URL', () => ({ serviceUrl: undefined }), 400],
  ['with an empty service URL', () => ({ serviceUrl: '' }), 400],
  ['from an allowed place that the token is not for', () => ({ serviceUrl: 'https://smba.trafficmanager.net/amer/' })],
  ['from a host that is not on the list', () => ({ serviceUrl: 'https://evil.example/' })],
  ['of another tenant', () => ({ channelData: { tenant: { id: strangersTenant } }, conversation: { id: 'a:1', tenantId: strangersTenant } })],
  ['that names another tenant beside ours', () => ({ conversation: { id: 'a:1', tenantId: strangersTenant } })],
  ['that names our tenant beside another', () => ({ channelData: { tenant: { id: strangersTenant } } })],
  ['of no tenant', () => ({ channelData: {}, conversation: { id: 'a:1' } })],
  ['without a sender', () => ({ from: undefined }), 400],
  ['without a type', () => ({ type: '' }), 400],
];

test.each(badActivities)('promise 1: an activity %s is refused in spite of a genuine token, and nothing happens', async (_what, makeChanges, status = 401) => {
  expect(await post(await headersWith(), activity(makeChanges()))).toEqual({ status, body: '' });
  expect(await effects()).toEqual(before);
});

test.each([['null', null], ['a text', 'roles'], ['a list', [{}]], ['an empty object', {}]])('promise 1: %s is no activity and is answered 400', async (_what, body) => {
  expect(await post(await headersWith(), body)).toEqual({ status: 400, body: '' });
  expect(await effects()).toEqual(before);
});

test('promise 1: streaming connections and other methods have no door, whatever their token', async () => {
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': Buffer.alloc(16, 1).toString('base64'), authchannelid: 'msteams' };
  for (const headers of [{}, upgrade]) {
    for (const token of [await headersWith(), await headersWith({ iss: `https://sts.windows.net/${tenantId}/`, appid: appId })]) {
      expect(await post({ ...headers, ...token }, null, 'GET')).toEqual({ status: 405, body: '' });
    }
  }
  for (const method of ['PUT', 'DELETE', 'OPTIONS']) expect(await post(await headersWith(), null, method)).toEqual({ status: 405, body: '' });
  expect(await effects()).toEqual(before);
});

test('promise 1: a genuine activity is served, also with the scheme in lower case', async () => {
  for (const scheme of ['Bearer', 'bearer']) {
    const shown = alex.messages.length;
    expect(await post({ authorization: (await bearer()).replace('Bearer', scheme) })).toEqual({ status: 200, body: '' });
    await expect.poll(() => alex.messages.length).toBe(shown + 1);
  }
  expect((await effects()).calls.teams).toBeGreaterThan(before.calls.teams);
});

test('promise 1: the whole matrix leaves nothing in the database', async () => {
  const stored = async (): Promise<readonly unknown[]> => {
    expect(await production.bot.stop()).toBe(0);
    const rows = [...await storedRows(production.databaseFolder)].filter(([name]) => name.startsWith('public.'));
    await production.restart();
    return rows;
  };
  const first = await stored();
  expect(JSON.stringify(first)).toContain(alex.account.aadObjectId);
  // The process is a new one, and asks for the channel's keys at the first token.
  const strangers = [...badTokens.map(([, make]) => make), ...entraTokens.map(([, claims]) => () => entrasToken(claims()))];
  for (const makeToken of strangers) expect(await post({ authorization: await makeToken() })).toEqual(refused);
  for (const [, makeChanges, status = 401] of badActivities) expect((await post(await headersWith(), activity(makeChanges()))).status).toBe(status);
  expect(production.channel.asked.length).toBeLessThanOrEqual(before.calls.channel + 4);
  expect({ ...(await effects()).calls, channel: 0 }).toEqual({ ...before.calls, channel: 0 });
  expect(await stored()).toEqual(first);
});
