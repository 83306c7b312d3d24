import { placeOf } from '../holding.ts';
import { roleDefinitionId } from '../scopes.ts';
import type { Scope } from '../scopes.ts';
import type { Pim, Schedule, ScheduleRequest } from '../state.ts';
import { findPrincipal } from '../tenant.ts';
import { provider } from './call.ts';
import {
  conditionMembers,
  expandedProperties,
  linkedEligibility,
  principalType,
  resource,
  resourceId,
  scheduleTimestamp,
  scopeId,
  timestamp,
} from './resource.ts';
import { instanceName, scheduleTypes } from './schedule-types.ts';

/** A request in the form that the live service answers: members without a value are left out. */
export function scheduleRequestResource(pim: Pim, request: ScheduleRequest, status: string = request.status): object {
  const { name, side, principalId, schedule, approval } = request;
  const { role, scope } = placeOf(pim, request);
  return resource(scope, scheduleTypes[side].requests, name, {
    ...target(scope, request),
    scope: scopeId(scope),
    roleDefinitionId: roleDefinitionId(role.id, scope),
    principalId,
    principalType: principalType(findPrincipal(pim.tenant, principalId)),
    requestType: request.requestType,
    status,
    ...(approval === null ? {} : { approvalId: approvalPath(name) }),
    ...(schedule === null ? {} : { scheduleInfo: scheduleInfo(schedule) }),
    ticketInfo: { ticketNumber: request.ticket.number, ticketSystem: request.ticket.system },
    justification: request.justification,
    ...linkedEligibility(pim, request.eligibilityName),
    ...conditionMembers(request.condition),
    requestorId: request.requestorId,
    createdOn: timestamp(request.createdAt),
    expandedProperties: expandedProperties(pim, scope, role, principalId),
  });
}

/** An approval lies at the tenant root and carries the name of its request. */
export function approvalPath(requestName: string): string {
  return `/providers/${provider}/roleAssignmentApprovals/${requestName}`;
}

/** The schedule that the request makes; where it changes or ends one that is there, the instance too. */
function target(scope: Scope, { name, side, targetName }: ScheduleRequest): object {
  const types = scheduleTypes[side];
  const instance = { [types.targetInstance]: resourceId(scope, types.instances, instanceName(side, targetName)) };
  return { [types.target]: resourceId(scope, types.schedules, targetName), ...(targetName === name ? {} : instance) };
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
