import { randomBytes } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { text } from '../../src/cards/texts.ts';
import { moveActivation } from '../../src/store/activations.ts';
import { listAudit } from '../../src/store/audit-log.ts';
import { closeStepUp, findStepUp } from '../../src/store/step-ups.ts';
import { hostileTexts } from '../cards/hostile-cards.ts';
import { openTestStore } from '../helpers/test-store.ts';
import { all, alex, megan } from '../store/samples.ts';
import { fromOurPage, publicUrl, signInSource, StepUpWorld, tenantId, titleOf } from './step-up-world.ts';

// Guards: `showStepUp`, `beginStepUp`, `findWaiting` (src/web/step-up.ts), `isSameOrigin` (src/web/same-origin.ts),
// `beginFlow` (src/store/step-ups.ts), `html` (src/web/html.ts), `pageHeaders` (src/web/page-frame.ts).

const store = await openTestStore();
afterAll(() => store.close());
let world: StepUpWorld;
beforeEach(() => { world = new StepUpWorld(store); });

function plain(body: string): string {
  return body.replaceAll(/<style>.*?<\/style>/gs, '').replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
}

const notFound = text('en', 'page.notFound.title');
const expired = text('en', 'page.expired.title');

describe('the page', () => {
  test('promise 32: shows role, scope, duration, reason and what will be done, and one button', async () => {
    const record = await world.awaitingActivation({ ticket: { number: 'INC-7', system: 'Desk' } });
    const answer = await world.get(record.id);
    expect(answer.status).toBe(200);
    expect(titleOf(answer)).toBe('Confirm that it is you');
    for (const words of ['activate Contributor on Resource group rg-app', '2 h 30 min', 'Deploy', 'INC-7 (Desk)', '/resourceGroups/rg-app']) expect(plain(answer.body)).toContain(words);
    expect(answer.body.match(/<form[^>]*>/g)).toEqual([`<form method="post" action="/step-up/${record.id}">`]);
    expect(answer.body.match(/<button type="submit">/g)).toHaveLength(1);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test.each([['approve', 'approve the request of Alex Wilber'], ['deny', 'deny the request of Alex Wilber']] as const)('promise 32: to %s, it shows who asked and the approver\'s own reason', async (action, words) => {
    const record = await world.awaitingDecision(action, 'As agreed with Megan');
    const said = plain((await world.get(record.id)).body);
    for (const part of [words, 'Requester Alex Wilber', 'As agreed with Megan', 'Justification Deploy']) expect(said).toContain(part);
  });

  test('speaks the person\'s language, and the browser\'s where it knows nobody', async () => {
    const record = await world.awaitingActivation();
    world.locale = 'ja';
    const japanese = await world.get(record.id, { 'accept-language': 'en' });
    expect(japanese.body).toContain('<html lang="ja">');
    expect(titleOf(japanese)).toBe('本人確認');
    expect(titleOf(await world.get('unknown', { 'accept-language': 'ja-JP,en;q=0.5' }))).toBe(text('ja', 'page.notFound.title'));
    expect(titleOf(await world.get('unknown', { 'accept-language': 'de' }))).toBe(notFound);
  });

  test('promise 32: a GET has no effect, however often link scanners follow it', async () => {
    const record = await world.awaitingActivation();
    const before = await store.db.selectFrom('step_ups').selectAll().where('id', '=', record.id).executeTakeFirst();
    const answers = await Promise.all(Array.from({ length: 50 }, () => world.get(record.id)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await store.db.selectFrom('step_ups').selectAll().where('id', '=', record.id).executeTakeFirst()).toEqual(before);
    expect(await all(listAudit(store.db, { requestId: record.requestId }))).toEqual([]);
    expect([world.client.asks, world.carriedOut]).toEqual([[], []]);
  });

  test('promise 32: an id that is tampered with finds nothing', async () => {
    const { id } = await world.awaitingActivation();
    const flipped = `${id.startsWith('A') ? 'B' : 'A'}${id.slice(1)}`;
    for (const wrong of [flipped, id.slice(0, -1), `${id}A`, id.toUpperCase(), 'callback', '', '__proto__', "' or 1=1 --", randomBytes(32).toString('base64url')]) {
      for (const answer of [await world.get(wrong), await world.post(wrong)]) {
        expect([answer.status, titleOf(answer)], wrong).toEqual([404, notFound]);
      }
    }
    expect(world.client.asks).toEqual([]);
  });

  test('promise 16: after an hour it says so, and begins nothing', async () => {
    const { id } = await world.awaitingActivation();
    world.moveClock(60);
    for (const answer of [await world.get(id), await world.post(id)]) expect([answer.status, titleOf(answer)]).toEqual([410, expired]);
    expect(world.client.asks).toEqual([]);
  });

  test('what is settled is not offered any more', async () => {
    const closed = await world.awaitingActivation();
    await closeStepUp(store.db, closed.id, 'cancelled');
    const withdrawn = await world.awaitingActivation();
    await moveActivation(store.db, withdrawn.requestId, { from: ['awaitingStepUp'] }, { state: 'withdrawn' });
    const decided = await world.awaitingDecision('approve', '');
    await moveActivation(store.db, decided.requestId, { from: ['pending'] }, { state: 'denied' });
    const changed = await world.awaitingDecision('approve', '');
    await moveActivation(store.db, changed.requestId, { from: ['pending'] }, { state: 'pending' });
    for (const { id } of [closed, withdrawn, decided, changed]) {
      for (const answer of [await world.get(id), await world.post(id)]) expect([answer.status, titleOf(answer)]).toEqual([404, notFound]);
    }
    expect(world.client.asks).toEqual([]);
  });
});

describe('the button', () => {
  test('sends the browser to Entra ID with state, PKCE, nonce, what is asked for and who', async () => {
    const record = await world.awaitingActivation();
    const answer = await world.post(record.id);
    expect([answer.status, answer.body]).toEqual([303, '']);
    expect(answer.headers['location']).toMatch(`${signInSource}/`);
    const [ask] = world.client.asks;
    expect(ask).toMatchObject({ stepUp: record.stepUp, loginHint: `hint of ${alex.id}`, scope: 'https://management.azure.com/.default' });
    for (const secret of [ask?.state, ask?.nonce, ask?.codeChallenge]) expect(secret).toMatch(/^[\w-]{43}$/);
    expect(answer.headers['set-cookie']).toMatch(/^__Host-pim-step-up=[\w-]{43}; Max-Age=300; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
    expect(world.carriedOut).toEqual([]);
  });

  test.each([['a directory role', '/', 'directory'], ['a role in an administrative unit', '/administrativeUnits/x', 'administrativeUnit'], ['a membership', 'x', 'group']] as const)(
    'signs in for Graph, there and back, where the stored request is for %s',
    async (_what, id, type) => {
      const record = await world.awaitingActivation({ scope: { id, name: id, type } });
      const { url, cookie } = await world.begin(record);
      expect(world.client.asks.map(({ scope }) => scope)).toEqual(['https://graph.microsoft.com/.default']);
      await world.callback(world.client.signIn(url, alex.id, tenantId), { cookie });
      expect(world.carriedOut.map(({ record: carried }) => carried)).toEqual([record]);
    },
  );

  test('gives every sign-in secrets of its own', async () => {
    const record = await world.awaitingActivation();
    const cookies = [await world.begin(record), await world.begin(record)].map(({ cookie }) => cookie);
    const secrets = [...cookies, ...world.client.asks.flatMap(({ state, nonce, codeChallenge }) => [state, nonce, codeChallenge])];
    expect(new Set(secrets).size).toBe(8);
  });

  test('promise 17: state, cookie, verifier and nonce are in no table and no log line', async () => {
    const record = await world.awaitingActivation();
    const { url, cookie } = await world.begin(record);
    const callback = world.client.signIn(url, megan.id, tenantId);
    await world.callback(callback, { cookie });
    await world.callback({ state: callback.state, error: 'access_denied' }, { cookie });
    const rows = await store.db.selectFrom('step_ups').selectAll().execute();
    const kept = JSON.stringify([rows, await all(listAudit(store.db)), world.logged]);
    const [ask] = world.client.asks;
    for (const secret of [ask?.state, ask?.nonce, ask?.codeChallenge, callback.code, cookie.split('=')[1]]) {
      expect(secret).toBeTruthy();
      expect(kept).not.toContain(secret);
    }
  });

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another site that hides itself', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
    ['a neighbour in our domain', { 'sec-fetch-site': 'same-site', origin: 'https://other.contoso.com' }],
    ['no page at all', { 'sec-fetch-site': 'none' }],
    ['two origins that contradict each other', { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
    ['another site, from an old browser', { origin: 'https://evil.example' }],
    ['our name without TLS', { origin: 'http://pim.contoso.com' }],
    ['a site that begins like ours', { origin: `${publicUrl}.evil.example` }],
    ['an unnamed origin, from an old browser', { origin: 'null' }],
    ['a client that says nothing', {}],
  ])('promise 32: a form of %s begins nothing', async (_whose, headers) => {
    const { id } = await world.awaitingActivation();
    const answer = await world.post(id, headers);
    expect([answer.status, titleOf(answer), answer.headers['set-cookie']]).toEqual([403, notFound, undefined]);
    expect(world.client.asks).toEqual([]);
    expect(plain(answer.body)).not.toContain('Contributor');
  });

  test.each([fromOurPage, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'same-origin', origin: publicUrl }, { origin: publicUrl }])('a form of our own page begins a sign-in: %j', async (headers) => {
    const { id } = await world.awaitingActivation();
    expect((await world.post(id, headers)).status).toBe(303);
  });

  test('promise 32: begins ten sign-ins for one link and no more', async () => {
    const record = await world.awaitingActivation();
    const answers = await Promise.all(Array.from({ length: 15 }, () => world.post(record.id)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(10);
    expect(answers.filter((answer) => answer.status === 410 && titleOf(answer) === expired)).toHaveLength(5);
    expect(world.client.asks).toHaveLength(10);
  });

  test('a fault of ours is told without details, and the link stays good', async () => {
    const record = await world.awaitingActivation();
    world.client.signInUrl = () => Promise.reject(new Error('canary'));
    const answer = await world.post(record.id);
    expect([answer.status, titleOf(answer)]).toEqual([500, text('en', 'page.error.title')]);
    expect(answer.body).not.toContain('canary');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect((await findStepUp(store.db, record.id))?.state).toBe('open');
    expect(world.logged.join('')).toContain('canary');
  });
});

/** Every tag with its attributes, in order. */
function tagsOf(body: string, id: string): readonly string[] {
  return body.replace(id, 'id').match(/<[^>]*>/g) ?? [];
}

describe('what other people have written', () => {
  test.each(Object.entries(hostileTexts))('promise 32: is text, never markup: %s', async (_name, words) => {
    const names = { person: { id: alex.id, name: words }, role: { definitionId: 'x', name: words }, scope: { id: `/subscriptions/${words}`, name: words, type: 'resource' as const } };
    const step = await world.awaitingDecision('approve', words, { ...names, justification: words, ticket: { number: words, system: words } });
    const { body } = await world.get(step.id);
    const harmless = await world.awaitingDecision('approve', 'x', { ticket: { number: 'x', system: 'x' } });
    expect(tagsOf(body, step.id)).toEqual(tagsOf((await world.get(harmless.id)).body, harmless.id));
    expect(body.length).toBeLessThan(20_000);
  });
});
