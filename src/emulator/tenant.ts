import { roundElevationDuration } from './duration.ts';
import { guidFrom } from './guid.ts';
import { findRoleByName } from './roles.ts';
import type { BuiltInRole } from './roles.ts';
import { ScopeTree } from './scopes.ts';
import type { Scope } from './scopes.ts';
import type { Seed, SeedEligible, SeedSettings } from './seed.ts';

/** The tenant that a seed describes, with every reference resolved. It does not change; `state.ts` holds what does. */
export interface Tenant {
  readonly id: string;
  readonly people: ReadonlyMap<string, Person>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly apps: ReadonlyMap<string, App>;
  readonly scopes: ScopeTree;
  /** Rights outside PIM: administrators and applications. They are in no schedule listing. */
  readonly grants: readonly Grant[];
  readonly eligibilities: readonly Eligibility[];
  /** Keyed by `policyKey`. */
  readonly policies: ReadonlyMap<string, Policy>;
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
  readonly role: BuiltInRole;
  readonly scope: Scope;
}

/** Times are milliseconds since 1970; `null`: no limit. */
export interface Eligibility {
  /** GUID of the schedule and of its instance. */
  readonly name: string;
  readonly principalId: string;
  readonly role: BuiltInRole;
  readonly scope: Scope;
  readonly startAt: number | null;
  readonly endAt: number | null;
}

/** What one role asks of an activation at one scope. */
export interface Policy {
  readonly maximumMinutes: number;
  readonly justification: boolean;
  readonly ticket: boolean;
  readonly mfa: boolean;
  /** Authentication contexts that the token must carry, e.g. `c1`. */
  readonly authenticationContexts: readonly string[];
  readonly approval: boolean;
  /** Ids of people and groups. */
  readonly approverIds: readonly string[];
  readonly notifiesAdministrators: boolean;
}

/** PIM's settings for a role that nobody has changed. */
const defaultPolicy: Policy = {
  maximumMinutes: 8 * 60,
  justification: true,
  ticket: false,
  mfa: false,
  authenticationContexts: [],
  approval: false,
  approverIds: [],
  notifiesAdministrators: true,
};

const administratorRole = 'User Access Administrator';

/** `seed` has passed `checkSeed`. Ids are held in lower case. */
export function buildTenant(seed: Seed): Tenant {
  const scopes = new ScopeTree(seed.scopes ?? []);
  const administrators = (seed.administrators ?? []).map((entry) => ({
    principalId: entry.principalId.toLowerCase(),
    role: role(administratorRole),
    scope: scopeAt(scopes, entry.scope),
  }));
  const appGrants = (seed.apps ?? []).flatMap((app) =>
    (app.roles ?? []).map((grant) => ({
      principalId: app.id.toLowerCase(),
      role: role(grant.role),
      scope: scopeAt(scopes, grant.scope),
    })),
  );
  return {
    id: seed.tenantId.toLowerCase(),
    people: byId(seed.people.map((person) => ({ userType: 'Member', accountEnabled: true, ...person, kind: 'user' }))),
    groups: byId((seed.groups ?? []).map(({ id, name }) => ({ kind: 'group', id, name }))),
    apps: byId((seed.apps ?? []).map(({ id, name, permissions }) => ({ kind: 'app', id, name, permissions: permissions ?? [] }))),
    scopes,
    grants: [...administrators, ...appGrants],
    eligibilities: (seed.eligible ?? []).filter((entry) => entry.kind === 'azure').map((entry) => eligibility(entry, scopes)),
    policies: policies(seed.settings ?? [], scopes),
    administrators: administrators.map((entry) => entry.principalId),
  };
}

/** The settings of a role at exactly this scope: PIM's settings are not inherited. */
export function policyAt(tenant: Tenant, role: BuiltInRole, scope: Scope): Policy {
  return tenant.policies.get(policyKey(role, scope)) ?? defaultPolicy;
}

export function findPrincipal(tenant: Tenant, id: string): Principal | undefined {
  const key = id.toLowerCase();
  return tenant.people.get(key) ?? tenant.groups.get(key) ?? tenant.apps.get(key);
}

function byId<T extends { readonly id: string }>(entries: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entries.map((entry) => [entry.id.toLowerCase(), { ...entry, id: entry.id.toLowerCase() }]));
}

function eligibility(entry: SeedEligible, scopes: ScopeTree): Eligibility {
  const principalId = entry.principalId.toLowerCase();
  const scope = scopeAt(scopes, entry.scope);
  return {
    name: guidFrom('eligibility', principalId, entry.role, scope.id, entry.start ?? '', entry.end ?? ''),
    principalId,
    role: role(entry.role),
    scope,
    startAt: entry.start === undefined ? null : Date.parse(entry.start),
    endAt: entry.end === undefined ? null : Date.parse(entry.end),
  };
}

function policies(entries: readonly SeedSettings[], scopes: ScopeTree): ReadonlyMap<string, Policy> {
  const azure = entries.filter((entry) => entry.kind === 'azure');
  return new Map(azure.map((entry) => [policyKey(role(entry.role), scopeAt(scopes, entry.scope)), policy(entry)]));
}

function policy(entry: SeedSettings): Policy {
  const asks = entry.settings;
  return {
    maximumMinutes: roundElevationDuration(asks.elevationDuration ?? '') ?? defaultPolicy.maximumMinutes,
    justification: entry.justification ?? defaultPolicy.justification,
    ticket: asks.ticketingInfoOnElevation ?? defaultPolicy.ticket,
    mfa: asks.mfaOnElevation ?? defaultPolicy.mfa,
    authenticationContexts: entry.authenticationContext === undefined ? [] : [entry.authenticationContext],
    approval: asks.approvalOnElevation ?? defaultPolicy.approval,
    approverIds: (asks.approverIds ?? []).map((id) => id.toLowerCase()),
    notifiesAdministrators: asks.notificationToUserOnElevation ?? defaultPolicy.notifiesAdministrators,
  };
}

function policyKey(role: BuiltInRole, scope: Scope): string {
  return `${scope.id.toLowerCase()}|${role.id}`;
}

function role(name: string): BuiltInRole {
  const found = findRoleByName(name);
  if (found === undefined) {
    throw new Error(`Unknown role ${name}`);
  }
  return found;
}

function scopeAt(scopes: ScopeTree, id: string): Scope {
  const found = scopes.find(id);
  if (found === undefined) {
    throw new Error(`Unknown scope ${id}`);
  }
  return found;
}
