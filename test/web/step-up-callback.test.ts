import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { text, type TextKey } from '../../src/cards/texts.ts';
import type { PageAnswer } from '../../src/http-page.ts';
import { PimError } from '../../src/pim/errors.ts';
import { listAudit } from '../../src/store/audit-log.ts';
import { closeStepUp, findStepUp, openStepUp, type StepUpRecord } from '../../src/store/step-ups.ts';
import { openTestStore } from '../helpers/test-store.ts';
import { describeOnBothEngines } from '../store/engines.ts';
import { alex, all, megan } from '../store/samples.ts';
import { StepUpWorld, tenantId, titleOf } from './step-up-world.ts';

// Guards: `finishStepUp`, `resultOf`, `isFor` (src/web/step-up-callback.ts), `takeFlow`, `closeStepUp` (src/store/step-ups.ts),
// `derivedSecrets`, `readCookie` (src/web/step-up-secrets.ts). An imitation of Entra ID checks verifier and nonce.

const store = await openTestStore();
afterAll(() => store.close());
let world: StepUpWorld;
beforeEach(() => { world = new StepUpWorld(store); });

/** A sign-in that is done at Entra ID: what the browser comes back with. */
async function signedIn(record: StepUpRecord, as = record.person.id, tenant = tenantId): Promise<{ callback: { state: string; code: string }; cookie: string }> {
  const { url, cookie } = await world.begin(record);
  return { callback: world.client.signIn(url, as, tenant), cookie };
}

function expectPage(answer: PageAnswer, status: number, key: TextKey): void {
  expect([answer.status, titleOf(answer)]).toEqual([status, text('en', key)]);
}

const cleared = '__Host-pim-step-up=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax';

