import type { Gap, Scope } from '../pim/model.ts';
import type { AdaptiveCard } from './adaptive-card.ts';
import { cardBytes, largestCard } from './card-size.ts';
import { withGaps } from './gaps.ts';
import { scopeInWords } from './role-words.ts';
import { settingsFrame } from './settings-frame.ts';
import { tones } from './status-words.ts';
import { text } from './texts.ts';
import type { Reader } from './texts.ts';

export interface ExportedSettings {
  readonly json: string;
  /** How many roles there are, by scope. */
  readonly scopes: readonly { readonly scope: Scope; readonly count: number }[];
  /** Under which the command is kept, so that the file can be changed on the card. */
  readonly gaps: readonly Gap[];
  readonly consentUrl: string | null;
}

const mostScopes = 40;

/** One file of all of them, to be copied; where that is too large for a card, which part to ask for instead. */
export function settingsExportCard(reader: Reader, exported: ExportedSettings): AdaptiveCard {
  const whole = build(reader, exported, true);
  return cardBytes(whole) <= largestCard ? whole : build(reader, exported, false);
}

function build(reader: Reader, { json, scopes, gaps, consentUrl }: ExportedSettings, fits: boolean): AdaptiveCard {
  const { locale } = reader;
  const count = scopes.reduce((sum, scope) => sum + scope.count, 0);
  const shown = fits ? [] : scopes.slice(0, mostScopes);
  const card = settingsFrame(reader, {
    summary: 'settings.summary',
    tone: fits ? tones.accent : tones.warning,
    headline: text(locale, fits ? 'settings.export.title' : 'settings.export.tooLarge'),
    lines: [text(locale, fits ? 'settings.export.text' : 'settings.export.byScope', { count: String(count) })],
    sections: shown.length === 0 ? [] : [{ rows: shown.map(({ scope, count: ofScope }) => ({ label: text(locale, 'settings.export.roles', { count: String(ofScope) }), value: `${scopeInWords(locale, scope)} · ${scope.id}` })) }],
    json: fits ? json : null,
    notes: [text(locale, fits ? 'settings.export.untouched' : 'settings.export.narrower')],
  });
  return withGaps(reader, card, { gaps: gaps.filter(({ why }) => why !== 'tooManyScopes'), consentUrl });
}
