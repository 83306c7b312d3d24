import { guidFrom } from '../guid.ts';
import { linkedEligibility, linkedEligibilityInstance, resourceId } from './resource.ts';
import { instanceName, scheduleTypes } from './schedule-types.ts';
import { scheduleOperations } from './schedule-view.ts';
import { shownInstances } from '../shown-schedules.ts';

/** What is active at this moment. */
export const roleAssignmentScheduleInstances = scheduleOperations({
  type: scheduleTypes.assignment.instances,
  readableAs: 'roleAssignments',
  shownIn: (call) => shownInstances(call, 'assignment', 'azure'),
  nameOf: (shown) => instanceName('assignment', shown.name),
  since: (shown) => shown.startAt,
  ownMembers: (call, { name, scope, how, eligibilityName }) => ({
    roleAssignmentScheduleId: resourceId(scope, scheduleTypes.assignment.schedules, name),
    originRoleAssignmentId: resourceId(scope, 'roleAssignments', guidFrom('assignment', name)),
    ...linkedEligibility(call, eligibilityName),
    ...linkedEligibilityInstance(call, eligibilityName),
    assignmentType: how,
  }),
  ownFields: { roleAssignmentScheduleId: (shown) => shown.name },
});

/** What can be activated at this moment. */
export const roleEligibilityScheduleInstances = scheduleOperations({
  type: scheduleTypes.eligibility.instances,
  readableAs: scheduleTypes.eligibility.instances,
  shownIn: (call) => shownInstances(call, 'eligibility', 'azure'),
  nameOf: (shown) => instanceName('eligibility', shown.name),
  since: (shown) => shown.startAt,
  ownMembers: (_call, { name, scope }) => ({
    roleEligibilityScheduleId: resourceId(scope, scheduleTypes.eligibility.schedules, name),
  }),
  ownFields: { roleEligibilityScheduleId: (shown) => shown.name },
});
