import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { appCredential } from '../../src/identity/app-credential.ts';
import type { AppRegistration } from '../../src/identity/app-registration.ts';
import { createOnBehalfOf } from '../../src/identity/on-behalf-of.ts';
import { alex } from '../emulator/people.ts';
import { startManagedIdentity } from '../helpers/stand-ins/managed-identity.ts';
import type { ManagedIdentityStandIn } from '../helpers/stand-ins/managed-identity.ts';
import { armScope, clock, createIdentityWorld, everything, failure } from './identity-world.ts';
import type { IdentityWorld } from './identity-world.ts';

// MSAL remembers the endpoint, and each identity's tokens, for as long as the process lives: one endpoint for this file,
// and an identity for each test.

const clientId = '33333333-3333-4333-8333-333333333333';
let world: IdentityWorld;
let endpoint: ManagedIdentityStandIn;
beforeAll(async () => {
  world = await createIdentityWorld({ kind: 'managedIdentity', clientId });
  endpoint = await startManagedIdentity({ entra: world.entra, clientId });
  for (const [name, value] of Object.entries(endpoint.env)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await world[Symbol.asyncDispose]();
});

test('the registration and its people get tokens, and there is no secret anywhere', async () => {
  const token = await appCredential(world.bot).getToken(armScope);
  expect(decodeJwt(token?.token ?? '')).toMatchObject({ idtyp: 'app' });
  const onBehalfOf = createOnBehalfOf(world.bot, { clock });
  const alexs = await onBehalfOf.credentialFor(await world.person(alex)).getToken(armScope);
  expect(decodeJwt(alexs?.token ?? '')).toMatchObject({ oid: alex });
  expect(endpoint.asked).toEqual([{ status: 200, resource: 'api://AzureADTokenExchange' }]);
});

test('an identity that the application does not have makes tokens unavailable', async () => {
  const before = endpoint.asked.length;
  await expectUnavailable({ ...world.bot, proof: { kind: 'managedIdentity', clientId: '44444444-4444-4444-8444-444444444444' } });
  expect(endpoint.asked.slice(before).map(({ status }) => status)).toEqual([400, 400]);
});

test('an endpoint that is not there makes tokens unavailable', async () => {
  await endpoint[Symbol.asyncDispose]();
  await expectUnavailable({ ...world.bot, proof: { kind: 'managedIdentity', clientId: '55555555-5555-4555-8555-555555555555' } });
});

async function expectUnavailable(registration: AppRegistration): Promise<void> {
  const person = await world.person(alex);
  const errors = [
    await failure(Promise.resolve(appCredential(registration).getToken(armScope))),
    await failure(Promise.resolve(createOnBehalfOf(registration, { clock }).credentialFor(person).getToken(armScope))),
  ];
  for (const error of errors) {
    expect(error).toMatchObject({ code: 'unavailable', message: 'the managed identity gave no token' });
    for (const canary of [...world.entra.canaries, endpoint.env.IDENTITY_HEADER]) expect(everything(error)).not.toContain(canary);
  }
}
