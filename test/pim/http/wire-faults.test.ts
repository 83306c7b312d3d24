import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createAuthority } from '../../../src/emulator/certificate.ts';
import { PimError } from '../../../src/pim/errors.ts';
import type { ActivationDraft } from '../../../src/pim/model.ts';
import type { PimUser } from '../../../src/pim/pim.ts';
import { azureUser } from '../azure-user.ts';
import { answerJson, startWireServer, wireClient } from './wire-server.ts';
import type { Answer } from './wire-server.ts';

const alex = '0a000000-0000-4000-8000-000000000001';
const sub = '/subscriptions/11111111-1111-4111-8111-111111111111';
const roleDefinitionId = `${sub}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c`;

const draft: ActivationDraft = {
  role: { definitionId: roleDefinitionId, name: 'Contributor' },
  scope: { id: sub, name: 'Production', type: 'subscription' },
  eligibilityScheduleId: `${sub}/providers/Microsoft.Authorization/roleEligibilitySchedules/${randomUUID()}`,
  start: null, minutes: 60,
  justification: 'Deploy',
  ticket: null,
};

/** A request as PIM answers it. */
function requestBody(name: string, change: Record<string, unknown> = {}): object {
  return {
    id: `${sub}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/${name}`,
    name,
    properties: {
      scope: sub, roleDefinitionId, principalId: alex, principalType: 'User', requestType: 'SelfActivate', status: 'Provisioned',
      createdOn: '2026-03-01T10:00:00Z', scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT1H' } }, ...change,
    },
  };
}

async function failureOf(work: Promise<unknown>): Promise<PimError> {
  const error = await work.then(() => null, (reason: unknown) => reason);
  if (!(error instanceof PimError)) throw new Error('expected a PimError', { cause: error });
  return error;
}

function userAt(server: Parameters<typeof wireClient>[0], change: Parameters<typeof wireClient>[1] = {}): PimUser {
  return azureUser(alex, wireClient(server, change));
}

const text = (status: number, body: string, type = 'application/json'): Answer => (_, response) => {
  response.writeHead(status, { 'content-type': type }).end(body);
};
const hang: Answer = () => undefined;
const drop: Answer = (_, response) => { response.destroy(); };
const dropInTheBody: Answer = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"value":[', () => { response.destroy(); });
};
const dropInACompressedBody: Answer = (_, response) => {
  const body = gzipSync(JSON.stringify({ value: [] }));
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip', 'content-length': String(body.length) });
  response.write(body.subarray(0, 12), () => { response.destroy(); });
};

describe('promise 24: a read fails closed, never as an empty list', () => {
  // Guards: listAll and parseAnswer in src/pim/http/azure-client.ts; toPimError in src/pim/http/to-pim-error.ts.
  it.each([
    ['malformed JSON', text(200, '{"value": [')],
    ['HTML', text(200, '<html>Sign in</html>', 'text/html')],
    ['an empty body', text(200, '')],
    ['no list', text(200, '{}')],
    ['a list that is none', text(200, '{"value":{"a":1}}')],
    ['an array', text(200, '[]')],
    ['null', text(200, 'null')],
    ['a link that is none', text(200, '{"value":[],"nextLink":7}')],
    ['items of another shape', text(200, '{"value":[{"name":"x","properties":{"scope":5}}]}')],
    ['items without properties', text(200, '{"value":[{"name":"x"}]}')],
    ['204', text(204, '')],
    ['a success that is not ours', text(202, '{"value":[]}')],
  ])('%s is a bad answer', async (_, answer) => {
    await using server = await startWireServer(answer);
    expect((await failureOf(userAt(server).listEligible())).code).toBe('badAnswer');
  });

  it.each([
    ['500, asked three times', text(500, ''), 'unavailable', 3],
    ['a dropped connection, asked three times', drop, 'unavailable', 3],
    ['501, asked once', text(501, ''), 'unavailable', 1],
    ['an answer that breaks off', dropInTheBody, 'badAnswer', 1],
    ['no answer', hang, 'unavailable', 1],
    ['a compressed answer that breaks off', dropInACompressedBody, 'unavailable', 1],
  ] satisfies [string, Answer, string, number][])('%s', async (_, answer, code, times) => {
    await using server = await startWireServer(answer);
    expect((await failureOf(userAt(server, { timeoutMs: 1500 }).listEligible())).code).toBe(code);
    expect(server.seen).toHaveLength(times);
  });

  it('a fault that passes is not seen', async () => {
    let calls = 0;
    await using server = await startWireServer((_, response) => {
      calls += 1;
      if (calls === 1) answerJson(response, 503, {}, { 'retry-after': '0' });
      else answerJson(response, 200, { value: [] });
    });
    expect(await userAt(server).listEligible()).toEqual({ items: [], gaps: [] });
  });

  it('a pause that is asked for is told, not waited for', async () => {
    await using server = await startWireServer((_, response) => { answerJson(response, 429, {}, { 'retry-after': '30' }); });
    const started = performance.now();
    expect(await failureOf(userAt(server).listEligible())).toMatchObject({ code: 'throttled', details: { retryAfterMs: 30_000 } });
    expect(performance.now() - started).toBeLessThan(1000);
    expect(server.seen).toHaveLength(1);
  });

  it('a service that is not there is unavailable', async () => {
    const server = await startWireServer(hang);
    await server[Symbol.asyncDispose]();
    expect((await failureOf(userAt(server).listEligible())).code).toBe('unavailable');
    expect((await failureOf(userAt(server).activate(randomUUID(), draft))).code).toBe('unavailable');
  });

  it('a certificate of an authority that is not trusted is not talked to', async () => {
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value: [] }); });
    const user = userAt(server, { caPem: createAuthority(new Date()).certificatePem });
    expect((await failureOf(user.listEligible())).code).toBe('unavailable');
    expect(await failureOf(user.activate(randomUUID(), draft))).toMatchObject({ code: 'unavailable', effect: 'none' });
    expect(server.seen).toHaveLength(0);
  });

  it('a policy of another shape is a bad answer, and one without entries is not found', async () => {
    await using wrong = await startWireServer(text(200, '{"value":[{"properties":{"roleDefinitionId":"x"}}]}'));
    expect((await failureOf(userAt(wrong).readRoleSettings(draft.role, draft.scope))).code).toBe('badAnswer');
    await using none = await startWireServer(text(200, '{"value":[]}'));
    expect((await failureOf(userAt(none).readRoleSettings(draft.role, draft.scope))).code).toBe('notFound');
  });
});

