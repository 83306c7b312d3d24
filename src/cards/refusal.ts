import type { AdaptiveCard } from './adaptive-card.ts';
import { withBanner } from './banner.ts';
import { problemLinks } from './problem-link.ts';
import { problemWords } from './problem-words.ts';
import type { Reason } from '../pim/check-activation.ts';
import { reasonText } from './reason-words.ts';
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

/** The requester's card, whose approval does not hold any more. */
export function withOutdatedApproval(reader: Reader, card: AdaptiveCard, reasons: readonly Reason[]): AdaptiveCard {
  const { locale } = reader;
  return withBanner(card, {
    tone: tones.attention,
    what: text(locale, 'notice.approvalOutdated.title'),
    sentences: [
      { text: text(locale, 'notice.approvalOutdated.body') },
      ...reasons.map((reason) => ({ text: reasonText(reader, reason) })),
      { text: text(locale, 'notice.approvalOutdated.next') },
    ],
    actions: [],
  });
}
