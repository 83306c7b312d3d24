import { identitiesOf } from './directory.ts';
import { findRoleById } from './roles.ts';
import type { BuiltInRole } from './roles.ts';
import { isWithin } from './scopes.ts';
import type { Scope } from './scopes.ts';
import type { Pim } from './state.ts';
import type { Grant } from './tenant.ts';

/**
 * Azure RBAC: whether a role that the principal holds at the scope or above it covers the action. Rights come from the
 * seed, directly and through groups, and from what the principal has active now.
 */
export function mayDo(pim: Pim, principalId: string, action: string, scope: Scope): boolean {
  return grantsOf(pim, principalId).some((grant) => isWithin(scope, grant.scope) && covers(grant.role, action));
}

/** Whether the principal holds anything at the scope, above it or below it: Azure then shows them the subscription. */
export function seesScope(pim: Pim, principalId: string, scope: Scope): boolean {
  return grantsOf(pim, principalId).some((grant) => isWithin(scope, grant.scope) || isWithin(grant.scope, scope));
}

function grantsOf(pim: Pim, principalId: string): readonly Grant[] {
  const identities = identitiesOf(pim, principalId);
  return [...pim.tenant.grants.filter((grant) => identities.has(grant.principalId)), ...activeGrants(pim, principalId)];
}

function activeGrants(pim: Pim, principalId: string): readonly Grant[] {
  const running = [...pim.state.activations.values()].filter(
    (activation) => activation.principalId === principalId && activation.endedAt === null,
  );
  return running.flatMap((activation) => {
    const role = findRoleById(activation.roleId);
    const scope = pim.tenant.scopes.find(activation.scopeId);
    return role === undefined || scope === undefined ? [] : [{ principalId, role, scope }];
  });
}

function covers(role: BuiltInRole, action: string): boolean {
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
