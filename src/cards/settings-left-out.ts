import type { Gap } from '../pim/model.ts';
import { text } from './texts.ts';
import type { Locale } from './texts.ts';

/** There may always be more groups than a person may activate; of scopes in Azure, beyond the first twenty some were left out. */
export function leftOutNotes(locale: Locale, gaps: readonly Gap[]): readonly string[] {
  return gaps.some(({ kind, why }) => kind === 'azure' && why === 'tooManyScopes') ? [text(locale, 'settings.export.firstScopes')] : [];
}

export function unreadGaps(gaps: readonly Gap[]): readonly Gap[] {
  return gaps.filter(({ why }) => why !== 'tooManyScopes');
}
