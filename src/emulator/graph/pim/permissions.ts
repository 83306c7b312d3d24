import { Refusal } from '../../reply.ts';
import type { RoleKind } from '../../roles.ts';
import type { Side } from '../../state.ts';
import type { GraphCall } from '../call.ts';
import { nestedError, unknownError } from './nested-error.ts';

/** What a token needs for PIM's part of Graph, beside what its person may do. Any one of a list is enough. */
export type PimPermissions = readonly string[];

type GraphKind = Exclude<RoleKind, 'azure'>;

/** The least permission comes first. https://learn.microsoft.com/graph/permissions-reference */
interface KindPermissions {
  /** Schedules and instances. */
  readonly read: Readonly<Record<Side, PimPermissions>>;
  readonly write: Readonly<Record<Side, PimPermissions>>;
  /** Requests of directory roles take a permission that can write. */
  readonly readRequests: Readonly<Record<Side, PimPermissions>>;
  /** Enough for an `adminRemove` and a `selfDeactivate`. */
  readonly remove: Readonly<Record<Side, PimPermissions>>;
  readonly readApprovals: PimPermissions;
  readonly decide: PimPermissions;
  readonly readPolicies: PimPermissions;
  readonly writePolicies: PimPermissions;
}

const readsRoles = ['RoleManagement.Read.Directory', 'RoleManagement.Read.All'];
const writesRoles = ['RoleManagement.ReadWrite.Directory'];

const writesDirectory = {
  assignment: ['RoleAssignmentSchedule.ReadWrite.Directory', ...writesRoles],
  eligibility: ['RoleEligibilitySchedule.ReadWrite.Directory', ...writesRoles],
};
const readsGroups = {
  assignment: ['PrivilegedAssignmentSchedule.Read.AzureADGroup', 'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup'],
  eligibility: ['PrivilegedEligibilitySchedule.Read.AzureADGroup', 'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup'],
};

export const pimPermissions: Readonly<Record<GraphKind, KindPermissions>> = {
  entra: {
    read: {
      assignment: ['RoleAssignmentSchedule.Read.Directory', ...readsRoles, ...writesDirectory.assignment],
      eligibility: ['RoleEligibilitySchedule.Read.Directory', ...readsRoles, ...writesDirectory.eligibility],
    },
    write: writesDirectory,
    readRequests: writesDirectory,
    remove: { assignment: ['RoleAssignmentSchedule.Remove.Directory'], eligibility: ['RoleEligibilitySchedule.Remove.Directory'] },
    readApprovals: ['RoleAssignmentSchedule.ReadWrite.Directory'],
    decide: ['RoleAssignmentSchedule.ReadWrite.Directory'],
    readPolicies: ['RoleManagementPolicy.Read.Directory', ...readsRoles, 'RoleManagementPolicy.ReadWrite.Directory', ...writesRoles],
    writePolicies: ['RoleManagementPolicy.ReadWrite.Directory', ...writesRoles],
  },
  group: {
    read: readsGroups,
    write: {
      assignment: ['PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup'],
      eligibility: ['PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup'],
    },
    readRequests: readsGroups,
    remove: {
      assignment: ['PrivilegedAssignmentSchedule.Remove.AzureADGroup'],
      eligibility: ['PrivilegedEligibilitySchedule.Remove.AzureADGroup'],
    },
    readApprovals: readsGroups.assignment,
    decide: ['PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup'],
    readPolicies: ['RoleManagementPolicy.Read.AzureADGroup', 'RoleManagementPolicy.ReadWrite.AzureADGroup'],
    writePolicies: ['RoleManagementPolicy.ReadWrite.AzureADGroup'],
  },
};

export const roleDefinitionReaders: PimPermissions = [...readsRoles, ...writesRoles, 'Directory.Read.All'];

/** Throws `Refusal` unless the token carries one of them: delegated by its person, or granted to the application. */
export function requireGranted({ caller }: GraphCall, wanted: PimPermissions): void {
  const granted = caller.kind === 'app' ? caller.permissions : caller.scopes;
  if (!wanted.some((permission) => granted.includes(permission))) {
    throw scopeNotGranted(wanted);
  }
}

/** As above, where an application cannot come at all. */
export function requireDelegated(call: GraphCall, wanted: PimPermissions): void {
  if (call.caller.kind === 'app') {
    throw scopeNotGranted(wanted);
  }
  requireGranted(call, wanted);
}

function scopeNotGranted(wanted: PimPermissions): Refusal {
  const message = `Authorization failed due to missing permission scope ${wanted.join(',')}.`;
  return new Refusal(403, unknownError, nestedError('PermissionScopeNotGranted', message));
}
