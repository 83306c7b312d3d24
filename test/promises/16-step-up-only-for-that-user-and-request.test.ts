import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { tellPim } from '../flows/production-story.ts';
import { activationCall, asksFor, becomes, challenges, decisionCall, linkIn, linkOf, requestIdOf, sentToPim, withRoles, type Asked } from '../flows/step-up-story.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { startProduction, type Production } from '../helpers/stand-ins/production.ts';
import { storedRows } from '../helpers/stand-ins/stored-rows.ts';
import { StepUpByHand } from '../helpers/step-up-by-hand.ts';

// Guards: `finishStepUp` and `isFor` (src/web/step-up-callback.ts), `takeFlow` (src/store/step-ups.ts) for the single use,
// `derivedSecrets` (src/web/step-up-secrets.ts) for verifier and nonce, `checkedToken` (src/identity/step-up-client.ts) for
// the strength, `stepUpOfClaims` and `claimsOfStepUp` (src/pim/step-up.ts) for what is asked, `carryOut` (src/bot/sign-in/carry-out.ts).
// The process is `npm start`'s; the browser is played by hand. With a clock that can be moved: five minutes and one hour
// (test/web/step-up-callback.test.ts, test/web/step-up.test.ts). In Chromium: test/browser/step-up.test.ts, step-up-undone.test.ts.

const groups = Array.from({ length: 24 }, (_, at) => `rg-story-${String.fromCodePoint(97 + at)}`);
const context = { access_token: { acrs: { essential: true, value: 'c1' } } };

let production: Production;
let alex: FakePerson;
let megan: FakePerson;
let diego: FakePerson;
let alexId: string;
let meganId: string;
/** Alex has asked for a role of its own, and the card leads to the page. */
let waiting: Asked;
let link: string;
let browser: StepUpByHand;
/** Everything that pages have shown, and what only the browser may know. */
const seen: string[] = [];
const secrets: string[] = [];

beforeAll(async () => {
  production = await startProduction({
    limits: false,
    changeSeed: withRoles([...groups.map((group) => ({ group, authenticationContext: 'c1' })), { group: 'rg-plain' }, { group: 'rg-lost' }, { group: 'rg-approve', approval: true }]),
  });
  [alex, megan, diego] = [await production.person('Alex'), await production.person('Megan'), await production.person('Diego')];
  [alexId, meganId] = [alex.account.aadObjectId, megan.account.aadObjectId];
});
afterAll(() => production[Symbol.asyncDispose]());

async function asksAnew(): Promise<void> {
  waiting = await asksFor(alex, groups.shift() ?? '');
  link = linkOf(waiting.card);
  browser = aBrowser();
}

function aBrowser(): StepUpByHand {
  return new StepUpByHand(production, seen);
}

/** The honest way there, up to the address with which Entra sends the browser back. */
async function signedIn(where: StepUpByHand = browser, at = link, accountId = alexId): Promise<URL> {
  const page = await where.begins(at);
  const back = await where.signsIn(page, accountId);
  secrets.push(where.cookie.split('=')[1] ?? '', page.searchParams.get('state') ?? '', page.searchParams.get('nonce') ?? '');
  return back;
}

async function nothingWasSent(): Promise<void> {
  expect(await sentToPim(production, waiting.requestId)).toEqual([]);
  expect(alex.card(waiting.card.activityId).has('Confirm that it is you')).toBe(true);
}

async function isStillGood(): Promise<void> {
  expect((await browser.comesBack(await signedIn())).headline).toBe('Done');
  await becomes(alex, waiting.card, 'Active until');
  expect(await sentToPim(production, waiting.requestId)).toEqual([201]);
}

const redeemed = (): number => production.entra.requests.filter(({ grant }) => grant === 'authorization_code').length;
const changed = (url: URL, change: Readonly<Record<string, string | null>>): URL => {
  const other = new URL(url);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) other.searchParams.delete(name);
    else other.searchParams.set(name, value);
  }
  return other;
};

