/** Graph's answers about both of its kinds of roles, read into our words. What has another shape is a `badAnswer`. */
import { Duration } from 'luxon';
import { z } from 'zod';
import { directoryObject, principalOf } from './directory-names.ts';
import { isGuid } from '../guid.ts';
import type { DirectoryNames, Unnamed } from './directory-names.ts';
import { PimError } from '../errors.ts';
import { parseAnswer } from '../http/azure-client.ts';
import type { ActivationRequest, ActiveAssignment, Assignment, AssignmentSide, EligibleAssignment, Principal, Role, Scope, Ticket } from '../model.ts';

const moment = z.string().transform((text) => new Date(text)).refine((date) => !Number.isNaN(date.getTime()));
const named = z.object({ displayName: z.string().nullish() });

const directoryTarget = z.object({
  roleDefinitionId: z.string(),
  /** Absent where the role is held for an application's own scope. */
  directoryScopeId: z.string().nullish(),
  roleDefinition: named.nullish(),
});
const groupTarget = z.object({ groupId: z.string(), accessId: z.string(), group: named.nullish() });
const target = z.union([groupTarget, directoryTarget]);

const held = z.object({ id: z.string(), principalId: z.string(), principal: directoryObject.nullish() });

const scheduleInfo = z.object({
  startDateTime: moment.nullish(),
  expiration: z.object({ duration: z.string().nullish(), endDateTime: moment.nullish() }).nullish(),
});

const eligibleInstance = held.extend({
  roleEligibilityScheduleId: z.string().nullish(),
  eligibilityScheduleId: z.string().nullish(),
  endDateTime: moment.nullish(),
});

/** A schedule or an instance of one, on either side. */
const heldAssignment = held.extend({
  assignmentType: z.string().nullish(),
  roleAssignmentScheduleId: z.string().nullish(),
  assignmentScheduleId: z.string().nullish(),
  createdUsing: z.string().nullish(),
  startDateTime: moment.nullish(),
  endDateTime: moment.nullish(),
  scheduleInfo: scheduleInfo.nullish(),
});

const scheduleRequest = held.extend({
  action: z.string(),
  status: z.string(),
  createdDateTime: moment,
  approvalId: z.string().nullish(),
  customData: z.string().nullish(),
  justification: z.string().nullish(),
  createdBy: z.object({ user: z.object({ id: z.string().nullish() }).nullish() }).nullish(),
  ticketInfo: z.object({ ticketNumber: z.string().nullish(), ticketSystem: z.string().nullish() }).nullish(),
  scheduleInfo: scheduleInfo.nullish(),
});

/** Whose names the items leave open; the person's own is of no interest. */
export function unnamedIn(items: readonly unknown[], personId: string): Unnamed {
  const principals = items.map((item) => parseAnswer(held, item))
    .filter(({ principalId, principal }) => !sameId(principalId, personId) && !principal?.displayName);
  const places = items.map((item) => parseAnswer(target, item));
  return {
    objects: [
      ...principals.map(({ principalId }) => principalId),
      ...places.flatMap((place) => ('groupId' in place && !place.group?.displayName ? [place.groupId] : [])),
    ],
    administrativeUnits: places.flatMap((place) => ('groupId' in place ? [] : administrativeUnitIn(place.directoryScopeId) ?? [])),
  };
}

function administrativeUnitIn(directoryScopeId: string | null | undefined): string | null {
  return /^\/administrativeUnits\/([^/]+)$/i.exec(directoryScopeId ?? '')?.[1] ?? null;
}

/** Items at a scope that we have no word for (one application, one group's settings) are left out. */
export function eligibleAssignments(items: readonly unknown[], names: DirectoryNames): readonly EligibleAssignment[] {
  return items.flatMap((item) => {
    const place = placeOf(item, names);
    const instance = parseAnswer(eligibleInstance, item);
    return place === null ? [] : [{
      id: instance.id,
      ...place,
      eligibilityScheduleId: instance.roleEligibilityScheduleId ?? instance.eligibilityScheduleId ?? '',
      heldBy: principalIn(instance, names),
      until: instance.endDateTime ?? null,
    }];
  });
}

export function activeAssignments(items: readonly unknown[], names: DirectoryNames): readonly ActiveAssignment[] {
  return items.flatMap((item) => {
    const place = placeOf(item, names);
    const assignment = parseAnswer(heldAssignment, item);
    return place === null ? [] : [{
      id: assignment.id,
      ...place,
      principal: principalIn(assignment, names),
      how: assignment.assignmentType?.toLowerCase() === 'activated' ? 'activated' as const : 'assigned' as const,
      ...windowOf(assignment),
      requestId: requestBehind(assignment),
    }];
  });
}

/** What somebody holds on either side. An eligible assignment says nothing of how it came about, so it was assigned. */
export function assignmentsOf(side: AssignmentSide, items: readonly unknown[], names: DirectoryNames): readonly Assignment[] {
  return activeAssignments(items, names).map((held) => ({ ...held, side }));
}

function windowOf({ startDateTime, endDateTime, scheduleInfo }: z.infer<typeof heldAssignment>): { readonly start: Date | null; readonly until: Date | null } {
  const start = startDateTime ?? scheduleInfo?.startDateTime ?? null;
  const { duration, endDateTime: end } = scheduleInfo?.expiration ?? {};
  const minutes = start === null || !duration ? null : wholeMinutes(duration);
  const byDuration = start === null || minutes === null ? null : new Date(start.getTime() + minutes * 60_000);
  return { start, until: endDateTime ?? end ?? byDuration };
}

