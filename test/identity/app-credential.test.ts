import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { appCredential } from '../../src/identity/app-credential.ts';
import type { AppProof } from '../../src/identity/app-registration.ts';
import { createOnBehalfOf } from '../../src/identity/on-behalf-of.ts';
import { createClientCertificate } from '../helpers/stand-ins/entra-certificate.ts';
import { createStandInTls } from '../helpers/stand-ins/hosts.ts';
import { armScope, beforeCall, botId, clock, createIdentityWorld, everything, failure, graphScope, secret, tenantId } from './identity-world.ts';
import type { IdentityWorld } from './identity-world.ts';
import { json, startScriptedAuthority } from './scripted-authority.ts';
import type { ScriptedAnswer, ScriptedAuthority } from './scripted-authority.ts';

// Guard of promise 23: `boundedCall` (src/identity/bounded-calls.ts), through which every call of `@azure/identity` goes.

describe('with a secret', () => {
  let world: IdentityWorld;
  beforeAll(async () => { world = await createIdentityWorld(); });
  afterAll(() => world[Symbol.asyncDispose]());
  afterEach(() => { world.entra.fault = 'none'; });

  test('the registration gets tokens of its own, and keeps them', async () => {
    const credential = appCredential(world.bot);
    const token = await credential.getToken(armScope);
    expect(decodeJwt(token?.token ?? '')).toMatchObject({ idtyp: 'app', aud: 'https://management.azure.com' });
    const asked = world.entra.requests.length;
    expect((await credential.getToken(armScope))?.token).toBe(token?.token);
    expect(world.entra.requests).toHaveLength(asked);
    expect(decodeJwt((await credential.getToken(graphScope))?.token ?? '')).toMatchObject({ aud: 'https://graph.microsoft.com' });
  });

  test.each([
    ['down', 'unavailable'], ['notJson', 'unavailable'], ['huge', 'unavailable'], ['redirects', 'unavailable'], [429, 'unavailable'], [500, 'unavailable'],
  ] as const)('an authority that is %s is %s', async (fault, code) => {
    world.entra.fault = fault;
    const begun = performance.now();
    const error = await failure(appCredential(world.bot).getToken(armScope));
    expect(error.code).toBe(code);
    expect(performance.now() - begun).toBeLessThan(5_000);
    expectNoCanary(error, world);
  });

  test('a wrong secret is our own fault, and is not told', async () => {
    const error = await failure(appCredential({ ...world.bot, proof: { kind: 'secret', value: 'another-secret-canary' } }).getToken(armScope));
    expect(error).toMatchObject({ code: 'unexpected', details: { pimCode: 'invalid_client' } });
    expect(everything(error)).not.toContain('canary');
    expectNoCanary(error, world);
  });
});

test('with a certificate the registration gets tokens of its own', async () => {
  await using world = await createIdentityWorld({ kind: 'certificate', pem: createClientCertificate().pem });
  const token = await appCredential(world.bot).getToken(armScope);
  expect(decodeJwt(token?.token ?? '')).toMatchObject({ idtyp: 'app' });
});

test('a certificate that cannot be read is refused without being told', async () => {
  const proof: AppProof = { kind: 'certificate', pem: '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n' };
  const registration = { tenantId, appId: botId, proof, beforeCall };
  expect(everything(await failure(appCredential(registration).getToken(armScope)))).not.toContain('canary');
  let thrown: unknown = null;
  try {
    createOnBehalfOf(registration, { clock });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(Error);
  expect(everything(thrown)).not.toContain('canary');
});

describe('promise 23: no call of the registration leaves for another host', () => {
  const tls = createStandInTls();
  const registration = { tenantId, appId: botId, proof: secret, beforeCall };

  /** Metadata that name the token endpoint of `at`. */
  const metadata = ({ authority: { host } }: ScriptedAuthority, at: ScriptedAuthority): ScriptedAnswer => {
    const tenant = `${at.authority.host}/${tenantId}`;
    return json({ issuer: `${host}/v2.0`, token_endpoint: `${tenant}/token`, authorization_endpoint: `${tenant}/authorize`, end_session_endpoint: `${tenant}/logout`, jwks_uri: `${tenant}/keys` });
  };

  test('whatever the metadata say', async () => {
    await using stranger = await startScriptedAuthority(tls);
    await using server = await startScriptedAuthority(tls);
    server.answer = () => metadata(server, stranger);
    expect((await failure(appCredential({ ...registration, authority: server.authority }).getToken(armScope))).code).toBe('unavailable');
    expect(server.calls).toHaveLength(1);
    expect(stranger.calls).toEqual([]);
  });

  test.each<[string, (stranger: ScriptedAuthority) => ScriptedAnswer]>([
    ['is redirected', (stranger) => ({ status: 307, body: '', headers: { location: `${stranger.authority.host}/` } })],
    ['is redirected with an answer', (stranger) => ({ status: 302, body: '{"error":"invalid_client"}', headers: { location: `${stranger.authority.host}/` } })],
    ['gets a page', () => ({ status: 200, body: '<html></html>' })],
    ['gets an error', () => ({ status: 502, body: '{"error":"invalid_client"}' })],
    ['is throttled', () => ({ status: 429, body: '{"error":"invalid_client"}', headers: { 'retry-after': '3600' } })],
  ])('a call that %s is tried no further', async (_, answer) => {
    await using stranger = await startScriptedAuthority(tls);
    await using server = await startScriptedAuthority(tls);
    server.answer = (path) => (path.endsWith('/openid-configuration') ? metadata(server, server) : answer(stranger));
    expect((await failure(appCredential({ ...registration, authority: server.authority }).getToken(armScope))).code).toBe('unavailable');
    expect(server.calls.filter((path) => path.includes('/token'))).toHaveLength(1);
    expect(stranger.calls).toEqual([]);
  });

  test('and an authority that does not answer is waited for ten seconds', async () => {
    await using server = await startScriptedAuthority(tls);
    server.answer = () => 'halfway';
    const begun = performance.now();
    expect((await failure(appCredential({ ...registration, authority: server.authority }).getToken(armScope))).code).toBe('unavailable');
    expect(performance.now() - begun).toBeLessThan(13_000);
    await expect.poll(() => server.connections()).toBe(0);
  });
});

function expectNoCanary(error: unknown, { entra }: IdentityWorld): void {
  const text = everything(error);
  for (const canary of entra.canaries) expect(text).not.toContain(canary);
  expect(text).not.toMatch(/eyJ[\w-]{10}/);
}
