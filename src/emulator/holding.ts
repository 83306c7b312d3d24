import type { Role } from './roles.ts';
import type { Scope } from './scopes.ts';
import type { Holding, Pim } from './state.ts';

/** A role at a scope. */
export interface Place {
  readonly role: Role;
  readonly scope: Scope;
}

/** Requests, assignments and eligibilities name what the tenant has: neither roles nor scopes come and go. */
export function placeOf(pim: Pim, { roleId, scopeId }: Pick<Holding, 'roleId' | 'scopeId'>): Place {
  const role = pim.tenant.roles.find(roleId);
  const scope = pim.tenant.scopes.find(scopeId);
  if (role === undefined || scope === undefined) {
    throw new Error(`There is no role ${roleId} at ${scopeId}`);
  }
  return { role, scope };
}
