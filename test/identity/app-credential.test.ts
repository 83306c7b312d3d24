import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { appCredential } from '../../src/identity/app-credential.ts';
import type { AppProof } from '../../src/identity/app-registration.ts';
import { createOnBehalfOf } from '../../src/identity/on-behalf-of.ts';
import { alex } from '../emulator/people.ts';
import { createClientCertificate } from '../helpers/stand-ins/entra-certificate.ts';
import { createStandInTls } from '../helpers/stand-ins/hosts.ts';
import { startManagedIdentity } from '../helpers/stand-ins/managed-identity.ts';
import { armScope, botId, clock, createIdentityWorld, everything, failure, graphScope, secret, tenantId } from './identity-world.ts';
import type { IdentityWorld } from './identity-world.ts';
import { json, startScriptedAuthority } from './scripted-authority.ts';

// Guard of promise 23: `boundedCall` (src/identity/bounded-calls.ts), through which every call of `@azure/identity` goes.

const identityId = '33333333-3333-4333-8333-333333333333';

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
  const registration = { tenantId, appId: botId, proof };
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

describe('with a managed identity', () => {
  afterEach(() => { vi.unstubAllEnvs(); });

  test('the registration and its people get tokens, and there is no secret anywhere', async () => {
    await using world = await createIdentityWorld({ kind: 'managedIdentity', clientId: identityId });
    await using endpoint = await startManagedIdentity({ entra: world.entra, clientId: identityId });
    for (const [name, value] of Object.entries(endpoint.env)) vi.stubEnv(name, value);
    const token = await appCredential(world.bot).getToken(armScope);
    expect(decodeJwt(token?.token ?? '')).toMatchObject({ idtyp: 'app' });
    const onBehalfOf = createOnBehalfOf(world.bot, { clock });
    const alexs = await onBehalfOf.credentialFor(await world.person(alex)).getToken(armScope);
    expect(decodeJwt(alexs?.token ?? '')).toMatchObject({ oid: alex });
    expect(endpoint.asked.every(({ status, resource }) => status === 200 && resource === 'api://AzureADTokenExchange')).toBe(true);
    expect(endpoint.asked.length).toBeGreaterThan(0);
  });

  test('an endpoint that refuses or is not there makes tokens unavailable', async () => {
    const other = '44444444-4444-4444-8444-444444444444';
    await using world = await createIdentityWorld({ kind: 'managedIdentity', clientId: other });
    const endpoint = await startManagedIdentity({ entra: world.entra, clientId: identityId });
    for (const [name, value] of Object.entries(endpoint.env)) vi.stubEnv(name, value);
    const person = await world.person(alex);
    const asBoth = [
      () => appCredential(world.bot).getToken(armScope),
      () => createOnBehalfOf(world.bot, { clock }).credentialFor(person).getToken(armScope),
    ];
    for (const ask of asBoth) expect(await failure(Promise.resolve(ask()))).toMatchObject({ code: 'unavailable', message: expect.stringContaining('managed identity') });
    await endpoint[Symbol.asyncDispose]();
    for (const ask of asBoth) {
      const error = await failure(Promise.resolve(ask()));
      expect(error.code).toBe('unavailable');
      expectNoCanary(error, world);
      expect(everything(error)).not.toContain(endpoint.env.IDENTITY_HEADER);
    }
  });
});

describe('promise 23: no call of the registration leaves for another host', () => {
  const tls = createStandInTls();
  const registration = { tenantId, appId: botId, proof: secret };

  test('whatever the metadata say', async () => {
    await using stranger = await startScriptedAuthority(tls);
    await using server = await startScriptedAuthority(tls);
    server.answer = () => {
      const at = `${stranger.authority.host}/${tenantId}`;
      return json({ issuer: `${server.authority.host}/v2.0`, token_endpoint: `${at}/token`, authorization_endpoint: `${at}/authorize`, end_session_endpoint: `${at}/logout`, jwks_uri: `${at}/keys` });
    };
    expect((await failure(appCredential({ ...registration, authority: server.authority }).getToken(armScope))).code).toBe('unavailable');
    expect(server.calls).toHaveLength(1);
    expect(stranger.calls).toEqual([]);
  });

  test('wherever it is redirected', async () => {
    await using stranger = await startScriptedAuthority(tls);
    await using server = await startScriptedAuthority(tls);
    server.answer = () => ({ status: 307, body: '', headers: { location: `${stranger.authority.host}/` } });
    expect((await failure(appCredential({ ...registration, authority: server.authority }).getToken(armScope))).code).toBe('unavailable');
    expect(server.calls).toHaveLength(1);
    expect(stranger.calls).toEqual([]);
  });

  test('and an authority that does not answer is waited for ten seconds', async () => {
    await using server = await startScriptedAuthority(tls);
    server.answer = () => 'halfway';
    const begun = performance.now();
    expect((await failure(appCredential({ ...registration, authority: server.authority }).getToken(armScope))).code).toBe('unavailable');
    expect(performance.now() - begun).toBeLessThan(13_000);
  });
});

function expectNoCanary(error: unknown, { entra }: IdentityWorld): void {
  const text = everything(error);
  for (const canary of entra.canaries) expect(text).not.toContain(canary);
  expect(text).not.toMatch(/eyJ[\w-]{10}/);
}
