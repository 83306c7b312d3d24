import { z } from 'zod';
import { readNames } from './directory-names.ts';
import { PimError } from '../errors.ts';
import { equals, filterOf } from './graph-kind.ts';
import { sameId } from './graph-answers.ts';
import { listAllRaw, parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { Approver, Role, RoleSettings, Scope } from '../model.ts';
import { roleSettingsFromRules } from '../role-settings.ts';
import { lastModification } from '../settings/role-policy.ts';

const policyAssignment = z.object({
  roleDefinitionId: z.string(),
  policyId: z.string().nullish(),
  policy: z.object({ ...lastModification.shape, id: z.string().nullish(), rules: z.array(z.unknown()) }),
});
export type PolicyAssignment = z.infer<typeof policyAssignment>;

/** Reads what a role asks of an activation. `notFound`: it has no policy there; `notPermitted`: this identity may not read it. */
export async function readGraphRoleSettings(client: AzureClient, role: Role, scope: Scope): Promise<RoleSettings> {
  const limit = client.limit();
  const settings = roleSettingsFromRules((await findPolicy(client, role, scope, limit)).policy.rules);
  return { ...settings, approvers: await named(client, settings.approvers, limit) };
}

export async function findPolicy(client: AzureClient, role: Role, scope: Scope, limit: AbortSignal): Promise<PolicyAssignment> {
  const items = await listAllRaw(client, `/v1.0${policiesPath(scope, [equals('roleDefinitionId', role.definitionId)])}`, limit);
  const found = policiesIn(items).find(({ roleDefinitionId }) => sameId(roleDefinitionId, role.definitionId));
  if (found === undefined) throw new PimError('notFound', 'this role has no policy here');
  return found;
}

/**
 * Where the policies of a scope are, without the version of the API. A directory role has one policy, for administrative
 * units too; a group has one for its members and one for its owners.
 */
export function policiesPath(scope: Scope, conditions: readonly string[] = []): string {
  const filter = filterOf([...policyScope(scope), ...conditions]).join('');
  return `/policies/roleManagementPolicyAssignments?${filter}&$expand=policy($expand=rules)`;
}

export function policiesIn(items: readonly unknown[]): readonly PolicyAssignment[] {
  return items.map((item) => parseAnswer(policyAssignment, item));
}

function policyScope(scope: Scope): readonly string[] {
  return scope.type === 'group'
    ? [equals('scopeId', scope.id), equals('scopeType', 'Group')]
    : [equals('scopeId', '/'), equals('scopeType', 'DirectoryRole')];
}

/** Approvers of whom no name is told, with the one that the directory has. */
export async function named(client: AzureClient, approvers: readonly Approver[], limit?: AbortSignal): Promise<readonly Approver[]> {
  const objects = approvers.filter(({ id, name }) => name === id).map(({ id }) => id);
  const names = await readNames(client, { objects, administrativeUnits: [] }, limit);
  return approvers.map((approver) => ({ ...approver, name: names.get(approver.id.toLowerCase())?.displayName || approver.name }));
}
