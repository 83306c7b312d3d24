import { createHash, randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createStepUpClient } from '../../src/identity/step-up-client.ts';
import type { StepUpClient } from '../../src/identity/step-up-client.ts';
import type { StepUp } from '../../src/pim/step-up.ts';
import { alex, megan } from '../emulator/people.ts';
import { EntraBrowser } from '../helpers/stand-ins/entra-browser.ts';
import { createStandInTls } from '../helpers/stand-ins/hosts.ts';
import { armScope, beforeCall, clock, createIdentityWorld, everything, failure, graphScope, redirectUri, secret, stepUpId, tenantId } from './identity-world.ts';
import type { IdentityWorld } from './identity-world.ts';
import { json, startScriptedAuthority, unsigned } from './scripted-authority.ts';
import type { ScriptedAuthority } from './scripted-authority.ts';

// Guard of promise 16: `checkedToken` and `oneToken` (src/identity/step-up-client.ts). That the state of a sign-in is used
// once, by its own browser and person, is the page's work.

const context: StepUp = { kind: 'authenticationContext', value: 'c1' };
const options = { redirectUri, clock };
const codeVerifier = randomBytes(32).toString('base64url');
const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
const ask = { state: 'the state', nonce: 'the nonce', codeChallenge, stepUp: context, loginHint: 'alex@contoso.example', scope: armScope };
const back = { codeVerifier, nonce: 'the nonce', stepUp: context, scope: armScope };

