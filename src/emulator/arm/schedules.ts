import { resourceId, linkedEligibility, timestamp } from './resource.ts';
import { scheduleTypes } from './schedule-types.ts';
import { scheduleOperations } from './schedule-view.ts';
import { shownSchedules } from '../shown-schedules.ts';
import type { ShownSchedule } from '../shown-schedules.ts';

/** What somebody is assigned, or has activated, now or later. */
export const roleAssignmentSchedules = scheduleOperations({
  type: scheduleTypes.assignment.schedules,
  readableAs: 'roleAssignments',
  shownIn: (call) => shownSchedules(call, 'assignment', 'azure'),
  nameOf: (shown) => shown.name,
  since: (shown) => shown.createdAt,
  ownMembers: (call, shown) => ({
    ...madeBy(shown, 'assignment'),
    ...linkedEligibility(call, shown.eligibilityName),
    assignmentType: shown.how,
    updatedOn: timestamp(shown.updatedAt),
  }),
  ownFields: {},
});

/** What somebody may activate, now or later. */
export const roleEligibilitySchedules = scheduleOperations({
  type: scheduleTypes.eligibility.schedules,
  readableAs: scheduleTypes.eligibility.schedules,
  shownIn: (call) => shownSchedules(call, 'eligibility', 'azure'),
  nameOf: (shown) => shown.name,
  since: (shown) => shown.createdAt,
  ownMembers: (_call, shown) => ({ ...madeBy(shown, 'eligibility'), updatedOn: timestamp(shown.updatedAt) }),
  ownFields: {},
});

/** What was there from the start was made by no request. */
function madeBy({ requestName, scope }: ShownSchedule, side: 'assignment' | 'eligibility'): object {
  const { request, requests } = scheduleTypes[side];
  return requestName === null ? {} : { [request]: resourceId(scope, requests, requestName) };
}
