import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collect, sdkWith } from './arm-sdk.ts';
import { EmulatorClient, at, graphAudience, items, listPath, outcome, requestStatus, text } from './emulator-client.ts';
import type { Answer } from './emulator-client.ts';
import { alex, megan, production, seed } from './people.ts';

/** What Azure and Graph do now and then, played on demand: each of it once as a client meets it. */

let client: EmulatorClient;
beforeAll(async () => {
  const administrators = [...(seed.administrators ?? []), { kind: 'entra', principalId: megan, role: 'Global Reader' } as const];
  client = await EmulatorClient.start({ seed: { ...seed, administrators } });
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

const reader = { role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' } as const;
const creating = { method: 'PUT', path: 'roleAssignmentScheduleRequests' };
const target = listPath('', 'roleEligibilityScheduleInstances', 'asTarget()');

async function graph(resource: string, user = alex): Promise<Answer> {
  return client.send(resource, { token: await client.token({ user }, graphAudience) });
}

describe('throttle', () => {
  it('of ARM is 429 with Retry-After and an empty bucket, and nothing was carried out', async () => {
    const name = randomUUID();
    await client.fault(creating, { throttle: 7 });
    const answer = await client.person(alex).activate({ ...reader, name });
    expect([outcome(answer), answer.headers['retry-after']]).toEqual(['429 TooManyRequests', '7']);
    expect(answer.headers['x-ms-ratelimit-remaining-subscription-writes']).toBe('0');
    expect(answer.headers['x-ms-request-id']).toBeDefined();
    expect((await client.person(alex).read(production, name)).status).toBe(404);
  });

  it("with Retry-After is repeated by Microsoft's client, without it is not", async () => {
    const credential = { getToken: async () => ({ token: await client.token({ user: alex }), expiresOnTimestamp: new Date().getTime() + 60_000 }) };
    const list = async (): Promise<number> =>
      (await collect(sdkWith(client, credential).roleEligibilityScheduleInstances.listForScope('', { filter: 'asTarget()' }))).length;
    await client.fault({ path: 'roleEligibilityScheduleInstances' }, { throttle: 0 });
    expect(await list()).toBeGreaterThan(0);
    await client.fault({ path: 'roleEligibilityScheduleInstances' }, { throttle: null });
    await expect(list()).rejects.toMatchObject({ statusCode: 429, code: 'TooManyRequests' });
  });

  it("of Graph tells Graph's own reasons, in Graph's shape", async () => {
    await client.fault({ path: '^/v1.0/me$' }, { throttle: 3 });
    const answer = await graph('/v1.0/me');
    expect([outcome(answer), answer.headers['retry-after'], answer.headers['x-ms-throttle-information']]).toEqual([
      '429 TooManyRequests',
      '3',
      'ResourceUnitLimitExceeded',
    ]);
    expect(at(answer.body, 'error', 'innerError', 'request-id')).toBe(answer.headers['request-id']);
    expect(Object.keys((await graph('/v1.0/me')).headers).filter((name) => name.startsWith('x-ms-throttle'))).toEqual([]);
  });
});

/** The claims of a challenge, as a client reads them out of the header. */
function claimsIn(answer: Answer): unknown {
  const [, encoded = ''] = /error="insufficient_claims", claims="([^"]+)"/.exec(answer.headers['www-authenticate'] ?? '') ?? [];
  return JSON.parse(Buffer.from(encoded, 'base64').toString());
}

describe('claimsChallenge', () => {
  it('asks for an authentication context, or for the claims that it was given', async () => {
    await client.fault({ path: 'Instances' }, { claimsChallenge: 'c1' });
    const answer = await client.person(alex).call(target);
    expect(outcome(answer)).toBe('401 InvalidAuthenticationToken');
    expect(claimsIn(answer)).toEqual({ access_token: { acrs: { essential: true, value: 'c1' } } });
    const claims = { access_token: { acrs: { essential: true, values: ['p1'] } } };
    await client.fault({ path: '/me' }, { claimsChallenge: claims });
    expect(claimsIn(await graph('/v1.0/me'))).toEqual(claims);
  });

  it("is met by Microsoft's client, which asks its credential once more", async () => {
    const asked: unknown[] = [];
    const credential = {
      getToken: async (_: unknown, options?: { readonly claims?: string }) => {
        asked.push(options?.claims);
        return { token: await client.token({ user: alex }), expiresOnTimestamp: new Date().getTime() + 3_600_000 };
      },
    };
    await client.fault({ path: 'roleEligibilityScheduleInstances' }, { claimsChallenge: 'c1' });
    await collect(sdkWith(client, credential).roleEligibilityScheduleInstances.listForScope('', { filter: 'asTarget()' }));
    expect(asked).toEqual([undefined, '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}']);
  });
});

describe('authenticationContext', () => {
  it("is PIM's own 400 with the claims in its message, and stores nothing", async () => {
    const name = randomUUID();
    await client.fault(creating, { authenticationContext: 'c2' });
    const answer = await client.person(alex).activate({ ...reader, name });
    expect(outcome(answer)).toBe('400 RoleAssignmentRequestAcrsValidationFailed');
    const [, claims = ''] = /&claims=(\S+)/.exec(text(answer.body, 'error', 'message')) ?? [];
    expect(JSON.parse(decodeURIComponent(claims))).toEqual({ access_token: { acrs: { essential: true, value: 'c2' } } });
    expect(requestStatus(await client.person(alex).activate({ ...reader, name }))).toBe('Provisioned');
  });
});

describe('licenceMissing', () => {
  it('is the same 400 in ARM and in Graph, in the shape of each, and nothing was carried out', async () => {
    const name = randomUUID();
    await client.fault(creating, { licenceMissing: true });
    const answer = await client.person(alex).activate({ ...reader, name });
    expect(outcome(answer)).toBe('400 AadPremiumLicenseRequired');
    expect(text(answer.body, 'error', 'message')).toContain('Microsoft Entra ID P2');
    expect((await client.person(alex).read(production, name)).status).toBe(404);

    await client.fault({ path: '/v1.0/roleManagement' }, { licenceMissing: true });
    const refused = await graph('/v1.0/roleManagement/directory/roleDefinitions', megan);
    expect(outcome(refused)).toBe('400 AadPremiumLicenseRequired');
    expect(at(refused.body, 'error', 'innerError', 'request-id')).toBe(refused.headers['request-id']);
    expect((await graph('/v1.0/roleManagement/directory/roleDefinitions', megan)).status).toBe(200);
  });
});

describe('a lag', () => {
  it('holds for listings of Graph, until what is young has aged', async () => {
    const list = async (): Promise<number> => items(await graph('/v1.0/auditLogs/directoryAudits', megan)).length;
    await client.person(alex).activate(reader);
    await client.fault({ path: 'directoryAudits' }, { lag: 60_000 }, 2);
    expect(await list()).toBe(0);
    await client.advance('PT1M');
    expect(await list()).toBe(2);
  });
});

describe('a named fault that cannot be', () => {
  it.each([{ throttle: 'soon' }, { throttle: -1 }, { claimsChallenge: 7 }, { claimsChallenge: {} }, { claimsChallenge: '' }, { authenticationContext: 1 }, { licenceMissing: 'yes' }, { licenceMissing: false }])(
    'is refused: %j',
    async (fault) => {
      expect(outcome(await client.fault({}, fault))).toBe('400 InvalidRequestContent');
      expect((await client.person(alex).call(target)).status).toBe(200);
    },
  );
});
