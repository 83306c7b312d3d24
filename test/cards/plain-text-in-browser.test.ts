import { afterAll, describe, expect, it } from 'vitest';
import { chromiumFor } from '../browser/chromium.ts';
import { openCardPage } from './card-page.ts';
import { hostileCards, hostileTexts, invisibleTexts } from './hostile-cards.ts';

const browser = await chromiumFor('hostile words on the screen (test/cards/plain-text-in-browser.test.ts)');
const page = browser === null ? null : await openCardPage(browser);

afterAll(() => browser?.close());

/** The elements of each card when everybody's words are harmless. */
const harmless = new Map<string, Readonly<Record<string, number>>>();
for (const { name, card } of page === null ? [] : hostileCards('harmless')) {
  harmless.set(name, (await page?.show(card))?.elements ?? {});
}

const texts = { ...hostileTexts, ...Object.fromEntries(Object.entries(invisibleTexts).map(([name, { written }]) => [name, written])) };

// Guards as in `plain-text.test.ts`; here Microsoft's renderer has drawn the card.
describe.skipIf(page === null)('promise 14: on the screen, words of a person stay words', () => {
  it.each(Object.entries(texts))('%s brings no link, no picture, no element of its own', async (_name, words) => {
    if (page === null) return;
    for (const { name, card } of hostileCards(words)) {
      const { elements } = await page.show(card);
      expect(withoutBreaks(elements), name).toEqual(withoutBreaks(harmless.get(name) ?? {}));
      expect(elements, name).not.toHaveProperty('a');
      expect(elements, name).not.toHaveProperty('img');
      expect(elements, name).not.toHaveProperty('script');
    }
  });

  it('the renderer does make links of a text block, so that their absence means something', async () => {
    if (page === null) return;
    const [sample] = hostileCards('harmless');
    const body = [{ type: 'TextBlock', text: '[a](https://b.example) https://c.example **d** <img alt="e">' }];
    const { elements } = await page.show({ ...(sample?.card ?? never()), body });
    expect(elements).toMatchObject({ a: 2, strong: 1, img: 1 });
  });

  it('is shown exactly as it was written', async () => {
    if (page === null) return;
    for (const words of ['[a](https://b.example)', '${$root.summary}', '<at>x</at> <b>y</b>', '**x** _y_', '{"type":"Image"}', '{{DATE(2017-02-14T06:08:39Z)}}']) {
      for (const { name, card } of hostileCards(words)) {
        const { text } = await page.show(card);
        expect(text.replaceAll('\u2060', ''), name).toContain(words);
      }
    }
  });
});

function never(): never {
  throw new Error('there is no card');
}

/** A line break of a justification is an element, too: the only one that a person's words may bring. */
function withoutBreaks({ br: _breaks, ...others }: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return others;
}
