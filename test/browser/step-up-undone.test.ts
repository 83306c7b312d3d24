import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { activationCall, asksFor, becomes, browserArgs, challenges, linkIn, linkOf, sentToPim, withRoles, type Asked } from '../flows/step-up-story.ts';
import { send } from '../helpers/stand-ins/entra-https.ts';
import type { FakePerson } from '../helpers/fake-teams.ts';
import { startProduction } from '../helpers/stand-ins/production.ts';
import { chromiumFor } from './chromium.ts';
import { StepUpWindow } from './step-up-window.ts';

// What does not end in an activation, or not at once: `npm start`'s process, and a real browser between its page and Entra's.

const groups = Array.from({ length: 12 }, (_, at) => `rg-story-${String.fromCodePoint(97 + at)}`);
const production = await startProduction({
  limits: false,
  changeSeed: withRoles([...groups.map((group) => ({ group, authenticationContext: 'c1' })), { group: 'rg-plain' }]),
});
const browser = await chromiumFor('a stronger sign-in that leads to nothing (test/browser/step-up-undone.test.ts)', browserArgs(production));
const { entra } = production;

afterAll(async () => {
  await browser?.close();
  await production[Symbol.asyncDispose]();
});

describe.skipIf(browser === null)('a stronger sign-in', () => {
  let alex: FakePerson;
  let window: StepUpWindow;
  /** Alex has asked for a role of their own, and the card leads to the page. */
  let waiting: Asked;
  let link: string;

  beforeAll(async () => {
    if (browser === null) return;
    alex = await production.person('Alex');
    window = await StepUpWindow.open(browser);
  });
  beforeEach(async () => {
    waiting = await asksFor(alex, groups.shift() ?? '');
    link = linkOf(waiting.card);
  });

  async function nothingWasSent(): Promise<void> {
    expect(await sentToPim(production, waiting.requestId)).toEqual([]);
    expect(alex.card(waiting.card.activityId).text).toBe(waiting.card.text);
  }

  async function isCarriedOutOnce(): Promise<void> {
    await becomes(alex, waiting.card, 'Active until');
    expect(await sentToPim(production, waiting.requestId)).toEqual([201]);
  }

  test('for a request that was cancelled meanwhile sends nothing, and the page says that there is nothing to do', async () => {
    await window.opens(link);
    await window.begins();
    await alex.clicks(waiting.card, 'activation.withdraw');
    await window.picks();
    expect(await window.answersOnPhone('Approve')).toBe('This sign-in is over');
    expect(await window.opens(link)).toBe('Nothing to do here');
    expect(await sentToPim(production, waiting.requestId)).toEqual([]);
    expect(alex.card(waiting.card.activityId).has('Withdrawn')).toBe(true);
  });

  test('that is denied on the phone changes nothing, and can be tried again from the page', async () => {
    await window.opens(link);
    await window.begins();
    await window.picks();
    expect(await window.answersOnPhone('Deny')).toBe('The sign-in was cancelled');
    await nothingWasSent();
    await window.page.getByRole('link', { name: 'Try again' }).click();
    await window.begins();
    await window.picks();
    expect(await window.answersOnPhone('Approve')).toBe('Done');
    await isCarriedOutOnce();
  });

  test('promise 16: with another account is refused, and the link stays good for its owner', async () => {
    await window.opens(link);
    await window.begins();
    await window.picks('Megan Bowen');
    expect(await window.answersOnPhone('Approve')).toBe('You signed in with another account');
    await nothingWasSent();
    expect(await window.confirms(link)).toBe('Done');
    await isCarriedOutOnce();
  });

  test('promise 16: that is weaker than what was asked for is refused, and the page leads to the portal, too', async () => {
    entra.grants = 'less';
    expect(await window.confirms(link)).toBe('The sign-in was not strong enough');
    entra.grants = 'asked';
    expect(await window.page.getByRole('link', { name: 'Open the Azure portal instead' }).getAttribute('href')).toContain('https://portal.azure.com/');
    await nothingWasSent();
  });

  test('promise 16: is finished once, however often the browser loads the page or its link again', async () => {
    expect(await window.confirms(link)).toBe('Done');
    await isCarriedOutOnce();
    await window.page.reload();
    expect(await window.headline()).toBe('This sign-in is over');
    // From the browser's history.
    expect(await window.opens(window.page.url())).toBe('This sign-in is over');
    expect(await window.opens(link)).toBe('Nothing to do here');
    await isCarriedOutOnce();
  });

  test('promise 16: is not begun by a link scanner', async () => {
    const [, place] = /MAP pim-bot\.contoso\.example (127\.0\.0\.1:\d+)/u.exec(production.hostResolverRules) ?? [];
    const visit = async (how: { readonly method: string; readonly form?: Record<string, string> }): Promise<number> => {
      const { status, headers } = await send(`https://${place}${new URL(link).pathname}`, { ca: production.tls.caPem, ...how });
      expect([headers['set-cookie'], headers.location]).toEqual([undefined, undefined]);
      return status;
    };
    const statuses = await Promise.all([{ method: 'GET' }, { method: 'GET' }, { method: 'HEAD' }, { method: 'OPTIONS' }, { method: 'POST', form: {} }].map(visit));
    expect(statuses).toEqual([200, 200, 405, 405, 403]);
    await nothingWasSent();
    expect(await window.confirms(link)).toBe('Done');
  });

  test('promise 16: in two browsers is finished in the one that has begun it last', async () => {
    if (browser === null) return;
    const other = await StepUpWindow.open(browser);
    for (const one of [window, other]) {
      await one.opens(link);
      await one.begins();
      await one.picks();
    }
    expect(await window.answersOnPhone('Approve')).toBe('This sign-in is over');
    await nothingWasSent();
    expect(await other.answersOnPhone('Approve')).toBe('Done');
    await isCarriedOutOnce();
  });
});

describe('a challenge that this bot cannot meet', () => {
  test.each([
    ['asks for something else', { access_token: { capolids: { essential: true, values: ['a1'] } } }],
    ['asks for two things', { access_token: { acrs: { essential: true, value: 'c1' }, capolids: { essential: true, values: ['a1'] } } }],
    ['names no context of Entra', { access_token: { acrs: { essential: true, value: 'urn:example:strong' } } }],
  ])('because it %s leads to the portal', async (_what, claims) => {
    const alex = await production.person('Alex');
    await challenges(production, activationCall, claims);
    const { card, requestId } = await asksFor(alex, 'rg-plain');
    expect(card.text).toContain('A stronger sign-in is needed');
    expect([linkIn(card), card.actions]).toEqual([null, ['Open the Azure portal', 'Try again']]);
    expect(await sentToPim(production, requestId)).toEqual([401]);
  });
});

test('without a page of its own the bot leads to the portal, once PIM has refused', async () => {
  await using plain = await startProduction({ stepUp: false, changeSeed: withRoles([{ group: 'rg-context', authenticationContext: 'c1' }, { group: 'rg-mfa', mfa: true }]) });
  const alex = await plain.person('Alex');
  for (const group of ['rg-context', 'rg-mfa']) {
    const { card, requestId } = await asksFor(alex, group);
    expect([linkIn(card), card.actions]).toEqual([null, ['Open the Azure portal', 'Try again']]);
    expect(await sentToPim(plain, requestId)).toEqual([400]);
  }
});
