import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardElement, CardFrame } from './adaptive-card.ts';
import { frame } from './frame.ts';
import type { Tone } from './status-words.ts';
import template from './templates/settings.json' with { type: 'json' };
import { text } from './texts.ts';
import type { Reader, TextKey } from './texts.ts';

/** What the cards about role settings have in common: a heading, sections of lines, and perhaps the JSON to copy or edit. */
export interface SettingsCard {
  readonly summary: TextKey;
  readonly tone: Tone;
  readonly headline: string;
  /** The role and the scope, where the card is about one. */
  readonly subject?: string;
  readonly place?: string;
  readonly lines?: readonly string[];
  readonly sections?: readonly SettingsSection[];
  /** A person can copy it, and change it in place. */
  readonly json?: string | null;
  readonly notes?: readonly string[];
  readonly actions?: readonly CardElement[];
}

export interface SettingsSection {
  readonly title?: string;
  /** A sentence of our own: what a colour says. */
  readonly caption?: string;
  readonly rows?: readonly SettingsRow[];
  readonly remarks?: readonly string[];
  readonly style?: 'default' | 'warning' | 'attention' | 'good';
}

export interface SettingsRow {
  readonly label: string;
  readonly value: string;
  readonly color?: 'Default' | 'Attention';
}

interface Line {
  readonly text: string;
}

interface SettingsData extends CardFrame {
  readonly tone: Tone;
  readonly headline: string;
  readonly subject: string;
  readonly place: string;
  readonly lines: readonly Line[];
  readonly sections: readonly {
    readonly title: string;
    readonly caption: string;
    readonly rows: readonly Required<SettingsRow>[];
    readonly remarks: readonly Line[];
    readonly style: string;
  }[];
  readonly hasInput: boolean;
  readonly inputLabel: string;
  readonly inputMissing: string;
  readonly inputValue: string;
  readonly notes: readonly Line[];
}

const fill: (data: SettingsData) => AdaptiveCard = cardTemplate(template);

export function settingsFrame(reader: Reader, card: SettingsCard): AdaptiveCard {
  const { summary, tone, headline, subject = '', place = '', lines = [], sections = [], json = null, notes = [], actions = [] } = card;
  return fill({
    ...frame(reader, summary, actions),
    tone,
    headline,
    subject,
    place,
    lines: lines.map((line) => ({ text: line })),
    sections: sections.map(({ title = '', caption = '', rows = [], remarks = [], style = 'default' }) => ({
      title,
      caption,
      rows: rows.map(({ color = 'Default', ...row }) => ({ ...row, color })),
      remarks: remarks.map((remark) => ({ text: remark })),
      style,
    })),
    hasInput: json !== null,
    inputLabel: text(reader.locale, 'settings.json'),
    inputMissing: text(reader.locale, 'settings.jsonMissing'),
    inputValue: json ?? '',
    notes: notes.map((note) => ({ text: note })),
  });
}
