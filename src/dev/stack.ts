import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startApp, type App } from '../app.ts';
import type { ChannelSettings } from '../bot/announce-channel.ts';
import { usualWaiting } from '../bot/approvals/waiting-rules.ts';
import { DevAuthentication } from '../bot/door/dev-adapter.ts';
import { systemClock } from '../clock.ts';
import { startEmulator, type Emulator } from '../emulator/emulator.ts';
import type { Seed } from '../emulator/seed.ts';
import { createLog } from '../log.ts';
import { openStore } from '../store/database.ts';
import { appCredential, peopleTokens } from './emulator-tokens.ts';
import type { DevSettings } from './settings.ts';

export interface Stack {
  readonly emulator: Emulator;
  readonly app: App;
  close(): Promise<void>;
}

/** The application of the seed that the bot reads with. */
const botApp = 'pim-bot';

/** Starts the local PIM service and the bot beside it, on 127.0.0.1 only. */
export async function startStack(settings: DevSettings, seed: Seed, announceChannel: ChannelSettings | null = null): Promise<Stack> {
  await using started = new AsyncDisposableStack();
  const log = createLog(settings.logLevel);
  const folder = path.resolve(settings.dataFolder);
  mkdirSync(folder, { recursive: true });
  const emulator = await startEmulator({ port: settings.emulatorPort, seed, dataFolder: path.join(folder, 'pim') });
  started.defer(() => emulator.close());
  const store = await openStore({ kind: 'embedded', folder: path.join(folder, 'bot') }, { log });
  started.defer(() => store.close());
  const app = await startApp({
    tenantId: seed.tenantId,
    appId: '',
    listenOn: { host: '127.0.0.1', port: settings.port },
    authentication: new DevAuthentication(),
    admits: () => Promise.resolve(true),
    peopleTokens: peopleTokens(emulator),
    teamsSignIn: null,
    consentUrl: null,
    stepUp: null,
    botCredential: appCredential(emulator, botApp),
    azure: { arm: emulator.origin, graph: emulator.origin, caPem: emulator.caPem },
    roleKinds: ['azure', 'entra', 'group'],
    digestGroups: (seed.groups ?? []).map(({ id }) => id),
    digestScopes: seed.scopes?.map(({ id }) => id).filter((id) => /^\/providers\/Microsoft\.Management\//i.test(id)) ?? [],
    ownSettings: settings.ownSettings,
    announceChannel,
    waiting: usualWaiting,
    store,
    clock: systemClock,
    log,
  });
  started.defer(() => app.close());
  const running = started.move();
  return { emulator, app, close: () => running.disposeAsync() };
}
