import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createOnBehalfOf } from '../../src/identity/on-behalf-of.ts';
import type { PersonToken } from '../../src/identity/person-token.ts';
import type { PimError } from '../../src/pim/errors.ts';
import { alex, leaver, lee, megan } from '../emulator/people.ts';
import { createClientCertificate } from '../helpers/stand-ins/entra-certificate.ts';
import type { EntraRequest } from '../helpers/stand-ins/entra.ts';
import { armScope, clock, createIdentityWorld, everything, failure, graphScope, tenantId } from './identity-world.ts';
import type { IdentityWorld } from './identity-world.ts';

let world: IdentityWorld;
beforeAll(async () => { world = await createIdentityWorld(); });
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => {
  world.entra.fault = 'none';
  world.entra.consent = true;
  world.entra.demand(alex, null);
});

/** What the authority was asked while `work` was done. */
async function requestsOf(work: () => Promise<unknown>): Promise<readonly EntraRequest[]> {
  const before = world.entra.requests.length;
  await work();
  return world.entra.requests.slice(before);
}

test('promise 5: a person\'s token for our API becomes their own tokens of Azure Resource Manager and of Graph', async () => {
  const credential = createOnBehalfOf(world.bot, { clock }).credentialFor(await world.person(alex));
  const arm = await credential.getToken(armScope);
  expect(decodeJwt(arm?.token ?? '')).toMatchObject({ oid: alex, tid: tenantId, aud: 'https://management.azure.com' });
  expect(arm?.expiresOnTimestamp).toBeGreaterThan(Date.now() + 55 * 60_000);
  const graph = await credential.getToken([graphScope]);
  expect(decodeJwt(graph?.token ?? '')).toMatchObject({ oid: alex, aud: 'https://graph.microsoft.com' });
});

test('one call is all that an exchange makes, and it says that the client understands challenges', async () => {
  const onBehalfOf = createOnBehalfOf(world.bot, { clock });
  const requests = await requestsOf(async () => {
    const person = await world.person(alex);
    await Promise.all(Array.from({ length: 10 }, () => onBehalfOf.credentialFor(person).getToken(armScope)));
    await onBehalfOf.credentialFor(person).getToken(armScope);
  });
  expect(requests).toMatchObject([{ grant: 'on_behalf_of', status: 200, path: `/${tenantId}/oauth2/v2.0/token` }]);
  expect(JSON.parse(requests[0]?.claims ?? '')).toMatchObject({ access_token: { xms_cc: { values: ['cp1'] } } });
});

test('a challenge of continuous access evaluation reaches the authority', async () => {
  const person = await world.person(alex);
  const onBehalfOf = createOnBehalfOf(world.bot, { clock });
  await onBehalfOf.credentialFor(person).getToken(armScope);
  const claims = '{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}';
  const [request] = await requestsOf(() => onBehalfOf.credentialFor(person).getToken(armScope, { claims, enableCae: true }));
  expect(JSON.parse(request?.claims ?? '')).toMatchObject({ access_token: { nbf: { essential: true, value: '1700000000' }, xms_cc: { values: ['cp1'] } } });
});

test('promise 6: after a person is forgotten their next token is asked for anew', async () => {
  const person = await world.person(alex);
  const onBehalfOf = createOnBehalfOf(world.bot, { clock });
  await onBehalfOf.credentialFor(person).getToken(armScope);
  onBehalfOf.forget(alex);
  expect(await requestsOf(() => onBehalfOf.credentialFor(person).getToken(armScope))).toHaveLength(1);
});