describe('promise 16: a sign-in', () => {
  beforeEach(asksAnew);

  test('asks Entra for this person, this strength and this browser, and for nothing else', async () => {
    const { origin, searchParams } = await browser.begins(link);
    expect(origin).toBe('https://login.microsoftonline.com');
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: production.registrations.stepUp?.appId, response_type: 'code', response_mode: 'query', code_challenge_method: 'S256',
      redirect_uri: `${production.publicUrl}/step-up/callback`, login_hint: 'alex@contoso.example',
      state: expect.stringMatching(/^[\w-]{43}$/u), nonce: expect.stringMatching(/^[\w-]{43}$/u), code_challenge: expect.stringMatching(/^[\w-]{43}$/u),
    });
    expect(claimsAskedAt(searchParams)).toEqual({ ...context.access_token, xms_cc: { values: ['cp1'] } });
  });

  test('is finished once: its state, code and cookie are worth nothing afterwards', async () => {
    const back = await signedIn();
    const { cookie } = browser;
    expect(await browser.comesBack(back)).toMatchObject({ status: 200, headline: 'Done' });
    const before = redeemed();
    for (const again of [cookie, '', `${cookie}A`]) expect((await browser.comesBack(back, again)).status).toBeGreaterThanOrEqual(400);
    expect(redeemed()).toBe(before);
    await becomes(alex, waiting.card, 'Active until');
    expect(await sentToPim(production, waiting.requestId)).toEqual([201]);
  });

  test('of ten that come back at once, one is carried out', async () => {
    const back = await signedIn();
    const answers = await Promise.all(Array.from({ length: 10 }, () => browser.comesBack(back)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    await becomes(alex, waiting.card, 'Active until');
    expect(await sentToPim(production, waiting.requestId)).toEqual([201]);
  });

  test('is finished by whatever comes back first: a code after an answer that it was cancelled is worth nothing', async () => {
    const back = await signedIn();
    expect(await browser.comesBack(changed(back, { code: null, error: 'access_denied' }))).toMatchObject({ status: 200, headline: 'The sign-in was cancelled' });
    const before = redeemed();
    expect(await browser.comesBack(back)).toMatchObject({ status: 410, headline: 'This sign-in is over' });
    expect(redeemed()).toBe(before);
    await nothingWasSent();
    await isStillGood();
  });

  test('with another account is refused, and the code has brought nothing', async () => {
    expect(await browser.comesBack(await signedIn(browser, link, meganId))).toMatchObject({ status: 403, headline: 'You signed in with another account' });
    await nothingWasSent();
    await isStillGood();
  });

  test.each([
    ['without the claims', { claims: null }],
    ['for another context', { claims: JSON.stringify({ access_token: { acrs: { essential: true, value: 'c2' }, xms_cc: { values: ['cp1'] } } }) }],
    ['with a nonce of another sign-in', { nonce: 'A'.repeat(43) }],
  ])('%s, whoever changed the address, is not strong enough', async (_what, change) => {
    const back = await browser.signsIn(changed(await browser.begins(link), change), alexId);
    expect(await browser.comesBack(back)).toMatchObject({ status: 403, headline: 'The sign-in was not strong enough' });
    await nothingWasSent();
    await isStillGood();
  });

  test('with a challenge of somebody else\'s verifier brings no token', async () => {
    const back = await browser.signsIn(changed(await browser.begins(link), { code_challenge: 'A'.repeat(43) }), alexId);
    expect(await browser.comesBack(back)).toMatchObject({ status: 502, headline: 'Something went wrong here' });
    await nothingWasSent();
    await isStillGood();
  });

  test('that was begun in one browser is not finished in another, where somebody was led to it', async () => {
    const page = await browser.begins(link);
    const victim = aBrowser();
    const back = await victim.signsIn(page, alexId);
    const before = redeemed();
    expect((await victim.comesBack(back)).status).toBe(403);
    expect(redeemed()).toBe(before);
    await nothingWasSent();
  });

  test('that somebody else has gone through is not finished in a browser that has begun its own', async () => {
    const [attacker, theirs] = [aBrowser(), waiting];
    const lure = await signedIn(attacker);
    await asksAnew();
    await browser.begins(link);
    const before = redeemed();
    expect((await browser.comesBack(lure)).status).toBe(403);
    expect(redeemed()).toBe(before);
    await nothingWasSent();
    expect(await sentToPim(production, theirs.requestId)).toEqual([]);
  });

  test('brings nothing with the code of another sign-in, be it the same person\'s', async () => {
    const [other, first] = [aBrowser(), waiting];
    const otherBack = await signedIn(other);
    await asksAnew();
    const back = await signedIn();
    const code = otherBack.searchParams.get('code');
    expect(await browser.comesBack(changed(back, { code }))).toMatchObject({ status: 502 });
    await nothingWasSent();
    expect(await sentToPim(production, first.requestId)).toEqual([]);
    await isStillGood();
  });

  test('that was begun anew is finished from its newest beginning alone', async () => {
    const first = aBrowser();
    const old = await signedIn(first);
    const back = await signedIn();
    expect(await first.comesBack(old)).toMatchObject({ status: 410, headline: 'This sign-in is over' });
    await nothingWasSent();
    expect((await browser.comesBack(back)).headline).toBe('Done');
  });

  test('for a request that was cancelled meanwhile sends nothing', async () => {
    const back = await signedIn();
    await alex.clicks(waiting.card, 'activation.withdraw');
    expect((await browser.comesBack(back)).status).toBe(410);
    expect((await browser.opens(link)).status).toBe(404);
    expect(await sentToPim(production, waiting.requestId)).toEqual([]);
  });

  test('for a request that PIM has carried out all the same sends nothing again', async () => {
    const message = `&claims=${encodeURIComponent(JSON.stringify(context))}`;
    await tellPim(production, '/emulator/faults', {
      match: activationCall, times: 1, fault: { status: 400, after: true, body: { error: { code: 'RoleAssignmentRequestAcrsValidationFailed', message } } },
    });
    const { card, requestId } = await asksFor(alex, 'rg-lost');
    const back = await signedIn(browser, linkOf(card));
    await alex.clicks(card, 'activation.withdraw');
    await becomes(alex, card, 'Active until');
    expect((await browser.comesBack(back)).headline).toBe('Nothing to do here');
    expect(await sentToPim(production, requestId)).toEqual([400]);
    expect(alex.card(card.activityId).has('Active until')).toBe(true);
  });

  test.each(['down', 'notJson', 500] as const)('that Entra does not confirm (%s) carries nothing out, and can be begun again', async (fault) => {
    const back = await signedIn();
    production.entra.fault = fault;
    expect(await browser.comesBack(back)).toMatchObject({ status: 502, headline: 'Something went wrong here' });
    production.entra.fault = 'none';
    await nothingWasSent();
    await isStillGood();
  });

  test('is begun by no link that nobody was given', async () => {
    const guessed = link.replace(/.{4}$/u, 'AAAA');
    expect((await browser.opens(guessed)).status).toBe(404);
    await expect(browser.begins(guessed)).rejects.toThrow('404');
  });
});

