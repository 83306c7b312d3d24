import type { AdaptiveCard } from './adaptive-card.ts';
import { largestFitting } from './card-size.ts';
import { moreText } from './list-rows.ts';
import { faultWords } from './settings-fault-words.ts';
import type { ShownFault } from './settings-fault-words.ts';
import { settingsFrame } from './settings-frame.ts';
import { tones } from './status-words.ts';
import { text } from './texts.ts';
import type { Reader } from './texts.ts';
import { verbAction } from './verbs.ts';

export interface FaultySettings {
  readonly faults: readonly ShownFault[];
  /** The JSON as it was written, to be corrected on the card; too long for a card: left out. */
  readonly json: string;
  /** Under which its role is kept. */
  readonly inquiryId: string;
}

const mostFaults = 20;
/** Bytes, as a card has them: quotation marks and line ends count twice. */
const longestShownJson = 14_000;

/** Nothing was written: every fault, with its line and its field, and the JSON to correct in place. */
export function settingsFaultsCard(reader: Reader, { faults, json, inquiryId }: FaultySettings): AdaptiveCard {
  const { locale } = reader;
  const canEdit = Buffer.byteLength(JSON.stringify(json)) <= longestShownJson;
  return largestFitting(Math.min(faults.length, mostFaults), (count) => settingsFrame(reader, {
    summary: 'settings.summary',
    tone: tones.attention,
    headline: text(locale, 'settings.faults.title'),
    sections: [{
      caption: text(locale, 'settings.faults.text'),
      remarks: [...faults.slice(0, count).map((fault) => faultWords(locale, fault)), ...(count < faults.length ? [moreText(locale, faults.length - count)] : [])],
      style: 'attention',
    }],
    json: canEdit ? json : null,
    notes: [text(locale, canEdit ? 'settings.faults.correct' : 'settings.faults.again')],
    actions: canEdit ? [verbAction({ verb: 'settings.propose', inquiryId }, text(locale, 'action.showDifference'), 'positive')] : [],
  }));
}
