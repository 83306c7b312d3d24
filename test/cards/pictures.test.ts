import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { chromiumFor } from '../browser/chromium.ts';
import { openCardPage } from './card-page.ts';
import { everyCard } from './every-card.ts';
import type { CardSample } from './every-card.ts';
import { picturesIndex } from './pictures-index.ts';
import { locales } from './samples.ts';
import { smallPng } from './small-png.ts';

// UPDATE_PICTURES=1 draws all pictures again; otherwise only those that are not there yet.
const folder = new URL('../../docs/cards/', import.meta.url);
const redraw = process.env['UPDATE_PICTURES'] === '1';

const browser = await chromiumFor('pictures of the cards (test/cards/pictures.test.ts)');
const page = browser === null ? null : await openCardPage(browser);

afterAll(() => browser?.close());

describe.skipIf(page === null)('every card is drawn by Microsoft’s renderer in Chromium', () => {
  for (const locale of locales) {
    it.each(everyCard(locale).map((sample) => [sample.name, sample] as const))(`${locale}: %s`, async (_name, { name, card }) => {
      if (page === null) return;
      const { text, headings, unlabelled, elements } = await page.show(card);
      expect(text.trim()).not.toBe('');
      expect(headings, 'headings for a screen reader').toBeGreaterThan(0);
      expect(unlabelled, 'inputs without a label').toBe(0);
      expect(elements['a'] ?? 0, 'links').toBe(0);
      expect(text).not.toMatch(/\$\{|\{\w+\}|undefined|null|NaN|Invalid/u);
      for (const words of wordsOf(card)) expect(text).toContain(words);
      expect(await foreignFonts(name)).toEqual([]);
      await draw(name, locale);
    });
  }

  it('docs/cards lists every picture', async () => {
    const index = picturesIndex(everyCard('en').map(({ name }) => name));
    await mkdir(folder, { recursive: true });
    await writeFile(new URL('README.md', folder), index);
    const listed = everyCard('en').flatMap(({ name }) => [`${name}.png`, `${name}.ja.png`]);
    for (const file of listed) expect(index).toContain(`(${file})`);
    const pictures = (await readdir(folder)).filter((file) => file.endsWith('.png'));
    expect(pictures.sort(), 'a picture of a card that is no more, or a card without a picture').toEqual(listed.sort());
  });
});

/** What the card says, so that nothing is lost on the way to the screen. */
function wordsOf(card: CardSample['card']): readonly string[] {
  const words: string[] = [];
  JSON.stringify([card.body, card.actions], (key, value: unknown) => {
    if ((key === 'text' || key === 'title') && typeof value === 'string') words.push(value.trim());
    return value;
  });
  return words;
}

/** Glyphs that the page's own font lacks. The help card's commands are set in the machine's own monospaced font. */
async function foreignFonts(name: string): Promise<readonly string[]> {
  const fonts = (await page?.fonts()) ?? [];
  expect(fonts).toContain('Card');
  return name === 'help' ? [] : fonts.filter((font) => font !== 'Card');
}

async function draw(name: string, locale: string): Promise<void> {
  const file = new URL(`${name}${locale === 'en' ? '' : `.${locale}`}.png`, folder);
  if (page === null || (!redraw && existsSync(file))) return;
  await mkdir(folder, { recursive: true });
  await writeFile(file, smallPng(await page.picture()));
}
