import { identitiesOf } from './directory.ts';
import { placeOf } from './holding.ts';
import type { Role } from './roles.ts';
import { runningAssignments } from './schedules.ts';
import { isWithin } from './scopes.ts';
import type { Scope } from './scopes.ts';
import type { Pim } from './state.ts';
import type { Grant } from './tenant.ts';

/**
 * Azure RBAC: whether a role that the principal holds at the scope or above it covers the action. Rights come from the
 * seed and from what is active now, assigned or activated, directly and through groups.
 */
export function mayDo(pim: Pim, principalId: string, action: string, scope: Scope): boolean {
  return grantsOf(pim, principalId).some((grant) => isWithin(scope, grant.scope) && covers(grant.role, action));
}

/** Tells whether the principal holds anything at a scope, above it or below it: Azure then shows them the subscription. */
export function scopesSeenBy(pim: Pim, principalId: string): (scope: Scope) => boolean {
  const grants = grantsOf(pim, principalId);
  return (scope) => grants.some((grant) => isWithin(scope, grant.scope) || isWithin(grant.scope, scope));
}

/** Whether the principal has one of these roles at the scope or above it, in whatever way. */
export function holdsRole(pim: Pim, principalId: string, roleIds: readonly string[], scope: Scope): boolean {
  return grantsOf(pim, principalId).some(({ role, scope: at }) => roleIds.includes(role.id) && isWithin(scope, at));
}

/** Every role that the principal has at the scope, there or from above. */
export function rolesAt(pim: Pim, principalId: string, scope: Scope): readonly Role[] {
  return grantsOf(pim, principalId).flatMap(({ role, scope: at }) => (isWithin(scope, at) ? [role] : []));
}

/** Outside PIM, and active by PIM at this moment; the principal's own, and those of their groups. */
function grantsOf(pim: Pim, principalId: string): readonly Grant[] {
  const identities = identitiesOf(pim, principalId);
  return [...pim.tenant.grants, ...activeGrants(pim)].filter((grant) => identities.has(grant.principalId));
}

function activeGrants(pim: Pim): readonly Grant[] {
  return runningAssignments(pim).map((entry) => ({ principalId: entry.principalId, ...placeOf(pim, entry) }));
}

function covers(role: Role, action: string): boolean {
  return role.actions.some((pattern) => matches(pattern, action)) && !role.notActions.some((pattern) => matches(pattern, action));
}

function matches(pattern: string, action: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const text = action.toLowerCase();
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) {
    return text === first;
  }
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) {
    return false;
  }
  const middle = text.slice(first.length, text.length - last.length);
  return rest.every((part) => middle.includes(part));
}
