import type { AdaptiveCard } from './adaptive-card.ts';
import { withBanner } from './banner.ts';
import { tones } from './status-words.ts';
import { text } from './texts.ts';
import type { Reader } from './texts.ts';

const words = {
  granted: { tone: tones.good, what: 'validate.granted', next: 'validate.nothingSent' },
  needsApproval: { tone: tones.warning, what: 'validate.needsApproval', next: 'validate.nothingSent' },
  needsStepUp: { tone: tones.warning, what: 'validate.needsStepUp', next: 'validate.needsStepUpText' },
} as const;

/** The same form, with what PIM would make of it above. */
export function withValidation({ locale }: Reader, form: AdaptiveCard, answer: keyof typeof words): AdaptiveCard {
  const { tone, what, next } = words[answer];
  return withBanner(form, { tone, what: text(locale, what), sentences: [{ text: text(locale, next) }], actions: [] });
}
