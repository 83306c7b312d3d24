import en from './text/en.json' with { type: 'json' };
import ja from './text/ja.json' with { type: 'json' };

export type Locale = 'en' | 'ja';

/** Who looks at the card. */
export interface Reader {
  readonly locale: Locale;
  /** IANA name, e.g. `Asia/Tokyo`. */
  readonly timeZone: string;
}

export type TextKey = keyof typeof en;

const catalogues: Record<Locale, Record<TextKey, string>> = { en, ja };

/** The language of an activity (`ja-JP`, `en-US` …); English for every language that we do not speak. */
export function localeOf(activityLocale: string | undefined): Locale {
  return /^ja\b/iu.test(activityLocale ?? '') ? 'ja' : 'en';
}

/**
 * A sentence of the catalogue. `{name}` takes the parameter of that name; parameters are put in once and never read
 * for placeholders again.
 */
export function text(locale: Locale, key: TextKey, params: Readonly<Record<string, string>> = {}): string {
  return pieces(locale, key, params).map((piece) => piece.text).join('');
}

/** A piece of a sentence; `weight` is `Bolder` where a parameter stands. */
export interface TextPiece {
  readonly text: string;
  readonly weight: 'Default' | 'Bolder';
}

/** The same sentence in pieces, so that a card can show its parameters in bold whatever the language's word order. */
export function pieces(locale: Locale, key: TextKey, params: Readonly<Record<string, string>>): readonly TextPiece[] {
  return catalogues[locale][key]
    .split(/(\{\w+\})/u)
    .filter((part) => part !== '')
    .map((part) => {
      const value = part.startsWith('{') && part.endsWith('}') ? params[part.slice(1, -1)] : undefined;
      return value === undefined ? { text: part, weight: 'Default' } : { text: value, weight: 'Bolder' };
    });
}

/** The values as one phrase: "A, B or C". */
export function anyOf(locale: Locale, values: readonly string[]): string {
  const last = values.at(-1) ?? '';
  const others = values.slice(0, -1).join(text(locale, 'list.comma'));
  return others === '' ? last : text(locale, 'list.or', { others, last });
}
