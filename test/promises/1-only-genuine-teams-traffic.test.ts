import { createHmac, KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Activity } from 'botbuilder';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { BotAdapter } from '../../src/bot/door/adapter.ts';
import { channelAuthentication, type ChannelAuthentication } from '../../src/bot/door/channel-authentication.ts';
import type { RefusalReason } from '../../src/bot/door/channel-refusal.ts';
import { startServer, type Server } from '../../src/bot/door/server.ts';
import { createLog } from '../../src/log.ts';
import { createFakeKey, startFakeChannel, type FakeChannel, type FakeKey } from '../helpers/fake-channel.ts';

// Guards: `verifyChannelToken` (src/bot/door/channel-token.ts) for the token, `ChannelAuthentication` (src/bot/door/channel-authentication.ts)
// for what the activity says, `allowedServiceUrl` (src/bot/door/service-url.ts) for where it comes from, `ChannelKeys`
// (src/bot/door/channel-keys.ts) for whose signature it is.
// The stand-in publishes keys over https and mints tokens; a genuine activity is followed up to the handler. That its answer
// reaches Teams needs a bot registration: docs/live-checklist.md.

const appId = '0b1f5f0e-2f58-4c8e-9d53-3f3f6f2c1a11';
const tenantId = '5b9e5b0e-9a3a-4f6e-8a51-8a7d3c2b1f22';
const otherTenant = '99999999-9a3a-4f6e-8a51-8a7d3c2b1f22';
const serviceUrl = 'https://smba.trafficmanager.net/emea/';
const nowSeconds = Math.floor(Date.now() / 1_000);

const key = await createFakeKey('teams');
const unpublished = await createFakeKey('teams');
const webchat = await createFakeKey('webchat', ['webchat', 'directline']);
const unendorsed = await createFakeKey('unendorsed', null);

let channel: FakeChannel;
let door: ChannelAuthentication;
let server: Server;
let turns: string[] = [];
const lines: string[] = [];
/** Where a forged service URL would have the bot call. */
const bait = createServer((socket) => { lured += 1; socket.destroy(); });
let lured = 0;
let baitUrl = '';

beforeAll(async () => {
  channel = await startFakeChannel(key);
  channel.publish(key, webchat, unendorsed);
  const log = createLog('debug', { write: (line) => { lines.push(line); } });
  door = openDoor(channel, () => new Date());
  const adapter = new BotAdapter(door, log);
  server = await startServer({
    host: '127.0.0.1', port: 0, log,
    isReady: () => Promise.resolve(true),
    onActivity: async (request, response) => {
      const answer = await adapter.receive(request.headers.authorization ?? '', request.body, async ({ activity }) => {
        turns.push(activity.text);
      });
      response.send(answer.status, answer.body);
    },
  });
  bait.listen(0, '127.0.0.1');
  await once(bait, 'listening');
  const address = bait.address();
  baitUrl = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
});

afterAll(async () => {
  bait.close();
  await server.close();
  await channel[Symbol.asyncDispose]();
});

beforeEach(() => { turns = []; });

function openDoor({ channel, caPem }: FakeChannel, now: () => Date): ChannelAuthentication {
  return channelAuthentication({ appId, tenantId, credential }, {
    channel, caPem, tokenServiceUrl, serviceHosts: ['smba.trafficmanager.net', 'smba.infra.gcc.teams.microsoft.com'], clock: { now }, log: createLog('silent'),
  });
}

const tokenServiceUrl = 'https://token.botframework.com';
const credential = { getToken: () => Promise.resolve({ token: 'own', expiresOnTimestamp: 0 }) };

const genuine = {
  type: 'message', id: '1', text: 'hello', channelId: 'msteams', serviceUrl,
  from: { id: '29:alex', name: 'Alex', aadObjectId: 'a1e50f01-0000-4000-8000-000000000001' },
  recipient: { id: `28:${appId}` },
  conversation: { id: 'a:1', conversationType: 'personal', tenantId },
  channelData: { tenant: { id: tenantId } },
};

type Changes = Record<string, unknown>;

async function post(authorization: string | undefined, changes: Changes): Promise<{ status: number; body: string }> {
  const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) };
  const response = await fetch(`${server.url}/api/messages`, { method: 'POST', headers, body: JSON.stringify({ ...genuine, ...changes }) });
  return { status: response.status, body: await response.text() };
}

async function refusalOf(authorization: string, changes: Changes = {}, at = door): Promise<string> {
  const activity: Activity = JSON.parse(JSON.stringify({ ...genuine, ...changes }));
  return at.authenticateRequest(activity, authorization).then(() => 'let in', (error: unknown) => error instanceof Error && 'code' in error ? String(error.code) : String(error));
}

