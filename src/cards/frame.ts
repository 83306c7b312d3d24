import type { CardElement, CardFrame } from './adaptive-card.ts';
import { text } from './texts.ts';
import type { Reader, TextKey } from './texts.ts';

/** What every card has: its language, its summary in our own words, its buttons (at most six). */
export function frame(reader: Reader, summary: TextKey, actions: readonly CardElement[]): CardFrame {
  return { lang: reader.locale, summary: text(reader.locale, summary), actions };
}
