import { guidFrom } from '../guid.ts';
import type { Side } from '../state.ts';

/** How ARM spells the resource types and members that active assignments and eligibilities each have. */
interface ScheduleTypes {
  readonly requests: string;
  readonly schedules: string;
  readonly instances: string;
  /** Members of a request that name what it changes. */
  readonly target: string;
  readonly targetInstance: string;
  /** Member of a schedule. */
  readonly request: string;
  /** Member of an instance, and the field of its filter. */
  readonly schedule: string;
}

export const scheduleTypes: Readonly<Record<Side, ScheduleTypes>> = {
  assignment: {
    requests: 'roleAssignmentScheduleRequests',
    schedules: 'roleAssignmentSchedules',
    instances: 'roleAssignmentScheduleInstances',
    target: 'targetRoleAssignmentScheduleId',
    targetInstance: 'targetRoleAssignmentScheduleInstanceId',
    request: 'roleAssignmentScheduleRequestId',
    schedule: 'roleAssignmentScheduleId',
  },
  eligibility: {
    requests: 'roleEligibilityScheduleRequests',
    schedules: 'roleEligibilitySchedules',
    instances: 'roleEligibilityScheduleInstances',
    target: 'targetRoleEligibilityScheduleId',
    targetInstance: 'targetRoleEligibilityScheduleInstanceId',
    request: 'roleEligibilityScheduleRequestId',
    schedule: 'roleEligibilityScheduleId',
  },
};

/** An eligibility and its instance share their name; an active assignment's instance has its own. */
export function instanceName(side: Side, scheduleName: string): string {
  return side === 'eligibility' ? scheduleName : guidFrom('instance', scheduleName);
}
