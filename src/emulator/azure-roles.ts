import type { Role } from './roles.ts';

/** Azure's built-in roles, with Microsoft's ids. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */

const none: readonly string[] = [];
const manages = (...resources: readonly string[]): readonly string[] => ['Microsoft.Authorization/*/read', ...resources];
const role = (id: string, name: string, actions: readonly string[], notActions = none): Role => ({ kind: 'azure', id, name, actions, notActions, custom: null });

/** Actions are abridged to each role's main resource and to what decides here: who may read at a scope. */
export const azureRoles: readonly Role[] = [
  role('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', ['*']),
  role('b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor', ['*'], [
    'Microsoft.Authorization/*/Delete',
    'Microsoft.Authorization/*/Write',
    'Microsoft.Authorization/elevateAccess/Action',
  ]),
  role('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', ['*/read']),
  role('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'User Access Administrator', [
    '*/read',
    'Microsoft.Authorization/*',
    'Microsoft.Support/*',
  ]),
  role('f58310d9-a9f6-439a-9e8d-f62e7b41a168', 'Role Based Access Control Administrator', [
    'Microsoft.Authorization/roleAssignments/write',
    'Microsoft.Authorization/roleAssignments/delete',
    '*/read',
    'Microsoft.Support/*',
  ]),
  role('00482a5a-887f-4fb3-b363-3b7fe8e74483', 'Key Vault Administrator', manages('Microsoft.KeyVault/*/read')),
  role('a4417e6f-fecd-4de8-b567-7b0420556985', 'Key Vault Certificates Officer', manages('Microsoft.KeyVault/*/read')),
  role('f25e0fa2-a7c8-4377-a976-54943a77a395', 'Key Vault Contributor', manages('Microsoft.KeyVault/*')),
  role('14b46e9e-c2b7-41b4-b07b-48a6ebf60603', 'Key Vault Crypto Officer', manages('Microsoft.KeyVault/*/read')),
  role('12338af0-0e69-4776-bea7-57ae8d297424', 'Key Vault Crypto User', none),
  role('21090545-7ca7-4776-b22c-e363652d74d2', 'Key Vault Reader', manages('Microsoft.KeyVault/*/read')),
  role('b86a8fe4-44ce-4948-aee5-eccb2c155cd7', 'Key Vault Secrets Officer', manages('Microsoft.KeyVault/*/read')),
  role('4633458b-17de-408a-b874-0445c86b69e6', 'Key Vault Secrets User', none),
  role('ab8e14d6-4a74-4a29-9ba8-549422addade', 'Microsoft Sentinel Contributor', manages('Microsoft.SecurityInsights/*')),
  role('8d289c81-5878-46d4-8554-54e1e3d8b5cb', 'Microsoft Sentinel Reader', manages('Microsoft.SecurityInsights/*/read')),
  role('fb1c8493-542b-48eb-b624-b4c8fea62acd', 'Security Admin', manages('Microsoft.Security/*')),
  role('39bc4728-0917-49c7-9d2c-d95423bc2eb4', 'Security Reader', manages('Microsoft.Security/*/read')),
  role('e40ec5ca-96e0-45a2-b4ff-59039f2c2b59', 'Managed Identity Contributor', manages('Microsoft.ManagedIdentity/userAssignedIdentities/*')),
  role('f1a07417-d97a-45cb-824c-7a7467783830', 'Managed Identity Operator', manages('Microsoft.ManagedIdentity/userAssignedIdentities/*/read')),
  role('1c0163c0-47e6-4577-8991-ea5c82e286e4', 'Virtual Machine Administrator Login', [
    'Microsoft.Compute/virtualMachines/*/read',
  ]),
  role('9980e02c-c2be-4d73-94e8-173b1dc7cf3c', 'Virtual Machine Contributor', manages('Microsoft.Compute/virtualMachines/*')),
  role('fb879df8-f326-4884-b1cf-06f3ad86be52', 'Virtual Machine User Login', ['Microsoft.Compute/virtualMachines/*/read']),
  role('7f951dda-4ed3-4680-a7ca-43fe172d538d', 'AcrPull', ['Microsoft.ContainerRegistry/registries/pull/read']),
  role('8311e382-0749-4cb8-b61a-304f252e45ec', 'AcrPush', [
    'Microsoft.ContainerRegistry/registries/pull/read',
    'Microsoft.ContainerRegistry/registries/push/write',
  ]),
  role('0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8', 'Azure Kubernetes Service Cluster Admin Role', [
    'Microsoft.ContainerService/managedClusters/read',
  ]),
  role('4abbcc35-e782-43d8-92c5-2d3f1bd2253f', 'Azure Kubernetes Service Cluster User Role', [
    'Microsoft.ContainerService/managedClusters/read',
  ]),
  role('ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8', 'Azure Kubernetes Service Contributor Role', [
    'Microsoft.ContainerService/managedClusters/*',
  ]),
  role('3498e952-d568-435e-9b2c-8d77e338d7f7', 'Azure Kubernetes Service RBAC Admin', manages('Microsoft.ContainerService/managedClusters/read')),
  role('b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b', 'Azure Kubernetes Service RBAC Cluster Admin', manages('Microsoft.ContainerService/managedClusters/read')),
  role('befefa01-2a29-4197-83a8-272ff33ce314', 'DNS Zone Contributor', manages('Microsoft.Network/dnsZones/*')),
  role('4d97b98b-1d4f-4787-a291-c67834d212e7', 'Network Contributor', manages('Microsoft.Network/*')),
  role('b12aa53e-6015-4669-85d0-8515ebb3ae7f', 'Private DNS Zone Contributor', manages('Microsoft.Network/privateDnsZones/*')),
  role('a4b10055-b0c7-44c2-b00f-c7b5b3550cf7', 'Traffic Manager Contributor', manages('Microsoft.Network/trafficManagerProfiles/*')),
  role('17d1049b-9a84-46fb-8f53-869881c3d3ab', 'Storage Account Contributor', manages('Microsoft.Storage/storageAccounts/*')),
  role('ba92f5b4-2d11-453d-a403-e96b0029c9fe', 'Storage Blob Data Contributor', none),
  role('b7e6dc6d-f1e8-4753-8033-0f276bb0955b', 'Storage Blob Data Owner', none),
  role('2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', 'Storage Blob Data Reader', none),
  role('974c5e8b-45b9-4653-ba55-5f855dd0fb88', 'Storage Queue Data Contributor', none),
  role('0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3', 'Storage Table Data Contributor', none),
  role('5e467623-bb1f-42f4-a55d-6e525e11384b', 'Backup Contributor', manages('Microsoft.RecoveryServices/Vaults/*')),
  role('00c29273-979b-4161-815c-10b084fb9324', 'Backup Operator', manages('Microsoft.RecoveryServices/Vaults/*/read')),
  role('230815da-be43-4aae-9cb4-875f7bd000aa', 'Cosmos DB Operator', manages('Microsoft.DocumentDb/databaseAccounts/*')),
  role('5bd9cd88-fe45-4216-938b-f97437e15450', 'DocumentDB Account Contributor', manages('Microsoft.DocumentDb/databaseAccounts/*')),
  role('e0f68234-74aa-48ed-b826-c38b57376e17', 'Redis Cache Contributor', manages('Microsoft.Cache/redis/*')),
  role('9b7fa17d-e63e-47b0-bb0a-15c516ac86ec', 'SQL DB Contributor', manages('Microsoft.Sql/servers/databases/*')),
  role('056cd41c-7e88-42e1-933e-88ba6a50c9c3', 'SQL Security Manager', manages('Microsoft.Sql/servers/read')),
  role('6d8ee4ec-f05a-4a1d-8b00-a9b17e38b437', 'SQL Server Contributor', manages('Microsoft.Sql/servers/*')),
  role('673868aa-7521-48a0-acc6-0f60742d39f5', 'Data Factory Contributor', manages('Microsoft.DataFactory/factories/*')),
  role('2cc479cb-7b4d-49a8-b449-8c00fd0f0a4b', 'Web Plan Contributor', manages('Microsoft.Web/serverFarms/*')),
  role('de139f84-1756-47ae-9be6-808fbbe84772', 'Website Contributor', manages('Microsoft.Web/sites/*')),
  role('87a39d53-fc1b-424a-814c-f7e04687dc9e', 'Logic App Contributor', manages('Microsoft.Logic/*')),
  role('515c2055-d9d4-4321-b1b9-bd0c9a0f79fe', 'Logic App Operator', manages('Microsoft.Logic/*/read')),
  role('ae349356-3a1b-4a5e-921d-050484c6347e', 'Application Insights Component Contributor', manages('Microsoft.Insights/components/*')),
  role('92aaf0da-9dab-42b6-94a3-d43ce8d16293', 'Log Analytics Contributor', ['*/read', 'Microsoft.OperationalInsights/*']),
  role('73c42c96-874c-492b-b04d-ab87d138a893', 'Log Analytics Reader', ['*/read']),
  role('749f88d5-cbae-40b8-bcfc-e573ddc772fa', 'Monitoring Contributor', ['*/read', 'Microsoft.Insights/*']),
  role('43d0d8ad-25c7-4714-9337-8ba259a9fe05', 'Monitoring Reader', ['*/read']),
  role('f353d9bd-d4a6-484e-a77a-8050b599b867', 'Automation Contributor', manages('Microsoft.Automation/automationAccounts/*')),
  role('d3881f73-407a-4167-8283-e981cbba0404', 'Automation Operator', manages('Microsoft.Automation/automationAccounts/read')),
  role('fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64', 'Billing Reader', manages('Microsoft.Billing/*/read')),
  role('434105ed-43f6-45c7-a02f-909b2ba83430', 'Cost Management Contributor', [
    'Microsoft.CostManagement/*',
    'Microsoft.Consumption/*',
  ]),
  role('72fafb9e-0641-4937-9268-a91bfd8191a3', 'Cost Management Reader', [
    'Microsoft.CostManagement/*/read',
    'Microsoft.Consumption/*/read',
  ]),
  role('5d58bcaf-24a5-4b20-bdb6-eed9f69fbe4c', 'Management Group Contributor', ['Microsoft.Management/managementGroups/*']),
  role('ac63b705-f282-497d-ac71-919bf39d939d', 'Management Group Reader', ['Microsoft.Management/managementGroups/read']),
  role('36243c78-bf99-498c-9df9-86d9f8d28608', 'Resource Policy Contributor', [
    '*/read',
    'Microsoft.Authorization/policyAssignments/*',
    'Microsoft.Authorization/policyDefinitions/*',
  ]),
  role('cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e', 'Support Request Contributor', manages('Microsoft.Support/*')),
  role('4a9ae827-6dc8-4573-8ac7-8239d42aa03f', 'Tag Contributor', ['Microsoft.Resources/tags/*']),
];
