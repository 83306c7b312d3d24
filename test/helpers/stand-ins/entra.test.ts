import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ConfidentialClientApplication, InteractionRequiredAuthError, ServerError } from '@azure/msal-node';
import type { AuthenticationResult, Configuration, INetworkModule, NetworkRequestOptions } from '@azure/msal-node';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator } from '../../../src/emulator/emulator.ts';
import type { Emulator } from '../../../src/emulator/emulator.ts';
import { alex, bot as botApp, leaver, megan, seed as emulatorSeed } from '../../emulator/people.ts';
import { startEntra } from './entra.ts';
import type { EntraStandIn } from './entra.ts';
import { EntraBrowser } from './entra-browser.ts';
import { createClientCertificate } from './entra-certificate.ts';
import { send } from './entra-https.ts';
import type { AppProof } from '../../../src/identity/app-registration.ts';
import type { EntraFault } from './entra-tenant.ts';
import { createStandInTls } from './hosts.ts';

const botId = '11111111-1111-4111-8111-111111111111';
const stepUpId = '22222222-2222-4222-8222-222222222222';
const redirectUri = 'https://bot.example/step-up/callback';
const arm = ['https://management.azure.com/user_impersonation'];
const context = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } });
const mfa = JSON.stringify({ access_token: { amr: { essential: true, values: ['mfa'] } } });

const seed = { ...emulatorSeed, apps: [{ id: botApp, name: 'pim-bot' }] };
const { tenantId } = seed;
const tls = createStandInTls();
let emulator: Emulator;
let entra: EntraStandIn;
/** How far the clock of the stand-in is ahead. */
let aheadMs = 0;

beforeAll(async () => { emulator = await startEmulator({ seed }); });
afterAll(() => emulator.close());
beforeEach(async () => {
  aheadMs = 0;
  entra = await start({ kind: 'secret', value: 'the secret of the bot' });
  return () => entra[Symbol.asyncDispose]();
});

function start(proof: AppProof): Promise<EntraStandIn> {
  const stepUp = { appId: stepUpId, proof: { kind: 'secret', value: 'the secret of the page' } } as const;
  return startEntra({ emulator, seed, tls, registrations: { bot: { appId: botId, proof }, stepUp }, redirectUris: [redirectUri], now: () => Date.now() + aheadMs });
}

/** MSAL over our https, which trusts the stand-ins' authority. */
const networkClient: INetworkModule = { sendGetRequestAsync: ask, sendPostRequestAsync: ask };

async function ask(url: string, { headers = {}, body }: NetworkRequestOptions = {}): Promise<{ headers: Record<string, string>; body: ReturnType<typeof JSON.parse>; status: number }> {
  const form = body === undefined ? {} : { form: Object.fromEntries(new URLSearchParams(body)) };
  const answer = await send(url, { ca: tls.caPem, headers, ...form });
  return { status: answer.status, headers: {}, body: JSON.parse(answer.text) };
}

function msal(auth: Configuration['auth'], at: EntraStandIn = entra): ConfidentialClientApplication {
  const authority = { authority: `${at.origin}/${tenantId}`, knownAuthorities: [new URL(at.origin).host], clientCapabilities: ['cp1'] };
  return new ConfidentialClientApplication({ auth: { ...authority, ...auth }, system: { networkClient } });
}

const bot = (): ConfidentialClientApplication => msal({ clientId: botId, clientSecret: 'the secret of the bot' });
const page = (): ConfidentialClientApplication => msal({ clientId: stepUpId, clientSecret: 'the secret of the page' });

interface Refusal {
  /** Of MSAL's error. */
  readonly name: string;
  readonly error: string;
  readonly aadsts: number;
  readonly subError: string;
  readonly claims: string | null;
}

/** What MSAL makes of a refusal. */
async function refusal(asking: Promise<unknown>): Promise<Refusal> {
  const error: unknown = await asking.then(() => null, (reason: unknown) => reason);
  if (!(error instanceof ServerError || error instanceof InteractionRequiredAuthError)) throw new Error('there was no refusal', { cause: error });
  const claims = error instanceof InteractionRequiredAuthError ? error.claims : null;
  return { name: error.name, error: error.errorCode, aadsts: Number(error.errorNo), subError: error.subError, claims };
}

