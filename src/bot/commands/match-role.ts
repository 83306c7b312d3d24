import { roleInWords, scopeInWords } from '../../cards/role-words.ts';
import type { Role, Scope } from '../../pim/model.ts';
import { nearestNamed } from '../../nearest.ts';
import type { RoleWords } from './command.ts';

export type Match<T> =
  | { readonly found: 'one'; readonly assignment: T }
  | { readonly found: 'several'; readonly candidates: readonly T[] }
  /** Nothing fits; the nearest, best first. */
  | { readonly found: 'none'; readonly candidates: readonly T[] };

/** A role somewhere: held, or to be had. */
export interface Named {
  readonly role: Role;
  readonly scope: Scope;
}

/**
 * Which of a person's assignments the typed words mean. An exact role name wins over a part of one
 * ("Reader" is not "Billing Reader"); among what remains, the scope's words decide. Never the first of several.
 */
export function matchRole<T extends Named>(assignments: readonly T[], words: RoleWords): Match<T> {
  const byRole = narrowest(assignments, words.role, namesOf);
  return matchOf(atScopeNamed(byRole, words.scope))
    ?? { found: 'none', candidates: nearestNamed(`${words.role} ${words.scope}`.trim(), byRole.length > 0 ? byRole : assignments, ({ role, scope }) => `${role.name} ${scope.name}`) };
}

/** `null`: nothing fits. */
export function matchOf<T>(fitting: readonly T[]): Exclude<Match<T>, { found: 'none' }> | null {
  const [only] = fitting;
  if (only === undefined) return null;
  return fitting.length === 1 ? { found: 'one', assignment: only } : { found: 'several', candidates: fitting };
}

/** Those whose scope the words name. */
export function atScopeNamed<T extends Pick<Named, 'scope'>>(assignments: readonly T[], words: string): readonly T[] {
  return narrowest(assignments, words, scopeNames);
}

/** Whether the scope is called just so: "rg-web" is neither "rg-web-test" nor a vault in rg-web. */
export function isAtScopeCalled(assignment: Pick<Named, 'scope'>, words: string): boolean {
  return scopeNames(assignment).some((name) => name.toLowerCase() === words.toLowerCase());
}

/** Whether the words leave nothing open about this one. */
export function isCalled(assignment: Named, { role, scope }: RoleWords): boolean {
  return scope === '' ? namesOf(assignment).some((name) => name.toLowerCase() === role.toLowerCase()) : isAtScopeCalled(assignment, scope);
}

function scopeNames({ scope }: Pick<Named, 'scope'>): readonly string[] {
  return [scope.name, scope.id, scopeInWords('en', scope), scopeInWords('ja', scope)];
}

export interface RoleNamed<T> {
  readonly assignments: readonly T[];
  /** The words that are left for the scope. */
  readonly scope: string;
}

/** Those whose role the words name. Without a word between role and scope, the longest role name that the words begin with counts. */
export function withRoleNamed<T extends Named>(assignments: readonly T[], { role, scope }: RoleWords): RoleNamed<T> {
  if (scope !== '') return { assignments: narrowest(assignments, role, ({ role: held }) => roleNames(held)), scope };
  const begun = assignments.map((assignment) => ({ assignment, length: lengthOfBeginning(role, assignment.role) }));
  const longest = Math.max(0, ...begun.map(({ length }) => length));
  const named = begun.filter(({ length }) => length > 0 && length === longest).map(({ assignment }) => assignment);
  return { assignments: named, scope: role.slice(longest).trim() };
}

function lengthOfBeginning(words: string, role: Role): number {
  const begins = roleNames(role).filter((name) => words.toLowerCase().startsWith(`${name.toLowerCase()} `));
  return Math.max(0, ...begins.map(({ length }) => length));
}

/** PIM's own, and what our cards call it in either language. */
function roleNames(role: Role): readonly string[] {
  return [...new Set([role.name, roleInWords('en', role), roleInWords('ja', role)])];
}

/** A group's role also goes by the name of the group alone. */
function namesOf({ role, scope }: Named): readonly string[] {
  const names = roleNames(role);
  const withScope = names.map((name) => `${name} ${scope.name}`);
  return scope.type === 'group' ? [...names, ...withScope, scope.name, ...names.map((name) => `${scope.name} ${name}`)] : [...names, ...withScope];
}

/** Exact names if there are any, else names that begin so, else names that contain every word. */
function narrowest<T>(assignments: readonly T[], wanted: string, names: (assignment: T) => readonly string[]): readonly T[] {
  const words = wanted.toLowerCase();
  if (words === '') return assignments;
  const tests: readonly ((name: string) => boolean)[] = [
    (name) => name === words,
    (name) => name.startsWith(words),
    (name) => words.split(' ').every((word) => name.includes(word)),
  ];
  for (const fits of tests) {
    const fitting = assignments.filter((assignment) => names(assignment).some((name) => fits(name.toLowerCase())));
    if (fitting.length > 0) return fitting;
  }
  return [];
}
