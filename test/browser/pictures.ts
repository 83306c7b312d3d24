import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { PlaygroundPage } from './playground-page.ts';

const folder = path.join(import.meta.dirname, '../../docs/pictures');

/** Saves what a window shows for the README. `UPDATE_PICTURES=1` draws anew; otherwise only what is not there yet. */
export async function takePicture(window: PlaygroundPage, name: string): Promise<void> {
  const file = path.join(folder, `${name}.png`);
  if (existsSync(file) && process.env['UPDATE_PICTURES'] !== '1') return;
  await mkdir(folder, { recursive: true });
  await window.lastCard().scrollIntoViewIfNeeded();
  await window.screenshot(file);
}
