import { Template } from 'adaptivecards-templating/lib/template-engine.js';
import type { AdaptiveCard, CardElement } from './adaptive-card.ts';
import type { Tone } from './status-words.ts';
import template from './templates/banner.json' with { type: 'json' };

export interface Banner {
  readonly tone: Tone;
  readonly what: string;
  readonly sentences: readonly { readonly text: string }[];
  /** Buttons of the banner; the card keeps its own. */
  readonly actions: readonly CardElement[];
}

let built: Template | undefined;

/** The same card with something said above it: nothing that was there is lost, and every button still works. */
export function withBanner(card: AdaptiveCard, banner: Banner): AdaptiveCard {
  return { ...card, body: [elementOf(banner), ...card.body] };
}

/** The same card with something said beneath it. */
export function withFooter(card: AdaptiveCard, banner: Banner): AdaptiveCard {
  return { ...card, body: [...card.body, elementOf(banner)] };
}

function elementOf(banner: Banner): CardElement {
  built ??= new Template(template);
  return { type: 'Container', ...built.expand({ $root: { ...banner, hasActions: banner.actions.length > 0 } }) };
}
