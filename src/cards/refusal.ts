import { Template } from 'adaptivecards-templating/lib/template-engine.js';
import type { AdaptiveCard, CardElement } from './adaptive-card.ts';
import { problemWords } from './problem-words.ts';
import type { Problem } from './shown.ts';
import template from './templates/refusal.json' with { type: 'json' };
import { text, type Reader } from './texts.ts';

interface RefusalData {
  readonly what: string;
  readonly sentences: readonly { readonly text: string }[];
}

let banner: Template | undefined;

/** The same card, with what PIM said to the last click above it: nothing that was there is lost, and every button still works. */
export function withProblem(reader: Reader, card: AdaptiveCard, problem: Problem): AdaptiveCard {
  const { what, why, next, azureRequestId } = problemWords(reader.locale, problem);
  const reference = azureRequestId === '' ? [] : [{ text: azureRequestId }];
  return withBanner(card, { what, sentences: [...why, ...next, ...reference] });
}

/** The same card for an approver who has left out the reason that the role's settings ask for. */
export function withReasonMissing(reader: Reader, card: AdaptiveCard): AdaptiveCard {
  const { locale } = reader;
  return withBanner(card, {
    what: text(locale, 'notice.approverReasonMissing.title'),
    sentences: [{ text: text(locale, 'notice.approverReasonMissing.body') }, { text: text(locale, 'notice.approverReasonMissing.next') }],
  });
}

function withBanner(card: AdaptiveCard, data: RefusalData): AdaptiveCard {
  banner ??= new Template(template);
  const element: CardElement = { type: 'Container', ...banner.expand({ $root: data }) };
  return { ...card, body: [element, ...card.body] };
}
