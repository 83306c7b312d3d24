import { createLocalJWKSet, decodeJwt, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import type { JWK, JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, armAudience, at, graphAudience, listPath, outcome, text } from './emulator-client.ts';
import { alex, bot, leaver, seed } from './people.ts';

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start();
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

const armTarget = listPath('', 'roleEligibilityScheduleInstances', 'asTarget()');
const graphTarget = '/v1.0/me';

async function ask(body: object): Promise<string> {
  return outcome(await client.send('/emulator/token', { method: 'POST', body }));
}

async function publicKeys(): Promise<JWK[]> {
  const keys = at((await client.send('/emulator/keys')).body, 'keys');
  const isKey = (key: unknown): key is JWK => typeof at(key, 'kty') === 'string';
  return Array.isArray(keys) ? keys.filter(isKey) : [];
}

describe('issuing tokens', () => {
  it('a person is named by object id or user principal name', async () => {
    const byName = decodeJwt(await client.token({ user: 'ALEX@contoso.example' }));
    expect(byName).toMatchObject({ oid: alex, aud: armAudience, tid: seed.tenantId, idtyp: 'user', scp: 'user_impersonation' });
    expect(decodeJwt(await client.token({ user: alex.toUpperCase() })).oid).toBe(alex);
    expect(byName).not.toHaveProperty('amr');
    expect(byName).not.toHaveProperty('acrs');
  });

  it('an application carries its permissions, for Graph alone', async () => {
    expect(decodeJwt(await client.token({ app: 'pim-bot' }, graphAudience))).toMatchObject({ oid: bot, idtyp: 'app', roles: ['GroupMember.Read.All', 'User.Read.All'] });
    expect(decodeJwt(await client.token({ app: bot })).roles).toEqual([]);
  });

  it('claims of a stronger sign-in are carried', async () => {
    const claims = { acrs: ['c1'], amr: ['mfa'] };
    expect(decodeJwt(await client.token({ user: alex, claims }))).toMatchObject(claims);
  });

  it('the key set verifies them', async () => {
    const token = await client.token({ user: alex });
    const keys = await publicKeys();
    expect(keys.map((key) => Object.keys(key).toSorted())).toEqual([['alg', 'e', 'kid', 'kty', 'n', 'use']]);
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet({ keys }), { audience: armAudience });
    expect([payload.oid, protectedHeader.alg]).toEqual([alex, 'RS256']);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
  });

  it('the answer holds the token and its lifetime in seconds, and nothing else', async () => {
    const { body } = await client.send('/emulator/token', { method: 'POST', body: { user: alex, audience: armAudience } });
    expect(body).toEqual({ access_token: expect.stringMatching(/^eyJ/), expires_in: 3600 });
  });

  it('who is unknown or disabled gets none, and nonsense is refused', async () => {
    expect(await ask({ user: 'nobody@contoso.example', audience: armAudience })).toBe('400 SubjectNotFound');
    expect(await ask({ app: 'nothing', audience: armAudience })).toBe('400 SubjectNotFound');
    expect(await ask({ user: leaver, audience: armAudience })).toBe('400 AccountDisabled');
    expect(await ask({ user: alex, audience: 'https://vault.azure.net' })).toBe('400 InvalidRequestContent');
    expect(await ask({ user: alex, app: 'pim-bot', audience: armAudience })).toBe('400 InvalidRequestContent');
    expect(await ask({ audience: armAudience })).toBe('400 InvalidRequestContent');
    expect(await ask({ user: alex, audience: armAudience, claims: { amr: 'mfa' } })).toBe('400 InvalidRequestContent');
  });
});

describe('checking tokens', () => {
  it('without one, ARM and Graph answer 401', async () => {
    expect(outcome(await client.arm(armTarget))).toBe('401 InvalidAuthenticationToken');
    const graph = await client.send(graphTarget);
    expect(outcome(graph)).toBe('401 InvalidAuthenticationToken');
    expect(graph.headers['www-authenticate']).toContain('Bearer');
    expect(outcome(await client.arm(armTarget, { headers: { authorization: 'Basic YTpi' } }))).toBe('401 InvalidAuthenticationToken');
  });

  it("ARM's token is refused by Graph, and Graph's by ARM", async () => {
    expect(outcome(await client.send(graphTarget, { token: await client.token({ user: alex }) }))).toBe('401 InvalidAuthenticationToken');
    expect(outcome(await client.arm(armTarget, { token: await client.token({ user: alex }, graphAudience) }))).toBe('401 InvalidAuthenticationToken');
  });

  it("a token expires after an hour of the emulator's clock", async () => {
    const token = await client.token({ user: alex });
    await client.advance('PT59M');
    expect((await client.arm(armTarget, { token })).status).toBe(200);
    await client.advance('PT2M');
    expect(outcome(await client.arm(armTarget, { token }))).toBe('401 ExpiredAuthenticationToken');
    expect((await client.arm(armTarget, { token: await client.token({ user: alex }) })).status).toBe(200);
  });

  it.each([[armAudience, armTarget], [graphAudience, graphTarget]])('an expired one for %s is answered with a challenge for one that is not older than the clock', async (audience, target) => {
    const token = await client.token({ user: alex }, audience);
    await client.send('/emulator/clock', { method: 'POST', body: { now: '2040-01-01T00:00:00Z' } });
    const answer = await client.send(target, { token });
    expect(outcome(answer)).toBe('401 ExpiredAuthenticationToken');
    const challenge = /^Bearer realm="", error="insufficient_claims", claims="([A-Za-z0-9+/=]+)"$/.exec(answer.headers['www-authenticate'] ?? '');
    const claims: unknown = JSON.parse(Buffer.from(challenge?.[1] ?? '', 'base64').toString());
    expect(claims).toEqual({ access_token: { nbf: { essential: true, value: expect.stringMatching(/^\d+$/) } } });
    const notBefore = Number(text(claims, 'access_token', 'nbf', 'value')) * 1000;
    expect(Math.abs(notBefore - Date.UTC(2040))).toBeLessThan(10_000);
  });

  it('a token that somebody else signed, changed or left unsigned is refused', async () => {
    const genuine = await client.token({ user: alex });
    const payload: JWTPayload = decodeJwt(genuine);
    const { privateKey } = await generateKeyPair('RS256');
    const forged = await new SignJWT(payload).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    const [header = '', , signature = ''] = genuine.split('.');
    const changed = [header, Buffer.from(JSON.stringify({ ...payload, oid: bot })).toString('base64url'), signature].join('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.`;
    const keys = await publicKeys();
    const withPublicKey = await new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(JSON.stringify(keys[0])));
    for (const token of [forged, changed, none, withPublicKey, 'x.y.z']) {
      expect(outcome(await client.arm(armTarget, { token }))).toBe('401 InvalidAuthenticationToken');
    }
  });
});

describe('the own endpoints', () => {
  it('an unknown one is not found, and a wrong method is told', async () => {
    expect(outcome(await client.send('/emulator/wishes'))).toBe('404 NotFound');
    expect(outcome(await client.send('/emulator/token'))).toBe('405 MethodNotAllowed');
    expect(text((await client.send('/emulator/token', { method: 'POST', body: '{' })).body, 'error', 'message')).toContain('JSON');
    expect(at((await client.send('/emulator/reset', { method: 'POST' })), 'status')).toBe(204);
  });
});