const token = async (claims?: Changes, signing?: Parameters<FakeChannel['token']>[2]): Promise<string> => `Bearer ${await channel.token({ appId, serviceUrl }, claims, signing)}`;

/** A token by hand: whatever a library would not make. */
function handmade(header: object, signature: (data: Buffer) => Buffer): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const payload = { iss: channel.channel.issuer, aud: appId, serviceurl: serviceUrl, nbf: nowSeconds - 60, exp: nowSeconds + 3_600 };
  const data = `${encode(header)}.${encode(payload)}`;
  return `Bearer ${data}.${signature(Buffer.from(data)).toString('base64url')}`;
}

const byKey = (digest: string, { privateKey }: FakeKey = key) => (data: Buffer): Buffer => sign(digest, data, KeyObject.from(privateKey));

const badTokens: [string, RefusalReason, () => Promise<string> | string][] = [
  ['no token', 'noToken', () => ''],
  ['a blank token', 'noToken', () => ' '],
  ['a password in place of a token', 'malformedToken', () => 'Basic Ym90OnNlY3JldA=='],
  ['a token that is no JWT', 'malformedToken', () => 'Bearer canary'],
  ['a token of five parts', 'malformedToken', () => 'Bearer a.b.c.d.e'],
  ['a genuine token with something before it', 'malformedToken', async () => `x ${await token()}`],
  ['a genuine token with something after it', 'malformedToken', async () => `${await token()} x`],
  ['a header that is no JSON', 'malformedToken', () => 'Bearer aaaa.bbbb.cccc'],
  ['a signature by a key that only pretends to be the channel\'s', 'badSignature', () => token({}, { key: unpublished })],
  ['a signature that was cut off', 'malformedToken', () => handmade({ alg: 'RS256', kid: 'teams' }, () => Buffer.alloc(0))],
  ['a signature of zeros', 'badSignature', () => handmade({ alg: 'RS256', kid: 'teams' }, () => Buffer.alloc(256))],
  ['claims that were changed after signing', 'badSignature', async () => {
    const [header, , signature] = (await token({ aud: 'another' })).split('.');
    const payload = (await token()).split('.')[1];
    return `${header}.${payload}.${signature}`;
  }],
  ['the algorithm none', 'wrongAlgorithm', () => handmade({ alg: 'none', kid: 'teams' }, () => Buffer.from('x'))],
  ['HS256 with the public key as the secret', 'wrongAlgorithm', () => handmade({ alg: 'HS256', kid: 'teams' }, (data) => createHmac('sha256', JSON.stringify(key.published)).update(data).digest())],
  ['RS384 by the channel\'s own key', 'wrongAlgorithm', () => handmade({ alg: 'RS384', kid: 'teams' }, byKey('sha384'))],
  ['a critical extension that nobody knows', 'malformedToken', () => handmade({ alg: 'RS256', kid: 'teams', crit: ['x'], x: 1 }, byKey('sha256'))],
  ['a key that comes along in the token', 'badSignature', () => handmade({ alg: 'RS256', kid: 'teams', jwk: unpublished.published }, byKey('sha256', unpublished))],
  ['no key id', 'unknownKey', () => handmade({ alg: 'RS256' }, byKey('sha256'))],
  ['an unknown key id', 'unknownKey', () => token({}, { kid: 'unheard-of' })],
  ['a key that is endorsed for other channels only', 'keyNotEndorsed', () => token({}, { key: webchat })],
  ['a key without endorsements', 'keyNotEndorsed', () => token({}, { key: unendorsed })],
  ['another issuer', 'wrongIssuer', () => token({ iss: 'https://evil.example' })],
  ['the government\'s issuer', 'wrongIssuer', () => token({ iss: 'https://api.botframework.us' })],
  ['an emulator token of version 1', 'wrongIssuer', () => token({ iss: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/', appid: appId, ver: '1.0' })],
  ['an emulator token of version 2', 'wrongIssuer', () => token({ iss: 'https://login.microsoftonline.com/d6d49420-f39b-4df7-a1dc-d59a935871db/v2.0', azp: appId, ver: '2.0' })],
  ['a token of our own tenant for our own bot', 'wrongIssuer', () => token({ iss: `https://login.microsoftonline.com/${tenantId}/v2.0`, azp: appId, appid: appId, ver: '2.0', tid: tenantId })],
  ['a skill token', 'wrongIssuer', () => token({ iss: `https://sts.windows.net/${tenantId}/`, appid: '7a11eeee-0000-4000-8000-000000000001', ver: '1.0' })],
  ['no issuer', 'missingClaim', () => token({ iss: undefined })],
  ['another bot\'s token', 'wrongAudience', () => token({ aud: '7a11eeee-0000-4000-8000-000000000001' })],
  ['a token for us and others', 'wrongAudience', () => token({ aud: [appId, 'another'] })],
  ['no audience', 'missingClaim', () => token({ aud: undefined })],
  ['a token that expired six minutes ago', 'expired', () => token({ exp: nowSeconds - 360 })],
  ['a token without an end', 'missingClaim', () => token({ exp: undefined })],
  ['a token that begins in six minutes', 'notYetValid', () => token({ nbf: nowSeconds + 360 })],
  ['no service URL in the token', 'missingClaim', () => token({ serviceurl: undefined })],
  ['a service URL that is no text', 'missingClaim', () => token({ serviceurl: [serviceUrl] })],
  ['an empty service URL in the token', 'serviceUrlMismatch', () => token({ serviceurl: '' })],
  ['a token for another service URL', 'serviceUrlMismatch', () => token({ serviceurl: 'https://smba.trafficmanager.net/amer/' })],
  ['a token for another host of the allow-list', 'serviceUrlMismatch', () => token({ serviceurl: 'https://smba.infra.gcc.teams.microsoft.com/emea/' })],
  ['a token whose service URL differs by case', 'serviceUrlMismatch', () => token({ serviceurl: 'https://smba.trafficmanager.net/EMEA/' })],
];

test.each(badTokens)('promise 1: %s is answered 401, and nothing happens', async (_what, reason, makeToken) => {
  const authorization = await makeToken();
  expect(await refusalOf(authorization)).toBe(reason);
  lines.length = 0;
  expect(await post(authorization.trim() === '' ? undefined : authorization, {})).toEqual({ status: 401, body: '' });
  expect(turns).toEqual([]);
  // The reason is for the log alone, and the log gets nothing of the token.
  expect(lines.join('')).toContain(`"code":"${reason}"`);
  const signature = authorization.split('.')[2] ?? '';
  if (signature.length > 20) expect(lines.join('')).not.toContain(signature);
});

const badActivities: [string, RefusalReason, () => Changes, number?][] = [
  ['of another channel', 'wrongChannel', () => ({ channelId: 'webchat' })],
  ['of the emulator\'s channel', 'wrongChannel', () => ({ channelId: 'emulator' })],
  ['of App Service Extension\'s channel', 'wrongChannel', () => ({ channelId: 'AseChannel' })],
  ['of a channel in capitals', 'wrongChannel', () => ({ channelId: 'MSTEAMS' })],
  ['of an agent in Teams\' channel', 'wrongChannel', () => ({ channelId: 'msteams:COPILOT' })],
  ['of an empty channel', 'wrongChannel', () => ({ channelId: '' }), 400],
  ['of no channel', 'wrongChannel', () => ({ channelId: undefined }), 400],
  ['without a service URL', 'serviceUrlNotAllowed', () => ({ serviceUrl: undefined }), 400],
  ['with an empty service URL', 'serviceUrlNotAllowed', () => ({ serviceUrl: '' }), 400],
  ['from a host that only begins like the connector\'s', 'serviceUrlNotAllowed', () => ({ serviceUrl: 'https://smba.trafficmanager.net.evil.example/' })],
  ['from a host behind the connector\'s as user', 'serviceUrlNotAllowed', () => ({ serviceUrl: 'https://smba.trafficmanager.net@evil.example/' })],
  ['over plain http', 'serviceUrlNotAllowed', () => ({ serviceUrl: 'http://smba.trafficmanager.net/emea/' })],
  ['from an IP address', 'serviceUrlNotAllowed', () => ({ serviceUrl: baitUrl })],
  ['from an allowed place that the token is not for', 'serviceUrlMismatch', () => ({ serviceUrl: 'https://smba.trafficmanager.net/amer/' })],
  ['of another tenant', 'wrongTenant', () => ({ channelData: { tenant: { id: otherTenant } }, conversation: { id: 'a:1', tenantId: otherTenant } })],
  ['that names another tenant beside ours', 'wrongTenant', () => ({ conversation: { id: 'a:1', tenantId: otherTenant } })],
  ['that names our tenant beside another', 'wrongTenant', () => ({ channelData: { tenant: { id: otherTenant } } })],
  ['of no tenant', 'wrongTenant', () => ({ channelData: {}, conversation: { id: 'a:1' } })],
  ['whose tenant is no text', 'wrongTenant', () => ({ channelData: { tenant: { id: [tenantId] } } })],
];

test.each(badActivities)('promise 1: an activity %s is refused in spite of a genuine token, and nothing happens', async (_what, reason, makeChanges, status = 401) => {
  const changes = makeChanges();
  expect(await refusalOf(await token(), changes)).toBe(reason);
  expect(await post(await token(), changes)).toEqual({ status, body: '' });
  expect(turns).toEqual([]);
});

test('promise 1: a forged service URL is refused even with a token for that very URL, and nobody calls there', async () => {
  for (const forged of [baitUrl, 'https://smba.trafficmanager.net.evil.example/', 'https://smba.trafficmanager.net@evil.example/', 'http://smba.trafficmanager.net/']) {
    const authorization = await token({ serviceurl: forged });
    expect(await refusalOf(authorization, { serviceUrl: forged })).toBe('serviceUrlNotAllowed');
    expect((await post(authorization, { serviceUrl: forged })).status).toBe(401);
  }
  expect(turns).toEqual([]);
  expect(lured).toBe(0);
});

test('promise 1: genuine traffic runs the handler, once per activity', async () => {
  expect(await post(await token(), {})).toEqual({ status: 200, body: '' });
  expect(turns).toEqual(['hello']);
});

test.each([
  ['a service URL with and without a slash at its end', { serviceUrl: 'https://smba.trafficmanager.net/emea' }, {}],
  ['a host in capitals', { serviceUrl: 'https://SMBA.trafficmanager.net/emea/' }, {}],
  ['a clock that is four minutes behind', {}, { exp: nowSeconds - 240 }],
  ['a clock that is four minutes ahead', {}, { nbf: nowSeconds + 240 }],
  ['a tenant named once', { channelData: {} }, {}],
  ['a tenant in capitals', { channelData: { tenant: { id: tenantId.toUpperCase() } } }, {}],
])('promise 1: %s keeps nobody genuine out', async (_what, changes, claims) => {
  expect(await post(await token(claims), changes)).toEqual({ status: 200, body: '' });
  expect(turns).toEqual(['hello']);
});

test('promise 1: a key that the channel has begun to sign with is accepted, one that it has withdrawn is not', async () => {
  const [before, after] = await Promise.all([createFakeKey('before'), createFakeKey('after')]);
  await using rotating = await startFakeChannel(before);
  let ms = Date.now();
  const at = openDoor(rotating, () => new Date(ms));
  const [oldToken, newToken] = await Promise.all([before, after].map(async (key) => `Bearer ${await rotating.token({ appId, serviceUrl }, { exp: nowSeconds + 7 * 86_400 }, { key })}`));
  expect(await refusalOf(oldToken ?? '', {}, at)).toBe('let in');
  rotating.publish(after);
  ms += 6 * 60_000;
  expect(await refusalOf(newToken ?? '', {}, at)).toBe('let in');
  expect(await refusalOf(oldToken ?? '', {}, at)).toBe('unknownKey');
});

test('promise 1: while the channel\'s keys cannot be fetched, known keys still count, and without any nobody gets in', async () => {
  await using dark = await startFakeChannel(key);
  let ms = Date.now();
  const authorization = `Bearer ${await dark.token({ appId, serviceUrl }, { exp: nowSeconds + 7 * 86_400 })}`;
  const [warm, cold] = [openDoor(dark, () => new Date(ms)), openDoor(dark, () => new Date(ms))];
  expect(await refusalOf(authorization, {}, warm)).toBe('let in');
  dark.fault = 'down';
  ms += 2 * 86_400_000;
  expect(await refusalOf(authorization, {}, warm)).toBe('let in');
  expect(await refusalOf(authorization, {}, cold)).toBe('keysUnavailable');
  expect(await cold.admits(authorization)).toBe(false);
});

test('promise 1: skills and streaming connections have no door', async () => {
  await expect(door.authenticateChannelRequest()).rejects.toMatchObject({ code: 'notSupported' });
  await expect(door.authenticateStreamingRequest()).rejects.toMatchObject({ code: 'notSupported' });
  expect(() => door.createBotFrameworkClient()).toThrow(expect.objectContaining({ code: 'notSupported' }));
});

test('promise 2: a door without an app id or a tenant is not opened', () => {
  const options = { serviceHosts: [], tokenServiceUrl, clock: { now: () => new Date() }, log: createLog('silent') };
  expect(() => channelAuthentication({ appId: '', tenantId, credential }, options)).toThrow(/app id/);
  expect(() => channelAuthentication({ appId, tenantId: '', credential }, options)).toThrow(/tenant/);
});

test('promise 23: the bot answers to hosts of the allow-list only, also when the address comes from its memory', async () => {
  const genuineActivity: Activity = JSON.parse(JSON.stringify(genuine));
  const { connectorFactory, claimsIdentity } = await door.authenticateRequest(genuineActivity, await token());
  for (const factory of [connectorFactory, door.createConnectorFactory(claimsIdentity)]) {
    for (const url of [baitUrl, 'http://smba.trafficmanager.net/', 'https://smba.trafficmanager.net.evil.example/']) {
      await expect(factory?.create(url, 'https://api.botframework.com')).rejects.toMatchObject({ code: 'serviceUrlNotAllowed' });
    }
    expect(await factory?.create(serviceUrl, 'https://api.botframework.com')).toHaveProperty('conversations');
  }
  expect(lured).toBe(0);
});
