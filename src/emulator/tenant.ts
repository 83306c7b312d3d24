import { ownerRoleId } from './group-roles.ts';
import { lastSegment } from './guid.ts';
import type { Policy } from './policy.ts';
import type { RoleCatalog } from './role-catalog.ts';
import type { Role } from './roles.ts';
import { ScopeTree } from './scopes.ts';
import type { Scope } from './scopes.ts';
import { seedPolicies } from './seed-policies.ts';
import { seedRoles } from './seed-roles.ts';
import { resolveTarget } from './seed-targets.ts';
import type { Places, SeedTarget } from './seed-targets.ts';
import type { Seed, SeedAdministrator } from './seed.ts';

/** The tenant that a seed describes, with every reference resolved. It does not change; `state.ts` holds what does. */
export interface Tenant {
  readonly id: string;
  readonly people: ReadonlyMap<string, Person>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly apps: ReadonlyMap<string, App>;
  readonly scopes: ScopeTree;
  readonly roles: RoleCatalog;
  /** Rights outside PIM: of administrators, owners of groups and applications. They are in no schedule listing. */
  readonly grants: readonly Grant[];
  /** The seed's, by `policyKey`. `policies.ts` tells which hold at the moment. */
  readonly policies: ReadonlyMap<string, Policy>;
  /** Azure scopes that carry a lock. */
  readonly locks: readonly Scope[];
  readonly policyReading: 'eligible' | 'administrators';
  /** Ids of all administrators, people and groups. */
  readonly administrators: readonly string[];
}

export interface Person {
  readonly kind: 'user';
  readonly id: string;
  readonly name: string;
  readonly userPrincipalName: string;
  readonly userType: 'Member' | 'Guest';
  readonly accountEnabled: boolean;
}

export interface Group {
  readonly kind: 'group';
  readonly id: string;
  readonly name: string;
  /** Ids of those who own it outside PIM. */
  readonly owners: readonly string[];
}

export interface App {
  readonly kind: 'app';
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
}

export type Principal = Person | Group | App;

export interface Grant {
  readonly principalId: string;
  readonly role: Role;
  readonly scope: Scope;
}

/** What an entry of `administrators` holds, unless an entra entry names a role. */
const azureAdministrator = 'User Access Administrator';
const entraAdministrator = 'Privileged Role Administrator';

/** `seed` has passed `checkSeed`. Ids are held in lower case. */
export function buildTenant(seed: Seed): Tenant {
  const scopes = new ScopeTree(seed.scopes ?? [], { units: administrativeUnits(seed), groups: seed.groups ?? [] });
  const roles = seedRoles(seed.roles ?? [], scopes);
  const places = { roles, scopes };
  const administrators = (seed.administrators ?? []).map((entry) => administrator(entry, places));
  const owners = (seed.groups ?? []).flatMap((group) =>
    (group.owners ?? []).map((owner) => grantOf(owner, { kind: 'group', role: ownerRoleId, scope: group.id }, places)),
  );
  const appGrants = (seed.apps ?? []).flatMap((app) =>
    (app.roles ?? []).map((grant) => grantOf(app.id, { kind: 'azure', ...grant }, places)),
  );
  return {
    id: seed.tenantId.toLowerCase(),
    people: byId(seed.people.map((person) => ({ userType: 'Member', accountEnabled: true, ...person, kind: 'user' }))),
    groups: byId((seed.groups ?? []).map(({ id, name, owners = [] }) => ({ kind: 'group', id, name, owners: owners.map(lower) }))),
    apps: byId((seed.apps ?? []).map(({ id, name, permissions }) => ({ kind: 'app', id, name, permissions: permissions ?? [] }))),
    scopes,
    roles,
    grants: [...administrators, ...owners, ...appGrants],
    policies: seedPolicies(seed.settings ?? [], places),
    locks: (seed.locks ?? []).flatMap((id) => scopes.find(id) ?? []),
    policyReading: seed.policyReading ?? 'eligible',
    administrators: administrators.map((entry) => entry.principalId),
  };
}

export function findPrincipal(tenant: Tenant, id: string): Principal | undefined {
  const key = id.toLowerCase();
  return tenant.people.get(key) ?? tenant.groups.get(key) ?? tenant.apps.get(key);
}

function byId<T extends { readonly id: string }>(entries: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entries.map((entry) => [entry.id.toLowerCase(), { ...entry, id: entry.id.toLowerCase() }]));
}

function lower(id: string): string {
  return id.toLowerCase();
}

function administrator(entry: SeedAdministrator, places: Places): Grant {
  return entry.kind === 'entra'
    ? grantOf(entry.principalId, { kind: 'entra', role: entry.role ?? entraAdministrator, scope: entry.scope ?? '/' }, places)
    : grantOf(entry.principalId, { kind: 'azure', role: azureAdministrator, scope: entry.scope }, places);
}

function grantOf(principalId: string, target: SeedTarget, places: Places): Grant {
  return { principalId: principalId.toLowerCase(), ...resolveTarget(target, places) };
}

/** Those that are listed, and those that an entry only mentions. */
function administrativeUnits(seed: Seed): readonly { readonly id: string; readonly name: string }[] {
  const entries = [...(seed.eligible ?? []), ...(seed.assigned ?? []), ...(seed.settings ?? []), ...(seed.administrators ?? [])];
  const mentioned = entries.flatMap(({ kind, scope }) => (kind === 'entra' && scope !== undefined && scope !== '/' ? [lastSegment(scope)] : []));
  return [...mentioned.map((id) => ({ id, name: `Administrative unit ${id}` })), ...(seed.administrativeUnits ?? [])];
}
