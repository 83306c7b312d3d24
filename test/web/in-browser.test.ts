import type { BrowserContext, Page as BrowserPage, Request } from 'playwright-core';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startServer, type Server } from '../../src/bot/door/server.ts';
import { freePort } from '../../src/dev/free-port.ts';
import { createLog } from '../../src/log.ts';
import { chromiumFor } from '../browser/chromium.ts';
import { openTestStore } from '../helpers/test-store.ts';
import { alex } from '../store/samples.ts';
import { startSite, type Site } from './browser-site.ts';
import { StepUpWorld, tenantId } from './step-up-world.ts';

// Guards: `pageHeaders` (src/web/page-frame.ts), `isSameOrigin` (src/web/same-origin.ts), `setCookie` (src/web/step-up-secrets.ts),
// as a browser takes them. Entra ID's place is taken by a site that sends the browser straight back.

const browser = await chromiumFor('the step-up page in a browser (test/web/in-browser.test.ts)');
const store = await openTestStore();

afterAll(async () => {
  await browser?.close();
  await store.close();
});

describe.skipIf(browser === null)('in Chromium', () => {
  let world: StepUpWorld;
  let server: Server;
  let entra: Site;
  let context: BrowserContext;
  let page: BrowserPage;

  /** `asks`: the sign-in page waits for a click; otherwise it sends the browser straight back. */
  async function start({ asks = false, allowed }: { asks?: boolean; allowed?: string } = {}): Promise<void> {
    const port = await freePort(0);
    const publicUrl = `http://127.0.0.1:${port}`;
    entra = await startSite((url) => {
      const { state, code } = world.client.signIn(url.href, alex.id, tenantId);
      const back = `${publicUrl}/step-up/callback?${new URLSearchParams({ state, code }).toString()}`;
      return asks ? { page: `<a href="${back.replace('&', '&amp;')}">It is me</a>` } : { location: back };
    });
    world = new StepUpWorld(store, { publicUrl, signInSource: allowed ?? entra.origin, signsInAt: entra.origin });
    server = await startServer({
      host: '127.0.0.1', port, pages: world.pages, log: createLog('silent'), isReady: () => Promise.resolve(true), onActivity: () => Promise.resolve(),
    });
  }

  beforeEach(async () => {
    if (browser === null) return;
    // Closed with the browser: this Chromium runs as one process, which ends with its first context.
    context = await browser.newContext();
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
  });

  afterEach(async () => {
    await page.close();
    await server.close();
    await entra[Symbol.asyncDispose]();
  });

  test('promise 16: the button leads to the sign-in and back, and the request is carried out', async () => {
    await start();
    const record = await world.awaitingActivation();
    const posts: Request[] = [];
    page.on('request', (request) => { if (request.method() === 'POST') posts.push(request); });
    await page.goto(`${server.url}/step-up/${record.id}`);
    expect(await page.evaluate(`getComputedStyle(document.querySelector('main')).maxWidth`), 'the style is let through').toBe('544px');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Sign in and continue');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Done', level: 1 }).waitFor();
    expect(world.carriedOut.map(({ record: { id } }) => id)).toEqual([record.id]);
    expect(await posts[0]?.allHeaders()).toMatchObject({ 'sec-fetch-site': 'same-origin', origin: 'null' });
    expect(await context.cookies()).toEqual([]);
    await page.reload();
    await page.getByRole('heading', { name: 'This sign-in is over' }).waitFor();
    expect(world.carriedOut).toHaveLength(1);
  });

  test('promise 32: the cookie is for this host alone and out of reach of scripts, and comes back with a link from the sign-in page', async () => {
    await start({ asks: true });
    const record = await world.awaitingActivation();
    await page.goto(`${server.url}/step-up/${record.id}`);
    await page.getByRole('button').click();
    await page.getByRole('link', { name: 'It is me' }).waitFor();
    expect(await context.cookies(server.url)).toMatchObject([{ name: '__Host-pim-step-up', httpOnly: true, secure: true, sameSite: 'Lax', path: '/', domain: '127.0.0.1' }]);
    expect(await context.cookies(entra.origin)).toEqual([]);
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.getByRole('link', { name: 'It is me' }).click();
    await page.getByRole('heading', { name: 'Done' }).waitFor();
  });

  test('promise 32: a form leads nowhere but to us and to the sign-in', async () => {
    await start({ allowed: 'https://login.microsoftonline.com' });
    const record = await world.awaitingActivation();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(`${server.url}/step-up/${record.id}`);
    await page.getByRole('button').click();
    await expect.poll(() => complaints.join('\n')).toContain('form-action');
    expect(world.carriedOut).toEqual([]);
  });

  test('promise 32: the page is shown in no frame of another site', async () => {
    await start();
    const record = await world.awaitingActivation();
    await using other = await startSite(() => ({ page: `<iframe src="${server.url}/step-up/${record.id}"></iframe>` }));
    const answers: number[] = [];
    page.on('response', (response) => { if (response.url().includes(record.id)) answers.push(response.status()); });
    await page.goto(other.origin);
    await expect.poll(() => page.frames()[1]?.url()).toMatch(/^chrome-error:/);
    expect(await page.frames()[1]?.locator('button').count()).toBe(0);
    expect(answers).toEqual([200]);
  });

  test('promise 32: a form on another site begins no sign-in', async () => {
    await start();
    const record = await world.awaitingActivation();
    await using other = await startSite(() => ({ page: `<form method="post" action="${server.url}/step-up/${record.id}"><button>Win</button></form>` }));
    await page.goto(other.origin);
    await page.getByRole('button').click();
    await page.getByRole('heading', { name: 'Nothing to do here' }).waitFor();
    expect(world.client.asks).toEqual([]);
    expect(await context.cookies()).toEqual([]);
  });

  test('promise 16: a sign-in that was begun in one browser is not finished in another', async () => {
    await start({ asks: true });
    const record = await world.awaitingActivation();
    await page.goto(`${server.url}/step-up/${record.id}`);
    await page.getByRole('button').click();
    const comesBack = await page.getByRole('link', { name: 'It is me' }).getAttribute('href') ?? '';
    const elsewhere = await context.browser()?.newContext();
    const window = await elsewhere?.newPage();
    await window?.goto(comesBack);
    expect(await window?.getByRole('heading', { level: 1 }).innerText()).toBe('This sign-in is over');
    expect([world.carriedOut, world.client.tried]).toEqual([[], []]);
  });
});
