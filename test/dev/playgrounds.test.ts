import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { freePort } from '../../src/dev/free-port.ts';
import { channelAt } from '../../src/bot/announce-channel.ts';
import { BotAdapter } from '../../src/bot/door/adapter.ts';
import { DevAuthentication } from '../../src/bot/door/dev-adapter.ts';
import { createMessenger } from '../../src/bot/messenger.ts';
import { channelOfTheFirstWindow, startPlaygrounds } from '../../src/dev/playgrounds.ts';
import type { DevSettings } from '../../src/dev/settings.ts';
import type { Seed } from '../../src/emulator/seed.ts';
import { createLog } from '../../src/log.ts';

const root = mkdtempSync(path.join(tmpdir(), 'playgrounds-'));
const nobodyThere = 'http://127.0.0.1:9';
const seed: Seed = {
  tenantId: 'd4e00000-0000-4000-8000-000000000001',
  people: [
    { id: 'a1e00000-0000-4000-8000-000000000001', name: 'Alex Wilber', userPrincipalName: 'alex@contoso.example' },
    { id: 'a1e00000-0000-4000-8000-000000000002', name: 'Megan Bowen', userPrincipalName: 'megan@contoso.example' },
    { id: 'a1e00000-0000-4000-8000-000000000003', name: 'Alex Johnson', userPrincipalName: 'alex_fabrikam.example#EXT#@contoso.example', userType: 'Guest' },
  ],
};
const configSchema = z.object({
  currentUser: z.object({ aadObjectId: z.string() }),
  users: z.array(z.object({ name: z.string() })),
});

function settingsFor(people: readonly string[], playgroundPort = 0): DevSettings {
  return {
    port: 0, emulatorPort: 0, seedFile: 'env/local.seed.json', people, playgroundPort, dataFolder: mkdtempSync(path.join(root, 'data-')), logLevel: 'error', ownSettings: [],
  };
}

afterAll(() => { rmSync(root, { recursive: true, force: true }); });

describe('the windows of the embedded stack', () => {
  it('are one per person, named in the order of the settings, whatever the case of the names and once for a person named twice', async () => {
    const settings = settingsFor(['MEGAN@contoso.example', 'alex@contoso.example', 'megan@contoso.example']);
    const windows = await startPlaygrounds(settings, seed, nobodyThere);
    await using _ = { [Symbol.asyncDispose]: () => windows.close() };
    expect(windows.people.map(({ name }) => name)).toEqual(['Megan Bowen', 'Alex Wilber']);
    for (const { url } of windows.people) expect((await fetch(url)).status).toBe(200);
  });

  it('have a folder each, also for two people of the same first name', async () => {
    const settings = settingsFor(['alex@contoso.example', 'alex_fabrikam.example#EXT#@contoso.example']);
    const windows = await startPlaygrounds(settings, seed, nobodyThere);
    await using _ = { [Symbol.asyncDispose]: () => windows.close() };
    expect(['alex', 'alex-2'].map((folder) => configIn(settings, folder).currentUser.aadObjectId)).toEqual([seed.people[0]?.id, seed.people[2]?.id]);
  });

  it('are filled with invented people where the seed has too few', async () => {
    const settings = settingsFor(['megan@contoso.example']);
    const windows = await startPlaygrounds(settings, seed, nobodyThere);
    await using _ = { [Symbol.asyncDispose]: () => windows.close() };
    expect(configIn(settings, 'megan').users.map(({ name }) => name)).toEqual(['Alex Wilber', 'Alex Johnson', 'Bystander 1', 'Bystander 2', 'Bystander 3']);
  });

  it('take announcements in the channel of the first', async () => {
    const settings = settingsFor(['megan@contoso.example'], await freePort(0));
    const windows = await startPlaygrounds(settings, seed, nobodyThere);
    await using _ = { [Symbol.asyncDispose]: () => windows.close() };
    const channel = channelOfTheFirstWindow(settings, seed);
    if (channel === null) throw new Error('no channel');
    const messenger = createMessenger(new BotAdapter(new DevAuthentication(), createLog('silent')), '');
    const send = (id: string) => messenger.sendText(channelAt({ ...channel, id }, { appId: '', tenantId: seed.tenantId }), 'Alex has activated Contributor');
    expect(await send(channel.id)).toMatchObject({ outcome: 'sent' });
    expect(await send('channel-of-nobody')).toMatchObject({ outcome: 'gone' });
    expect(channelOfTheFirstWindow({ ...settings, playgroundPort: 0 }, seed)).toBeNull();
  });

  it('are refused for a person whom the seed does not know, before any is opened', async () => {
    const settings = settingsFor(['alex@contoso.example', 'adele@contoso.example']);
    await expect(startPlaygrounds(settings, seed, nobodyThere)).rejects.toThrow(
      'PLAYGROUND_PEOPLE in env/.env.local names adele@contoso.example, whom env/local.seed.json does not know; it knows alex@contoso.example, megan@contoso.example,',
    );
    expect(existsSync(path.join(settings.dataFolder, 'windows'))).toBe(false);
  });

  it('are all closed again when the port of one is busy', async () => {
    await using taken = await portTaken();
    const first = taken.port - 1;
    await expect(startPlaygrounds(settingsFor(['alex@contoso.example', 'megan@contoso.example'], first), seed, nobodyThere))
      .rejects.toThrow(`The Agents Playground of Megan Bowen could not start: Port ${taken.port} is in use by another program: stop it, or set PLAYGROUND_PORT`);
    expect(await freePort(first)).toBe(first);
  });

  it.skipIf(!existsSync('/proc'))('leave no process behind when they are closed', async () => {
    const settings = settingsFor(['alex@contoso.example', 'megan@contoso.example']);
    const windows = await startPlaygrounds(settings, seed, nobodyThere);
    expect(processesIn(settings.dataFolder)).toHaveLength(2);
    await windows.close();
    expect(processesIn(settings.dataFolder)).toEqual([]);
  });
});

function configIn(settings: DevSettings, folder: string): z.infer<typeof configSchema> {
  const file = path.join(settings.dataFolder, 'windows', folder, '.m365agentsplayground.yml');
  return configSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

async function portTaken(): Promise<{ readonly port: number } & AsyncDisposable> {
  const server = createServer();
  const port = await freePort(0);
  await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  return { port, [Symbol.asyncDispose]: () => new Promise((resolve) => { server.close(() => { resolve(); }); }) };
}

/** Ids of the processes whose working directory lies in the folder. */
function processesIn(folder: string): readonly string[] {
  return readdirSync('/proc').filter((id) => /^\d+$/u.test(id) && workingDirectory(id).startsWith(folder));
}

function workingDirectory(id: string): string {
  try {
    return readlinkSync(`/proc/${id}/cwd`);
  } catch {
    return '';
  }
}
