import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { TokenApiClient } from 'botframework-connector';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startEmulator, type Emulator } from '../../../src/emulator/emulator.ts';
import { loadSeed } from '../../../src/emulator/seed-file.ts';
import { send } from './entra-https.ts';
import { startEntra, type EntraStandIn } from './entra.ts';
import { createStandInTls } from './hosts.ts';
import { entraTokenSource } from './token-service-source.ts';
import { startTokenService, type TokenServiceStandIn } from './token-service.ts';

// Microsoft's own client (botframework-connector) asks.

const appId = 'f6e00000-0000-4000-8000-000000000001';
const seed = loadSeed('env/local.seed.json');
const { tenantId } = seed;
const [alex = '', megan = ''] = seed.people.map(({ id }) => id);
const userId = '29:alex';
const connectionName = 'pim';
const place = { channelId: 'msteams' };
const tls = createStandInTls();
const systemAuthorities = getCACertificates();

let emulator: Emulator;
let entra: EntraStandIn;
let service: TokenServiceStandIn;
let client: TokenApiClient;

beforeAll(async () => {
  setDefaultCACertificates([...systemAuthorities, tls.caPem]);
  emulator = await startEmulator({ seed });
  entra = await startEntra({ emulator, seed, tls, registrations: { bot: { appId, proof: { kind: 'secret', value: 'bot-secret' } } }, redirectUris: [] });
});
afterAll(async () => {
  setDefaultCACertificates(systemAuthorities);
  await entra[Symbol.asyncDispose]();
  await emulator.close();
});
beforeEach(async () => {
  service = await startTokenService({ tls, source: entraTokenSource({ entra, appId, tenantId, connectionName }) });
  client = clientWith(await botToken());
});
afterEach(() => service[Symbol.asyncDispose]());

function clientWith(token: string): TokenApiClient {
  const signRequest = <T extends { headers: { set(name: string, value: string): unknown } }>(request: T): Promise<T> => {
    request.headers.set('authorization', `Bearer ${token}`);
    return Promise.resolve(request);
  };
  return new TokenApiClient({ signRequest }, { baseUri: service.origin });
}

const tokenAnswer = z.object({ access_token: z.string() });

async function botToken(scope = 'https://api.botframework.com/.default'): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: appId, client_secret: 'bot-secret', scope };
  const { text } = await send(`${entra.origin}/${tenantId}/oauth2/v2.0/token`, { ca: tls.caPem, form });
  return tokenAnswer.parse(JSON.parse(text)).access_token;
}

function state(changes: object = {}): string {
  const conversation = { channelId: 'msteams', user: { id: userId } };
  return Buffer.from(JSON.stringify({ connectionName, msAppId: appId, conversation, ...changes })).toString('base64');
}

/** What the service has for Alex. The client makes an answer of a 404. */
async function kept(code?: string): Promise<string | undefined> {
  return (await client.userToken.getToken(userId, connectionName, { ...place, ...(code === undefined ? {} : { code }) })).token;
}

const ownerOf = (token = ''): unknown => decodeJwt(token)['oid'];
/** The client makes an answer of a 400, too. */
const exchangeAnswer = z.object({ connectionName: z.string(), channelId: z.string(), token: z.string(), expiration: z.string(), error: z.object({ code: z.string() }) }).partial();
const exchange = async (token: string, connection = connectionName): Promise<z.infer<typeof exchangeAnswer>> =>
  exchangeAnswer.parse(await client.userToken.exchangeAsync(userId, connection, 'msteams', { token }));
const badArgument = { error: { code: 'BadArgument' } };
const refused = (status: number): object => ({ statusCode: status });

describe('the bot', () => {
  test.each([
    ['no token of this authority', () => Promise.resolve('a.b.c')],
    ['a token for another service', () => botToken('https://graph.microsoft.com/.default')],
    ['a token of a person', () => entra.ssoToken(alex)],
  ])('is refused with %s', async (_what, token) => {
    client = clientWith(await token());
    await expect(kept()).rejects.toMatchObject(refused(401));
    await expect(exchange(await entra.ssoToken(alex))).rejects.toMatchObject(refused(401));
    expect(service.tokensOf(userId)).toEqual([]);
  });

  test('is refused for a connection that it does not have', async () => {
    await expect(client.userToken.getToken(userId, 'another', place)).rejects.toMatchObject(refused(400));
    expect(await exchange(await entra.ssoToken(alex), 'another')).toMatchObject(badArgument);
  });
});

