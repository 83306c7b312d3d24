import { z } from 'zod';
import { listAllRaw, parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import { quoted } from '../http/odata.ts';
import { PimError } from '../errors.ts';
import type { Role, RoleSettings, Scope } from '../model.ts';
import { roleSettingsFromRules } from '../role-settings.ts';
import { lastModification } from '../settings/role-policy.ts';
import { lastSegment, roleDefinitionIdAt, sameScope } from '../scope.ts';

const named = z.object({ displayName: z.string().nullish() });

const policyAssignment = z.object({
  properties: z.object({
    scope: z.string(),
    roleDefinitionId: z.string(),
    policyId: z.string().nullish(),
    effectiveRules: z.array(z.unknown()),
    policyAssignmentProperties: z.object({
      scope: named.nullish(),
      roleDefinition: named.nullish(),
      policy: lastModification.nullish(),
    }).nullish(),
  }),
});
export type PolicyAssignment = z.infer<typeof policyAssignment>['properties'];

/**
 * Reads what a role asks of an activation at a scope.
 * `notFound`: the role has no policy there; `notPermitted`: this identity may not read it.
 */
export async function readRoleSettings(client: AzureClient, role: Role, scope: Scope): Promise<RoleSettings> {
  return roleSettingsFromRules((await findPolicy(client, role, scope)).effectiveRules);
}

/** The policy of a role at a scope, or the one that it inherits there. */
export async function findPolicy(client: AzureClient, role: Role, scope: Scope): Promise<PolicyAssignment> {
  const definitionId = roleDefinitionIdAt(role.definitionId, scope);
  const ofRole = (await listPolicies(client, scope, `roleDefinitionId eq ${quoted(definitionId)}`))
    .filter((policy) => lastSegment(policy.roleDefinitionId).toLowerCase() === lastSegment(definitionId).toLowerCase());
  const policy = ofRole.find((policy) => sameScope(policy.scope, scope.id)) ?? ofRole[0];
  if (policy === undefined) throw new PimError('notFound', 'the role has no policy at this scope');
  return policy;
}

/** The SDK cannot filter this list, the service can. */
export async function listPolicies(client: AzureClient, scope: Scope, filter?: string): Promise<readonly PolicyAssignment[]> {
  const path = `${encodeURI(scope.id)}/providers/Microsoft.Authorization/roleManagementPolicyAssignments`;
  const query = [...(filter === undefined ? [] : [`$filter=${encodeURIComponent(filter)}`]), 'api-version=2020-10-01'].join('&');
  return (await listAllRaw(client, `${path}?${query}`)).map((item) => parseAnswer(policyAssignment, item).properties);
}
