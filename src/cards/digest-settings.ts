import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardFrame } from './adaptive-card.ts';
import { frame } from './frame.ts';
import template from './templates/digest-settings.json' with { type: 'json' };
import { text } from './texts.ts';
import type { Reader } from './texts.ts';
import { verbAction } from './verbs.ts';
import { tones } from './status-words.ts';
import type { Tone } from './status-words.ts';

interface DigestSettingsData extends CardFrame {
  readonly tone: Tone;
  readonly title: string;
  readonly explanation: string;
}

const fill: (data: DigestSettingsData) => AdaptiveCard = cardTemplate(template);

/** Confirms the daily digest. `time` is `HH:mm` in the IANA zone `timeZone`. */
export function digestOnCard(reader: Reader, daily: { readonly time: string; readonly timeZone: string }): AdaptiveCard {
  const { locale } = reader;
  return fill({
    ...frame(reader, 'digestOn.summary', [verbAction({ verb: 'digest.off' }, text(locale, 'action.digestOff'))]),
    tone: tones.good,
    title: text(locale, 'digestOn.title'),
    explanation: text(locale, 'digestOn.text', { time: daily.time, zone: daily.timeZone }),
  });
}

export function digestOffCard(reader: Reader): AdaptiveCard {
  const { locale } = reader;
  return fill({
    ...frame(reader, 'digestOff.summary', [verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles'))]),
    tone: tones.quiet,
    title: text(locale, 'digestOff.title'),
    explanation: text(locale, 'digestOff.text'),
  });
}
