/** Who may manage a scope of Azure: as the bot's own identity may read it. */
import { activeAssignments } from './azure-answers.ts';
import { listAll } from '../http/azure-client.ts';
import type { ArmClient } from '../http/azure-client.ts';
import type { Approver, Scope } from '../model.ts';
import { lastSegment, sdkScope } from '../scope.ts';

/** Owner and User Access Administrator. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const managing: ReadonlySet<string> = new Set(['8e3af657-a8ff-443c-a75c-2fe8c4bcb635', '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9']);

/** People and groups that hold such a role there now, or above. */
export async function listAzureAdministrators(arm: ArmClient, scope: Scope): Promise<readonly Approver[]> {
  const held = await listAll(arm, (options) => arm.sdk.roleAssignmentScheduleInstances.listForScope(sdkScope(scope), { ...options, filter: 'atScope()' })).then(activeAssignments);
  return held
    .filter(({ role }) => managing.has(lastSegment(role.definitionId).toLowerCase()))
    .flatMap(({ principal: { id, name, kind } }) => (kind === 'servicePrincipal' ? [] : [{ id, name, kind }]));
}
