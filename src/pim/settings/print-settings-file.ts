/** The settings of many roles as one file, which `parse-settings-file.ts` reads: the six members alone, in an order that does not change. */
import type { RolePolicy } from './role-policy.ts';
import { kindOf, lastSegment, scopeKey } from '../scope.ts';

export function printSettingsFile(policies: readonly RolePolicy[]): string {
  const roles = policies
    .toSorted((a, b) => compareTexts(keyOf(a), keyOf(b)))
    .map(({ role, scope, settings }) => ({
      kind: kindOf(scope),
      ...(kindOf(scope) === 'group' ? { role: role.definitionId } : { role: role.name, roleId: lastSegment(role.definitionId) }),
      scope: scope.id,
      ...(scope.name === '' ? {} : { scopeName: scope.name }),
      settings,
    }));
  return `${JSON.stringify({ roles }, null, 2)}\n`;
}

function keyOf({ role, scope }: RolePolicy): readonly string[] {
  return [kindOf(scope), scopeKey(scope.id), role.name.toLowerCase(), role.definitionId.toLowerCase()];
}

/** By code unit: the same on every machine. */
function compareTexts(a: readonly string[], b: readonly string[]): number {
  const place = a.findIndex((text, index) => text !== b[index]);
  if (place < 0) return 0;
  return (a[place] ?? '') < (b[place] ?? '') ? -1 : 1;
}
