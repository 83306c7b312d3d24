import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { smallPng } from '../cards/small-png.ts';
import type { PlaygroundPage } from './playground-page.ts';

const folder = path.join(import.meta.dirname, '../../docs/pictures');

/** The chat alone, without the client's head line and the list of chats, in a window of 1,280 by 900 pixels. */
const chat = { x: 331, y: 49, width: 949, height: 851 };

/** Keeps what a chat shows for the README. `UPDATE_PICTURES=1` draws anew; otherwise only what is not there yet. */
export async function takePicture({ page }: PlaygroundPage, name: string): Promise<void> {
  const file = path.join(folder, `${name}.png`);
  if (existsSync(file) && process.env['UPDATE_PICTURES'] !== '1') return;
  await page.mouse.move(chat.x + chat.width - 100, chat.y + chat.height / 2);
  await page.mouse.wheel(0, 10_000);
  // Until the chat has come to rest at its newest message.
  await page.waitForTimeout(500);
  await mkdir(folder, { recursive: true });
  await writeFile(file, smallPng(await page.screenshot({ clip: chat })));
}
