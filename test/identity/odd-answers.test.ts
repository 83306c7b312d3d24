import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AppRegistration } from '../../src/identity/app-registration.ts';
import { createOnBehalfOf } from '../../src/identity/on-behalf-of.ts';
import { readPersonToken } from '../../src/identity/person-token.ts';
import type { PersonToken } from '../../src/identity/person-token.ts';
import { createStandInTls } from '../helpers/stand-ins/hosts.ts';
import { armScope, beforeCall, botId, clock, everything, failure, graphScope, secret, tenantId } from './identity-world.ts';
import { json, startScriptedAuthority, unsigned } from './scripted-authority.ts';
import type { ScriptedAnswer, ScriptedAuthority } from './scripted-authority.ts';

// Guards of promises 5 and 6: `requireOwner` (src/identity/on-behalf-of.ts) and `confidentialClient`
// (src/identity/confidential-client.ts), where each exchange has a client of its own. Of promise 23: `requireHost` and
// `requireAnswer` (src/identity/network.ts, src/identity/entra-answer.ts).

const tls = createStandInTls();
let server: ScriptedAuthority;
let registration: AppRegistration;
beforeAll(async () => {
  server = await startScriptedAuthority(tls);
  registration = { tenantId, appId: botId, proof: secret, authority: server.authority, beforeCall };
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => { server.answer = (_, form) => tokens(form.get('assertion') ?? '', form.get('scope') ?? ''); });

const guid = (number: number): string => `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`;

function personOf(number: number, signIn = 0): PersonToken {
  return readPersonToken(unsigned({ oid: guid(number), tid: tenantId, aud: botId, exp: 2_000_000_000, signIn, padding: 'x'.repeat(1_000) }), { tenantId, audiences: [botId] });
}

let issued = 0;

/** What a genuine authority answers to an on-behalf-of call, at its full size. */
function tokens(assertion: string, scope: string, change: Readonly<Record<string, unknown>> = {}): ScriptedAnswer {
  const { oid, tid } = decodeJwt<{ oid: string; tid: string }>(assertion);
  issued += 1;
  return json({
    token_type: 'Bearer', scope, expires_in: 3_600, ext_expires_in: 3_600,
    access_token: unsigned({ oid, tid, aud: scope.split('/.default')[0], issued, padding: 'x'.repeat(8_000) }),
    id_token: unsigned({ oid, tid, aud: botId, sub: oid }),
    refresh_token: `refresh${issued}${'x'.repeat(1_000)}`,
    client_info: Buffer.from(JSON.stringify({ uid: oid, utid: tid })).toString('base64url'),
    ...change,
  });
}

const textOf = (part: object): string => unsigned(part);

describe('promise 6: a token of somebody else is not taken', () => {
  const other = guid(2);
  const otherTenant = '99999999-0000-4000-8000-000000000000';
  test.each([
    ['by both tokens', { access_token: textOf({ oid: other, tid: tenantId }), id_token: textOf({ oid: other, tid: tenantId, sub: other }) }],
    ['by the ID token', { id_token: textOf({ oid: other, tid: tenantId, sub: other }) }],
    ['by the access token', { access_token: textOf({ oid: other, tid: tenantId }) }],
    ['by the access token alone', { access_token: textOf({ oid: other, tid: tenantId }), id_token: undefined }],
    ['by the ID token alone', { access_token: 'opaque', id_token: textOf({ oid: other, tid: tenantId, sub: other }) }],
    ['by the tenant', { access_token: textOf({ oid: guid(1), tid: otherTenant }), id_token: textOf({ oid: guid(1), tid: otherTenant, sub: 'x' }) }],
  ])('%s', async (_, change) => {
    server.answer = (_, form) => tokens(form.get('assertion') ?? '', '', change);
    const onBehalfOf = createOnBehalfOf(registration, { clock });
    const person = personOf(1);
    expect((await failure(onBehalfOf.credentialFor(person).getToken(armScope))).code).toBe('otherAccount');
    server.answer = (_, form) => tokens(form.get('assertion') ?? '', '');
    const next = await onBehalfOf.credentialFor(person).getToken(armScope);
    expect(decodeJwt(next?.token ?? '')).toMatchObject({ oid: guid(1) });
  });

  test('one whose owner nothing tells is not taken either', async () => {
    server.answer = (_, form) => tokens(form.get('assertion') ?? '', '', { access_token: 'opaque', id_token: undefined });
    expect((await failure(getToken(1))).code).toBe('unexpected');
  });

  test.each([
    ['an opaque token with an ID token', { access_token: 'opaque' }],
    ['a token without an ID token', { id_token: undefined }],
    ['ids in capital letters', { id_token: textOf({ oid: guid(1).toUpperCase(), tid: tenantId.toUpperCase(), sub: 'x' }) }],
  ])('%s is the person\'s', async (_, change) => {
    server.answer = (_, form) => tokens(form.get('assertion') ?? '', '', change);
    await expect(getToken(1)).resolves.toBeDefined();
  });
});

describe('an answer that is none', () => {
  test.each([
    ['without a token', json({ token_type: 'Bearer', expires_in: 3_600 }), 'unavailable'],
    ['that is empty', { status: 200, body: '' }, 'unavailable'],
    ['that is a list', { status: 200, body: '[]' }, 'unavailable'],
    ['that is null', { status: 200, body: 'null' }, 'unavailable'],
    ['that is a page of a proxy', { status: 407, body: '<html></html>' }, 'unavailable'],
    ['whose ID token cannot be read', json({ access_token: 'a', id_token: 'b', expires_in: 3_600 }), 'unexpected'],
    ['with an unknown error', json({ error: 'something new', error_description: 'canary' }, 400), 'unexpected'],
    ['with an error that is no text', json({ error: { canary: 1 } }, 400), 'unexpected'],
  ] as const)('%s', async (_, answer, code) => {
    server.answer = () => answer;
    const error = await failure(getToken(1));
    expect(error.code).toBe(code);
    expect(everything(error)).not.toContain('canary');
  });

  test.each([['3600', 3_600_000], ['999999999', 3_600_000], ['soon', undefined], ['-1', undefined], ['', undefined]])('a pause of "%s" is %s ms', async (retryAfter, expected) => {
    server.answer = () => ({ status: 503, body: '{}', headers: { 'retry-after': retryAfter } });
    expect((await failure(getToken(1))).details.retryAfterMs).toBe(expected);
  });

  test('an answer that does not come, or not all of it, is waited for ten seconds', async () => {
    await using halfway = await startScriptedAuthority(tls);
    halfway.answer = () => 'halfway';
    server.answer = () => 'silent';
    const begun = performance.now();
    const errors = await Promise.all([failure(getToken(1)), failure(getToken(1, { ...registration, authority: halfway.authority }))]);
    expect(errors.map(({ code }) => code)).toEqual(['unavailable', 'unavailable']);
    expect(performance.now() - begun).toBeGreaterThan(9_000);
    expect(performance.now() - begun).toBeLessThan(13_000);
    for (const authority of [server, halfway]) await expect.poll(() => authority.connections()).toBe(0);
  });

  test('promise 17: what the authority repeats of a request is not in the error', async () => {
    server.answer = (_, form) => json({ error: 'invalid_grant', error_codes: [50_013], error_description: `AADSTS50013: ${[...form.values()].join(' ')}`, suberror: form.get('assertion'), correlation_id: form.get('assertion') }, 400);
    const error = await failure(getToken(1));
    expect(error.code).toBe('signInRequired');
    expect(everything(error)).not.toContain(personOf(1).assertion);
    expect(everything(error)).not.toContain('value' in secret ? secret.value : '');
  });
});

describe('promise 23: the authority\'s host is asked and no other', () => {
  test.each([301, 302, 303, 307, 308])('a redirect by %i is not followed', async (status) => {
    await using stranger = await startScriptedAuthority(tls);
    server.answer = () => ({ status, body: '{}', headers: { location: `${stranger.authority.host}/token` } });
    expect(await failure(getToken(1))).toMatchObject({ code: 'unavailable', message: expect.stringContaining('redirects are not followed') });
    expect(stranger.calls).toEqual([]);
  });
});

test('promise 5: a thousand people at once, forgotten and thrown out of the cache in between, each get tokens of their own', async () => {
  const onBehalfOf = createOnBehalfOf(registration, { clock, mostTokens: 300 });
  const asks = Array.from({ length: 1_200 }, (_, index) => ({ number: (index * 7_919) % 1_000, scope: index % 3 === 0 ? graphScope : armScope, forget: index % 11 === 0 }));
  const work = asks.values();
  const worker = async (): Promise<void> => {
    for (const { number, scope, forget } of work) {
      const getting = onBehalfOf.credentialFor(personOf(number)).getToken(scope);
      if (forget) onBehalfOf.forget(guid((number + 1) % 1_000));
      const token = await getting;
      expect(decodeJwt(token?.token ?? '')).toMatchObject({ oid: guid(number), aud: scope.split('/.default')[0] });
    }
  };
  await Promise.all(Array.from({ length: 40 }, worker));
});

test('promise 6: no cache grows with the number of people', async () => {
  const onBehalfOf = createOnBehalfOf(registration, { clock, mostTokens: 20 });
  const serve = async (from: number, to: number): Promise<number> => {
    for (let number = from; number < to; number += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, index) => onBehalfOf.credentialFor(personOf(number + index)).getToken(armScope)));
    }
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = await serve(0, 300);
  const after = await serve(300, 700);
  // A cache of MSAL's would hold some ten kilobytes for each of the 400.
  expect((after - before) / 1024 / 1024).toBeLessThan(1);
});

function getToken(number: number, as: AppRegistration = registration): Promise<unknown> {
  return createOnBehalfOf(as, { clock }).credentialFor(personOf(number)).getToken(armScope);
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('there is no garbage collector to call');
  collect();
}