describe('a token goes to its own service only', () => {
  // Guard: ownOriginPolicy in src/pim/http/azure-pipeline.ts.
  it('a nextLink to another host is refused, and nothing is sent there', async () => {
    await using other = await startWireServer((_, response) => { answerJson(response, 200, { value: [] }); });
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value: [], nextLink: `${other.origin}/next` }); });
    expect((await failureOf(userAt(server).listEligible())).code).toBe('badAnswer');
    expect((await failureOf(userAt(server).readRoleSettings(draft.role, draft.scope))).code).toBe('badAnswer');
    expect(other.seen).toHaveLength(0);
  });

  // Guard: securePipeline in src/pim/http/azure-pipeline.ts (no redirect policy).
  it('a redirect is not followed, not even to the same host', async () => {
    await using other = await startWireServer((_, response) => { answerJson(response, 200, { value: [] }); });
    for (const location of [`${other.origin}/`, '/elsewhere']) {
      await using server = await startWireServer((_, response) => { response.writeHead(302, { location }).end(); });
      expect((await failureOf(userAt(server).listEligible())).code).toBe('badAnswer');
      expect(server.seen).toHaveLength(1);
    }
    expect(other.seen).toHaveLength(0);
  });

  it('a list that leads back to itself ends as a bad answer', async () => {
    await using server = await startWireServer((request, response) => {
      answerJson(response, 200, { value: [], nextLink: `${server.origin}${request.url}` });
    });
    expect((await failureOf(userAt(server).listEligible())).code).toBe('badAnswer');
    expect(server.seen).toHaveLength(2);
  });
});