describe('coming back', () => {
  test('promise 16: the same person in the same browser has the request carried out, once, with the token of this sign-in', async () => {
    const record = await world.awaitingActivation();
    const { callback, cookie } = await signedIn(record);
    const answer = await world.callback(callback, { cookie: `other=1; ${cookie}; more=2` });
    expectPage(answer, 200, 'page.done.title');
    expect(answer.headers['set-cookie']).toBe(cleared);
    expect(world.carriedOut.map(({ record: carried }) => carried)).toEqual([record]);
    expect(await world.carriedOut[0]?.credential.getToken('x')).toMatchObject({ token: `token of ${alex.id}` });
    expect(world.client.tried).toEqual([callback.code]);
  });

  test.each([['done', 'page.done.title', 200], ['pending', 'page.pending.title', 200], ['refused', 'page.refused.title', 200], ['unknown', 'page.unknown.title', 200], ['tooLate', 'page.notFound.title', 404]] as const)('the page says what came of it: %s', async (outcome, key, status) => {
    world.carryOut = () => Promise.resolve({ outcome });
    const { callback, cookie } = await signedIn(await world.awaitingActivation());
    expectPage(await world.callback(callback, { cookie }), status, key);
  });

  test('ids are the same in whatever case they are written', async () => {
    const { callback, cookie } = await signedIn(await world.awaitingActivation(), alex.id.toUpperCase(), tenantId.toUpperCase());
    expectPage(await world.callback(callback, { cookie }), 200, 'page.done.title');
  });

  test('promise 16: a state works once: coming back again carries nothing out, and does not claim that nothing was done', async () => {
    const { callback, cookie } = await signedIn(await world.awaitingActivation());
    await world.callback(callback, { cookie });
    const again = await world.callback(callback, { cookie });
    expectPage(again, 410, 'page.over.title');
    expect(again.body).not.toContain('Nothing was done');
    expect([world.carriedOut.length, world.client.tried.length]).toEqual([1, 1]);
  });

  test('promise 16: another browser does not finish what this one has begun, and does not end it', async () => {
    const { callback, cookie } = await signedIn(await world.awaitingActivation());
    expectPage(await world.callback(callback, {}), 403, 'page.over.title');
    expect([world.carriedOut, world.client.tried]).toEqual([[], []]);
    expectPage(await world.callback(callback, { cookie }), 200, 'page.done.title');
  });

  test('promise 16: the cookie of another sign-in, a made-up one and two at once are refused', async () => {
    const other = await world.begin(await world.awaitingActivation());
    const name = '__Host-pim-step-up';
    for (const cookies of [() => other.cookie, () => `${name}=${'A'.repeat(43)}`, () => `${name}=`, () => `${name}=x"y`, (own: string) => `${own}; ${other.cookie}`, (own: string) => `${own}; ${own}`, (own: string) => `x${own}`]) {
      const { callback, cookie } = await signedIn(await world.awaitingActivation());
      expectPage(await world.callback(callback, { cookie: cookies(cookie) }), 403, 'page.over.title');
    }
    expect([world.carriedOut, world.client.tried]).toEqual([[], []]);
  });

  test('promise 16: who signs in as somebody else is refused and on record, and the right person can begin again', async () => {
    const record = await world.awaitingActivation();
    const { callback, cookie } = await signedIn(record, megan.id);
    const answer = await world.callback(callback, { cookie });
    expectPage(answer, 403, 'page.otherPerson.title');
    expect(world.carriedOut).toEqual([]);
    expect(await all(listAudit(store.db, { requestId: record.requestId }))).toMatchObject([{
      actor: { id: megan.id }, action: 'stepUp', phase: 'outcome', at: world.now,
      details: { result: 'refused', code: 'otherAccount', tenantId, insteadOf: alex.id, to: 'activate' },
    }]);
    expect(answer.body).toContain(`href="/step-up/${record.id}"`);
    const second = await signedIn(record);
    expectPage(await world.callback(second.callback, { cookie: second.cookie }), 200, 'page.done.title');
  });

  test('promise 16: the requester does not carry out an approver\'s decision', async () => {
    const { callback, cookie } = await signedIn(await world.awaitingDecision('approve', ''), alex.id);
    expectPage(await world.callback(callback, { cookie }), 403, 'page.otherPerson.title');
    expect(world.carriedOut).toEqual([]);
  });

  test('promise 16: the same person\'s id in another tenant is somebody else', async () => {
    const record = await world.awaitingActivation();
    const foreign = '99999999-9999-4999-8999-999999999999';
    const { callback, cookie } = await signedIn(record, alex.id, foreign);
    expectPage(await world.callback(callback, { cookie }), 403, 'page.otherPerson.title');
    const refused = await signedIn(record);
    world.client.meanwhile = () => Promise.reject(new PimError('otherAccount', 'the sign-in is of another tenant'));
    expectPage(await world.callback(refused.callback, { cookie: refused.cookie }), 403, 'page.otherPerson.title');
    expect(world.carriedOut).toEqual([]);
    const audit = await all(listAudit(store.db, { requestId: record.requestId }));
    expect(audit.map(({ actor, details }) => [actor.id, details['code'], details['tenantId']])).toEqual([[alex.id, 'otherAccount', foreign], ['unknown', 'otherAccount', null]]);
  });

  test('promise 16: after five minutes a sign-in is too late, and can be begun again within the hour', async () => {
    const record = await world.awaitingActivation();
    const { callback, cookie } = await signedIn(record);
    world.moveClock(5);
    const late = await world.callback(callback, { cookie });
    expectPage(late, 410, 'page.expired.title');
    expect(late.body).toContain(text('en', 'page.expired.body'));
    expect([world.carriedOut, world.client.tried]).toEqual([[], []]);
    const second = await signedIn(record);
    world.moveClock(4.9);
    expectPage(await world.callback(second.callback, { cookie: second.cookie }), 200, 'page.done.title');
  });

  test('promise 16: a state that is unknown, changed, missing, doubled or of another shape carries nothing out', async () => {
    const { callback: { state, code }, cookie } = await signedIn(await world.awaitingActivation());
    const changed = `${state.startsWith('A') ? 'B' : 'A'}${state.slice(1)}`;
    const queries = [
      { code }, { code, state: '' }, { code, state: changed }, { code, state: state.slice(1) }, { code, state: `${state}A` }, { code, state: `${state}\0` }, { code, state: 'x'.repeat(8_000) },
      new URLSearchParams([['state', state], ['state', state], ['code', code]]), { state }, { state, code: '' }, new URLSearchParams([['state', state], ['code', code], ['code', code]]), {}, { error: 'access_denied' },
    ];
    for (const query of queries) expectPage(await world.callback(new URLSearchParams(query), { cookie }), 410, 'page.over.title');
    expect([world.carriedOut, world.client.tried]).toEqual([[], []]);
    expectPage(await world.callback({ state, code }, { cookie }), 200, 'page.done.title');
  });

  test('promise 16: a code of another sign-in is worth nothing: verifier and nonce are this browser\'s', async () => {
    const mine = await signedIn(await world.awaitingActivation());
    const foreign = await signedIn(await world.awaitingActivation());
    const answer = await world.callback({ state: mine.callback.state, code: foreign.callback.code }, { cookie: mine.cookie });
    expectPage(answer, 502, 'page.error.title');
    expect(world.carriedOut).toEqual([]);
  });

  test('a sign-in that was cancelled at Entra ID is over, and can be begun again', async () => {
    const record = await world.awaitingActivation();
    const { callback: { state, code }, cookie } = await signedIn(record);
    const answer = await world.callback({ state, error: 'access_denied', error_description: '<script>canary</script>' }, { cookie });
    expectPage(answer, 200, 'page.denied.title');
    expect(answer.body + world.logged.join('')).not.toContain('canary');
    expectPage(await world.callback({ state, code }, { cookie }), 410, 'page.over.title');
    expect([world.carriedOut, world.client.tried]).toEqual([[], []]);
    const second = await signedIn(record);
    expectPage(await world.callback(second.callback, { cookie: second.cookie }), 200, 'page.done.title');
  });

  test('promise 16: an error and a code together are an error', async () => {
    const { callback, cookie } = await signedIn(await world.awaitingActivation());
    expectPage(await world.callback({ ...callback, error: 'server_error' }, { cookie }), 502, 'page.error.title');
    expect([world.carriedOut, world.client.tried]).toEqual([[], []]);
  });

  test.each([['stepUpRequired', 403, 'page.notStrong.title'], ['signInRequired', 502, 'page.error.title'], ['unavailable', 502, 'page.error.title'], ['consentRequired', 502, 'page.error.title']] as const)('promise 16: a sign-in that Entra ID answers with %s carries nothing out, and can be begun again', async (code, status, key) => {
    const record = await world.awaitingActivation();
    const { callback, cookie } = await signedIn(record);
    world.client.meanwhile = () => Promise.reject(new PimError(code, 'no'));
    const answer = await world.callback(callback, { cookie });
    expectPage(answer, status, key);
    expect(answer.body.includes('https://portal.azure.com/')).toBe(code === 'stepUpRequired');
    expect(world.carriedOut).toEqual([]);
    expect((await findStepUp(store.db, record.id))?.state).toBe('open');
  });

  test('promise 16: what was cancelled or opened anew while the person signed in is not carried out', async () => {
    const cancelled = await world.awaitingActivation();
    const late = await signedIn(cancelled);
    world.client.meanwhile = async () => { await closeStepUp(store.db, cancelled.id, 'cancelled'); };
    expectPage(await world.callback(late.callback, { cookie: late.cookie }), 404, 'page.notFound.title');
    const replaced = await world.awaitingActivation();
    const old = await signedIn(replaced);
    world.client.meanwhile = async () => { await openStepUp(store.db, { ...replaced, createdAt: world.now }); };
    expectPage(await world.callback(old.callback, { cookie: old.cookie }), 404, 'page.notFound.title');
    expect(world.carriedOut).toEqual([]);
  });

  test('promise 16: what went wrong while it was carried out is told without details, and is not repeated', async () => {
    const record = await world.awaitingActivation();
    const { callback, cookie } = await signedIn(record);
    world.carryOut = () => Promise.reject(new Error('canary'));
    const answer = await world.callback(callback, { cookie });
    expectPage(answer, 500, 'page.error.title');
    expect(answer.body).not.toContain('canary');
    expect((await world.post(record.id)).status).toBe(404);
    expect(world.carriedOut).toHaveLength(1);
  });
});

describeOnBothEngines('coming back at once', (engine) => {
  test('promise 16: of ten windows with the same state, one is served', async () => {
    world = new StepUpWorld(engine);
    const { callback, cookie } = await signedIn(await world.awaitingActivation());
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.callback(callback, { cookie })));
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, ...Array.from({ length: 9 }, () => 410)]);
    expect([world.carriedOut.length, world.client.tried.length]).toEqual([1, 1]);
  });

  test('promise 16: of two sign-ins for one link that end at the same time, one is carried out', async () => {
    world = new StepUpWorld(engine);
    const record = await world.awaitingActivation();
    const first = await signedIn(record);
    const waiting: (() => void)[] = [];
    world.client.meanwhile = () => new Promise((resolve) => { waiting.push(resolve); });
    const one = world.callback(first.callback, { cookie: first.cookie });
    await expect.poll(() => waiting.length).toBe(1);
    const second = await signedIn(record);
    const other = world.callback(second.callback, { cookie: second.cookie });
    await expect.poll(() => waiting.length).toBe(2);
    for (const go of waiting) go();
    expect((await Promise.all([one, other])).map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 404]);
    expect(world.carriedOut).toHaveLength(1);
  });
});
