import type { GraphOperation } from '../call.ts';
import { approvals } from './approvals.ts';
import { roleDefinitions } from './role-definitions.ts';
import { roleManagementPolicies } from './role-management-policies.ts';
import { scheduleRequests } from './schedule-requests.ts';
import { scheduleInstances, schedules } from './schedules.ts';

/** Privileged Identity Management in Microsoft Graph: directory roles, groups, and the settings of both. */
export const privilegedAccess: readonly GraphOperation[] = [
  ...roleDefinitions,
  ...schedules,
  ...scheduleInstances,
  ...scheduleRequests,
  ...approvals,
  ...roleManagementPolicies,
];
