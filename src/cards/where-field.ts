import type { Scope } from '../pim/model.ts';
import { lastSegment, sameScope } from '../pim/scope.ts';
import { choiceField } from './choices.ts';
import type { Choice, ChoiceField } from './choices.ts';
import { oneLine } from './plain-text.ts';
import { scopeInWords } from './role-words.ts';
import { text } from './texts.ts';
import type { Locale } from './texts.ts';

/** Where an eligible role may be activated: at the eligibility's own scope, or at one below it. */
export interface ScopesOffered {
  readonly whole: Scope;
  readonly below: readonly Scope[] | 'unread';
}

export interface WhereField extends ChoiceField {
  readonly isOffered: boolean;
  readonly isRequired: boolean;
  readonly label: string;
  readonly placeholder: string;
  readonly missing: string;
  readonly hasNote: boolean;
  readonly note: string;
}

export const mostScopesOffered = 100;

interface Chosen {
  readonly scope: Scope;
  /** What it means to choose nothing. */
  readonly storedScope: Scope;
  readonly where: ScopesOffered | null;
}

/**
 * The whole first, then what lies below it by name, at most `most` in all; the scope that is chosen now is always among
 * them. A long list can be searched, unless something is chosen in it: clients show what is chosen in a search field by
 * its value, and leave the field without a name.
 */
export function whereField(locale: Locale, { scope, storedScope, where }: Chosen, most: number): WhereField {
  const scopes = where === null || where.below === 'unread' || where.below.length === 0 ? [] : inOrder(where.whole, where.below, scope);
  const shown = scopes.slice(0, Math.max(2, most));
  const field = choiceField(shown.map((each, index) => choice(locale, scopes, each, index === 0)));
  const canSearch = field.style === 'filtered' && sameScope(scope.id, storedScope.id);
  return {
    choices: field.choices,
    style: canSearch ? 'filtered' : 'compact',
    chosen: canSearch ? '' : shown.find(({ id }) => sameScope(id, scope.id))?.id ?? '',
    isOffered: shown.length > 0,
    isRequired: !canSearch,
    label: text(locale, 'form.where'),
    placeholder: canSearch ? text(locale, 'form.whereElse', { scope: scopeInWords(locale, scope) }) : text(locale, 'form.wherePlaceholder'),
    missing: text(locale, 'form.whereMissing'),
    ...note(locale, where, scopes.length - shown.length),
  };
}

/** The chosen one may lie deeper than those that are listed. */
function inOrder(whole: Scope, below: readonly Scope[], chosen: Scope): readonly Scope[] {
  const sorted = below.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  return sameScope(whole.id, chosen.id) ? [whole, ...sorted] : [whole, chosen, ...sorted.filter(({ id }) => !sameScope(id, chosen.id))];
}

function choice(locale: Locale, scopes: readonly Scope[], scope: Scope, isWhole: boolean): Choice {
  const words = scopeInWords(locale, scope);
  if (isWhole) return { title: text(locale, 'form.whereWhole', { scope: words }), value: scope.id };
  const isTwin = scopes.some((other) => other !== scope && other.name === scope.name && other.type === scope.type);
  return { title: isTwin ? `${words} · ${parentName(scopes, scope)}` : words, value: scope.id };
}

/** Two resource groups of one name lie in different subscriptions. */
function parentName(scopes: readonly Scope[], { id }: Scope): string {
  const parent = id.split('/').slice(0, -2).join('/');
  return oneLine(scopes.find((other) => sameScope(other.id, parent))?.name ?? lastSegment(parent));
}

function note(locale: Locale, where: ScopesOffered | null, left: number): Pick<WhereField, 'hasNote' | 'note'> {
  if (where?.below === 'unread') return { hasNote: true, note: text(locale, 'form.whereUnread') };
  return { hasNote: left > 0, note: text(locale, 'form.whereMore', { count: String(left) }) };
}
