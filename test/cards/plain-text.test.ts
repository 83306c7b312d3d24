import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardBytes, largestCard } from '../../src/cards/card-size.ts';
import { cleaned, nothing, oneLine, plainText } from '../../src/cards/plain-text.ts';
import { libraryFindings } from './adaptive-cards-library.ts';
import { partsOf, placesOf } from './card-parts.ts';
import { hostileCards, hostileTexts, invisibleTexts } from './hostile-cards.ts';

describe('plainText', () => {
  it.each(Object.entries(invisibleTexts))('what cannot be seen is gone: %s', (_name, { written, seen }) => {
    expect(plainText(written)).toBe(seen);
  });

  it('line breaks stay, empty lines are few, ten lines are shown', () => {
    expect(plainText('  one \r\n\r\n\r\n\r\n two\tthree  \n')).toBe('one\n\ntwo three');
    expect(plainText('a\n'.repeat(50)).split('\n')).toHaveLength(10);
    expect(plainText('a\n'.repeat(50)).endsWith('…')).toBe(true);
  });

  it('a cut is shown and never halves a character', () => {
    expect(plainText('x'.repeat(500))).toHaveLength(500);
    expect(plainText('x'.repeat(501))).toBe(`${'x'.repeat(499)}…`);
    expect(plainText('😀'.repeat(20), 10)).toBe(`${'😀'.repeat(9)}…`);
  });

  it('the renderer’s own macro does not run, and looks as it was written', () => {
    expect(plainText('{{DATE(x)}}')).toBe('{\u2060{DATE(x)}}');
    expect(plainText('{{name}}')).toBe('{{name}}');
    expect(cleaned('{{DATE(x)}}', 100)).toBe('{{DATE(x)}}');
  });

  it('a name is one line and never empty', () => {
    expect(oneLine('Alex\n\tWilber')).toBe('Alex Wilber');
    expect(oneLine('\u200B \n')).toBe(nothing);
  });

  it('any text comes out short, well formed and without unseen characters; what is clean stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (written) => {
        const seen = plainText(written, 200);
        expect(Array.from(seen.replaceAll('\u2060', '')).length).toBeLessThanOrEqual(201);
        expect(seen.isWellFormed()).toBe(true);
        expect(seen.replaceAll('\u2060', '')).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
        expect(plainText(seen, 202)).toBe(seen);
      }),
      { numRuns: 500 },
    );
  });
});

// Guards: `plainText` and `oneLine` in src/cards/plain-text.ts, `cardTemplate` (one expand) in src/cards/adaptive-card.ts,
// the templates (TextRun for everybody's words). `plain-text-in-browser.test.ts` proves the same on the screen.
describe('promise 14: justification and every other word of a person is plain text in the card', () => {
  /** The only places where a renderer knows no markup, and the person's own fields. */
  const plainPlaces = /^(?:TextRun\.text|Input\.Text\.value|choices\.title|Input\.ChoiceSet\.choices\.title)$/u;

  it('words stand only in places that know no markup', () => {
    const canary = 'CANARY';
    for (const { name, card } of hostileCards(canary)) {
      const places = placesOf(card, canary);
      expect(places.length, name).toBeGreaterThan(0);
      expect(places.filter((place) => !plainPlaces.test(place)), name).toEqual([]);
    }
  });

  it.each(Object.entries(hostileTexts))('%s changes nothing but the words', (_name, words) => {
    const harmless = hostileCards('harmless');
    for (const [index, { name, card }] of hostileCards(words).entries()) {
      expect(typesOf(card), name).toEqual(typesOf(harmless[index]?.card ?? card));
      expect(libraryFindings(card), name).toEqual([]);
      expect(cardBytes(card), name).toBeLessThanOrEqual(largestCard);
      expect(card.speak + card.fallbackText, name).not.toContain(words.slice(0, 12));
    }
  });

  it('words that look like a template are shown as they were written', () => {
    for (const words of ['${$root.summary}', '${json($root)}', '$${1+1}']) {
      for (const { name, card } of hostileCards(words)) expect(placesOf(card, words).length, name).toBeGreaterThan(0);
    }
  });
});

function typesOf(card: Parameters<typeof partsOf>[0]): readonly unknown[] {
  return partsOf(card).map(({ type }) => type);
}
