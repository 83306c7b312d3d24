import { azureRoles } from './azure-roles.ts';
import { entraRoles } from './entra-roles.ts';
import { groupRoles } from './group-roles.ts';
import type { Scope } from './scopes.ts';

/** Azure resource roles, Entra directory roles, and what one can be in a group. */
export type RoleKind = 'azure' | 'entra' | 'group';

export interface Role {
  readonly kind: RoleKind;
  /** In lower case; for Entra the template id, for a group `member` or `owner`. No two roles of any kind share one. */
  readonly id: string;
  readonly name: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  /** `null`: built in. */
  readonly custom: CustomRole | null;
}

/** What a tenant says of a role that it made itself. */
export interface CustomRole {
  readonly description: string;
  /** It can be held there and below. */
  readonly assignableScopes: readonly Scope[];
}

/** Every tenant has them. `Tenant.roles` has the tenant's own, too. */
export const builtInRoles: Readonly<Record<RoleKind, readonly Role[]>> = { azure: azureRoles, entra: entraRoles, group: groupRoles };

/** Of the built-in ones. */
export function findRoleByName(kind: RoleKind, name: string): Role | undefined {
  return builtInRoles[kind].find((role) => role.name.toLowerCase() === name.toLowerCase());
}