describe('a sign-in in the browser', () => {
  let world: IdentityWorld;
  let client: StepUpClient;
  beforeAll(async () => {
    world = await createIdentityWorld();
    client = createStepUpClient(world.stepUp, options);
  });
  afterAll(() => world[Symbol.asyncDispose]());
  afterEach(() => Object.assign(world.entra, { fault: 'none', grants: 'asked', answerAs: null }));

  /** Somebody signs in; gives the code that the browser brings back. */
  async function signIn(stepUp: StepUp, { account = alex, scope = armScope } = {}): Promise<string> {
    const browser = new EntraBrowser(world.entra.caPem);
    await browser.open(await client.signInUrl({ ...ask, stepUp, scope }));
    const picked = await browser.pick(account);
    const { location } = picked.location === null ? await browser.press('approve') : picked;
    return location?.searchParams.get('code') ?? '';
  }

  test('its address asks for exactly the challenge, by the page\'s own registration and with PKCE', async () => {
    const before = world.entra.requests.length;
    const url = new URL(await client.signInUrl(ask));
    expect(`${url.origin}${url.pathname}`).toBe(`${world.entra.origin}/${tenantId}/oauth2/v2.0/authorize`);
    const { claims = '', scope = '', ...query } = Object.fromEntries(url.searchParams);
    expect(query).toMatchObject({
      client_id: stepUpId, response_type: 'code', response_mode: 'query', redirect_uri: redirectUri, state: 'the state', nonce: 'the nonce',
      code_challenge: codeChallenge, code_challenge_method: 'S256', login_hint: 'alex@contoso.example',
    });
    expect(query).not.toHaveProperty('prompt');
    expect(scope.split(' ')).toContain(armScope);
    expect(JSON.parse(claims)).toHaveProperty('access_token', { acrs: { essential: true, value: 'c1' }, xms_cc: { values: ['cp1'] } });
    expect(url.href).not.toContain(codeVerifier);
    expect(world.entra.requests).toHaveLength(before);
  });

  test('it hints at nobody who is not known', async () => {
    expect(new URL(await client.signInUrl({ ...ask, loginHint: null })).searchParams.has('login_hint')).toBe(false);
  });

  test.each<[StepUp, object]>([
    [context, { acrs: ['c1'] }],
    [{ kind: 'authenticationContext', value: 'p1' }, { acrs: ['p1'] }],
    [{ kind: 'mfa' }, { amr: ['pwd', 'mfa'] }],
  ])('%o gives a token of the person that meets it', async (stepUp, claims) => {
    const code = await signIn(stepUp);
    const steppedUp = await client.redeem({ code, ...back, stepUp });
    expect(steppedUp).toMatchObject({ personId: alex, tenantId });
    const token = await steppedUp.credential.getToken(armScope, { enableCae: true });
    expect(decodeJwt(token?.token ?? '')).toMatchObject({ oid: alex, aud: 'https://management.azure.com', ...claims });
    expect(token?.expiresOnTimestamp).toBeGreaterThan(Date.now() + 50 * 60_000);
  });

  test('promise 16: a sign-in for Graph gives a token for Graph alone', async () => {
    const steppedUp = await client.redeem({ code: await signIn(context, { scope: graphScope }), ...back, scope: graphScope });
    const token = await steppedUp.credential.getToken(graphScope);
    expect(decodeJwt(token?.token ?? '')).toMatchObject({ oid: alex, aud: 'https://graph.microsoft.com', acrs: ['c1'] });
    expect((await failure(steppedUp.credential.getToken(armScope))).code).toBe('unexpected');
  });

  test('who has signed in is said, whoever was expected', async () => {
    world.entra.answerAs = megan;
    expect(await client.redeem({ code: await signIn(context), ...back })).toMatchObject({ personId: megan });
  });

  test('promise 16: its token is for one service, for its time, and for no further challenge', async () => {
    let now = Date.now();
    const ticking = createStepUpClient(world.stepUp, { ...options, clock: { now: () => new Date(now) } });
    const { credential } = await ticking.redeem({ code: await signIn(context), ...back });
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';
    expect(await failure(credential.getToken(armScope, { claims }))).toMatchObject({ code: 'stepUpRequired', details: { claims } });
    expect((await failure(credential.getToken(graphScope))).code).toBe('unexpected');
    expect((await failure(credential.getToken([armScope, graphScope]))).code).toBe('unexpected');
    const token = await credential.getToken(armScope);
    now = (token?.expiresOnTimestamp ?? 0) - 1;
    expect((await credential.getToken([armScope]))?.token).toBe(token?.token);
    now += 1;
    expect(await failure(credential.getToken(armScope))).toMatchObject({ code: 'stepUpRequired', details: {} });
  });

  test('promise 16: one that was weaker than asked for is not taken', async () => {
    world.entra.grants = 'less';
    for (const stepUp of [context, { kind: 'mfa' } as const]) {
      const error = await failure(client.redeem({ code: await signIn(stepUp), ...back, stepUp }));
      expect(error.code).toBe('stepUpRequired');
      expect(error.details.claims).toBeUndefined();
    }
  });

  test('promise 16: neither is one for another challenge', async () => {
    const code = await signIn({ kind: 'authenticationContext', value: 'c2' });
    expect((await failure(client.redeem({ code, ...back }))).code).toBe('stepUpRequired');
  });

  test('promise 16: a code works once, for who holds its verifier and its nonce', async () => {
    const redeem = async (change: object): Promise<string> =>
      (await failure(client.redeem({ code: await signIn(context), ...back, ...change }))).code;
    expect(await redeem({ codeVerifier: randomBytes(32).toString('base64url') })).toBe('signInRequired');
    expect(await redeem({ nonce: 'another nonce' })).toBe('stepUpRequired');
    expect(await redeem({ code: 'made up' })).toBe('signInRequired');
    const code = await signIn(context);
    await client.redeem({ code, ...back });
    expect(await redeem({ code })).toBe('signInRequired');
  });

  test('promise 17: no error holds a code, a verifier, a token or the secret', async () => {
    const errors = [];
    for (const fault of ['down', 'notJson', 'huge', 'redirects', 429, 500] as const) {
      const code = await signIn(context);
      world.entra.fault = fault;
      errors.push(await failure(client.redeem({ code, ...back })));
      world.entra.fault = 'none';
    }
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['unavailable']));
    world.entra.grants = 'less';
    errors.push(await failure(client.redeem({ code: await signIn(context), ...back })));
    errors.push(await failure(client.redeem({ code: await signIn(context), ...back, nonce: 'nonce-canary' })));
    errors.push(await failure(client.redeem({ code: 'code-canary', ...back })));
    for (const text of errors.map(everything)) {
      for (const canary of [...world.entra.canaries, codeVerifier, 'canary']) expect(text).not.toContain(canary);
      expect(text).not.toMatch(/eyJ[\w-]{10}/);
    }
  });
});