describe('the application itself', () => {
  it('gets tokens of the channel, of ARM and of Graph', async () => {
    const ask = async (scope: string): Promise<object> => decodeJwt((await bot().acquireTokenByClientCredential({ scopes: [scope] }))?.accessToken ?? '');
    expect(await ask('https://api.botframework.com/.default')).toMatchObject({ aud: 'https://api.botframework.com', appid: botId, azp: botId, tid: tenantId });
    expect(await ask('https://management.azure.com/.default')).toMatchObject({ aud: 'https://management.azure.com', oid: botApp, idtyp: 'app' });
    expect(await ask('https://graph.microsoft.com/.default')).toMatchObject({ aud: 'https://graph.microsoft.com', oid: botApp, idtyp: 'app' });
  });

  it('gets no token for anything else, and the page none at all', async () => {
    const ask = (client: ConfidentialClientApplication, scope: string): Promise<Refusal> => refusal(client.acquireTokenByClientCredential({ scopes: [scope] }));
    expect(await ask(bot(), 'https://vault.azure.net/.default')).toMatchObject({ error: 'invalid_scope', aadsts: 70011 });
    expect(await ask(bot(), 'https://management.azure.com/user_impersonation')).toMatchObject({ error: 'invalid_scope' });
    expect(await ask(page(), 'https://management.azure.com/.default')).toMatchObject({ aadsts: 501051 });
  });

  it('signs with a key that is published', async () => {
    const result = await bot().acquireTokenByClientCredential({ scopes: ['https://api.botframework.com/.default'] });
    const { text } = await send(`${entra.origin}/${tenantId}/discovery/v2.0/keys`, { ca: tls.caPem });
    expect(JSON.parse(text)).toEqual(entra.keySet);
    await expect(jwtVerify(result?.accessToken ?? '', createLocalJWKSet(entra.keySet))).resolves.toMatchObject({ payload: { appid: botId } });
  });

  it('is refused with a wrong secret, an unknown id, no proof, and in another tenant', async () => {
    const ask = (auth: Configuration['auth']): Promise<Refusal> => refusal(msal(auth).acquireTokenByClientCredential({ scopes: ['https://api.botframework.com/.default'] }));
    const clientSecret = 'the secret of the bot';
    expect(await ask({ clientId: botId, clientSecret: 'the secret of the page' })).toMatchObject({ error: 'invalid_client', aadsts: 7000215 });
    expect(await ask({ clientId: megan, clientSecret })).toMatchObject({ error: 'unauthorized_client', aadsts: 700016 });
    const url = `${entra.origin}/${tenantId}/oauth2/v2.0/token`;
    const form = { grant_type: 'client_credentials', client_id: botId, scope: 'https://api.botframework.com/.default' };
    expect(await send(url, { ca: tls.caPem, form })).toMatchObject({ status: 401, text: expect.stringContaining('AADSTS7000218') });
    const elsewhere = url.replace(tenantId, megan);
    expect(await send(elsewhere, { ca: tls.caPem, form: { ...form, client_secret: clientSecret } })).toMatchObject({ status: 400, text: expect.stringContaining('AADSTS90002') });
  });

  it('is found under the public name by Microsoft\'s own credential, in a process of its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'entra-'));
    await writeFile(join(folder, 'ca.pem'), tls.caPem);
    const source = `import { ClientSecretCredential } from '@azure/identity';
      const credential = new ClientSecretCredential('${tenantId}', '${botId}', 'the secret of the bot');
      process.stdout.write((await credential.getToken('https://api.botframework.com/.default')).token);`;
    const env = {
      PATH: process.env['PATH'],
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      STAND_IN_HOSTS: JSON.stringify({ 'login.microsoftonline.com': Number(new URL(entra.origin).port) }),
    };
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', import.meta.resolve('./redirect-hosts.ts'), '--input-type=module', '--eval', source], { env });
    await rm(folder, { recursive: true });
    expect(decodeJwt(stdout)).toMatchObject({ aud: 'https://api.botframework.com', appid: botId });
    expect(entra.canaries).toContain(stdout);
  });

  it('proves itself by its certificate, and by no other', async () => {
    const [own, stranger] = [createClientCertificate(), createClientCertificate()];
    await using at = await start({ kind: 'certificate', pem: own.pem });
    const ask = (clientCertificate: { thumbprintSha256: string; privateKey: string }): Promise<AuthenticationResult | null> =>
      msal({ clientId: botId, clientCertificate }, at).acquireTokenByClientCredential({ scopes: ['https://api.botframework.com/.default'] });
    await expect(ask(own)).resolves.toMatchObject({ tokenType: 'Bearer' });
    expect(await refusal(ask(stranger))).toMatchObject({ error: 'invalid_client', aadsts: 700027 });
    expect(await refusal(ask({ ...stranger, thumbprintSha256: own.thumbprintSha256 }))).toMatchObject({ aadsts: 700027 });
    expect(await refusal(ask({ ...own, thumbprintSha256: stranger.thumbprintSha256 }))).toMatchObject({ aadsts: 700027 });
    expect(await refusal(msal({ clientId: botId, clientSecret: 'x' }, at).acquireTokenByClientCredential({ scopes: ['https://api.botframework.com/.default'] }))).toMatchObject({ aadsts: 7000215 });
  });

  it('proves itself by the token of its managed identity, and by no other', async () => {
    await using at = await start({ kind: 'managedIdentity', clientId: megan });
    const ask = (clientAssertion: string): Promise<AuthenticationResult | null> =>
      msal({ clientId: botId, clientAssertion }, at).acquireTokenByClientCredential({ scopes: ['https://api.botframework.com/.default'] });
    const token = await at.managedIdentityToken(megan);
    await expect(ask(token)).resolves.toMatchObject({ tokenType: 'Bearer' });
    expect(at.canaries).toContain(token);
    for (const wrong of [await at.managedIdentityToken(alex), await at.ssoToken(megan), await entra.managedIdentityToken(megan)]) {
      expect(await refusal(ask(wrong))).toMatchObject({ error: 'invalid_client', aadsts: 700213 });
    }
    aheadMs += 2 * 3_600_000;
    expect(await refusal(ask(token))).toMatchObject({ aadsts: 700213 });
  });
});

