import { normaliseScopeId } from './scopes.ts';
import type { Seed } from './seed.ts';

/** What may be there once only, with upper and lower case alike. Each fault reads `place: expected …`. */
export function findSeedDuplicates(seed: Seed): readonly string[] {
  const { people, groups = [], apps = [], scopes = [], roles = [], administrativeUnits = [], eligible = [], assigned = [], settings = [] } = seed;
  const ids = Object.entries({ people, groups, apps, administrativeUnits }).flatMap(([list, entries]) =>
    entries.map((entry, i) => ({ place: `${list}[${i}].id`, key: [entry.id], expected: 'an id of its own' })),
  );
  const names = people.map((person, i) => ({
    place: `people[${i}].userPrincipalName`,
    key: [person.userPrincipalName],
    expected: 'a name of its own',
  }));
  const appNames = apps.map(({ name }, i) => ({ place: `apps[${i}].name`, key: [name], expected: 'a name of its own' }));
  const roleIds = roles.flatMap(({ id }, i) => (id === undefined ? [] : [{ place: `roles[${i}].id`, key: [id], expected: 'an id of its own' }]));
  const roleNames = roles.map(({ kind, name }, i) => ({ place: `roles[${i}].name`, key: [kind, name], expected: 'a name of its own' }));
  const paths = scopes.map(({ id }, i) => ({ place: `scopes[${i}].id`, key: [normaliseScopeId(id)], expected: 'a scope of its own' }));
  const eligibilities = eligible.map(({ kind, principalId, role, scope, start = '', end = '' }, i) => ({
    place: `eligible[${i}]`,
    key: [principalId, kind, role, scope, start, end],
    expected: 'an eligibility that is not listed yet',
  }));
  const assignments = assigned.map(({ kind, principalId, role, scope }, i) => ({
    place: `assigned[${i}]`,
    key: [principalId, kind, role, scope],
    expected: 'one assignment of a role at a scope to one principal',
  }));
  const policies = settings.map(({ kind, role, scope }, i) => ({
    place: `settings[${i}]`,
    key: [kind, role, scope],
    expected: 'one entry for a role at a scope',
  }));
  return [ids, names, appNames, roleIds, roleNames, paths, eligibilities, assignments, policies].flatMap(repeated);
}

interface Listed {
  readonly place: string;
  readonly key: readonly string[];
  readonly expected: string;
}

function repeated(entries: readonly Listed[]): readonly string[] {
  const seen = new Set<string>();
  return entries.flatMap(({ place, key, expected }) => {
    const text = JSON.stringify(key).toLowerCase();
    const again = seen.has(text);
    seen.add(text);
    return again ? [`${place}: expected ${expected}, ${key.filter((part) => part !== '').join(' ')} is used twice`] : [];
  });
}