describe('promise 16: tokens that are not what was asked for', () => {
  let server: ScriptedAuthority;
  let client: StepUpClient;
  beforeAll(async () => {
    server = await startScriptedAuthority(createStandInTls());
    client = createStepUpClient({ tenantId, appId: stepUpId, proof: secret, authority: server.authority, beforeCall }, options);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const idToken = { aud: stepUpId, oid: alex, tid: tenantId, sub: alex, nonce: 'the nonce' };
  const accessToken = { aud: 'https://management.azure.com', oid: alex, tid: tenantId, exp: 2_000_000_000, acrs: ['c1'], amr: ['pwd'] };
  interface Change {
    readonly id?: object;
    readonly access?: object;
    readonly answer?: object;
    /** What was asked for. */
    readonly scope?: string;
  }

  function redeem({ id = {}, access = {}, answer = {}, scope = armScope }: Change, stepUp: StepUp = context): Promise<unknown> {
    server.answer = () => json({
      token_type: 'Bearer', scope: armScope, expires_in: 3_600,
      access_token: unsigned({ ...accessToken, ...access }),
      id_token: unsigned({ ...idToken, ...id }),
      client_info: Buffer.from(JSON.stringify({ uid: alex, utid: tenantId })).toString('base64url'),
      ...answer,
    });
    return client.redeem({ code: 'a code', ...back, scope, stepUp });
  }

  const other = '99999999-0000-4000-8000-000000000000';

  test.each<[string, Change]>([
    ['no ID token', { answer: { id_token: undefined } }],
    ['no access token', { answer: { access_token: undefined } }],
    ['an access token that cannot be read', { answer: { access_token: 'opaque' } }],
    ['an ID token for another application', { id: { aud: other } }],
    ['an ID token without a nonce', { id: { nonce: undefined } }],
    ['an ID token of another sign-in', { id: { nonce: 'another nonce' } }],
    ['an ID token of nobody', { id: { oid: undefined } }],
    ['an access token of another person', { access: { oid: megan } }],
    ['an access token of another tenant', { access: { tid: other } }],
    ['an access token for another service', { access: { aud: 'https://graph.microsoft.com' } }],
    ['an access token for a service of a similar name', { access: { aud: 'https://management.azure.com.evil.example' } }],
    ['an access token for Azure where Graph was asked for', { scope: graphScope }],
    ['Azure\'s older name where Graph was asked for', { scope: graphScope, access: { aud: 'https://management.core.windows.net' } }],
    ['an access token without an end', { access: { exp: undefined } }],
    ['an access token without a context', { access: { acrs: undefined } }],
    ['an access token of another context', { access: { acrs: ['c10', 'c2'] } }],
    ['an access token whose context is no text', { access: { acrs: { c1: true } } }],
    ['the context in the ID token', { id: { acrs: ['c1'] }, access: { acrs: [] } }],
    ['the context among the methods', { access: { acrs: [], amr: ['c1'] } }],
  ])('%s', async (_, change) => {
    const error = await failure(redeem(change));
    expect(error.code).toBe('stepUpRequired');
    expect(error.details.claims).toBeUndefined();
  });

  test('a password alone is not multi-factor', async () => {
    expect((await failure(redeem({ access: { acrs: ['mfa'], amr: ['pwd'] } }, { kind: 'mfa' }))).code).toBe('stepUpRequired');
  });

  test('a sign-in of another tenant is of another account', async () => {
    expect((await failure(redeem({ id: { tid: other }, access: { tid: other } }))).code).toBe('otherAccount');
  });

  test.each<[string, Change]>([
    ['as they are', {}],
    ['with a slash after the service', { access: { aud: 'https://management.azure.com/' } }],
    ['with the service\'s older name', { access: { aud: 'https://management.core.windows.net/' } }],
    ['for Graph', { scope: graphScope, access: { aud: 'https://graph.microsoft.com' } }],
    ['for Graph, by its application id', { scope: graphScope, access: { aud: '00000003-0000-0000-c000-000000000000' } }],
    ['with one context as a text', { access: { acrs: 'c1' } }],
    ['with ids in capital letters', { id: { oid: alex.toUpperCase(), aud: stepUpId.toUpperCase() }, access: { tid: tenantId.toUpperCase() } }],
  ])('genuine ones are taken %s', async (_, change) => {
    expect(await redeem(change)).toMatchObject({ personId: alex, tenantId });
  });
});