describe('on behalf of a person', () => {
  const ask = (oboAssertion: string, claims?: string): Promise<AuthenticationResult | null> =>
    bot().acquireTokenOnBehalfOf({ oboAssertion, scopes: arm, ...(claims === undefined ? {} : { claims }) });

  it('a token of our API becomes a token of ARM or Graph of the same person', async () => {
    const result = await ask(await entra.ssoToken(alex));
    expect(result).toMatchObject({ uniqueId: alex, tenantId, account: { homeAccountId: `${alex}.${tenantId}`, username: 'alex@contoso.example' } });
    expect(decodeJwt(result?.accessToken ?? '')).toMatchObject({ oid: alex, aud: 'https://management.azure.com', idtyp: 'user' });
    const graph = await bot().acquireTokenOnBehalfOf({ oboAssertion: await entra.ssoToken(megan), scopes: ['https://graph.microsoft.com/User.Read'] });
    expect(decodeJwt(graph?.accessToken ?? '')).toMatchObject({ oid: megan, aud: 'https://graph.microsoft.com' });
    const url = new URL(`/${tenantId}/oauth2/v2.0/token`, entra.origin);
    expect(entra.requests.at(-1)).toMatchObject({ path: url.pathname, grant: 'on_behalf_of', clientId: botId, status: 200, at: expect.any(Number) });
    expect(JSON.parse(entra.requests.at(-1)?.claims ?? '')).toMatchObject({ access_token: { xms_cc: { values: ['cp1'] } } });
  });

  it('every token and secret that went over the wire is remembered', async () => {
    const assertion = await entra.ssoToken(alex);
    const result = await ask(assertion);
    for (const secret of [assertion, result?.accessToken, result?.idToken, 'the secret of the bot', 'the secret of the page']) {
      expect(entra.canaries).toContain(secret);
    }
  });

  it('without consent it is refused as MSAL knows it, until an administrator accepts', async () => {
    entra.consent = false;
    expect(await refusal(ask(await entra.ssoToken(alex)))).toMatchObject({ name: 'InteractionRequiredAuthError', error: 'invalid_grant', subError: 'consent_required', aadsts: 65001 });
    const browser = new EntraBrowser(tls.caPem);
    await browser.open(`${entra.origin}/${tenantId}/v2.0/adminconsent?client_id=${stepUpId}&redirect_uri=${encodeURIComponent(redirectUri)}&state=here`);
    expect((await browser.press('cancel')).location?.searchParams.get('error')).toBe('access_denied');
    expect(entra.consent).toBe(false);
    await browser.open(`${entra.origin}/${tenantId}/adminconsent?client_id=${botId}`);
    expect((await browser.press('accept')).title).toBe('Sign-in');
    await expect(ask(await entra.ssoToken(alex))).resolves.toMatchObject({ uniqueId: alex });
  });

  it('a demand of Conditional Access names its claims, until the assertion carries them or it is lifted', async () => {
    entra.demand(alex, context);
    expect(await refusal(ask(await entra.ssoToken(alex)))).toMatchObject({ name: 'InteractionRequiredAuthError', error: 'invalid_grant', subError: 'basic_action', aadsts: 50076, claims: context });
    await expect(ask(await entra.ssoToken(megan))).resolves.toMatchObject({ uniqueId: megan });
    const strong = await ask(await entra.ssoToken(alex, { as: { acrs: ['c1'] } }));
    expect(decodeJwt(strong?.accessToken ?? '')).toMatchObject({ acrs: ['c1'] });
    entra.demand(alex, '{"access_token":{"capolids":{"essential":true,"values":["x"]}}}', 'interaction_required');
    expect(await refusal(ask(await entra.ssoToken(alex, { as: { acrs: ['c1'] } })))).toMatchObject({ error: 'interaction_required', claims: expect.stringContaining('capolids') });
    entra.demand(alex, null);
    await expect(ask(await entra.ssoToken(alex))).resolves.toMatchObject({ uniqueId: alex });
  });

  it('claims of a stronger sign-in cannot be had this way; a newer token can', async () => {
    const assertion = await entra.ssoToken(alex);
    for (const claims of [context, mfa]) {
      const { aadsts, claims: asked } = await refusal(ask(assertion, claims));
      expect(aadsts).toBe(50076);
      expect(JSON.parse(asked ?? '')).toMatchObject(JSON.parse(claims));
    }
    const nbf = JSON.stringify({ access_token: { nbf: { essential: true, value: String(Math.floor(Date.now() / 1_000)) } } });
    await expect(ask(assertion, nbf)).resolves.toMatchObject({ uniqueId: alex });
  });

  it('an assertion that is expired, revoked, for another audience or tenant, or of another signer is refused', async () => {
    expect(await refusal(ask(await entra.ssoToken(alex, { expiresInSeconds: -1 })))).toMatchObject({ error: 'invalid_grant', aadsts: 500133 });
    expect(await refusal(ask(await entra.ssoToken(alex, { as: { aud: stepUpId } })))).toMatchObject({ aadsts: 500131 });
    expect(await refusal(ask(await entra.ssoToken(alex, { as: { tid: megan } })))).toMatchObject({ aadsts: 50013 });
    await using other = await start({ kind: 'secret', value: 'x' });
    expect(await refusal(ask(await other.ssoToken(alex)))).toMatchObject({ aadsts: 50013 });
    const armToken = (await ask(await entra.ssoToken(alex, { as: { aud: `api://botid-${botId}` } })))?.accessToken ?? '';
    expect(await refusal(ask(armToken))).toMatchObject({ aadsts: 50013 });
    const old = await entra.ssoToken(alex);
    entra.revoke(alex);
    expect(await refusal(ask(old))).toMatchObject({ name: 'ServerError', error: 'invalid_grant', aadsts: 50173 });
    await expect(ask(await entra.ssoToken(alex))).resolves.toMatchObject({ uniqueId: alex });
  });

  it('a disabled account gets nothing', async () => {
    expect(await refusal(ask(await entra.ssoToken(leaver)))).toMatchObject({ error: 'invalid_grant', aadsts: 50057 });
  });

  it.each<{ fault: EntraFault; status: number; ends: string }>([
    { fault: 'down', status: 0, ends: 'ECONNRESET' }, { fault: 'redirects', status: 307, ends: '307 https://evil.example/' },
    { fault: 'notJson', status: 200, ends: '200 <html>' }, { fault: 'huge', status: 200, ends: '200 {"toke' },
    { fault: 500, status: 500, ends: '500 {"erro' }, { fault: 429, status: 429, ends: '429 {"erro' },
  ])('the fault $fault is answered as it says', async ({ fault, status, ends }) => {
    entra.fault = fault;
    const ended = await send(`${entra.origin}/${tenantId}/oauth2/v2.0/token`, { ca: tls.caPem, form: { grant_type: 'client_credentials' } }).then(
      (answer) => `${answer.status} ${answer.headers.location ?? answer.text.slice(0, 6)}`,
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(ended).toBe(ends);
    expect(entra.requests.at(-1)?.status).toBe(status);
  });
});

it('the fault silent leaves the caller waiting', async () => {
  entra.fault = 'silent';
  const waiting = send(`${entra.origin}/${tenantId}/oauth2/v2.0/token`, { ca: tls.caPem, form: { grant_type: 'client_credentials' } }).then(() => 'answered', () => 'cut');
  await expect.poll(() => entra.requests.at(-1)?.status).toBe(0);
  expect(await Promise.race([waiting, setTimeout(200, 'waiting')])).toBe('waiting');
  await entra[Symbol.asyncDispose]();
  expect(await waiting).toBe('cut');
});

it('its addresses are published under the name by which it was asked', async () => {
  for (const host of [new URL(entra.origin).host, 'login.microsoftonline.com']) {
    const get = async (path: string): Promise<unknown> => JSON.parse((await send(`${entra.origin}${path}`, { ca: tls.caPem, headers: { host } })).text);
    const base = `https://${host}/${tenantId}`;
    const configuration = `${base}/v2.0/.well-known/openid-configuration`;
    expect(await get(`/${tenantId}/v2.0/.well-known/openid-configuration`)).toMatchObject({ issuer: `${base}/v2.0`, token_endpoint: `${base}/oauth2/v2.0/token`, jwks_uri: `${base}/discovery/v2.0/keys` });
    expect(await get('/common/discovery/instance?api-version=1.1')).toMatchObject({ tenant_discovery_endpoint: configuration, metadata: [{ aliases: [host] }] });
  }
});

describe('sign-in in a browser', () => {
  const verifier = randomBytes(32).toString('base64url');
  const codeChallenge = createHash('sha256').update(verifier).digest('base64url');

  async function signInUrl(more: { claims?: string; loginHint?: string; redirectUri?: string } = {}): Promise<string> {
    return page().getAuthCodeUrl({ scopes: arm, redirectUri, codeChallenge, codeChallengeMethod: 'S256', responseMode: 'query', state: 'the state', nonce: 'the nonce', ...more });
  }

  async function signIn(account: string, claims?: string): Promise<string> {
    const browser = new EntraBrowser(tls.caPem);
    await browser.open(await signInUrl(claims === undefined ? {} : { claims }));
    const shown = await browser.pick(account);
    const { location } = shown.location === null ? await browser.press('approve') : shown;
    expect(location?.searchParams.get('state')).toBe('the state');
    return location?.searchParams.get('code') ?? '';
  }

  const redeem = (code: string, more: { codeVerifier?: string; redirectUri?: string } = {}): Promise<AuthenticationResult> =>
    page().acquireTokenByCode({ code, scopes: arm, redirectUri, codeVerifier: verifier, nonce: 'the nonce', ...more });

  it('an account is picked, and its code gives a token of ARM and an ID token with the nonce', async () => {
    const result = await redeem(await signIn(alex));
    expect(result).toMatchObject({ uniqueId: alex, tenantId, idTokenClaims: { nonce: 'the nonce', aud: stepUpId, oid: alex, tid: tenantId, iss: `${entra.origin}/${tenantId}/v2.0` } });
    const token = decodeJwt(result.accessToken);
    expect(token).toMatchObject({ oid: alex, aud: 'https://management.azure.com', amr: ['pwd'] });
    expect(token).not.toHaveProperty('acrs');
  });

  it('the hinted account is picked beforehand', async () => {
    const browser = new EntraBrowser(tls.caPem);
    const { html } = await browser.open(await signInUrl({ loginHint: 'megan@contoso.example' }));
    expect(/value="([^"]+)" checked/.exec(html)?.[1]).toBe(megan);
  });

  it.each([{ claims: context, gives: { acrs: ['c1'], amr: ['pwd', 'mfa'] } }, { claims: mfa, gives: { amr: ['pwd', 'mfa'] } }])('$claims is asked on the phone and stands in the token', async ({ claims, gives }) => {
    const browser = new EntraBrowser(tls.caPem);
    await browser.open(await signInUrl({ claims }));
    expect((await browser.pick(alex)).title).toBe('Approve the sign-in on your phone');
    const { location } = await browser.press('approve');
    expect(decodeJwt((await redeem(location?.searchParams.get('code') ?? '')).accessToken)).toMatchObject(gives);
  });

  it('a deny on the phone goes back without a code, and the sign-in is over', async () => {
    const browser = new EntraBrowser(tls.caPem);
    await browser.open(await signInUrl({ claims: context }));
    await browser.pick(alex);
    const { location } = await browser.press('deny');
    expect(Object.fromEntries(location?.searchParams ?? [])).toMatchObject({ error: 'access_denied', state: 'the state' });
    expect(location?.searchParams.has('code')).toBe(false);
    expect(await browser.press('approve')).toMatchObject({ status: 400, location: null });
  });

  it('a client that does not understand challenges gets no authentication context', async () => {
    const url = new URL(await signInUrl({ claims: context }));
    url.searchParams.set('claims', context);
    const browser = new EntraBrowser(tls.caPem);
    await browser.open(url.href);
    const code = (await browser.pick(alex)).location?.searchParams.get('code') ?? '';
    expect(decodeJwt((await redeem(code)).accessToken)).not.toHaveProperty('acrs');
  });

  it('what Conditional Access demands of the person is asked too', async () => {
    entra.demand(alex, context);
    expect(decodeJwt((await redeem(await signIn(alex))).accessToken)).toMatchObject({ acrs: ['c1'], amr: ['pwd', 'mfa'] });
  });

  it('it can be made to give less than was asked, and another person', async () => {
    entra.grants = 'less';
    expect(decodeJwt((await redeem(await signIn(alex, context))).accessToken)).not.toHaveProperty('acrs');
    entra.grants = 'asked';
    entra.answerAs = megan;
    expect(await redeem(await signIn(alex, context))).toMatchObject({ uniqueId: megan });
  });

  it('without consent there is no code', async () => {
    entra.consent = false;
    const browser = new EntraBrowser(tls.caPem);
    await browser.open(await signInUrl());
    expect((await browser.pick(alex)).title).toBe('Need admin approval');
    expect((await browser.press('deny')).location?.searchParams.get('error')).toBe('access_denied');
  });

  it('a code is good once, with its verifier, for its redirect address and client, for five minutes', async () => {
    expect(await refusal(redeem(await signIn(alex), { codeVerifier: randomBytes(32).toString('base64url') }))).toMatchObject({ error: 'invalid_grant', aadsts: 501481 });
    expect(await refusal(redeem(await signIn(alex), { redirectUri: `${redirectUri}/` }))).toMatchObject({ aadsts: 500112 });
    const ofPage = await signIn(alex);
    expect(await refusal(bot().acquireTokenByCode({ code: ofPage, scopes: arm, redirectUri, codeVerifier: verifier }))).toMatchObject({ aadsts: 70000 });
    const twice = await signIn(alex);
    await redeem(twice);
    expect(await refusal(redeem(twice))).toMatchObject({ aadsts: 54005 });
    expect(await refusal(redeem('1.invented'))).toMatchObject({ aadsts: 9002313 });
    const late = await signIn(alex);
    aheadMs += 5 * 60_000;
    expect(await refusal(redeem(late))).toMatchObject({ aadsts: 70008 });
    expect(entra.canaries).toEqual(expect.arrayContaining([twice, late, verifier]));
  });

  it('an address that nobody registered is never redirected to, and a request without PKCE gets no page', async () => {
    const browser = new EntraBrowser(tls.caPem);
    expect(await browser.open(await signInUrl({ redirectUri: 'https://evil.example/' }))).toMatchObject({ status: 400, location: null });
    const [url, bare] = [new URL(await signInUrl()), new URL(await signInUrl())];
    url.searchParams.set('client_id', alex);
    expect(await browser.open(url.href)).toMatchObject({ status: 400, location: null });
    bare.searchParams.delete('code_challenge');
    expect((await browser.open(bare.href)).location?.searchParams.get('error')).toBe('invalid_request');
  });
});
