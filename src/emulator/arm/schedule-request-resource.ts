import { findRoleById } from '../roles.ts';
import { roleDefinitionId } from '../scopes.ts';
import type { Scope } from '../scopes.ts';
import type { Pim, Schedule, ScheduleRequest } from '../state.ts';
import { findPrincipal } from '../tenant.ts';
import { provider } from './call.ts';
import { expandedProperties, principalType, resource, resourceId, scheduleTimestamp, scopeId, timestamp } from './resource.ts';

/** A request in the form that the live service answers: members without a value are left out. */
export function scheduleRequestResource(pim: Pim, scope: Scope, request: ScheduleRequest, status: string): object {
  const { name, principalId, schedule, approval } = request;
  const role = findRoleById(request.roleId);
  return resource(scope, 'roleAssignmentScheduleRequests', name, {
    targetRoleAssignmentScheduleId: resourceId(scope, 'roleAssignmentSchedules', name),
    scope: scopeId(scope),
    roleDefinitionId: roleDefinitionId(request.roleId, scope),
    principalId,
    principalType: principalType(findPrincipal(pim.tenant, principalId)),
    requestType: request.requestType,
    status,
    ...(approval === null ? {} : { approvalId: approvalPath(name) }),
    ...(schedule === null ? {} : { scheduleInfo: scheduleInfo(schedule) }),
    ticketInfo: { ticketNumber: request.ticket.number, ticketSystem: request.ticket.system },
    justification: request.justification,
    ...linkedEligibility(pim, request),
    requestorId: request.requestorId,
    createdOn: timestamp(request.createdAt),
    ...(role === undefined ? {} : { expandedProperties: expandedProperties(pim, scope, role, principalId) }),
  });
}

/** An approval lies at the tenant root and carries the name of its request. */
export function approvalPath(requestName: string): string {
  return `/providers/${provider}/roleAssignmentApprovals/${requestName}`;
}

function linkedEligibility(pim: Pim, request: ScheduleRequest): object {
  const entry = pim.tenant.eligibilities.find((candidate) => candidate.name === request.eligibilityName);
  return entry === undefined
    ? {}
    : { linkedRoleEligibilityScheduleId: resourceId(entry.scope, 'roleEligibilitySchedules', entry.name) };
}

function scheduleInfo({ startAt, expiration }: Schedule): object {
  return { startDateTime: scheduleTimestamp(startAt), expiration: expirationForm(expiration) };
}

function expirationForm(expiration: Schedule['expiration']): object {
  switch (expiration.type) {
    case 'AfterDuration':
      return { type: expiration.type, duration: expiration.duration };
    case 'AfterDateTime':
      return { type: expiration.type, endDateTime: timestamp(expiration.endAt) };
    case 'NoExpiration':
      return { type: expiration.type };
  }
}
