/** Everybody's assignments of Azure resource roles, and what an administrator does to them. */
import type { RoleAssignmentScheduleRequestPropertiesScheduleInfoExpiration } from '@azure/arm-authorization';
import { assignmentsOf } from './azure-answers.ts';
import { findRoles } from './find-roles.ts';
import { findScopes, findWidestScopes } from './find-scopes.ts';
import { listAll } from '../http/azure-client.ts';
import type { ArmClient } from '../http/azure-client.ts';
import { quoted } from '../http/odata.ts';
import type { Assignment, AssignmentFilter, AssignmentQuery, AssignmentTarget, Expiration } from '../model.ts';
import type { PimOfKind } from '../pim-user.ts';
import { readOwn, submit, ticketDetails } from './schedule-requests.ts';
import type { Intent } from './schedule-requests.ts';
import { roleDefinitionIdAt, sdkScope } from '../scope.ts';

/** `client` carries the administrator's own token. */
export function createAzureAssignments(client: ArmClient): PimOfKind['assignments'] {
  return {
    list: (query) => list(client, query),
    assign: (requestId, draft) => submit(client, intentOf('AdminAssign', requestId, draft), {
      justification: draft.justification,
      scheduleInfo: { ...(draft.start === null ? {} : { startDateTime: draft.start }), expiration: expirationOf(draft.expiration) },
      ...ticketDetails(draft.ticket),
    }),
    unassign: (requestId, draft) => submit(client, intentOf('AdminRemove', requestId, draft), { justification: draft.justification, ...ticketDetails(draft.ticket) }),
    readRequest: (reference) => readOwn(client, intentOf(reference.action === 'assign' ? 'AdminAssign' : 'AdminRemove', reference.requestId, reference)),
    findRoles: (scope, words) => findRoles(client, scope, words),
    findScopes: (words) => findScopes(client, words),
    findWidestScopes: () => findWidestScopes(client),
  };
}

function intentOf(requestType: Intent['requestType'], requestId: string, { side, principal, role, scope }: AssignmentTarget): Intent {
  return { requestType, requestId, side, principalId: principal.id, role, scope };
}

function expirationOf(expiration: Expiration): RoleAssignmentScheduleRequestPropertiesScheduleInfoExpiration {
  switch (expiration.type) {
    case 'afterDuration': return { type: 'AfterDuration', duration: `PT${expiration.minutes}M` };
    case 'afterDateTime': return { type: 'AfterDateTime', endDateTime: expiration.end };
    case 'noExpiration': return { type: 'NoExpiration' };
  }
}

async function list(client: ArmClient, query: AssignmentQuery): Promise<readonly Assignment[]> {
  const lists = listsOf(client, query);
  const filter = filterText(query);
  const items = await listAll<unknown>(client, (options) => lists.listForScope(sdkScope(query.scope), { ...options, ...(filter === '' ? {} : { filter }) }));
  return assignmentsOf(query.side, items);
}

type Lists = ArmClient['sdk'][
  'roleAssignmentScheduleInstances' | 'roleAssignmentSchedules' | 'roleEligibilityScheduleInstances' | 'roleEligibilitySchedules'];

function listsOf({ sdk }: ArmClient, { side, when }: AssignmentQuery): Lists {
  if (side === 'active') return when === 'now' ? sdk.roleAssignmentScheduleInstances : sdk.roleAssignmentSchedules;
  return when === 'now' ? sdk.roleEligibilityScheduleInstances : sdk.roleEligibilitySchedules;
}

/** https://learn.microsoft.com/rest/api/authorization/role-assignment-schedule-instances/list-for-scope ($filter) */
function filterText({ filter, scope }: AssignmentQuery): string {
  const { principalId, roleDefinitionId, assignedTo, asTarget = false, atScope = false }: AssignmentFilter = filter;
  return [
    ...(principalId === undefined ? [] : [`principalId eq ${quoted(principalId)}`]),
    ...(roleDefinitionId === undefined ? [] : [`roleDefinitionId eq ${quoted(roleDefinitionIdAt(roleDefinitionId, scope))}`]),
    ...(assignedTo === undefined ? [] : [`assignedTo(${quoted(assignedTo)})`]),
    ...(asTarget ? ['asTarget()'] : []),
    ...(atScope ? ['atScope()'] : []),
  ].join(' and ');
}
