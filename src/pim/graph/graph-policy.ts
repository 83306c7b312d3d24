import { z } from 'zod';
import { readNames } from './directory-names.ts';
import { PimError } from '../errors.ts';
import { equals, filterOf } from './graph-kind.ts';
import { sameId } from './graph-answers.ts';
import { listAllRaw, parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { Approver, Role, RoleSettings, Scope } from '../model.ts';
import { roleSettingsFromRules } from '../role-settings.ts';

const policyAssignment = z.object({ roleDefinitionId: z.string(), policy: z.object({ rules: z.array(z.unknown()) }) });

/**
 * Reads what a role asks of an activation. A directory role has one policy, for administrative units too; a group has one
 * for its members and one for its owners. `notFound`: there is none; `notPermitted`: this identity may not read it.
 */
export async function readGraphRoleSettings(client: AzureClient, role: Role, scope: Scope): Promise<RoleSettings> {
  const limit = client.limit();
  const filter = filterOf([...policyScope(scope), equals('roleDefinitionId', role.definitionId)]).join('');
  const items = await listAllRaw(client, `/v1.0/policies/roleManagementPolicyAssignments?${filter}&$expand=policy($expand=rules)`, limit);
  const found = items.map((item) => parseAnswer(policyAssignment, item)).find(({ roleDefinitionId }) => sameId(roleDefinitionId, role.definitionId));
  if (found === undefined) throw new PimError('notFound', 'this role has no policy here');
  const settings = roleSettingsFromRules(found.policy.rules);
  return { ...settings, approvers: await named(client, settings.approvers, limit) };
}

function policyScope(scope: Scope): readonly string[] {
  return scope.type === 'group'
    ? [equals('scopeId', scope.id), equals('scopeType', 'Group')]
    : [equals('scopeId', '/'), equals('scopeType', 'DirectoryRole')];
}

async function named(client: AzureClient, approvers: readonly Approver[], limit: AbortSignal): Promise<readonly Approver[]> {
  const objects = approvers.filter(({ id, name }) => name === id).map(({ id }) => id);
  const names = await readNames(client, { objects, administrativeUnits: [] }, limit);
  return approvers.map((approver) => ({ ...approver, name: names.get(approver.id.toLowerCase())?.displayName || approver.name }));
}
