import type { Role } from '../roles.ts';
import { roleDefinitionId } from '../scopes.ts';
import type { Scope } from '../scopes.ts';
import type { Condition, Pim } from '../state.ts';
import { findPrincipal } from '../tenant.ts';
import type { Principal } from '../tenant.ts';
import { provider } from './call.ts';
import { scheduleTypes } from './schedule-types.ts';

/** An ARM resource: its id lies under `scope`, or under the tenant root. */
export function resource(scope: Scope, type: string, name: string, properties: object): object {
  return { id: resourceId(scope, type, name), name, type: `${provider}/${type}`, properties };
}

export function resourceId(scope: Scope, type: string, name: string): string {
  return `${scope.id}/providers/${provider}/${type}/${name}`;
}

export function scopeId(scope: Scope): string {
  return scope.id || '/';
}

/** As PIM tells scope, role and principal beside their ids. `userPrincipalName` is answered though not described. */
export function expandedProperties(pim: Pim, scope: Scope, role: Role, principalId: string): object {
  return {
    scope: expandedScope(scope),
    roleDefinition: expandedRole(scope, role),
    principal: expandedPrincipal(principalId, findPrincipal(pim.tenant, principalId)),
  };
}

export function expandedScope(scope: Scope): object {
  return { id: scopeId(scope), displayName: scope.name, type: scope.type };
}

export function expandedRole(scope: Scope, role: Role): object {
  return { id: roleDefinitionId(role.id, scope), displayName: role.name, type: roleType(role) };
}

export function roleType({ custom }: Role): 'BuiltInRole' | 'CustomRole' {
  return custom === null ? 'BuiltInRole' : 'CustomRole';
}

export function principalType(principal: Principal | undefined): string {
  switch (principal?.kind) {
    case 'group':
      return 'Group';
    case 'app':
      return 'ServicePrincipal';
    case 'user':
    case undefined:
      return 'User';
  }
}

function expandedPrincipal(id: string, principal: Principal | undefined): object {
  const type = principalType(principal);
  if (principal?.kind === 'user') {
    const { name, userPrincipalName } = principal;
    return { id, displayName: name, email: userPrincipalName, type, userPrincipalName };
  }
  return { id, displayName: principal?.name ?? id, type };
}

/** The eligibility behind an activation, which may lie at a broader scope; nothing where there is none. */
export function linkedEligibility(pim: Pim, name: string | null): object {
  return linkTo(pim, name, 'linkedRoleEligibilityScheduleId', scheduleTypes.eligibility.schedules);
}

export function linkedEligibilityInstance(pim: Pim, name: string | null): object {
  return linkTo(pim, name, 'linkedRoleEligibilityScheduleInstanceId', scheduleTypes.eligibility.instances);
}

function linkTo(pim: Pim, name: string | null, member: string, type: string): object {
  const eligibility = name === null ? undefined : pim.state.eligibilities.get(name);
  const scope = eligibility && pim.tenant.scopes.find(eligibility.scopeId);
  return eligibility === undefined || scope === undefined ? {} : { [member]: resourceId(scope, type, eligibility.name) };
}

/** Nothing where there is none. */
export function conditionMembers(condition: Condition | null): object {
  return condition === null ? {} : { condition: condition.text, conditionVersion: condition.version };
}

/** `2026-08-10T09:27:45.317Z` */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}

/** A schedule's start as PIM writes it: seven digits and an offset. */
export function scheduleTimestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '0000+00:00');
}
