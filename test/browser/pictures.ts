import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { smallPng } from '../cards/small-png.ts';
import type { PlaygroundPage } from './playground-page.ts';

const folder = path.join(import.meta.dirname, '../../docs/pictures');

/** The chat alone, without the client's head line and the list of chats, in a window of 1,280 by 900 pixels. */
const chat = { x: 331, y: 49, width: 949, height: 851 };

/** Keeps what a chat shows for the README. `UPDATE_PICTURES=1` draws anew; otherwise only what is not there yet. */
export async function takePicture({ page }: PlaygroundPage, name: string): Promise<void> {
  if (isKept(name)) return;
  await page.mouse.move(chat.x + chat.width - 100, chat.y + chat.height / 2);
  await page.mouse.wheel(0, 10_000);
  // Until the chat has come to rest at its newest message.
  await page.waitForTimeout(500);
  await keep(name, await page.screenshot({ clip: chat }));
}

/** The same for a page of the bot's, as far down as its text goes. */
export async function takePagePicture(page: Page, name: string): Promise<void> {
  if (isKept(name)) return;
  const { width = 0 } = page.viewportSize() ?? {};
  const box = await page.locator('main').boundingBox();
  await keep(name, await page.screenshot({ clip: { x: 0, y: 0, width, height: (box?.y ?? 0) + (box?.height ?? 0) } }));
}

function isKept(name: string): boolean {
  return existsSync(fileOf(name)) && process.env['UPDATE_PICTURES'] !== '1';
}

async function keep(name: string, png: Buffer): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(fileOf(name), smallPng(png));
}

function fileOf(name: string): string {
  return path.join(folder, `${name}.png`);
}
