import type { Scope } from '../pim/model.ts';
import type { AdaptiveCard } from './adaptive-card.ts';
import { cardBytes, largestCard, largestFitting } from './card-size.ts';
import { withGaps, type ListGaps } from './gaps.ts';
import { oneLine } from './plain-text.ts';
import { scopeInWords } from './role-words.ts';
import { settingsFrame } from './settings-frame.ts';
import { leftOutNotes, unreadGaps } from './settings-left-out.ts';
import { tones } from './status-words.ts';
import { text } from './texts.ts';
import type { Reader } from './texts.ts';

export interface ExportedSettings extends ListGaps {
  readonly json: string;
  /** The same of the roles alone whose settings somebody has changed; `null`: there are none. */
  readonly changed: { readonly json: string; readonly count: number } | null;
  /** How many roles there are, by scope. */
  readonly scopes: readonly { readonly scope: Scope; readonly count: number }[];
}

const mostScopes = 40;
const longestScopeId = 250;

/** All of it, or what somebody has changed, or nothing: what a card can hold. */
type Text = 'all' | 'changed' | 'none';

/** What the file has that is offered below; as much of the JSON itself as a card can hold. */
export function settingsExportCard(reader: Reader, exported: ExportedSettings): AdaptiveCard {
  const most = Math.min(exported.scopes.length, mostScopes);
  const { json, changed } = exported;
  const texts = [{ has: 'all', json }, { has: 'changed', json: changed?.json ?? '' }] as const;
  const cards = texts.filter((part) => part.json !== '' && Buffer.byteLength(part.json) <= largestCard)
    .map(({ has }) => largestFitting(most, (shown) => build(reader, exported, { shown, has })));
  return cards.find((card) => cardBytes(card) <= largestCard) ?? largestFitting(most, (shown) => build(reader, exported, { shown, has: 'none' }));
}

const sentences = { all: 'settings.export.text', changed: 'settings.export.changedText', none: 'settings.export.fileOnly' } as const;

/** `shown`: how many scopes. */
function build(reader: Reader, exported: ExportedSettings, { shown, has }: { readonly shown: number; readonly has: Text }): AdaptiveCard {
  const { scopes, gaps, consentUrl = null } = exported;
  const { locale } = reader;
  const count = scopes.reduce((sum, scope) => sum + scope.count, 0);
  const beyond = scopes.length - shown;
  const card = settingsFrame(reader, {
    summary: 'settings.summary',
    tone: tones.accent,
    headline: text(locale, 'settings.export.title'),
    lines: [text(locale, count === 0 ? 'settings.export.none' : sentences[has], { count: String(count), changed: String(exported.changed?.count ?? 0) })],
    sections: count === 0 ? [] : [{
      rows: scopes.slice(0, shown).map(({ scope, count: ofScope }) => ({
        label: text(locale, 'settings.export.roles', { count: String(ofScope) }),
        value: `${scopeInWords(locale, scope)} · ${oneLine(scope.id, longestScopeId)}`,
      })),
      remarks: beyond > 0 ? [text(locale, 'settings.export.moreScopes', { count: String(beyond) })] : [],
    }],
    json: count === 0 ? null : { all: exported.json, changed: exported.changed?.json ?? null, none: null }[has],
    notes: [...(has === 'all' ? [] : [text(locale, 'settings.export.narrower')]), text(locale, 'settings.export.looked'), ...leftOutNotes(locale, gaps)],
  });
  return withGaps(reader, card, { gaps: unreadGaps(gaps), consentUrl });
}
