import type { Role, Scope } from '../pim/model.ts';
import { oneLine } from './plain-text.ts';
import { text } from './texts.ts';
import type { Locale, TextKey } from './texts.ts';

/** "Resource group rg-app". */
export function scopeInWords(locale: Locale, scope: Scope): string {
  return text(locale, `scope.${scope.type}`, { name: oneLine(scope.name) });
}

/** The two roles of a group have no names of their own at PIM. */
const groupRoles: ReadonlyMap<string, TextKey> = new Map([['member', 'role.member'], ['owner', 'role.owner']]);

export function roleInWords(locale: Locale, role: Role): string {
  const groupRole = groupRoles.get(role.definitionId);
  return groupRole === undefined ? oneLine(role.name) : text(locale, groupRole);
}

/** "Contributor · Resource group rg-app". */
export function roleAtScope(locale: Locale, { role, scope }: { readonly role: Role; readonly scope: Scope }): string {
  return `${roleInWords(locale, role)} · ${scopeInWords(locale, scope)}`;
}
