import type { Assignment, Eligibility, Expiration, Holding, Pim, ScheduleRequest, Side } from './state.ts';

/** A time from `startAt` until just before `endAt`; `Infinity`: without end. */
export interface Window {
  readonly startAt: number;
  readonly endAt: number;
}

/** When what begins at `startAt` is to end; `null`: never. */
export function endOf(startAt: number, expiration: Expiration): number | null {
  switch (expiration.type) {
    case 'AfterDuration':
      return startAt + expiration.ms;
    case 'AfterDateTime':
      return expiration.endAt;
    case 'NoExpiration':
      return null;
  }
}

export function isSameHolding(a: Holding, b: Holding): boolean {
  return a.principalId === b.principalId && a.roleId === b.roleId && a.scopeId === b.scopeId;
}

/** Active assignments of this moment, activated or assigned, whoever holds them. */
export function runningAssignments(pim: Pim): readonly Assignment[] {
  return [...pim.state.assignments.values()].filter((entry) => entry.endedAt === null && entry.startAt <= pim.now);
}

export function runningAssignment(pim: Pim, holding: Holding): Assignment | undefined {
  return runningAssignments(pim).find((entry) => isSameHolding(entry, holding));
}

/** Eligibilities of this moment, whoever holds them. */
export function currentEligibilities(pim: Pim): readonly Eligibility[] {
  return [...pim.state.eligibilities.values()].filter(
    (entry) => (entry.startAt ?? pim.now) <= pim.now && !isOver(entry, pim.now) && (entry.endAt === null || entry.endAt > pim.now),
  );
}

/** What a holding has on one side, of this moment and of the past, in order of creation. */
export function schedulesOf(pim: Pim, side: Side, holding: Holding): readonly (Assignment | Eligibility)[] {
  const all = side === 'assignment' ? pim.state.assignments : pim.state.eligibilities;
  return [...all.values()].filter((entry) => isSameHolding(entry, holding));
}

/** A clock that was set back may show an end that is still to come. */
export function isOver({ endedAt }: Pick<Eligibility, 'endedAt'>, now: number): boolean {
  return endedAt !== null && endedAt <= now;
}

/** Whether it was taken away before its time: by its holder, by an administrator, or with the eligibility that it rested on. */
export function isCutShort({ endedAt, endAt }: Pick<Eligibility, 'endedAt' | 'endAt'>): boolean {
  return endedAt !== null && (endAt === null || endedAt < endAt);
}

interface EndedSchedule {
  readonly name: string;
  readonly endedAt: number;
}

interface NamedWindow extends Window {
  readonly name: string;
}

/** Times that a holding has already taken: by what it has, and by what is granted for later. */
export function takenWindows(pim: Pim, side: Side, holding: Holding): readonly NamedWindow[] {
  const granted = requestsOf(pim, side, holding)
    .filter((request) => request.status === 'Granted')
    .map((request) => ({ name: request.targetName, ...windowOf(request) }));
  return [...scheduleWindows(pim, side, holding), ...granted];
}

/** Times of what a holding has, or will have by the seed. */
export function scheduleWindows(pim: Pim, side: Side, holding: Holding): readonly NamedWindow[] {
  return schedulesOf(pim, side, holding)
    .filter((entry) => entry.endedAt === null)
    .map(({ name, startAt, endAt }) => ({ name, startAt: startAt ?? -Infinity, endAt: endAt ?? Infinity }));
}

/** Times in which assignments that were taken away are still in the way of a new one (a `settling` fault). */
export function settlingWindows(pim: Pim, side: Side, holding: Holding): readonly NamedWindow[] {
  return settlingAssignments(pim, side, holding).map(({ name, endedAt }) => ({ name, startAt: -Infinity, endAt: endedAt + (pim.settlingMs ?? 0) }));
}

/** What was taken away so lately that PIM has not finished with it; what runs out leaves nothing behind. */
export function settlingAssignments(pim: Pim, side: Side, holding: Holding): readonly EndedSchedule[] {
  const { now, settlingMs = 0 } = pim;
  return side === 'eligibility'
    ? []
    : schedulesOf(pim, side, holding).flatMap(({ name, endedAt, endAt }) =>
        endedAt !== null && isCutShort({ endedAt, endAt }) && endedAt <= now && now < endedAt + settlingMs ? [{ name, endedAt }] : [],
      );
}

export function overlap(a: Window, b: Window): boolean {
  return a.startAt < b.endAt && b.startAt < a.endAt;
}

export function requestsOf(pim: Pim, side: Side, holding: Holding): readonly ScheduleRequest[] {
  return [...pim.state.requests.values()].filter((request) => request.side === side && isSameHolding(request, holding));
}

function windowOf({ schedule, createdAt }: ScheduleRequest): Window {
  const startAt = schedule?.startAt ?? createdAt;
  return { startAt, endAt: (schedule === null ? null : endOf(startAt, schedule.expiration)) ?? Infinity };
}
