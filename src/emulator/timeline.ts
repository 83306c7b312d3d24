import { activity, recordActivity } from './audit.ts';
import { endActivation, provision } from './provisioning.ts';
import type { Activation, Pim, ScheduleRequest } from './state.ts';

/** Approvers have a day, whatever the role's settings say (fixed by PIM). */
const approvalTimeoutMs = 24 * 3_600_000;

interface DueEvent {
  readonly at: number;
  apply(pim: Pim): void;
}

/**
 * Lets everything happen that is due by `pim.now`, each at its own time and in order: approvals time out, scheduled
 * activations begin, activations end. True when anything happened.
 */
export function advanceTo(pim: Pim): boolean {
  let happened = false;
  for (let next = earliest(pim); next !== undefined && next.at <= pim.now; next = earliest(pim)) {
    next.apply({ ...pim, now: next.at });
    happened = true;
  }
  return happened;
}

function earliest(pim: Pim): DueEvent | undefined {
  let first: DueEvent | undefined;
  // Ends come before beginnings at the same moment: an activation may follow another without a gap.
  for (const event of [...endings(pim), ...decisions(pim)]) {
    if (first === undefined || event.at < first.at) {
      first = event;
    }
  }
  return first;
}

function endings(pim: Pim): readonly DueEvent[] {
  const running = [...pim.state.activations.values()].filter((activation) => activation.endedAt === null);
  return running.map((activation) => ({ at: activation.endAt, apply: (at) => expire(at, activation) }));
}

function decisions(pim: Pim): readonly DueEvent[] {
  return [...pim.state.requests.values()].flatMap((request): readonly DueEvent[] => {
    if (request.status === 'PendingApproval') {
      return [{ at: request.createdAt + approvalTimeoutMs, apply: (at) => timeOut(at, request) }];
    }
    if (request.status === 'Granted' && request.schedule !== null) {
      return [{ at: request.schedule.startAt, apply: (at) => provision(at, request, null) }];
    }
    return [];
  });
}

function expire(pim: Pim, activation: Activation): void {
  endActivation(pim, activation);
  const request = pim.state.requests.get(activation.requestName);
  if (request !== undefined) {
    recordActivity(pim, activity.expired, request, null);
  }
}

function timeOut(pim: Pim, request: ScheduleRequest): void {
  request.status = 'TimedOut';
  recordActivity(pim, activity.timedOut, request, null);
}
