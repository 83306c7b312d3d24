/** Azure's built-in roles, with Microsoft's ids. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */

export interface BuiltInRole {
  readonly id: string;
  readonly name: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

const none: readonly string[] = [];
const manages = (...resources: readonly string[]): readonly string[] => ['Microsoft.Authorization/*/read', ...resources];

export const builtInRoles: readonly BuiltInRole[] = [
  { id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', name: 'Owner', actions: ['*'], notActions: none },
  {
    id: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
    name: 'Contributor',
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
    ],
  },
  { id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', name: 'Reader', actions: ['*/read'], notActions: none },
  {
    id: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
    name: 'User Access Administrator',
    actions: ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'],
    notActions: none,
  },
  {
    id: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    name: 'Role Based Access Control Administrator',
    actions: [
      'Microsoft.Authorization/roleAssignments/write',
      'Microsoft.Authorization/roleAssignments/delete',
      '*/read',
      'Microsoft.Support/*',
    ],
    notActions: none,
  },
  {
    id: '00482a5a-887f-4fb3-b363-3b7fe8e74483',
    name: 'Key Vault Administrator',
    actions: manages('Microsoft.KeyVault/*/read'),
    notActions: none,
  },
  { id: '4633458b-17de-408a-b874-0445c86b69e6', name: 'Key Vault Secrets User', actions: none, notActions: none },
  { id: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe', name: 'Storage Blob Data Contributor', actions: none, notActions: none },
  { id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', name: 'Storage Blob Data Reader', actions: none, notActions: none },
  {
    id: '17d1049b-9a84-46fb-8f53-869881c3d3ab',
    name: 'Storage Account Contributor',
    actions: manages('Microsoft.Storage/storageAccounts/*'),
    notActions: none,
  },
  {
    id: '9980e02c-c2be-4d73-94e8-173b1dc7cf3c',
    name: 'Virtual Machine Contributor',
    actions: manages('Microsoft.Compute/virtualMachines/*'),
    notActions: none,
  },
  {
    id: '4d97b98b-1d4f-4787-a291-c67834d212e7',
    name: 'Network Contributor',
    actions: manages('Microsoft.Network/*'),
    notActions: none,
  },
  {
    id: 'de139f84-1756-47ae-9be6-808fbbe84772',
    name: 'Website Contributor',
    actions: manages('Microsoft.Web/sites/*'),
    notActions: none,
  },
  { id: '43d0d8ad-25c7-4714-9337-8ba259a9fe05', name: 'Monitoring Reader', actions: ['*/read'], notActions: none },
  { id: '73c42c96-874c-492b-b04d-ab87d138a893', name: 'Log Analytics Reader', actions: ['*/read'], notActions: none },
  {
    id: '39bc4728-0917-49c7-9d2c-d95423bc2eb4',
    name: 'Security Reader',
    actions: manages('Microsoft.Security/*/read'),
    notActions: none,
  },
];

export function findRoleByName(name: string): BuiltInRole | undefined {
  return builtInRoles.find((role) => role.name.toLowerCase() === name.toLowerCase());
}

export function findRoleById(id: string): BuiltInRole | undefined {
  return builtInRoles.find((role) => role.id === id.toLowerCase());
}
