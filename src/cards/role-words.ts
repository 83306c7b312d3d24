import type { Role, Scope } from '../pim/model.ts';
import { oneLine } from './plain-text.ts';
import { text } from './texts.ts';
import type { Locale } from './texts.ts';

/** "Resource group rg-app". */
export function scopeInWords(locale: Locale, scope: Scope): string {
  return text(locale, `scope.${scope.type}`, { name: oneLine(scope.name) });
}

export function roleInWords(role: Role): string {
  return oneLine(role.name);
}

/** "Contributor · Resource group rg-app". */
export function roleAtScope(locale: Locale, { role, scope }: { readonly role: Role; readonly scope: Scope }): string {
  return `${roleInWords(role)} · ${scopeInWords(locale, scope)}`;
}
