import { azureRoles } from './azure-roles.ts';
import { entraRoles } from './entra-roles.ts';
import { groupRoles } from './group-roles.ts';

/** Azure resource roles, Entra directory roles, and what one can be in a group. */
export type RoleKind = 'azure' | 'entra' | 'group';

export interface Role {
  readonly kind: RoleKind;
  /** In lower case; for Entra the template id, for a group `member` or `owner`. No two roles of any kind share one. */
  readonly id: string;
  readonly name: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

const roles: Readonly<Record<RoleKind, readonly Role[]>> = { azure: azureRoles, entra: entraRoles, group: groupRoles };
const byId = new Map(Object.values(roles).flatMap((ofKind) => ofKind.map((role) => [role.id, role])));

export function rolesOf(kind: RoleKind): readonly Role[] {
  return roles[kind];
}

export function findRoleByName(kind: RoleKind, name: string): Role | undefined {
  return rolesOf(kind).find((role) => role.name.toLowerCase() === name.toLowerCase());
}

/** A role of any kind. */
export function findRoleById(id: string): Role | undefined {
  return byId.get(id.toLowerCase());
}
