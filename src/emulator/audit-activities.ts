import type { ScheduleRequest, Side } from './state.ts';

/** What can happen to a request. */
export type Step = 'requested' | 'approvalRequested' | 'approved' | 'denied' | 'completed' | 'canceled' | 'timedOut';

/** Whether what a request is about ends by itself. */
export type Term = 'permanent' | 'timebound';

/** Names of the Entra audit log. https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities */
const activation: Readonly<Record<Step, string>> = {
  requested: 'Add member to role requested (PIM activation)',
  approvalRequested: 'Add member to role approval requested (PIM activation)',
  approved: 'Add member to role request approved (PIM activation)',
  denied: 'Add member to role request denied (PIM activation)',
  completed: 'Add member to role completed (PIM activation)',
  canceled: 'Add member to role canceled (PIM activation)',
  timedOut: 'PIM activation request expired',
};

export const settingsChanged = 'Update role setting in PIM';
export const activationExpired = 'Remove member from role (PIM activation expired)';

/** An assignment or eligibility that came to its end, by time or because an administrator removed it. */
export function removed(side: Side, term: Term): string {
  return `Remove ${member(side)} from role in PIM completed (${term})`;
}

export function activityName({ requestType, side }: ScheduleRequest, step: Step, term: Term): string {
  switch (requestType) {
    case 'SelfActivate':
      return activation[step];
    case 'SelfDeactivate':
      return `Remove member from role ${step} (PIM deactivate)`;
    case 'AdminAssign':
      return `Add ${member(side)} to role in PIM ${step} (${term})`;
    case 'AdminRenew':
      // A completed renewal is a new assignment to the audit log.
      return `Add ${member(side)} to role in PIM ${step} (${step === 'completed' ? term : 'renew'})`;
    case 'AdminRemove':
      return step === 'completed' ? removed(side, term) : `Remove ${member(side)} from role in PIM ${step} (${term})`;
    case 'SelfRenew':
      return decided(step) ?? `Add ${member(side)} to role in PIM ${step} (renew)`;
    case 'AdminUpdate':
    case 'AdminExtend':
    case 'SelfExtend':
      return decided(step) ?? `Update ${member(side)} in PIM ${step} (extend)`;
  }
}

function decided(step: Step): string | null {
  if (step === 'denied') {
    return 'Update member in PIM denied by admin (extend/renew)';
  }
  return step === 'approved' || step === 'completed' ? 'Update member in PIM approved by admin (extend/renew)' : null;
}

function member(side: Side): string {
  return side === 'eligibility' ? 'eligible member' : 'member';
}