describe('promise 16: a challenge that says more than which context is wanted', () => {
  const more: readonly (readonly [string, object])[] = [
    ['claims of an ID token', { ...context, id_token: { email: { essential: true } } }],
    ['another claim of the access token', { access_token: { ...context.access_token, xms_pl: { essential: true } } }],
    ['two contexts', { access_token: { acrs: { essential: true, values: ['c1', 'c2'] } } }],
    ['a context that nobody has to have', { access_token: { acrs: { essential: false, value: 'c1' } } }],
    ['a context with more behind it', { access_token: { acrs: { essential: true, value: 'c1", "x": "y' } } }],
    ['a prototype', { access_token: { acrs: { essential: true, value: 'c1', toString: 'x' } } }],
  ];

  test.each(more)('with %s is not passed on: the card leads to the portal', async (_what, claims) => {
    await challenges(production, activationCall, claims);
    const { card } = await asksFor(alex, 'rg-plain');
    expect(linkIn(card)).toBeNull();
    expect(card.actions).toContain('Open the Azure portal');
  });

  test.each(more)('with %s is not passed on in PIM\'s own words either', async (_what, claims) => {
    const message = `&claims=${encodeURIComponent(JSON.stringify(claims))}`;
    await tellPim(production, '/emulator/faults', { match: activationCall, times: 1, fault: { status: 400, body: { error: { code: 'RoleAssignmentRequestAcrsValidationFailed', message } } } });
    expect(linkIn((await asksFor(alex, 'rg-plain')).card)).toBeNull();
  });

  test('and that is understood is written anew', async () => {
    const message = `&claims=${encodeURIComponent('{ "access_token" : { "acrs" : { "essential" : true, "values" : ["c7"] }, "xms_cc" : { "values" : ["cp1"] } } }')}&redirect_uri=https://evil.example`;
    await tellPim(production, '/emulator/faults', { match: activationCall, times: 1, fault: { status: 400, body: { error: { code: 'RoleAssignmentRequestAcrsValidationFailed', message } } } });
    const { searchParams } = await aBrowser().begins(linkOf((await asksFor(alex, 'rg-plain')).card));
    expect(claimsAskedAt(searchParams)).toEqual({ acrs: { essential: true, value: 'c7' }, xms_cc: { values: ['cp1'] } });
    expect(searchParams.get('redirect_uri')).toBe(`${production.publicUrl}/step-up/callback`);
  });
});

