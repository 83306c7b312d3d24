import { shownInstances, shownSchedules } from '../../shown-schedules.ts';
import type { ShownSchedule } from '../../shown-schedules.ts';
import type { Expiration, Side } from '../../state.ts';
import type { GraphCall, GraphOperation } from '../call.ts';
import type { EntityMembers } from '../odata-filter.ts';
import { toOne } from '../odata-query.ts';
import type { EntityType, Navigation } from '../odata-query.ts';
import { branches, sides } from './branch.ts';
import type { PimBranch } from './branch.ts';
import { isTargetOf, readOperations } from './collection.ts';
import { pimPermissions } from './permissions.ts';

/** Eligibilities and active assignments, of this moment and to come, of directory roles and of groups. */
export const schedules: readonly GraphOperation[] = branches.flatMap((branch) =>
  sides.flatMap((side) =>
    readOperations({
      branch,
      name: branch.names[side].schedules,
      typeName: `${branch.names[side].type}Schedule`,
      permissions: pimPermissions[branch.kind].read[side],
      type: (call) => scheduleType(call, branch, side),
      items: (call) => shownSchedules(call, side, branch.kind),
      bornAt: ({ createdAt }) => createdAt,
      mine: { principal: isTargetOf },
      maySee: () => false,
    }),
  ),
);

/** Those of this moment. */
export const scheduleInstances: readonly GraphOperation[] = branches.flatMap((branch) =>
  sides.flatMap((side) =>
    readOperations({
      branch,
      name: branch.names[side].instances,
      typeName: `${branch.names[side].type}ScheduleInstance`,
      permissions: pimPermissions[branch.kind].read[side],
      type: (call) => instanceType(call, branch, side),
      items: (call) => shownInstances(call, side, branch.kind),
      bornAt: ({ startAt }) => startAt,
      mine: { principal: isTargetOf },
      maySee: () => false,
    }),
  ),
);

export const scheduleInfoMembers: EntityMembers = {
  startDateTime: 'time',
  recurrence: 'list',
  expiration: { type: 'text', endDateTime: 'time', duration: 'text' },
};

export function scheduleType(call: GraphCall, branch: PimBranch, side: Side): EntityType<ShownSchedule> {
  return {
    members: {
      ...holderMembers(branch, side),
      createdUsing: 'text',
      createdDateTime: 'time',
      modifiedDateTime: 'time',
      status: 'text',
      scheduleInfo: scheduleInfoMembers,
    },
    toObject: (entry) => ({
      id: branch.scheduleId(entry.name, entry),
      ...holderOf(call, branch, entry),
      createdUsing: entry.requestName,
      createdDateTime: time(entry.createdAt),
      modifiedDateTime: entry.updatedAt === entry.createdAt ? null : time(entry.updatedAt),
      status: entry.status,
      scheduleInfo: scheduleInfo(entry.startAt, endExpiration(entry.endAt)),
    }),
    navigations: { ...branch.navigations(call), ...activatedUsing(call, branch, side, scheduleType) },
  };
}

function instanceType(call: GraphCall, branch: PimBranch, side: Side): EntityType<ShownSchedule> {
  const { scheduleId } = branch.names[side];
  const originId = branch.kind === 'entra' && side === 'assignment' ? ['roleAssignmentOriginId'] : [];
  return {
    members: {
      ...holderMembers(branch, side),
      startDateTime: 'time',
      endDateTime: 'time',
      [scheduleId]: 'text',
      ...Object.fromEntries(originId.map((name) => [name, 'text'] as const)),
    },
    toObject: (entry) => {
      const id = branch.instanceId(entry.name, entry, side);
      return {
        id,
        ...holderOf(call, branch, entry),
        startDateTime: time(entry.startAt),
        endDateTime: entry.endAt === null ? null : time(entry.endAt),
        [scheduleId]: branch.scheduleId(entry.name, entry),
        ...Object.fromEntries(originId.map((name) => [name, id])),
      };
    },
    navigations: { ...branch.navigations(call), ...activatedUsing(call, branch, side, instanceType) },
  };
}

function holderMembers({ placeMembers }: PimBranch, side: Side): EntityMembers {
  return {
    id: 'text',
    principalId: 'text',
    ...placeMembers,
    memberType: 'text',
    ...(side === 'assignment' ? { assignmentType: 'text' } : {}),
  };
}

/** Only in the list of one's own does something that a group holds come through the group. */
function holderOf(call: GraphCall, branch: PimBranch, entry: ShownSchedule): object {
  const isThroughGroup = call.names['on'] !== undefined && entry.principalId !== call.caller.id;
  return {
    principalId: entry.principalId,
    ...branch.placeOf(entry),
    memberType: isThroughGroup ? 'Group' : 'Direct',
    ...(entry.how === null ? {} : { assignmentType: entry.how }),
  };
}

type TypeOf = (call: GraphCall, branch: PimBranch, side: Side) => EntityType<ShownSchedule>;

/** The eligibility behind an activation. */
function activatedUsing(call: GraphCall, branch: PimBranch, side: Side, typeOf: TypeOf): Readonly<Record<string, Navigation<ShownSchedule>>> {
  return side === 'eligibility' ? {} : { activatedUsing: toEligibility(call, branch, typeOf(call, branch, 'eligibility')) };
}

export function toEligibility(
  call: GraphCall,
  branch: PimBranch,
  type: EntityType<ShownSchedule>,
): Navigation<{ readonly eligibilityName: string | null }> {
  const all = new Map(shownSchedules(call, 'eligibility', branch.kind).map((entry) => [entry.name, entry]));
  return toOne(type, ({ eligibilityName }) => (eligibilityName === null ? null : (all.get(eligibilityName) ?? null)));
}

function endExpiration(endAt: number | null): Expiration {
  return endAt === null ? { type: 'NoExpiration' } : { type: 'AfterDateTime', endAt };
}

export function scheduleInfo(startAt: number, expiration: Expiration): object {
  return { startDateTime: time(startAt), recurrence: null, expiration: expirationOf(expiration) };
}

/** Graph takes `AfterDuration` and answers `afterDuration`. */
function expirationOf(expiration: Expiration): object {
  switch (expiration.type) {
    case 'AfterDuration':
      return { type: 'afterDuration', endDateTime: null, duration: expiration.duration };
    case 'AfterDateTime':
      return { type: 'afterDateTime', endDateTime: time(expiration.endAt), duration: null };
    case 'NoExpiration':
      return { type: 'noExpiration', endDateTime: null, duration: null };
  }
}

export function time(ms: number): string {
  return new Date(ms).toISOString();
}