describe('what the authority refuses is told by what the person can do', () => {
  test('a revoked sign-in has to be made again', async () => {
    const person = await world.person(megan);
    world.entra.revoke(megan);
    const error = await failure(getToken(person));
    expect(error).toMatchObject({ code: 'signInRequired', details: { pimCode: 'invalid_grant' } });
    expect(error.message).toContain('AADSTS50173');
    expect(error.details.claims).toBeUndefined();
  });

  test('so has an expired one, and one of an account that was disabled', async () => {
    const expired = { ...await world.person(megan), assertion: await world.entra.ssoToken(megan, { expiresInSeconds: -60 }) };
    expect(await failure(getToken(expired))).toMatchObject({ code: 'signInRequired' });
    expect(await failure(getToken(await world.person(leaver)))).toMatchObject({ code: 'signInRequired' });
  });

  test.each(['invalid_grant', 'interaction_required'] as const)('Conditional Access asks for a stronger sign-in by %s', async (error) => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
    world.entra.demand(alex, claims, error);
    expect(await failure(getToken(await world.person(alex)))).toMatchObject({ code: 'stepUpRequired', details: { claims, pimCode: error } });
  });

  test('a challenge that on-behalf-of cannot meet is handed on', async () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c9"}}}';
    const credential = createOnBehalfOf(world.bot, { clock }).credentialFor(await world.person(alex));
    const error = await failure(credential.getToken(armScope, { claims }));
    expect(error.code).toBe('stepUpRequired');
    expect(error.details.claims, 'as the service has worded it').toBe(claims);
  });

  test('an administrator has to consent first', async () => {
    world.entra.consent = false;
    expect(await failure(getToken(await world.person(alex)))).toMatchObject({ code: 'consentRequired' });
  });

  test('a registration whose proof is wrong is our own fault', async () => {
    const onBehalfOf = createOnBehalfOf({ ...world.bot, proof: { kind: 'secret', value: 'wrong' } }, { clock });
    const error = await failure(onBehalfOf.credentialFor(await world.person(alex)).getToken(armScope));
    expect(error).toMatchObject({ code: 'unexpected', details: { pimCode: 'invalid_client' } });
  });

  test.each(['down', 'notJson', 'huge', 'redirects', 429, 500] as const)('an authority that is %s is unavailable', async (fault) => {
    const person = await world.person(alex);
    world.entra.fault = fault;
    const error = await failure(getToken(person));
    expect(error.code).toBe('unavailable');
    if (fault === 429) expect(error.details).toMatchObject({ status: 429, retryAfterMs: 1_000 });
  });

  test('what is not an authority of ours is not asked: its certificate does not count', async () => {
    const stranger = { ...world.bot, authority: { host: world.entra.origin } };
    const person = await world.person(alex);
    const requests = await requestsOf(async () => {
      const error = await failure(createOnBehalfOf(stranger, { clock }).credentialFor(person).getToken(armScope));
      expect(error).toMatchObject({ code: 'unavailable' });
    });
    expect(requests).toEqual([]);
  });
});

test('promise 17: no error holds a token, an assertion or the secret', async () => {
  const errors: PimError[] = [];
  const provoke = async (change: () => void): Promise<void> => {
    const person = await world.person(alex);
    change();
    errors.push(await failure(getToken(person)));
    world.entra.fault = 'none';
    world.entra.consent = true;
    world.entra.demand(alex, null);
  };
  for (const fault of ['down', 'notJson', 'huge', 'redirects', 429, 500] as const) await provoke(() => { world.entra.fault = fault; });
  await provoke(() => { world.entra.consent = false; });
    await provoke(() => { world.entra.demand(alex, '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'); });
  const revoked = await world.person(lee);
  world.entra.revoke(lee);
  errors.push(await failure(getToken(revoked)));
  const wrong = createOnBehalfOf({ ...world.bot, proof: { kind: 'secret', value: 'another-secret-canary' } }, { clock });
  errors.push(await failure(wrong.credentialFor(await world.person(alex)).getToken(armScope)));
  expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['unavailable', 'consentRequired', 'signInRequired', 'stepUpRequired', 'unexpected']));
  const canaries = [...world.entra.canaries, 'another-secret-canary'];
  expect(canaries.length).toBeGreaterThan(10);
  for (const text of errors.map(everything)) {
    for (const canary of canaries) expect(text).not.toContain(canary);
    expect(text).not.toMatch(/eyJ[\w-]{10}/);
  }
});

test('the certificate of the registration is as good a proof as its secret', async () => {
  const proof = { kind: 'certificate', pem: createClientCertificate().pem } as const;
  await using other = await createIdentityWorld(proof);
  const token = await createOnBehalfOf(other.bot, { clock }).credentialFor(await other.person(megan)).getToken(armScope);
  expect(decodeJwt(token?.token ?? '')).toMatchObject({ oid: megan });
});

function getToken(person: PersonToken): Promise<unknown> {
  return createOnBehalfOf(world.bot, { clock }).credentialFor(person).getToken(armScope);
}
