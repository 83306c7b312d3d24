import type { Role, Scope } from '../../pim/model.ts';
import { byDistance } from './nearest.ts';
import type { RoleWords } from './command.ts';

export type Match<T> =
  | { readonly found: 'one'; readonly assignment: T }
  | { readonly found: 'several'; readonly candidates: readonly T[] }
  /** Nothing fits; the nearest, best first. */
  | { readonly found: 'none'; readonly candidates: readonly T[] };

/**
 * Which of a person's assignments the typed words mean. An exact role name wins over a part of one
 * ("Reader" is not "Billing Reader"); among what remains, the scope's words decide. Never the first of several.
 */
export function matchRole<T extends { readonly role: Role; readonly scope: Scope }>(assignments: readonly T[], words: RoleWords): Match<T> {
  const byRole = narrowest(assignments, words.role, ({ role, scope }) => [role.name, `${role.name} ${scope.name}`]);
  const fitting = narrowest(byRole, words.scope, ({ scope }) => [scope.name, scope.id]);
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return { found: 'one', assignment: only };
  if (fitting.length > 1) return { found: 'several', candidates: fitting };
  return { found: 'none', candidates: nearest(byRole.length > 0 ? byRole : assignments, `${words.role} ${words.scope}`.trim()) };
}

/** Exact names if there are any, else names that begin so, else names that contain every word. */
function narrowest<T>(assignments: readonly T[], wanted: string, namesOf: (assignment: T) => readonly string[]): readonly T[] {
  const words = wanted.toLowerCase();
  if (words === '') return assignments;
  const tests: readonly ((name: string) => boolean)[] = [
    (name) => name === words,
    (name) => name.startsWith(words),
    (name) => words.split(' ').every((word) => name.includes(word)),
  ];
  for (const fits of tests) {
    const fitting = assignments.filter((assignment) => namesOf(assignment).some((name) => fits(name.toLowerCase())));
    if (fitting.length > 0) return fitting;
  }
  return [];
}

function nearest<T extends { readonly role: Role; readonly scope: Scope }>(assignments: readonly T[], wanted: string): readonly T[] {
  const named = new Map(assignments.map((assignment) => [`${assignment.role.name} ${assignment.scope.name}`, assignment]));
  return byDistance(wanted, [...named.keys()]).slice(0, 5).flatMap((name) => named.get(name) ?? []);
}
