/** Where directory roles and PIM for groups are in Graph. Their calls are the same, their names are not. */
import { PimError } from '../errors.ts';
import { quoted } from '../http/odata.ts';
import type { AssignmentSide, Role, Scope } from '../model.ts';
import { kindOf } from '../scope.ts';

export type GraphRoleKind = 'entra' | 'group';

/** https://learn.microsoft.com/graph/api/resources/privilegedidentitymanagementv3-overview */
type Collection = 'instances' | 'schedules' | 'requests';

const collections: Readonly<Record<GraphRoleKind, Readonly<Record<AssignmentSide, Readonly<Record<Collection, string>>>>>> = {
  entra: {
    active: { instances: 'roleAssignmentScheduleInstances', schedules: 'roleAssignmentSchedules', requests: 'roleAssignmentScheduleRequests' },
    eligible: { instances: 'roleEligibilityScheduleInstances', schedules: 'roleEligibilitySchedules', requests: 'roleEligibilityScheduleRequests' },
  },
  group: {
    active: { instances: 'assignmentScheduleInstances', schedules: 'assignmentSchedules', requests: 'assignmentScheduleRequests' },
    eligible: { instances: 'eligibilityScheduleInstances', schedules: 'eligibilitySchedules', requests: 'eligibilityScheduleRequests' },
  },
};

const places: Readonly<Record<GraphRoleKind, string>> = {
  entra: '/roleManagement/directory',
  group: '/identityGovernance/privilegedAccess/group',
};

/** Without the version of the API. */
export function pathOf(kind: GraphRoleKind, side: AssignmentSide, collection: Collection): string {
  return `${places[kind]}/${collections[kind][side][collection]}`;
}

/** What is named with an item, as far as Graph does so: for groups it is known to leave the group out. */
const expansions: Readonly<Record<GraphRoleKind, string>> = { entra: 'roleDefinition,principal', group: 'group,principal' };

export function expandOf(kind: GraphRoleKind): string {
  return `$expand=${expansions[kind]}`;
}

/** Conditions for `$filter`. */
export function equals(member: string, value: string): string {
  return `${member} eq ${quoted(value)}`;
}

export function startsWith(member: string, value: string): string {
  return `startswith(${member},${quoted(value)})`;
}

/** A query with these conditions, or none. */
export function filterOf(conditions: readonly string[]): readonly string[] {
  return conditions.length === 0 ? [] : [`$filter=${encodeURIComponent(conditions.join(' and '))}`];
}

/** Role and scope, as a request names them. */
export function targetBody(role: Role, scope: Scope): Readonly<Record<string, string>> {
  switch (kindOf(scope)) {
    case 'entra': return { roleDefinitionId: role.definitionId, directoryScopeId: scope.id };
    case 'group': return { accessId: role.definitionId, groupId: scope.id };
    case 'azure': throw new PimError('invalidRequest', 'Graph has no roles at a scope of Azure');
  }
}
