import { eligibilitiesOf } from './eligibilities.ts';
import { guidFrom } from './guid.ts';
import { placeOf } from './holding.ts';
import type { Role } from './roles.ts';
import { isWithin } from './scopes.ts';
import type { Scope } from './scopes.ts';
import type { Pim } from './state.ts';

/** GUID of the policy of a role at a scope. */
export function policyGuid(role: Role, scope: Scope): string {
  return guidFrom('policy', scope.id, role.id);
}

/**
 * Roles that the person could activate at this scope. Whether their settings may be read by somebody who is merely
 * eligible is not documented: here they may, unless the seed says that only administrators read settings.
 */
export function rolesEligibleAt(pim: Pim, principalId: string, scope: Scope): readonly Role[] {
  if (pim.tenant.policyReading === 'administrators') {
    return [];
  }
  const entitled = eligibilitiesOf(pim, principalId).filter((entry) => isWithin(scope, placeOf(pim, entry).scope));
  return pim.tenant.roles.at(scope).filter((role) => entitled.some((entry) => entry.roleId === role.id));
}
