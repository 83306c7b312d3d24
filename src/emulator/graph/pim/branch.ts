import type { Role } from '../../roles.ts';
import { graphScopeId } from '../../scopes.ts';
import type { Scope } from '../../scopes.ts';
import type { Side } from '../../state.ts';
import { findPrincipal } from '../../tenant.ts';
import type { GraphCall } from '../call.ts';
import { administrativeUnitType, directoryObjectType, groupType } from '../directory-object.ts';
import type { EntityMembers } from '../odata-filter.ts';
import { toOne } from '../odata-query.ts';
import type { EntityType, Navigation } from '../odata-query.ts';
import { roleDefinitionType } from './role-definitions.ts';

/** Whose role where. */
export interface Held {
  readonly principalId: string;
  readonly role: Role;
  readonly scope: Scope;
}

/** How Graph spells what active assignments and eligibilities each have. */
interface SideNames {
  readonly schedules: string;
  readonly instances: string;
  readonly requests: string;
  /** Beginning of the names of the types, e.g. `unifiedRoleAssignment` of `unifiedRoleAssignmentSchedule`. */
  readonly type: string;
  /** Member of an instance. */
  readonly scheduleId: string;
}

/** Directory roles and PIM for groups: their calls are the same, their names are not. */
export interface PimBranch {
  readonly kind: 'entra' | 'group';
  readonly path: string;
  readonly names: Readonly<Record<Side, SideNames>>;
  /** Members that tell the role and where it is held. */
  readonly placeMembers: EntityMembers;
  readonly placeOf: (held: Held) => object;
  /** `name` is that of a schedule. */
  readonly scheduleId: (name: string, held: Held) => string;
  readonly instanceId: (name: string, held: Held, side: Side) => string;
  readonly navigations: (call: GraphCall) => Readonly<Record<string, Navigation<Held>>>;
}

export const directoryRoles: PimBranch = {
  kind: 'entra',
  path: 'roleManagement/directory',
  names: {
    assignment: {
      schedules: 'roleAssignmentSchedules',
      instances: 'roleAssignmentScheduleInstances',
      requests: 'roleAssignmentScheduleRequests',
      type: 'unifiedRoleAssignment',
      scheduleId: 'roleAssignmentScheduleId',
    },
    eligibility: {
      schedules: 'roleEligibilitySchedules',
      instances: 'roleEligibilityScheduleInstances',
      requests: 'roleEligibilityScheduleRequests',
      type: 'unifiedRoleEligibility',
      scheduleId: 'roleEligibilityScheduleId',
    },
  },
  placeMembers: { roleDefinitionId: 'text', directoryScopeId: 'text', appScopeId: 'text' },
  placeOf: ({ role, scope }) => ({ roleDefinitionId: role.id, directoryScopeId: graphScopeId(scope), appScopeId: null }),
  scheduleId: (name) => name,
  instanceId: (_, held, side) => `${encodedIds(held)}-1${side === 'eligibility' ? '-e' : ''}`,
  navigations: (call) => ({
    principal: principalOf(call),
    roleDefinition: toOne(roleDefinitionType, ({ role }) => role),
    directoryScope: toOne(directoryScopeType, ({ scope }) => (scope.type === 'administrativeunit' ? scope : null)),
    appScope: toOne(directoryScopeType, () => null),
  }),
};

export const groupRoles: PimBranch = {
  kind: 'group',
  path: 'identityGovernance/privilegedAccess/group',
  names: {
    assignment: {
      schedules: 'assignmentSchedules',
      instances: 'assignmentScheduleInstances',
      requests: 'assignmentScheduleRequests',
      type: 'privilegedAccessGroupAssignment',
      scheduleId: 'assignmentScheduleId',
    },
    eligibility: {
      schedules: 'eligibilitySchedules',
      instances: 'eligibilityScheduleInstances',
      requests: 'eligibilityScheduleRequests',
      type: 'privilegedAccessGroupEligibility',
      scheduleId: 'eligibilityScheduleId',
    },
  },
  placeMembers: { groupId: 'text', accessId: 'text' },
  placeOf: ({ role, scope }) => ({ groupId: graphScopeId(scope), accessId: role.id }),
  scheduleId: groupScheduleId,
  instanceId: groupScheduleId,
  navigations: (call) => ({
    principal: principalOf(call),
    group: toOne(groupType, ({ scope }) => call.tenant.groups.get(graphScopeId(scope)) ?? null),
  }),
};

export const branches: readonly PimBranch[] = [directoryRoles, groupRoles];
export const sides: readonly Side[] = ['assignment', 'eligibility'];

function principalOf(call: GraphCall): Navigation<Held> {
  return toOne(directoryObjectType, ({ principalId }) => findPrincipal(call.tenant, principalId) ?? null);
}

const directoryScopeType: EntityType<Scope> = {
  ...administrativeUnitType,
  toObject: (scope) => ({ '@odata.type': '#microsoft.graph.administrativeUnit', ...administrativeUnitType.toObject(scope) }),
};

function groupScheduleId(name: string, { role, scope }: Held): string {
  return `${graphScopeId(scope)}_${role.id}_${name}`;
}

/** Entra names what somebody holds by the bytes of the role, of its holder and of the administrative unit. */
function encodedIds({ role, principalId, scope }: Held): string {
  const unit = scope.type === 'administrativeunit' ? [graphScopeId(scope).slice('/administrativeUnits/'.length)] : [];
  return Buffer.concat([role.id, principalId, ...unit].map(guidBytes)).toString('base64url');
}

/** The first three parts of a GUID have their lowest byte first. */
function guidBytes(guid: string): Buffer {
  const parts = guid.split('-').map((part) => Buffer.from(part, 'hex'));
  return Buffer.concat(parts.map((part, i) => (i < 3 ? part.toReversed() : part)));
}
