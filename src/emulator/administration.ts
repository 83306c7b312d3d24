import { holdsRole, mayDo } from './access.ts';
import { globalAdministratorId, privilegedRoleAdministratorId } from './entra-roles.ts';
import { ownerRoleId } from './group-roles.ts';
import type { Caller } from './identity.ts';
import { pimError } from './pim-error.ts';
import type { RoleKind } from './roles.ts';
import { directory } from './scopes.ts';
import type { Scope } from './scopes.ts';
import type { Pim, Side } from './state.ts';

/** What somebody wants to administer: active assignments, eligibilities, or the settings of a role. */
export type Administered = Side | 'policy';

const azureActions: Readonly<Record<Administered, string>> = {
  assignment: 'Microsoft.Authorization/roleAssignments/write',
  eligibility: 'Microsoft.Authorization/roleAssignments/write',
  policy: 'Microsoft.Authorization/roleManagementPolicies/write',
};

/** Graph permissions of an application, any one of which is enough. That `.Remove.` only removes, Graph has looked at. */
const permissions: Readonly<Record<Exclude<RoleKind, 'azure'>, Readonly<Record<Administered, readonly string[]>>>> = {
  entra: {
    assignment: ['RoleManagement.ReadWrite.Directory', 'RoleAssignmentSchedule.ReadWrite.Directory', 'RoleAssignmentSchedule.Remove.Directory'],
    eligibility: ['RoleManagement.ReadWrite.Directory', 'RoleEligibilitySchedule.ReadWrite.Directory', 'RoleEligibilitySchedule.Remove.Directory'],
    policy: ['RoleManagement.ReadWrite.Directory', 'RoleManagementPolicy.ReadWrite.Directory'],
  },
  group: {
    assignment: ['PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup', 'PrivilegedAssignmentSchedule.Remove.AzureADGroup'],
    eligibility: ['PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup', 'PrivilegedEligibilitySchedule.Remove.AzureADGroup'],
    policy: ['RoleManagementPolicy.ReadWrite.AzureADGroup'],
  },
};

const directoryAdministrators = [privilegedRoleAdministratorId, globalAdministratorId];

/**
 * Azure: whoever may write role assignments there. Entra: Privileged Role Administrators and Global Administrators. A
 * group: its owners, and those two. An application needs a Graph permission for the last two.
 */
export function mayAdminister(pim: Pim, caller: Caller, scope: Scope, what: Administered = 'assignment'): boolean {
  if (scope.kind === 'azure') {
    return mayDo(pim, caller.id, azureActions[what], scope);
  }
  if (caller.kind === 'app') {
    return permissions[scope.kind][what].some((permission) => caller.permissions.includes(permission));
  }
  return scope.kind === 'entra'
    ? holdsRole(pim, caller.id, directoryAdministrators, scope)
    : holdsRole(pim, caller.id, [ownerRoleId], scope) || holdsRole(pim, caller.id, directoryAdministrators, directory);
}

/** Throws `Refusal` (403) in the words of the service that is asked: ARM or Graph. */
export function requireAdministrator(pim: Pim, caller: Caller, scope: Scope, what: Administered = 'assignment'): void {
  if (mayAdminister(pim, caller, scope, what)) {
    return;
  }
  throw scope.kind === 'azure' ? pimError.authorizationFailed(caller.id, azureActions[what], scope.id) : pimError.requestDenied();
}