describe('single sign-on', () => {
  test('leaves a token that is kept for this person, connection and channel alone', async () => {
    expect(await kept()).toBeUndefined();
    const sso = await entra.ssoToken(alex);
    const answer = await exchange(sso);
    expect(answer).toMatchObject({ connectionName, channelId: 'msteams' });
    expect(ownerOf(answer.token)).toBe(alex);
    expect(new Date(answer.expiration ?? '').getTime() / 1_000).toBe(decodeJwt(answer.token ?? '').exp);
    expect(await kept()).toBe(answer.token);
    expect((await client.userToken.getToken('29:megan', connectionName, place)).token).toBeUndefined();
    expect(service.tokensOf(userId)).toEqual([answer.token]);
    expect(service.canaries).toEqual(expect.arrayContaining([sso, answer.token]));
  });

  test('keeps a token of whoever it belongs to: whose it is, is for the bot to check', async () => {
    expect(ownerOf((await exchange(await entra.ssoToken(megan))).token)).toBe(megan);
  });

  test.each([
    ['of another API', () => entra.ssoToken(alex, { as: { aud: 'another' } })],
    ['of another tenant', () => entra.ssoToken(alex, { as: { tid: 'another' } })],
    ['with another scope', () => entra.ssoToken(alex, { as: { scp: 'another' } })],
    ['that has expired', () => entra.ssoToken(alex, { expiresInSeconds: -10 })],
    ['of nobody', () => Promise.resolve('x')],
  ])('does not work with a token %s', async (_what, token) => {
    expect(await exchange(await token())).toMatchObject(badArgument);
    expect(await kept()).toBeUndefined();
  });

  test('does not work where Entra wants more', async () => {
    service.exchanges = false;
    expect(await exchange(await entra.ssoToken(alex))).toMatchObject(badArgument);
    expect(await kept()).toBeUndefined();
  });
});

describe('a sign-in link', () => {
  test('comes with what single sign-on is offered for', async () => {
    const resource = await client.botSignIn.getSignInResource(state());
    expect(resource.signInLink).toMatch(/^https:\/\/token\.botframework\.com\/api\/oauth\/signin\?signin=[0-9a-f]{32}$/u);
    expect(resource.tokenExchangeResource).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/u), uri: `api://botid-${appId}/access_as_user`, providerId: expect.any(String) });
  });

  test.each([['of another bot', { msAppId: 'another' }], ['of another connection', { connectionName: 'another' }], ['of nobody', { conversation: {} }]])('is not given for a state %s', async (_what, changes) => {
    await expect(client.botSignIn.getSignInResource(state(changes))).rejects.toMatchObject(refused(400));
  });

  test('ends with a code that brings the token, once, and to the person whom the link is for', async () => {
    const { signInLink = '' } = await client.botSignIn.getSignInResource(state());
    const code = await service.signInAs(signInLink, megan);
    expect(code).toMatch(/^\d{6}$/u);
    await expect(service.signInAs(signInLink, megan)).rejects.toThrow('no open sign-in link');
    expect(await kept()).toBeUndefined();
    expect(await kept(code === '000000' ? '000001' : '000000')).toBeUndefined();
    expect((await client.userToken.getToken('29:megan', connectionName, { ...place, code })).token).toBeUndefined();
    expect(ownerOf(await kept(code))).toBe(megan);
    expect(ownerOf(await kept())).toBe(megan);
    expect(await kept(code)).toBeUndefined();
  });
});

describe('what is kept', () => {
  beforeEach(async () => { await exchange(await entra.ssoToken(alex)); });

  test('is gone after signing out, of this connection or of all', async () => {
    await client.userToken.signOut(userId, { ...place, connectionName: 'another' });
    expect(await client.userToken.getTokenStatus(userId, place)).toMatchObject([{ connectionName, hasToken: true }]);
    await client.userToken.signOut(userId, { ...place, connectionName });
    expect(await client.userToken.getTokenStatus(userId, place)).toMatchObject([{ connectionName, hasToken: false }]);
    await exchange(await entra.ssoToken(alex));
    await client.userToken.signOut(userId);
    expect(await kept()).toBeUndefined();
  });

  test('is gone when its time is over, or is handed out late', async () => {
    await service.expire(userId);
    const late = await kept();
    expect(ownerOf(late)).toBe(alex);
    expect(decodeJwt(late ?? '').exp).toBeLessThan(Date.now() / 1_000);
    service.forget(userId);
    expect(await kept()).toBeUndefined();
  });
});

describe('a fault', () => {
  const ask = async (): Promise<{ status: number; location?: string | undefined; text: string }> => {
    const url = `${service.origin}/api/usertoken/GetToken?userId=${userId}&connectionName=${connectionName}&channelId=msteams`;
    const { status, headers, text } = await send(url, { ca: tls.caPem, headers: { authorization: `Bearer ${await botToken()}` } });
    return { status, location: headers.location, text };
  };

  test('is what the bot gets in place of an answer', async () => {
    service.fault = 'down';
    expect(await ask()).toMatchObject({ status: 503 });
    service.fault = 'notJson';
    expect(await ask()).toMatchObject({ status: 200, text: expect.stringContaining('<html>') });
    service.fault = 'redirects';
    expect(await ask()).toMatchObject({ status: 307, location: 'https://evil.example/' });
    service.fault = 'none';
    expect(await ask()).toMatchObject({ status: 404, text: '' });
    expect(service.requests.map(({ status }) => status)).toEqual([503, 200, 307, 404]);
    expect(service.requests.at(-1)).toEqual({ method: 'GET', path: '/api/usertoken/GetToken', userId, connectionName, hasCode: false, status: 404 });
  });

  test('may be silence, until the stand-in closes', async () => {
    service.fault = 'silent';
    const asking = expect(ask()).rejects.toThrow();
    await expect.poll(() => service.requests.length).toBe(1);
    await service[Symbol.asyncDispose]();
    await asking;
    service = await startTokenService({ tls, source: entraTokenSource({ entra, appId, tenantId, connectionName }) });
  });
});
