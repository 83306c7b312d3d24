import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { startPlaygrounds } from '../../src/dev/playgrounds.ts';
import { readDevSettings, type DevSettings } from '../../src/dev/settings.ts';
import { startStack } from '../../src/dev/stack.ts';
import { loadSeed } from '../../src/emulator/seed-file.ts';
import { PimWitness } from '../helpers/pim-witness.ts';
import { openPlayground, type PlaygroundPage } from './playground-page.ts';

/** The embedded stack as `npm run dev` starts it, on free ports and a new data folder, with two people's windows open. */
export interface TwoWindows {
  readonly alex: PlaygroundPage;
  readonly megan: PlaygroundPage;
  readonly witness: PimWitness;
  close(): Promise<void>;
}

const people = ['alex@contoso.example', 'megan@contoso.example'];

/** Closing them, and failing to open them, closes the browser as well. */
export async function openTwoWindows(browser: Browser): Promise<TwoWindows> {
  await using started = new AsyncDisposableStack();
  started.defer(() => browser.close());
  const settings = temporarySettings();
  started.defer(() => { rmSync(settings.dataFolder, { recursive: true, force: true }); });
  const seed = loadSeed(settings.seedFile);
  const stack = await startStack(settings, seed);
  started.defer(() => stack.close());
  const windows = await startPlaygrounds(settings, seed, stack.app.url);
  started.defer(() => windows.close());

  // The bot can reach a person once their window is open, so both are, before anybody asks for anything.
  const [alex, megan] = await Promise.all(windows.people.map(({ url }) => openPlayground(browser, url)));
  if (alex === undefined || megan === undefined) throw new Error('two people, and not two windows');
  const running = started.move();
  return { alex, megan, witness: new PimWitness(stack.emulator, seed), close: () => running.disposeAsync() };
}

function temporarySettings(): DevSettings {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'pim-browser-'));
  return { ...readDevSettings('env/.env.local'), port: 0, emulatorPort: 0, playgroundPort: 0, people, dataFolder };
}