describe('promise 15: an unconfirmed activation is never told as done, nor sent twice', () => {
  /** Answers the `PUT` by `put`, and the read-back by `get`. */
  const around = (put: Answer, get: Answer): Answer => (request, response) => {
    (request.method === 'PUT' ? put : get)(request, response);
  };
  const notFound = text(404, '{"error":{"code":"NotFound","message":""}}');

  // Guards: submit and readBack in src/pim/azure/activation-requests.ts; briefRetriesOfReads in src/pim/http/azure-pipeline.ts.
  it.each([
    ['500', text(500, '')], ['503 with a pause', (_, response) => { answerJson(response, 503, {}, { 'retry-after': '0' }); }],
    ['a dropped connection', drop], ['malformed JSON', text(201, '{"name":')], ['HTML', text(201, '<html>', 'text/html')],
    ['an empty 201', text(201, '')], ['a 201 of another shape', text(201, '{"name":"x","properties":{"status":"Provisioned"}}')],
    ['200', text(200, '{}')], ['no answer', hang],
  ] satisfies [string, Answer][])('%s, and nothing found under its GUID', async (_, put) => {
    await using server = await startWireServer(around(put, notFound));
    const error = await failureOf(userAt(server, { timeoutMs: 1000 }).activate(randomUUID(), draft));
    expect(error).toMatchObject({ code: 'outcomeUnknown', effect: 'unknown' });
    expect(server.seen.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  it.each([
    ['500', text(500, '')], ['a dropped connection', drop], ['HTML', text(201, '<html>', 'text/html')], ['200', text(200, '{}')],
    ['a duplicate name at 409', text(409, '{"error":{"code":"RoleAssignmentRequestExists","message":""}}')],
    ['a duplicate name at 400', text(400, '{"error":{"code":"RoleAssignmentRequestExists","message":""}}')],
    ['a duplicate told as an active role', text(400, '{"error":{"code":"RoleAssignmentExists","message":""}}')],
    ['a duplicate told as a pending request', text(400, '{"error":{"code":"PendingRoleAssignmentRequest","message":""}}')],
    ['a conflict of an unknown kind', text(409, '{"error":{"code":"Conflict","message":""}}')],
  ] satisfies [string, Answer][])('%s, and the request found under its GUID, is the answer found', async (_, put) => {
    const requestId = randomUUID();
    await using server = await startWireServer(around(put, (_, response) => { answerJson(response, 200, requestBody(requestId)); }));
    expect(await userAt(server).activate(requestId, draft)).toMatchObject({ id: requestId, pimStatus: 'Provisioned', minutes: 60 });
  });

  it.each([
    ['person', { principalId: randomUUID() }], ['scope', { scope: `${sub}/resourceGroups/rg` }], ['kind', { requestType: 'SelfDeactivate' }],
    ['role', { roleDefinitionId: `${sub}/providers/Microsoft.Authorization/roleDefinitions/${randomUUID()}` }],
  ])('a request of another %s under our GUID is not ours', async (_, change) => {
    const requestId = randomUUID();
    const taken = text(409, '{"error":{"code":"RoleAssignmentRequestExists","message":""}}');
    for (const put of [taken, text(500, '')]) {
      await using server = await startWireServer(around(put, (_, response) => { answerJson(response, 200, requestBody(requestId, change)); }));
      expect((await failureOf(userAt(server).activate(requestId, draft))).code).toBe('requestNameTaken');
    }
  });

  it('a read-back that fails too leaves the outcome unknown', async () => {
    for (const put of [text(500, ''), text(409, '{"error":{"code":"RoleAssignmentRequestExists","message":""}}')]) {
      await using server = await startWireServer(around(put, text(500, '')));
      expect((await failureOf(userAt(server).activate(randomUUID(), draft))).code).toBe('outcomeUnknown');
    }
  });

  it('a clear refusal is believed at once', async () => {
    await using server = await startWireServer(text(400, '{"error":{"code":"RoleAssignmentRequestPolicyValidationFailed","message":"[\\"MfaRule\\"]"}}'));
    expect(await failureOf(userAt(server).activate(randomUUID(), draft))).toMatchObject({ code: 'policyRefused', details: { rules: ['MfaRule'] } });
    expect(server.seen).toHaveLength(1);
  });

  it('the whole of it ends within the time limit', async () => {
    await using server = await startWireServer(around((_, response) => { setTimeout(() => { response.destroy(); }, 700); }, hang));
    const started = performance.now();
    expect((await failureOf(userAt(server, { timeoutMs: 1000 }).activate(randomUUID(), draft))).code).toBe('outcomeUnknown');
    expect(performance.now() - started).toBeLessThan(1400);
  });

  it('nothing but a GUID names a request', async () => {
    await using server = await startWireServer(hang);
    for (const name of ['', '..', '../x', 'a b', `${randomUUID()}/cancel`]) {
      expect((await failureOf(userAt(server).activate(name, draft))).code).toBe('invalidRequest');
      expect((await failureOf(userAt(server).readRequest({ requestId: name, pimId: null, role: draft.role, scope: draft.scope }))).code).toBe('invalidRequest');
    }
    expect(server.seen).toHaveLength(0);
  });
});

describe('without a token nothing is sent', () => {
  // Guard: guardedCredential in src/pim/http/azure-pipeline.ts.
  const named = (name: string, statusCode?: number): Error => Object.assign(new Error('no'), { name, statusCode });
  it.each([
    ['there is none', () => Promise.resolve(null), 'signInRequired'],
    ['Entra refuses', () => Promise.reject(named('AuthenticationError', 400)), 'signInRequired'],
    ['a sign-in is needed', () => Promise.reject(named('AuthenticationRequiredError')), 'signInRequired'],
    ['Entra is down', () => Promise.reject(named('AuthenticationError', 503)), 'unavailable'],
    ['Entra cannot be reached', () => Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' })), 'unavailable'],
    ['Entra does not answer', () => new Promise<never>(() => undefined), 'unavailable'],
    ['the sign-in says more', () => Promise.reject(new PimError('stepUpRequired', 'step up', { claims: '{}' })), 'stepUpRequired'],
  ])('promise 24: %s', async (_, getToken, code) => {
    await using server = await startWireServer(text(200, '{"value":[]}'));
    const user = userAt(server, { credential: { getToken }, timeoutMs: 500 });
    expect(await failureOf(user.listEligible())).toMatchObject({ code });
    expect(await failureOf(user.activate(randomUUID(), draft))).toMatchObject({ code, effect: 'none' });
    expect(server.seen).toHaveLength(0);
  });

  it('a token is asked for at each call, so that signing out and expiry take effect', async () => {
    await using server = await startWireServer(text(200, '{"value":[]}'));
    let tokens = 0;
    const getToken = (): Promise<{ token: string; expiresOnTimestamp: number }> => {
      tokens += 1;
      return Promise.resolve({ token: `token-${tokens}`, expiresOnTimestamp: Date.now() + 3_600_000 });
    };
    const user = userAt(server, { credential: { getToken } });
    await user.listEligible();
    await user.listEligible();
    expect(server.seen.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('a claims challenge is answered once with the claims, then told', async () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}';
    const header = `Bearer error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`;
    await using server = await startWireServer((_, response) => { answerJson(response, 401, {}, { 'www-authenticate': header }); });
    const asked: (string | undefined)[] = [];
    const credential = {
      getToken: (_: unknown, options?: { claims?: string }) => {
        asked.push(options?.claims);
        return Promise.resolve({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 });
      },
    };
    expect(await failureOf(userAt(server, { credential }).activate(randomUUID(), draft))).toMatchObject({ code: 'stepUpRequired', details: { claims } });
    expect(asked).toContain(claims);
    expect(server.seen.length).toBeLessThanOrEqual(3);
  });
});

describe('the hook before each call', () => {
  // Guard: beforeCallPolicy in src/pim/http/azure-pipeline.ts.
  it('promise 33: stops the call when it throws, before a token is asked for', async () => {
    await using server = await startWireServer(text(200, '{"value":[]}'));
    let tokens = 0;
    const user = userAt(server, {
      beforeCall: () => { throw new Error('a database transaction is open'); },
      credential: { getToken: () => { tokens += 1; return Promise.resolve(null); } },
    });
    for (const work of [user.listEligible(), user.activate(randomUUID(), draft), user.readRoleSettings(draft.role, draft.scope), user.decide({ approvalId: randomUUID(), scope: draft.scope }, { result: 'approve', justification: '' })]) {
      const error = await failureOf(work);
      expect(error).toMatchObject({ code: 'unexpected', effect: 'none' });
      expect(error.message).toContain('a database transaction is open');
    }
    expect(tokens).toBe(0);
    expect(server.seen).toHaveLength(0);
  });
});

describe('who asks', () => {
  // Guard: createAzureRoles in src/pim/azure/azure-roles.ts (one client, and so one credential, per person).
  it('promise 5: in a thousand calls of two hundred people, mixed up, each carries its own person’s token', async () => {
    await using server = await startWireServer((request, response) => {
      setTimeout(() => {
        const name = request.url.match(/roleAssignmentScheduleRequests\/([0-9a-f-]{36})/i)?.[1];
        if (request.method === 'PUT' && name !== undefined) answerJson(response, 201, requestBody(name, { principalId: request.authorization }));
        else answerJson(response, 200, { value: [] });
      }, Math.random() * 20);
    });
    const people = Array.from({ length: 200 }, () => randomUUID());
    const checked = await Promise.all(people.map(async (personId) => {
      const token = `token-of-${personId}`;
      const credential = { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
      const user = azureUser(personId, wireClient(server, { credential, timeoutMs: 20_000 }));
      const request = { ...draft, scope: { ...draft.scope, id: `${sub}/resourceGroups/${personId}` } };
      await Promise.all([user.listEligible(), user.listPending(), user.listWaitingForMyDecision(), user.activate(randomUUID(), request), user.activate(randomUUID(), request)]
        .map((work) => work.then(() => undefined, () => undefined)));
      return { personId, token };
    }));
    expect(server.seen).toHaveLength(1000);
    const known = new Set(checked.map(({ token }) => `Bearer ${token}`));
    expect(server.seen.every(({ authorization }) => known.has(authorization))).toBe(true);
    for (const { personId, token } of checked) {
      const puts = server.seen.filter(({ method, url }) => method === 'PUT' && url.includes(personId));
      expect(puts.map(({ authorization }) => authorization)).toEqual([`Bearer ${token}`, `Bearer ${token}`]);
      expect(server.seen.filter(({ authorization }) => authorization === `Bearer ${token}`)).toHaveLength(5);
    }
  });
});
