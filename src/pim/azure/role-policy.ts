import { z } from 'zod';
import { listAllRaw, parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import { quoted } from '../http/odata.ts';
import { PimError } from '../errors.ts';
import type { Role, RoleSettings, Scope } from '../model.ts';
import { roleSettingsFromRules } from '../role-settings.ts';
import { lastSegment, roleDefinitionIdAt, sameScope } from '../scope.ts';

const policyAssignment = z.object({
  properties: z.object({ scope: z.string(), roleDefinitionId: z.string(), effectiveRules: z.array(z.unknown()) }),
});

/**
 * Reads what a role asks of an activation at a scope. The SDK cannot filter this list, the service can.
 * `notFound`: the role has no policy there; `notPermitted`: this identity may not read it.
 */
export async function readRoleSettings(client: AzureClient, role: Role, scope: Scope): Promise<RoleSettings> {
  const definitionId = roleDefinitionIdAt(role.definitionId, scope);
  const filter = encodeURIComponent(`roleDefinitionId eq ${quoted(definitionId)}`);
  const path = `${encodeURI(scope.id)}/providers/Microsoft.Authorization/roleManagementPolicyAssignments`;
  const items = await listAllRaw(client, `${path}?$filter=${filter}&api-version=2020-10-01`);
  const ofRole = items
    .map((item) => parseAnswer(policyAssignment, item).properties)
    .filter((policy) => lastSegment(policy.roleDefinitionId).toLowerCase() === lastSegment(definitionId).toLowerCase());
  const policy = ofRole.find((policy) => sameScope(policy.scope, scope.id)) ?? ofRole[0];
  if (policy === undefined) throw new PimError('notFound', 'the role has no policy at this scope');
  return roleSettingsFromRules(policy.effectiveRules);
}
