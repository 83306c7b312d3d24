/** Everybody's assignments of directory roles, and of groups, and what an administrator does to them. */
import { z } from 'zod';
import { readNames } from './directory-names.ts';
import { assignmentsOf, everyGroup, sameId, unnamedIn } from './graph-answers.ts';
import { equals, expandOf, filterOf, pathOf } from './graph-kind.ts';
import type { GraphRoleKind } from './graph-kind.ts';
import { readMade, scheduleDetails, submit, ticketDetails } from './graph-requests.ts';
import type { GraphPerson, Intent } from './graph-requests.ts';
import { listAllRaw, parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { Assignment, AssignmentQuery, AssignmentTarget, Scope } from '../model.ts';
import type { PimOfKind } from '../pim-user.ts';

export type Findable = Pick<PimOfKind['assignments'], 'findRoles' | 'findScopes' | 'findWidestScopes'>;

export function createGraphAssignments(person: GraphPerson, findable: Findable): PimOfKind['assignments'] {
  return {
    list: (query) => list(person, query),
    assign: (requestId, draft) =>
      submit(person, intentOf('adminAssign', requestId, draft), scheduleDetails(draft.start, draft.expiration, draft.ticket)),
    unassign: (requestId, draft) => submit(person, intentOf('adminRemove', requestId, draft), ticketDetails(draft.ticket)),
    readRequest: (reference) => readMade(person, intentOf(reference.action === 'assign' ? 'adminAssign' : 'adminRemove', reference.requestId, reference), reference),
    ...findable,
  };
}

type Justified = AssignmentTarget & { readonly justification: string };

function intentOf(action: Intent['action'], requestId: string, { side, principal, role, scope, justification }: Justified): Intent {
  return { action, requestId, side, principalId: principal.id, role, scope, justification };
}

async function list({ client, kind, personId }: GraphPerson, query: AssignmentQuery): Promise<readonly Assignment[]> {
  const { side, filter } = query;
  const limit = client.limit();
  const path = `/v1.0${pathOf(kind, side, query.when === 'now' ? 'instances' : 'schedules')}`;
  // Graph names no filter for what the caller holds: that is a list of its own.
  const conditions = filter.asTarget === true ? [] : conditionsOf(kind, query);
  const url = `${path}${filter.asTarget === true ? "/filterByCurrentUser(on='principal')" : ''}?${[...filterOf(conditions), expandOf(kind)].join('&')}`;
  const items = await listAllRaw(client, url, limit);
  const assignments = assignmentsOf(side, items, await readNames(client, unnamedIn(items, personId), limit));
  const holders = filter.assignedTo === undefined || isEveryGroup(query.scope) ? null : await personAndGroups(client, filter.assignedTo, limit);
  return assignments.filter((assignment) => fits(assignment, query) && (holders === null || holders.has(assignment.principal.id.toLowerCase())));
}

function isEveryGroup({ id, type }: Scope): boolean {
  return type === everyGroup.type && id === everyGroup.id;
}

/** Of groups nothing may be listed without naming one, or a principal: of all groups, then, what a person holds themselves. */
function conditionsOf(kind: GraphRoleKind, { scope, filter }: AssignmentQuery): readonly string[] {
  const { roleDefinitionId, atScope = false } = filter;
  const principalId = filter.principalId ?? (isEveryGroup(scope) ? filter.assignedTo : undefined);
  const narrow = atScope || scope.type === 'administrativeUnit';
  return [
    ...(kind === 'group' && !isEveryGroup(scope) ? [equals('groupId', scope.id)] : []),
    ...(kind === 'entra' && narrow ? [equals('directoryScopeId', scope.id)] : []),
    ...(principalId === undefined ? [] : [equals('principalId', principalId)]),
    ...(kind === 'entra' && roleDefinitionId !== undefined ? [equals('roleDefinitionId', roleDefinitionId)] : []),
  ];
}

/** The query once more, for whatever the list itself could not be asked. The directory holds its administrative units. */
function fits({ role, scope, principal }: Assignment, { scope: asked, filter }: AssignmentQuery): boolean {
  const { principalId, roleDefinitionId, atScope = false } = filter;
  return (sameId(scope.id, asked.id) || (asked.type === 'directory' && !atScope) || isEveryGroup(asked))
    && (roleDefinitionId === undefined || sameId(role.definitionId, roleDefinitionId))
    && (principalId === undefined || sameId(principal.id, principalId));
}

const groupIds = z.object({ value: z.array(z.string()) });

async function personAndGroups(client: AzureClient, personId: string, limit: AbortSignal): Promise<ReadonlySet<string>> {
  const url = `/v1.0/users/${encodeURIComponent(personId)}/getMemberGroups`;
  const { value } = parseAnswer(groupIds, await client.send({ method: 'POST', kind: 'read', url, body: { securityEnabledOnly: false } }, limit));
  return new Set([personId, ...value].map((id) => id.toLowerCase()));
}
