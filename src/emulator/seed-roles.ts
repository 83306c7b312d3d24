import { guidFrom } from './guid.ts';
import { isAssignableAt, RoleCatalog } from './role-catalog.ts';
import { builtInRoles, findRoleByName } from './roles.ts';
import type { Role } from './roles.ts';
import { directory, ScopeTree } from './scopes.ts';
import type { Seed, SeedRole } from './seed.ts';

/** The built-in roles and those of the seed. Without an id of its own a role gets one that is the same in every run. */
export function seedRoles(entries: readonly SeedRole[], scopes: ScopeTree): RoleCatalog {
  return new RoleCatalog(entries.map((entry) => customRole(entry, scopes)));
}

function customRole(entry: SeedRole, scopes: ScopeTree): Role {
  const { kind, name, description = '' } = entry;
  const common = { kind, id: entry.id?.toLowerCase() ?? guidFrom('role', kind, name), name };
  if (entry.kind === 'entra') {
    return { ...common, actions: [], notActions: [], custom: { description, assignableScopes: [directory] } };
  }
  const { actions, notActions = [], assignableScopes } = entry;
  return { ...common, actions, notActions, custom: { description, assignableScopes: assignableScopes.flatMap((id) => scopes.find(id) ?? []) } };
}

const kindNames = { azure: 'Azure', entra: 'directory' } as const;

/** A role of the seed that would stand for a built-in one. Each fault reads `place: expected …`. */
export function findBuiltInRoles(entries: readonly SeedRole[]): readonly string[] {
  const ids = new Set(Object.values(builtInRoles).flatMap((roles) => roles.map(({ id }) => id)));
  return entries.flatMap(({ kind, name, id }, i) => [
    ...(findRoleByName(kind, name) === undefined ? [] : [`roles[${i}].name: expected a name that no built-in ${kindNames[kind]} role has, found ${name}`]),
    ...(id === undefined || !ids.has(id.toLowerCase()) ? [] : [`roles[${i}].id: expected an id that no built-in role has, found ${id}`]),
  ]);
}

/** Where a seed that is right otherwise has a role of its own outside its `assignableScopes`. */
export function findUnassignable(seed: Seed): readonly string[] {
  const scopes = new ScopeTree(seed.scopes ?? [], { units: [], groups: [] });
  const roles = seedRoles(seed.roles ?? [], scopes);
  return azureTargets(seed).flatMap(({ place, role: name, scope: id }) => {
    const role = roles.findByName('azure', name);
    const scope = scopes.find(id);
    return role === undefined || scope === undefined || isAssignableAt(role, scope)
      ? []
      : [`${place}.scope: expected a scope at or below the assignableScopes of ${role.name}, found ${id}`];
  });
}

interface Target {
  readonly place: string;
  readonly role: string;
  readonly scope: string;
}

function azureTargets({ apps = [], eligible = [], assigned = [], settings = [] }: Seed): readonly Target[] {
  const ofApps = apps.flatMap(({ roles = [] }, a) => roles.map((grant, r) => ({ ...grant, place: `apps[${a}].roles[${r}]` })));
  const others = Object.entries({ eligible, assigned, settings }).flatMap(([list, entries]) =>
    entries.flatMap(({ kind, role, scope }, i) => (kind === 'azure' ? [{ role, scope, place: `${list}[${i}]` }] : [])),
  );
  return [...ofApps, ...others];
}