/** A schedule is called as the request that made it; in PIM for groups `{group}_{access}_{request}`. What was assigned past PIM has another kind of id. */
function requestBehind({ createdUsing, roleAssignmentScheduleId, assignmentScheduleId }: z.infer<typeof heldAssignment>): string | null {
  const schedule = createdUsing || roleAssignmentScheduleId || assignmentScheduleId || '';
  const request = schedule.slice(schedule.lastIndexOf('_') + 1);
  return isGuid(request) ? request : null;
}

/** A request, with what tells whose it is. */
export interface FoundRequest {
  readonly request: ActivationRequest;
  /** In lower case. */
  readonly action: string;
  readonly customData: string | null;
  readonly createdById: string | null;
}

export function foundRequests(items: readonly unknown[], names: DirectoryNames): readonly FoundRequest[] {
  return items.flatMap((item) => {
    const place = placeOf(item, names);
    const request = parseAnswer(scheduleRequest, item);
    return place === null ? [] : [{
      request: requestAt(place, request, names),
      action: request.action.toLowerCase(),
      customData: request.customData || null,
      createdById: request.createdBy?.user?.id ?? null,
    }];
  });
}

export function foundRequest(answer: unknown, names: DirectoryNames): FoundRequest {
  const [found] = foundRequests([answer], names);
  if (found === undefined) throw new PimError('badAnswer', 'the request lies at a scope that cannot be read');
  return found;
}

function requestAt(place: Place, request: z.infer<typeof scheduleRequest>, names: DirectoryNames): ActivationRequest {
  return {
    id: request.id,
    action: actionOf(request.action),
    ...place,
    requester: principalIn(request, names),
    pimStatus: request.status,
    createdAt: request.createdDateTime,
    start: request.scheduleInfo?.startDateTime ?? null,
    minutes: requestedMinutes(request),
    justification: request.justification ?? '',
    ticket: ticketOf(request.ticketInfo),
    approvalId: request.approvalId || null,
    eligibilityScheduleId: '',
  };
}

function actionOf(action: string): ActivationRequest['action'] {
  switch (action.toLowerCase()) {
    case 'selfactivate': return 'activate';
    case 'selfdeactivate': return 'deactivate';
    default: return 'other';
  }
}

function requestedMinutes({ scheduleInfo, createdDateTime }: z.infer<typeof scheduleRequest>): number | null {
  const { duration, endDateTime } = scheduleInfo?.expiration ?? {};
  if (duration) return wholeMinutes(duration);
  if (endDateTime === undefined || endDateTime === null) return null;
  return Math.floor((endDateTime.getTime() - (scheduleInfo?.startDateTime ?? createdDateTime).getTime()) / 60_000);
}

function wholeMinutes(iso: string): number {
  const duration = Duration.fromISO(iso);
  if (!duration.isValid) throw new PimError('badAnswer', 'the duration of the request cannot be read');
  return Math.floor(duration.as('minutes'));
}

/** PIM answers "no ticket" with two empty texts, or with two `null`s. */
function ticketOf(info: z.infer<typeof scheduleRequest>['ticketInfo']): Ticket | null {
  const ticket = { number: info?.ticketNumber ?? '', system: info?.ticketSystem ?? '' };
  return ticket.number === '' && ticket.system === '' ? null : ticket;
}

interface Place {
  readonly role: Role;
  readonly scope: Scope;
}

/** `null`: a scope that we have no word for. */
function placeOf(item: unknown, names: DirectoryNames): Place | null {
  const place = parseAnswer(target, item);
  if ('groupId' in place) {
    const { groupId, accessId, group } = place;
    return { role: groupRole(accessId), scope: groupScope(groupId, group?.displayName || names.get(groupId.toLowerCase())?.displayName) };
  }
  const { roleDefinitionId, directoryScopeId, roleDefinition } = place;
  const scope = directoryScope(directoryScopeId ?? '', names);
  return scope === null ? null : { role: { definitionId: roleDefinitionId, name: roleDefinition?.displayName || roleDefinitionId }, scope };
}

export const wholeDirectory: Scope = { id: '/', name: 'Directory', type: 'directory' };

/** All groups as one scope: Graph lists what a principal holds in whichever of them. */
export const everyGroup: Scope = { id: '', name: 'Groups', type: 'group' };

export function administrativeUnitScope(id: string, name: string | null | undefined): Scope {
  return { id: `/administrativeUnits/${id}`, name: name || id, type: 'administrativeUnit' };
}

export function groupScope(id: string, name: string | null | undefined): Scope {
  return { id, name: name || id, type: 'group' };
}

function directoryScope(id: string, names: DirectoryNames): Scope | null {
  if (id === '/') return wholeDirectory;
  const unit = administrativeUnitIn(id);
  return unit === null ? null : administrativeUnitScope(unit, names.get(unit.toLowerCase())?.displayName);
}

/** PIM for groups knows two roles. */
export function groupRole(accessId: string): Role {
  const definitionId = accessId.toLowerCase();
  return { definitionId, name: `${definitionId.slice(0, 1).toUpperCase()}${definitionId.slice(1)}` };
}

function principalIn({ principalId, principal }: z.infer<typeof held>, names: DirectoryNames): Principal {
  const object = principal?.displayName ? principal : names.get(principalId.toLowerCase()) ?? principal;
  const known = object === undefined || object === null ? null : principalOf({ ...object, id: principalId });
  return known ?? { id: principalId, name: object?.displayName || principalId, kind: 'user' };
}

export function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