test('promise 16: an approver\'s sign-in is led to from their own card alone, serves nobody else, and carries out what they had decided', async () => {
  await asksFor(alex, 'rg-approve');
  const wanted = (card: ShownCard): boolean => card.has('rg-approve') && card.verbs.includes('approval.approve');
  const [forMegan, forDiego] = [await megan.waitForCard(wanted), await diego.waitForCard(wanted)];
  await challenges(production, decisionCall, context);
  await megan.clicks(forMegan, 'approval.approve', { reason: 'go ahead' });
  const request = await becomes(megan, forMegan, 'Confirm that it is you');
  expect([...alex.cards(), ...diego.cards()].filter((card) => JSON.stringify(card.json).includes(linkOf(request)))).toEqual([]);
  for (const { account } of [alex, diego]) {
    const other = aBrowser();
    expect(await other.comesBack(await signedIn(other, linkOf(request), account.aadObjectId))).toMatchObject({ status: 403, headline: 'You signed in with another account' });
  }
  expect((await production.pim.request(requestIdOf(request)))?.properties.status).toBe('PendingApproval');
  expect(diego.card(forDiego.activityId).verbs).toContain('approval.approve');

  const hers = aBrowser();
  expect((await hers.comesBack(await signedIn(hers, linkOf(request), meganId))).headline).toBe('Done');
  await becomes(megan, request, 'Megan Bowen approved the request');
  expect(await sentToPim(production, requestIdOf(request))).toEqual([201, 401, 200]);
});

test('promise 16: who signed in as somebody else is in the audit log; promise 17: no token, code, state, cookie or nonce is anywhere', async () => {
  expect(await production.bot.stop()).toBe(0);
  const rows = (await production.auditRows()).filter(({ action }) => action === 'stepUp');
  expect(rows).toContainEqual(expect.objectContaining({
    actor: expect.objectContaining({ id: meganId }), phase: 'outcome', details: expect.objectContaining({ result: 'refused', code: 'otherAccount', insteadOf: alexId }),
  }));
  expect(rows).toContainEqual(expect.objectContaining({ actor: expect.objectContaining({ id: alexId }), details: expect.objectContaining({ insteadOf: meganId, to: 'approve' }) }));

  const places = {
    tables: [...(await storedRows(production.databaseFolder)).values()].flat(),
    log: [production.log()],
    cards: [alex, megan, diego].flatMap((person) => person.cards()).map(({ json }) => JSON.stringify(json)),
    pages: seen,
  };
  const canaries = [...production.canaries(), ...secrets].filter((secret) => secret !== '');
  expect(secrets.length).toBeGreaterThan(20);
  for (const [place, texts] of Object.entries(places)) {
    expect(texts.join('').length, place).toBeGreaterThan(1_000);
    expect(canaries.filter((secret) => texts.some((text) => text.includes(secret))), place).toEqual([]);
  }
});

const claimsSchema = z.object({ access_token: z.record(z.string(), z.unknown()) });

/** What the address asks for; the rest is the library's. */
function claimsAskedAt(query: URLSearchParams): Record<string, unknown> {
  return claimsSchema.parse(JSON.parse(query.get('claims') ?? '')).access_token;
}
