import { activationExpired } from './audit-activities.ts';
import { recordActivity, recordStep } from './audit.ts';
import { findEntitlement } from './eligibilities.ts';
import { placeOf } from './holding.ts';
import { isLocked } from './locks.ts';
import { endOf, overlap, scheduleWindows } from './schedules.ts';
import type { Assignment, Eligibility, Holding, Pim, RequestStatus, Schedule, ScheduleRequest } from './state.ts';

/** Brings a request to its end. */
export function settle(pim: Pim, request: ScheduleRequest, status: RequestStatus): void {
  request.status = status;
  request.completedAt = pim.now;
}

/**
 * Gives a request that needs no further decision what it asks for: later (`Granted`) or at once (`Provisioned`).
 * What was right when it was asked for may have changed, so eligibility and overlap are looked at again; `Failed` if so.
 */
export function provision(pim: Pim, request: ScheduleRequest, actor: string | null): void {
  const { schedule } = request;
  if (schedule === null) {
    return;
  }
  if (schedule.startAt > pim.now) {
    request.status = 'Granted';
    return;
  }
  if (isLocked(pim, request)) {
    settle(pim, request, 'FailedAsResourceIsLocked');
    recordStep(pim, 'canceled', request, null);
    return;
  }
  const ground = groundOf(pim, request, schedule);
  if (ground === null || !isFree(pim, request, ground.endAt)) {
    settle(pim, request, 'Failed');
    recordStep(pim, 'canceled', request, null);
    return;
  }
  schedule.startAt = pim.now;
  addSchedule(pim, request, ground);
  settle(pim, request, 'Provisioned');
  recordStep(pim, 'completed', request, actor);
}

/** Gives the schedule that a request is about its new window, and a new condition if it names one. What has begun stays begun. */
export function changeWindow(pim: Pim, request: ScheduleRequest, actor: string): void {
  const target = pim.state.assignments.get(request.targetName) ?? pim.state.eligibilities.get(request.targetName);
  const { schedule } = request;
  if (target === undefined || schedule === null) {
    return;
  }
  if (target.startAt !== null && target.startAt > pim.now) {
    target.startAt = schedule.startAt;
  }
  target.endAt = endOf(schedule.startAt, schedule.expiration);
  target.endedAt = null;
  target.condition = request.condition ?? target.condition;
  target.updatedAt = pim.now;
  settle(pim, request, 'Provisioned');
  recordStep(pim, 'completed', request, actor);
}

export function endAssignment(pim: Pim, assignment: Assignment): void {
  assignment.endedAt = pim.now;
  assignment.updatedAt = pim.now;
}

/** With it end the activations that rest on it. */
export function endEligibility(pim: Pim, eligibility: Eligibility): void {
  eligibility.endedAt = pim.now;
  eligibility.updatedAt = pim.now;
  for (const assignment of pim.state.assignments.values()) {
    if (assignment.eligibilityName === eligibility.name && assignment.endedAt === null) {
      expireActivation(pim, assignment);
    }
  }
}

export function expireActivation(pim: Pim, activation: Assignment): void {
  endAssignment(pim, activation);
  recordActivity(pim, activationExpired, subjectOf(pim, activation), null);
}

type Subject = Holding & { readonly name: string | null; readonly justification: string };

/** A schedule as the audit log tells it: by the request that made it. */
export function subjectOf(pim: Pim, schedule: Assignment | Eligibility): Subject {
  const request = schedule.requestName === null ? undefined : pim.state.requests.get(schedule.requestName);
  return request ?? { ...schedule, name: schedule.requestName, justification: '' };
}

/** What a schedule that begins now rests on, and when it ends. */
interface Ground {
  readonly eligibilityName: string | null;
  readonly endAt: number | null;
}

/** `null` when the right to it is gone or its time is over. */
function groundOf(pim: Pim, request: ScheduleRequest, { expiration }: Schedule): Ground | null {
  const endAt = endOf(pim.now, expiration);
  if (request.requestType !== 'SelfActivate') {
    return endAt !== null && endAt <= pim.now ? null : { eligibilityName: null, endAt };
  }
  const { principalId, roleId, eligibilityName } = request;
  const { scope } = placeOf(pim, request);
  const eligibility = findEntitlement(pim, { principalId, roleId, scope, linked: eligibilityName });
  const earliest = Math.min(endAt ?? Infinity, eligibility?.endAt ?? Infinity);
  if (eligibility === undefined || earliest <= pim.now || !Number.isFinite(earliest)) {
    return null;
  }
  return { eligibilityName: eligibility.name, endAt: earliest };
}

function isFree(pim: Pim, request: ScheduleRequest, endAt: number | null): boolean {
  const wanted = { startAt: pim.now, endAt: endAt ?? Infinity };
  return !scheduleWindows(pim, request.side, request).some((taken) => overlap(taken, wanted));
}

function addSchedule({ state, now }: Pim, request: ScheduleRequest, { eligibilityName, endAt }: Ground): void {
  const { targetName: name, principalId, roleId, scopeId, side, requestType, condition } = request;
  const times = { startAt: now, endAt, endedAt: null, createdAt: request.createdAt, updatedAt: now };
  const common = { name, requestName: request.name, principalId, roleId, scopeId, condition, ...times };
  if (side === 'eligibility') {
    state.eligibilities.set(name, common);
    return;
  }
  state.assignments.set(name, { ...common, how: requestType === 'SelfActivate' ? 'Activated' : 'Assigned', eligibilityName });
}
