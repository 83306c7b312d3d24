import type { AdaptiveCard } from './adaptive-card.ts';
import { withGaps, type ListGaps } from './gaps.ts';
import { oneLine } from './plain-text.ts';
import { settingsFrame } from './settings-frame.ts';
import { leftOutNotes, unreadGaps } from './settings-left-out.ts';
import { tones } from './status-words.ts';
import { text } from './texts.ts';
import type { Reader } from './texts.ts';

export interface SavedSettings extends ListGaps {
  /** As Teams has called the file. */
  readonly name: string;
  readonly count: number;
}

/** The file is where the person let Teams put it; what it lacks is said as on the card that offered it. */
export function settingsSavedCard(reader: Reader, { name, count, gaps, consentUrl = null }: SavedSettings): AdaptiveCard {
  const { locale } = reader;
  const card = settingsFrame(reader, {
    summary: 'settings.summary',
    tone: tones.good,
    headline: text(locale, 'settings.saved.title'),
    lines: [text(locale, 'settings.saved.text', { name: oneLine(name), count: String(count) })],
    notes: [text(locale, 'settings.saved.next'), ...leftOutNotes(locale, gaps)],
  });
  return withGaps(reader, card, { gaps: unreadGaps(gaps), consentUrl });
}
