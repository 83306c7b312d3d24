import type { ScheduleRequest, Side } from '../../state.ts';
import type { GraphCall } from '../call.ts';
import { toOne } from '../odata-query.ts';
import type { EntityType, Navigation } from '../odata-query.ts';
import { shownSchedules } from '../../shown-schedules.ts';
import type { Held, PimBranch } from './branch.ts';
import { scheduleInfo, scheduleInfoMembers, scheduleType, time, toEligibility } from './schedules.ts';

/** A request with its references resolved. */
export interface GraphRequest extends Held {
  readonly request: ScheduleRequest;
  readonly isValidationOnly: boolean;
  readonly eligibilityName: string | null;
}

const identity = { id: 'text', displayName: 'text' } as const;

/** Members without a value are answered as null. */
export function requestType(call: GraphCall, branch: PimBranch, side: Side): EntityType<GraphRequest> {
  return {
    members: {
      id: 'text',
      status: 'text',
      createdDateTime: 'time',
      completedDateTime: 'time',
      approvalId: 'text',
      customData: 'text',
      action: 'text',
      principalId: 'text',
      ...branch.placeMembers,
      isValidationOnly: 'boolean',
      targetScheduleId: 'text',
      justification: 'text',
      createdBy: { application: identity, device: identity, user: identity },
      scheduleInfo: scheduleInfoMembers,
      ticketInfo: { ticketNumber: 'text', ticketSystem: 'text' },
    },
    toObject: (item) => requestObject(call, branch, item),
    navigations: {
      ...branch.navigations(call),
      targetSchedule: targetSchedule(call, branch, side),
      ...(side === 'assignment' ? { activatedUsing: toEligibility(call, branch, scheduleType(call, branch, 'eligibility')) } : {}),
    },
  };
}

function requestObject(call: GraphCall, branch: PimBranch, item: GraphRequest): object {
  const { request, isValidationOnly, principalId } = item;
  const { schedule, ticket, requestorId, approval } = request;
  const who = { displayName: null, id: requestorId };
  const isApp = call.tenant.apps.has(requestorId);
  return {
    id: request.name,
    status: request.status,
    createdDateTime: time(request.createdAt),
    completedDateTime: completedAt(request),
    approvalId: approval === null ? null : request.name,
    customData: request.customData,
    action: camelCase(request.requestType),
    principalId,
    ...branch.placeOf(item),
    isValidationOnly,
    targetScheduleId: branch.scheduleId(request.targetName, item),
    justification: request.justification === '' ? null : request.justification,
    createdBy: { application: isApp ? who : null, device: null, user: isApp ? null : who },
    scheduleInfo: schedule === null ? null : scheduleInfo(schedule.startAt, schedule.expiration),
    ticketInfo: { ticketNumber: ticket.number === '' ? null : ticket.number, ticketSystem: ticket.system === '' ? null : ticket.system },
  };
}

/** What is granted for later is complete when it begins. */
function completedAt({ status, schedule, completedAt: at }: ScheduleRequest): string | null {
  if (at !== null) {
    return time(at);
  }
  return status === 'Granted' && schedule !== null ? time(schedule.startAt) : null;
}

function camelCase(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** `null` once it has ended, and before it is there. */
function targetSchedule(call: GraphCall, branch: PimBranch, side: Side): Navigation<GraphRequest> {
  const all = new Map(shownSchedules(call, side, branch.kind).map((entry) => [entry.name, entry]));
  return toOne(scheduleType(call, branch, side), ({ request }) => all.get(request.targetName) ?? null);
}
