import { createAzureRoles } from '../../src/pim/azure/azure-roles.ts';
import type { ArmClient } from '../../src/pim/http/azure-client.ts';
import type { PimUser } from '../../src/pim/pim.ts';
import { createPimUser } from '../../src/pim/pim-user.ts';

/** A person in a tenant that uses PIM for Azure resource roles and for nothing else. */
export function azureUser(personId: string, client: ArmClient): PimUser {
  return createPimUser({ personId, kinds: new Map([['azure', createAzureRoles({ personId, client })]]), findPrincipals: () => Promise.resolve([]), findApprovers: () => Promise.resolve([]) });
}
