import { findRoleByName } from '../../src/emulator/roles.ts';
import type { World } from '../helpers/world.ts';
import { inThePortal, requestPath } from './outside-the-bot.ts';
import type { RoleInThePortal } from './settings-in-the-portal.ts';

const alexId = 'a1e00000-0000-4000-8000-000000000001';
const nestorId = 'a1e00000-0000-4000-8000-000000000003';

/** Alex asks for an Azure role, under a GUID of their own or the one that is given. */
export function alexAsks(world: World, at: RoleInThePortal, requestId: string = crypto.randomUUID()): Promise<unknown> {
  return inThePortal(world, alexId, {
    method: 'PUT', path: requestPath(at.scope, requestId), body: { properties: {
      principalId: alexId, roleDefinitionId: definitionId(at), requestType: 'SelfActivate', justification: 'from the portal',
      scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT30M' } },
    } },
  });
}

/** An administrator takes an Azure role from Alex: what they are eligible for, or what they hold now. */
export function alexLoses(world: World, at: RoleInThePortal, side: 'Eligibility' | 'Assignment'): Promise<unknown> {
  return inThePortal(world, nestorId, {
    method: 'PUT', path: `${at.scope}/providers/Microsoft.Authorization/role${side}ScheduleRequests/${crypto.randomUUID()}?api-version=2020-10-01`,
    body: { properties: { principalId: alexId, roleDefinitionId: definitionId(at), requestType: 'AdminRemove', justification: 'no longer needed' } },
  });
}

function definitionId({ role, scope }: RoleInThePortal): string {
  return `${scope.split('/').slice(0, 3).join('/')}/providers/Microsoft.Authorization/roleDefinitions/${findRoleByName('azure', role)?.id}`;
}
