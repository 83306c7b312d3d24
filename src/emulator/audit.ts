import { findRoleById } from './roles.ts';
import type { CallEntry, Pim, ScheduleRequest, State } from './state.ts';

/** Names of the Entra audit log. https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities */
export const activity = {
  requested: 'Add member to role requested (PIM activation)',
  approvalRequested: 'Add member to role approval requested (PIM activation)',
  approved: 'Add member to role request approved (PIM activation)',
  denied: 'Add member to role request denied (PIM activation)',
  completed: 'Add member to role completed (PIM activation)',
  canceled: 'Add member to role canceled (PIM activation)',
  timedOut: 'PIM activation request expired',
  deactivateRequested: 'Remove member from role requested (PIM deactivate)',
  deactivated: 'Remove member from role completed (PIM deactivate)',
  expired: 'Remove member from role (PIM activation expired)',
} as const;

/** Oldest entries go first beyond this many, so that a service that runs for weeks does not grow without end. */
const longestAudit = 20_000;

export function recordCall(state: State, entry: Omit<CallEntry, 'kind'>): void {
  append(state, { kind: 'call', ...entry });
}

/** `actor` `null`: PIM itself, by the clock. */
export function recordActivity(
  pim: Pim,
  name: (typeof activity)[keyof typeof activity],
  request: ScheduleRequest,
  actor: string | null,
): void {
  append(pim.state, {
    kind: 'activity',
    at: new Date(pim.now).toISOString(),
    actor,
    activity: name,
    request: request.name,
    principalId: request.principalId,
    role: findRoleById(request.roleId)?.name ?? request.roleId,
    scope: request.scopeId,
  });
}

function append(state: State, entry: State['audit'][number]): void {
  state.audit.push(entry);
  if (state.audit.length > longestAudit) {
    state.audit.splice(0, state.audit.length - longestAudit);
  }
}
