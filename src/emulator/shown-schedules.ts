import { placeOf } from './holding.ts';
import { sinceOnboarding } from './initial-state.ts';
import { isNoticed } from './lag.ts';
import type { Role, RoleKind } from './roles.ts';
import { endOf, isCutShort, isOver } from './schedules.ts';
import type { Scope } from './scopes.ts';
import type { Assignment, Condition, Eligibility, Pim, ScheduleRequest, Side } from './state.ts';

/** What somebody holds or may activate, now or later, as listings show it. */
export interface ShownSchedule {
  readonly name: string;
  /** `null`: no request made it. */
  readonly requestName: string | null;
  readonly principalId: string;
  readonly role: Role;
  readonly scope: Scope;
  /** `Granted`: it has not begun. */
  readonly status: 'Granted' | 'Provisioned';
  readonly startAt: number;
  /** `null`: permanent. */
  readonly endAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** `null` for an eligibility. */
  readonly how: Assignment['how'] | null;
  /** `null` unless activated. */
  readonly eligibilityName: string | null;
  readonly condition: Condition | null;
}

/**
 * All of one side and one kind of role that have not ended: those of this moment, and those that begin later. While
 * listings lag behind, what was taken away before its time is still there; what runs out ends on time.
 */
export function shownSchedules(pim: Pim, side: Side, kind: RoleKind): readonly ShownSchedule[] {
  const held: ReadonlyMap<string, Assignment | Eligibility> = side === 'assignment' ? pim.state.assignments : pim.state.eligibilities;
  const isHeld = (entry: Assignment | Eligibility | undefined): boolean =>
    entry !== undefined && (!isOver(entry, pim.now) || isStillListed(pim, entry));
  const granted = [...pim.state.requests.values()].filter(
    (request) => request.side === side && isShownAsGranted(pim, request) && !isHeld(held.get(request.targetName)),
  );
  const all = [...[...held.values()].filter(isHeld).map((entry) => ofEntry(pim, entry)), ...granted.flatMap((request) => ofGranted(pim, request))];
  return all.filter(({ role }) => role.kind === kind);
}

/** Those of this moment. */
export function shownInstances(pim: Pim, side: Side, kind: RoleKind): readonly ShownSchedule[] {
  return shownSchedules(pim, side, kind).filter(({ status }) => status === 'Provisioned');
}

function isStillListed(pim: Pim, entry: Assignment | Eligibility): boolean {
  return isCutShort(entry) && !isNoticed(pim, entry.endedAt ?? pim.now) && (entry.endAt ?? Infinity) > pim.now;
}

/** What begins later; while listings lag behind, also what was canceled before it began. */
function isShownAsGranted(pim: Pim, { status, schedule, requestType, approval, completedAt }: ScheduleRequest): boolean {
  if (status !== 'Canceled') {
    return status === 'Granted';
  }
  const wasGranted = requestType !== 'SelfExtend' && requestType !== 'SelfRenew' && (approval === null || approval.decision?.result === 'Approve');
  return wasGranted && schedule !== null && schedule.startAt > pim.now && !isNoticed(pim, completedAt ?? pim.now);
}

/** Written out, not spread: a listing makes one for each of thousands. */
function ofEntry(pim: Pim, entry: Assignment | Eligibility): ShownSchedule {
  const { role, scope } = placeOf(pim, entry);
  const startAt = entry.startAt ?? sinceOnboarding;
  return {
    name: entry.name,
    requestName: entry.requestName,
    principalId: entry.principalId,
    role,
    scope,
    status: startAt > pim.now ? 'Granted' : 'Provisioned',
    startAt,
    endAt: entry.endAt,
    createdAt: entry.createdAt,
    updatedAt: entry.updatedAt,
    how: 'how' in entry ? entry.how : null,
    eligibilityName: 'how' in entry ? entry.eligibilityName : null,
    condition: entry.condition,
  };
}

function ofGranted(pim: Pim, request: ScheduleRequest): readonly ShownSchedule[] {
  const { name, targetName, principalId, createdAt, eligibilityName, schedule, side, condition } = request;
  if (schedule === null) {
    return [];
  }
  const activated = request.requestType === 'SelfActivate';
  const common = {
    name: targetName,
    requestName: name,
    principalId,
    status: 'Granted',
    startAt: schedule.startAt,
    endAt: endOf(schedule.startAt, schedule.expiration),
    createdAt,
    updatedAt: createdAt,
    how: side === 'eligibility' ? null : activated ? 'Activated' : 'Assigned',
    eligibilityName,
    condition,
  } as const;
  return [{ ...common, ...placeOf(pim, request) }];
}
