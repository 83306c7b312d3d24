/** What SECURITY.md and docs/tenant-set-up.md ask an administrator for: with these, and no more, everything works. */

export const leastDelegated: readonly string[] = [
  'RoleEligibilitySchedule.ReadWrite.Directory',
  'RoleAssignmentSchedule.ReadWrite.Directory',
  'RoleManagementPolicy.ReadWrite.Directory',
  'RoleManagement.Read.Directory',
  'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  'RoleManagementPolicy.ReadWrite.AzureADGroup',
  'User.ReadBasic.All',
  'GroupMember.Read.All',
  'AdministrativeUnit.Read.All',
  'Application.Read.All',
];

export const leastOfTheBot: readonly string[] = [
  'GroupMember.Read.All',
  'User.Read.All',
  'RoleAssignmentSchedule.Read.Directory',
  'RoleManagementPolicy.Read.Directory',
  'PrivilegedAssignmentSchedule.Read.AzureADGroup',
  'RoleManagementPolicy.Read.AzureADGroup',
];
