/** ARM's answers, as the SDK hands them over, read into our words. What has not the expected shape is a `badAnswer`. */
import { Duration } from 'luxon';
import { z } from 'zod';
import { parseAnswer } from '../http/azure-client.ts';
import { PimError } from '../errors.ts';
import type { ActivationRequest, ActiveAssignment, Assignment, AssignmentSide, EligibleAssignment, Principal, Role, Scope, Ticket } from '../model.ts';
import { lastSegment, parseScope } from '../scope.ts';

const named = z.object({ displayName: z.string().nullish(), type: z.string().nullish() });

const assignment = z.object({
  name: z.string(),
  scope: z.string(),
  roleDefinitionId: z.string(),
  principalId: z.string(),
  principalType: z.string().nullish(),
  expandedProperties: z.object({ scope: named.nullish(), roleDefinition: named.nullish(), principal: named.nullish() }).nullish(),
});

const eligibleInstance = assignment.extend({
  roleEligibilityScheduleId: z.string(),
  endDateTime: z.date().nullish(),
});

/** A schedule or an instance of one, on either side: a schedule names its request, an instance its schedule. */
const heldAssignment = assignment.extend({
  assignmentType: z.string().nullish(),
  roleAssignmentScheduleId: z.string().nullish(),
  roleEligibilityScheduleId: z.string().nullish(),
  roleAssignmentScheduleRequestId: z.string().nullish(),
  roleEligibilityScheduleRequestId: z.string().nullish(),
  startDateTime: z.date().nullish(),
  endDateTime: z.date().nullish(),
});

const scheduleRequest = assignment.extend({
  requestType: z.string(),
  status: z.string(),
  createdOn: z.date(),
  approvalId: z.string().nullish(),
  linkedRoleEligibilityScheduleId: z.string().nullish(),
  justification: z.string().nullish(),
  ticketInfo: z.object({ ticketNumber: z.string().nullish(), ticketSystem: z.string().nullish() }).nullish(),
  scheduleInfo: z.object({
    startDateTime: z.date().nullish(),
    expiration: z.object({ duration: z.string().nullish(), endDateTime: z.date().nullish() }).nullish(),
  }).nullish(),
});

/** Items at a scope that cannot be told, such as the tenant root, are left out: nothing can be activated there. */
export function eligibleAssignments(items: readonly unknown[]): readonly EligibleAssignment[] {
  return items.flatMap((item) => {
    const instance = parseAnswer(eligibleInstance, item);
    const scope = scopeOf(instance);
    return scope === null ? [] : [{
      id: instance.name,
      role: roleOf(instance),
      scope,
      eligibilityScheduleId: instance.roleEligibilityScheduleId,
      heldBy: principalOf(instance),
      until: instance.endDateTime ?? null,
    }];
  });
}

export function activeAssignments(items: readonly unknown[]): readonly ActiveAssignment[] {
  return items.flatMap((item) => {
    const held = parseAnswer(heldAssignment, item);
    const scope = scopeOf(held);
    return scope === null ? [] : [{
      id: held.name,
      role: roleOf(held),
      scope,
      principal: principalOf(held),
      how: held.assignmentType?.toLowerCase() === 'activated' ? 'activated' as const : 'assigned' as const,
      start: held.startDateTime ?? null,
      until: held.endDateTime ?? null,
      requestId: requestBehind(held),
    }];
  });
}

/** What somebody holds on either side; an eligible assignment says nothing of how it came about, so it was assigned. */
export function assignmentsOf(side: AssignmentSide, items: readonly unknown[]): readonly Assignment[] {
  return activeAssignments(items).map((held) => ({ ...held, side }));
}

/** A schedule carries the GUID of the request that made it. */
function requestBehind(held: z.infer<typeof heldAssignment>): string | null {
  const id = held.roleAssignmentScheduleRequestId || held.roleEligibilityScheduleRequestId
    || held.roleAssignmentScheduleId || held.roleEligibilityScheduleId || '';
  return id === '' ? null : lastSegment(id);
}

