import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { freePort } from '../../src/dev/free-port.ts';
import { playgroundConfig } from '../../src/dev/playground-config.ts';
import { startPlayground } from '../../src/dev/playground.ts';
import { chromiumFor } from '../browser/chromium.ts';
import { openPlayground } from '../browser/playground-page.ts';
import { startChild } from '../store/child.ts';
import { people, playgroundOptions } from './playground-options.ts';
import { startStandInBot } from './stand-in-bot.ts';

const root = mkdtempSync(path.join(tmpdir(), 'playground-'));
const browser = await chromiumFor('windows of the Agents Playground (test/dev/playground.test.ts)');
const withId = z.object({ id: z.string() });
const configSchema = z.object({ personalChat: withId, groupChat: withId, team: withId });
let folders = 0;
const folder = (): string => path.join(root, String(folders++));

afterAll(async () => {
  await browser?.close();
  rmSync(root, { recursive: true, force: true });
});

describe('the settings file', () => {
  it('gives every person conversations of their own', () => {
    const [alex, megan, ...rest] = people;
    if (alex === undefined || megan === undefined) throw new Error('people are missing');
    const ofAlex = conversationIds(playgroundConfig(playgroundOptions({ folder: '' })));
    const ofMegan = conversationIds(playgroundConfig(playgroundOptions({ folder: '', person: megan, others: [alex, ...rest] })));
    expect(new Set([...ofAlex, ...ofMegan])).toHaveLength(6);
  });

  it('needs exactly five other people', () => {
    const four = playgroundOptions({ folder: '', others: people.slice(2) });
    expect(() => playgroundConfig(four)).toThrow('needs 5 people besides its owner, not 4');
  });
});

describe('starting a window', () => {
  it('answers on its port when it is started, and frees the port when it is closed', async () => {
    const window = await startPlayground(playgroundOptions({ folder: folder() }));
    expect((await fetch(window.url)).status).toBe(200);
    await expect(freePort(portOf(window.url))).rejects.toThrow('is in use by another program');
    await window.close();
    await window.close();
    expect(await freePort(portOf(window.url))).toBe(portOf(window.url));
  });

  it('refuses a busy port in one sentence instead of moving to another', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port ?? 0 : 0;
    await expect(startPlayground(playgroundOptions({ folder: folder(), port })))
      .rejects.toThrow(`The Agents Playground of Alex Wilber could not start: Port ${port} is in use by another program: stop it, or set PLAYGROUND_PORT, the first window's port, in env/.env.local.`);
    server.close();
  });

  it('gives the reason of the Playground when it does not accept its settings', async () => {
    const alexTwice = playgroundOptions({ folder: folder(), others: people.slice(0, 5) });
    await expect(startPlayground(alexTwice)).rejects.toThrow(/^The Agents Playground of Alex Wilber could not start: .*User ID must be unique\./u);
  });

  it('does not outlive a process that is killed', async () => {
    await using parent = startChild('../../dev/start-playground.ts', folder());
    const url = await parent.printed((line) => line.startsWith('http://'));
    expect((await fetch(url)).status).toBe(200);
    await parent.kill();
    await expect.poll(() => fetch(url).then(() => 'answers', () => 'gone'), { timeout: 5_000 }).toBe('gone');
  });
});

describe.skipIf(browser === null)('two windows in a browser', () => {
  it('bring two people to the bot, each with their own cards', async () => {
    if (browser === null) return;
    const [alex, megan, ...rest] = people;
    if (alex === undefined || megan === undefined) throw new Error('people are missing');
    await using bot = await startStandInBot();
    const [windowOfAlex, windowOfMegan] = await Promise.all([
      startPlayground(playgroundOptions({ folder: folder(), botUrl: bot.url })),
      startPlayground(playgroundOptions({ folder: folder(), botUrl: bot.url, person: megan, others: [alex, ...rest] })),
    ]);
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => windowOfAlex.close());
    cleanup.defer(() => windowOfMegan.close());

    const alexSees = await openPlayground(browser, windowOfAlex.url);
    const meganSees = await openPlayground(browser, windowOfMegan.url);
    // The two events of a person are sent side by side.
    await expect.poll(() => bot.received.map(({ type, from }) => `${from.aadObjectId} ${type}`).sort()).toEqual([
      `${alex.id} conversationUpdate`, `${alex.id} installationUpdate`, `${megan.id} conversationUpdate`, `${megan.id} installationUpdate`,
    ]);

    await alexSees.type('activate 申請');
    await alexSees.waitForCardText('The form');
    await alexSees.fill('Justification', 'The deployment hangs');
    await alexSees.choose('Duration', '2 h');
    await alexSees.choose('Role', 'Owner');
    await alexSees.click('Activate');
    await alexSees.waitForCardText('Pending: The deployment hangs');

    const [said, clicked] = bot.received.slice(4);
    expect(said).toMatchObject({ type: 'message', text: 'activate 申請', from: { id: `29:${alex.id}`, name: 'Alex Wilber' }, conversation: { conversationType: 'personal' } });
    expect(clicked).toMatchObject({
      type: 'invoke',
      name: 'adaptiveCard/action',
      replyToId: expect.stringMatching(/^\d+$/u),
      value: { action: { verb: 'activate', data: { requestId: 'a-request', justification: 'The deployment hangs', duration: 'PT2H', role: 'r2' } } },
    });

    await bot.replaceCard(alex.id, 'Active until 12:00');
    await alexSees.waitForCardText('Active until 12:00');
    expect(await alexSees.lastCard().count()).toBe(1);
    await expect(meganSees.waitForCardText('Active', 200)).rejects.toThrow('no card with "Active" was shown in 200 ms; no card is shown');

    const picture = path.join(root, 'window.png');
    await alexSees.screenshot(picture);
    expect(statSync(picture).size).toBeGreaterThan(10_000);
  });
});

function conversationIds(config: string): readonly string[] {
  const { personalChat, groupChat, team } = configSchema.parse(JSON.parse(config));
  return [personalChat.id, groupChat.id, team.id];
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
