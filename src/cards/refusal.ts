import type { AdaptiveCard } from './adaptive-card.ts';
import { withBanner } from './banner.ts';
import { problemLinks } from './problem-link.ts';
import { problemWords } from './problem-words.ts';
import type { Problem } from './shown.ts';
import { tones } from './status-words.ts';
import { text } from './texts.ts';
import type { Reader } from './texts.ts';

/** The same card, with what PIM said to the last click above it. `consentUrl` as in `problemCard`. */
export function withProblem({ locale }: Reader, card: AdaptiveCard, problem: Problem, consentUrl: string | null = null): AdaptiveCard {
  const { what, why, next, azureRequestId } = problemWords(locale, problem);
  const reference = azureRequestId === '' ? [] : [{ text: azureRequestId }];
  return withBanner(card, {
    tone: tones.attention,
    what,
    sentences: [...why, ...next, ...reference],
    actions: problemLinks(locale, problem, consentUrl),
  });
}

/** The same card for an approver who has left out the reason that the role's settings ask for. */
export function withReasonMissing({ locale }: Reader, card: AdaptiveCard): AdaptiveCard {
  return withBanner(card, {
    tone: tones.attention,
    what: text(locale, 'notice.approverReasonMissing.title'),
    sentences: [{ text: text(locale, 'notice.approverReasonMissing.body') }, { text: text(locale, 'notice.approverReasonMissing.next') }],
    actions: [],
  });
}