export function activationRequests(items: readonly unknown[]): readonly ActivationRequest[] {
  return items.flatMap((item) => {
    const request = parseAnswer(scheduleRequest, item);
    const scope = scopeOf(request);
    return scope === null ? [] : [requestAt(scope, request)];
  });
}

/** One request, asked for by its GUID. */
export function activationRequest(answer: unknown): ActivationRequest {
  const [request] = activationRequests([answer]);
  if (request === undefined) throw new PimError('badAnswer', 'the request lies at a scope that cannot be read');
  return request;
}

/** Of one request, in lower case. */
export function requestTypeOf(answer: unknown): string {
  return parseAnswer(scheduleRequest, answer).requestType.toLowerCase();
}

function requestAt(scope: Scope, request: z.infer<typeof scheduleRequest>): ActivationRequest {
  return {
    id: request.name,
    action: actionOf(request.requestType),
    role: roleOf(request),
    scope,
    requester: principalOf(request),
    pimStatus: request.status,
    createdAt: request.createdOn,
    start: request.scheduleInfo?.startDateTime ?? null,
    minutes: requestedMinutes(request),
    justification: request.justification ?? '',
    ticket: ticketOf(request.ticketInfo),
    approvalId: request.approvalId || null,
    eligibilityScheduleId: schedulePath(request.linkedRoleEligibilityScheduleId),
  };
}

/** A bare GUID, as Microsoft's examples have it, does not tell where the eligibility lies. */
function schedulePath(id: string | null | undefined): string {
  return id?.startsWith('/') === true ? id : '';
}

function actionOf(requestType: string): ActivationRequest['action'] {
  switch (requestType.toLowerCase()) {
    case 'selfactivate': return 'activate';
    case 'selfdeactivate': return 'deactivate';
    default: return 'other';
  }
}

function requestedMinutes({ scheduleInfo, createdOn }: z.infer<typeof scheduleRequest>): number | null {
  const { duration, endDateTime } = scheduleInfo?.expiration ?? {};
  if (typeof duration === 'string' && duration !== '') return wholeMinutes(Duration.fromISO(duration));
  if (!(endDateTime instanceof Date)) return null;
  return Math.floor((endDateTime.getTime() - (scheduleInfo?.startDateTime ?? createdOn).getTime()) / 60_000);
}

function wholeMinutes(duration: Duration): number {
  if (!duration.isValid) throw new PimError('badAnswer', 'the duration of the request cannot be read');
  return Math.floor(duration.as('minutes'));
}

/** PIM answers "no ticket" with two empty texts, or with two `null`s. */
function ticketOf(info: z.infer<typeof scheduleRequest>['ticketInfo']): Ticket | null {
  const ticket = { number: info?.ticketNumber ?? '', system: info?.ticketSystem ?? '' };
  return ticket.number === '' && ticket.system === '' ? null : ticket;
}

type AnyAssignment = z.infer<typeof assignment>;

function scopeOf({ scope, expandedProperties }: AnyAssignment): Scope | null {
  return parseScope(scope, expandedProperties?.scope?.displayName ?? undefined);
}

function roleOf({ roleDefinitionId, expandedProperties }: AnyAssignment): Role {
  return { definitionId: roleDefinitionId, name: expandedProperties?.roleDefinition?.displayName || lastSegment(roleDefinitionId) };
}

function principalOf({ principalId, principalType, expandedProperties }: AnyAssignment): Principal {
  const expanded = expandedProperties?.principal;
  return { id: principalId, name: expanded?.displayName || principalId, kind: principalKind(principalType ?? expanded?.type ?? 'User') };
}

function principalKind(principalType: string): Principal['kind'] {
  switch (principalType.toLowerCase()) {
    case 'user': return 'user';
    case 'group':
    case 'foreigngroup': return 'group';
    default: return 'servicePrincipal';
  }
}
