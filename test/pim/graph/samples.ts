/** Answers of Graph about one role of each kind, in the form in which Microsoft documents them. */
import { createEntraRoles } from '../../../src/pim/graph/entra-roles.ts';
import { createGroupRoles } from '../../../src/pim/graph/group-roles.ts';
import type { ActivationDraft, Role, Scope } from '../../../src/pim/model.ts';
import type { PimOfKind } from '../../../src/pim/pim-user.ts';
import type { GraphStandIn } from './graph-stand-in.ts';

export const alex = 'a1e00000-0000-4000-8000-000000000001';
export const megan = 'a1e00000-0000-4000-8000-000000000002';
export const platform = 'b2e00000-0000-4000-8000-000000000002';
export const unit = 'f6e00000-0000-4000-8000-000000000001';
export const requestId = '11111111-1111-4111-8111-111111111111';
export const pimId = '22222222-2222-4222-8222-222222222222';
export const now = new Date('2026-03-01T10:00:00Z');

export interface Kind {
  readonly kind: 'entra' | 'group';
  /** Without the version. */
  readonly paths: { readonly eligible: string; readonly active: string; readonly requests: string; readonly eligibleRequests: string; readonly schedules: string };
  readonly role: Role;
  readonly scope: Scope;
  /** As Graph names role and scope. */
  readonly target: Readonly<Record<string, string>>;
  /** What `$expand` adds. */
  readonly names: object;
  readonly expand: string;
  readonly scheduleOf: (request: string) => object;
  readonly create: (graph: GraphStandIn, personId?: string) => PimOfKind;
}

const clock = { now: () => now };

export const entra: Kind = {
  kind: 'entra',
  paths: {
    eligible: '/roleManagement/directory/roleEligibilityScheduleInstances',
    active: '/roleManagement/directory/roleAssignmentScheduleInstances',
    requests: '/roleManagement/directory/roleAssignmentScheduleRequests',
    eligibleRequests: '/roleManagement/directory/roleEligibilityScheduleRequests',
    schedules: '/roleManagement/directory/roleAssignmentSchedules',
  },
  role: { definitionId: 'fe930be7-5e62-47db-91af-98c3a49a38b1', name: 'User Administrator' },
  scope: { id: '/', name: 'Directory', type: 'directory' },
  target: { roleDefinitionId: 'fe930be7-5e62-47db-91af-98c3a49a38b1', directoryScopeId: '/' },
  names: { roleDefinition: { id: 'fe930be7-5e62-47db-91af-98c3a49a38b1', displayName: 'User Administrator' } },
  expand: 'roleDefinition,principal',
  scheduleOf: (request) => ({ roleAssignmentScheduleId: request }),
  create: (graph, personId = alex) => createEntraRoles({ personId, client: graph.client(), clock }),
};

export const group: Kind = {
  kind: 'group',
  paths: {
    eligible: '/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances',
    active: '/identityGovernance/privilegedAccess/group/assignmentScheduleInstances',
    requests: '/identityGovernance/privilegedAccess/group/assignmentScheduleRequests',
    eligibleRequests: '/identityGovernance/privilegedAccess/group/eligibilityScheduleRequests',
    schedules: '/identityGovernance/privilegedAccess/group/assignmentSchedules',
  },
  role: { definitionId: 'member', name: 'Member' },
  scope: { id: platform, name: 'Platform engineers', type: 'group' },
  target: { accessId: 'member', groupId: platform },
  names: { group: { id: platform, displayName: 'Platform engineers' } },
  expand: 'group,principal',
  scheduleOf: (request) => ({ assignmentScheduleId: `${platform}_member_${request}` }),
  create: (graph, personId = alex) => createGroupRoles({ personId, client: graph.client(), clock }),
};

export const kinds = [['directory roles', entra], ['groups', group]] as const;

export const alexObject = { '@odata.type': '#microsoft.graph.user', id: alex, displayName: 'Alex Wilber', userPrincipalName: 'alex@contoso.example' };
export const meganObject = { '@odata.type': '#microsoft.graph.user', id: megan, displayName: 'Megan Bowen', userPrincipalName: 'megan@contoso.example' };
export const platformObject = { '@odata.type': '#microsoft.graph.group', id: platform, displayName: 'Platform engineers' };

export function eligibleInstance({ target, names, kind }: Kind, change: object = {}): object {
  return {
    id: 'opaque-1', principalId: alex, ...target, ...names, principal: alexObject, appScopeId: null, memberType: 'Direct',
    startDateTime: '2026-01-01T00:00:00Z', endDateTime: '2026-12-31T00:00:00Z',
    [kind === 'entra' ? 'roleEligibilityScheduleId' : 'eligibilityScheduleId']: 'schedule-1',
    ...change,
  };
}

export function activeInstance({ target, names, scheduleOf, kind }: Kind, change: object = {}): object {
  return {
    id: 'opaque-2', principalId: alex, ...target, ...names, principal: alexObject, appScopeId: null, memberType: kind === 'entra' ? 'Direct' : 'direct',
    assignmentType: kind === 'entra' ? 'Activated' : 'activated', startDateTime: '2026-03-01T09:30:00.1234567Z', endDateTime: '2026-03-01T11:30:00.1234567Z',
    ...scheduleOf(pimId),
    ...change,
  };
}

/** As `POST` answers it: no names. */
export function requestAnswer({ target }: Kind, change: object = {}): object {
  return {
    id: pimId, status: 'Provisioned', createdDateTime: '2026-03-01T09:59:00.5Z', completedDateTime: '2026-03-01T09:59:00Z', approvalId: null,
    customData: requestId, action: 'selfActivate', principalId: alex, ...target, isValidationOnly: false, targetScheduleId: pimId, justification: 'Deploy',
    createdBy: { application: null, device: null, user: { displayName: null, id: alex } },
    scheduleInfo: { startDateTime: '2026-03-01T09:59:00Z', recurrence: null, expiration: { type: 'afterDuration', endDateTime: null, duration: 'PT2H' } },
    ticketInfo: { ticketNumber: null, ticketSystem: null },
    ...change,
  };
}

export function draftFor({ role, scope }: Kind, change: Partial<ActivationDraft> = {}): ActivationDraft {
  return { role, scope, eligibilityScheduleId: 'schedule-1', start: null, minutes: 120, justification: 'Deploy', ticket: null, ...change };
}

export function referenceTo({ role, scope }: Kind, id: string | null = pimId): { requestId: string; pimId: string | null; role: Role; scope: Scope } {
  return { requestId, pimId: id, role, scope };
}

/** The path of a list of one's own things, or of what one may decide. */
export function mine(path: string, on: 'principal' | 'approver' = 'principal'): string {
  return `GET ${path}/filterByCurrentUser(on='${on}')`;
}
