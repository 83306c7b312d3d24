import { removed } from './audit-activities.ts';
import { recordActivity, recordStep } from './audit.ts';
import { endAssignment, endEligibility, expireActivation, provision, settle, subjectOf } from './provisioning.ts';
import type { Assignment, Eligibility, Pim, ScheduleRequest } from './state.ts';

/** Approvers have a day, whatever the role's settings say (fixed by PIM). */
const approvalTimeoutMs = 24 * 3_600_000;

interface DueEvent {
  readonly at: number;
  apply(pim: Pim): void;
}

/**
 * Lets everything happen that is due by `pim.now`, each at its own time and in order: approvals time out, what was granted
 * for later begins, activations, time-bound assignments and eligibilities end. True when anything happened.
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

/** Assignments first: an activation may end together with its eligibility. */
function endings({ state }: Pim): readonly DueEvent[] {
  return [
    ...ending(state.assignments.values(), expire),
    ...ending(state.eligibilities.values(), expireEligibility),
  ];
}

function ending<T extends Assignment | Eligibility>(entries: Iterable<T>, end: (pim: Pim, entry: T) => void): readonly DueEvent[] {
  return [...entries].flatMap((entry) =>
    entry.endedAt === null && entry.endAt !== null ? [{ at: entry.endAt, apply: (pim: Pim) => { end(pim, entry); } }] : [],
  );
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

function expire(pim: Pim, assignment: Assignment): void {
  if (assignment.how === 'Activated') {
    expireActivation(pim, assignment);
    return;
  }
  endAssignment(pim, assignment);
  recordActivity(pim, removed('assignment', 'timebound'), subjectOf(pim, assignment), null);
}

function expireEligibility(pim: Pim, eligibility: Eligibility): void {
  endEligibility(pim, eligibility);
  recordActivity(pim, removed('eligibility', 'timebound'), subjectOf(pim, eligibility), null);
}

function timeOut(pim: Pim, request: ScheduleRequest): void {
  settle(pim, request, 'TimedOut');
  recordStep(pim, 'timedOut', request, null);
}
