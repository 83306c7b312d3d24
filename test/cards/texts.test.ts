import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import en from '../../src/cards/text/en.json' with { type: 'json' };
import ja from '../../src/cards/text/ja.json' with { type: 'json' };
import { anyOf, localeOf, pieces, text } from '../../src/cards/texts.ts';
import { everyCard } from './every-card.ts';

const catalogues = { en: new Map<string, string>(Object.entries(en)), ja: new Map<string, string>(Object.entries(ja)) };

// Guard: the two catalogues, read by `text` and `pieces` in src/cards/texts.ts.
describe('promise 31: every sentence exists in English and Japanese', () => {
  it('both catalogues have the same keys in the same order', () => {
    expect([...catalogues.ja.keys()]).toEqual([...catalogues.en.keys()]);
  });

  it.each([...catalogues.en])('%s asks for the same parameters in both', (key, english) => {
    const names = (sentence: string): readonly string[] => [...sentence.matchAll(/\{(\w+)\}/gu)].map(([, name = '']) => name).sort();
    expect(names(catalogues.ja.get(key) ?? '')).toEqual(names(english));
  });

  it('the Japanese sentences are Japanese', () => {
    const wordless = [...catalogues.ja].filter(([key, sentence]) => /\p{Letter}{2}/u.test(sentence.replaceAll(/\{\w+\}/gu, '')) && !/[ぁ-んァ-ヶ一-龠]/u.test(sentence) && key !== '');
    expect(wordless).toEqual([]);
  });

  it('no sentence is dead: each is seen on a card in both languages', () => {
    for (const locale of ['en', 'ja'] as const) {
      const seen = everyCard(locale).map(({ card }) => JSON.stringify(card)).join('\n');
      const dead = [...catalogues[locale]].filter(([key, sentence]) => !seenElsewhere.has(key) && !fragments(sentence).every((part) => seen.includes(part)));
      expect(dead.map(([key]) => key)).toEqual([]);
    }
  });
});

/** Not on our cards: one line of text, reasons that only a faulty client can cause, Teams' own cards (sign-in, files), and the page in the browser. */
const seenElsewhere: ReadonlySet<string> = new Set(
  [...catalogues.en.keys()].filter((key) => /^(?:reason|signIn|page|fileConsent)\.|^announcement/u.test(key) || key === 'status.scheduled.headlineNoStart' || key === 'escalation.line'),
);

/** The words between the parameters, as JSON has them. */
function fragments(sentence: string): readonly string[] {
  return sentence.split(/\{\w+\}/u).map((part) => JSON.stringify(part).slice(1, -1)).filter((part) => part.trim().length > 1);
}

describe('texts', () => {
  it('Japanese is spoken to Japanese clients, English to all others', () => {
    expect(['ja', 'ja-JP', 'JA-jp', 'en-GB', 'de-DE', 'jam', '', undefined].map(localeOf)).toEqual(['ja', 'ja', 'ja', 'en', 'en', 'en', 'en', 'en']);
  });

  it('a parameter is put in once and never read for placeholders again', () => {
    expect(text('en', 'notice.unknownCommand.bodyNear', { typed: '{nearest}', nearest: '{typed} $& $1' })).toBe(
      'I know no command "{nearest}". Did you mean "{typed} $& $1"?',
    );
  });

  it('parameters stand in bold', () => {
    expect(pieces('en', 'approvals.row', { person: 'Alex', role: 'Owner' })).toEqual([
      { text: 'Alex', weight: 'Bolder' },
      { text: ' wants ', weight: 'Default' },
      { text: 'Owner', weight: 'Bolder' },
    ]);
  });

  it('several names become one phrase', () => {
    expect(anyOf('en', ['A'])).toBe('A');
    expect(anyOf('en', ['A', 'B', 'C'])).toBe('A, B or C');
    expect(anyOf('ja', ['A', 'B', 'C'])).toBe('A、B または C');
  });
});

describe('templates', () => {
  it('hold no words of their own, evaluate nothing but names, and never use json()', async () => {
    const folder = new URL('../../src/cards/templates/', import.meta.url);
    const files = await readdir(folder);
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      const template = await readFile(new URL(file, folder), 'utf8');
      const words = [...template.matchAll(/"(?:text|label|placeholder|title|errorMessage|speak|fallbackText)": "([^"]*)"/gu)].map(([, value = '']) => value);
      expect(words.filter((value) => !/^(?:\$\{[\w.$]+\}| · )$/u.test(value)), file).toEqual([]);
      expect(template, file).not.toMatch(/json\(|\$\{[^}]*\$\{/iu);
    }
  });
});
