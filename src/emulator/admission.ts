import { pimError } from './pim-error.ts';
import { holdingOf } from './request-draft.ts';
import type { RequestDraft } from './request-draft.ts';
import { endOf, overlap, requestsOf, settlingWindows, takenWindows } from './schedules.ts';
import type { ApprovalTerms, Pim, RequestStatus, Schedule } from './state.ts';

/** What a request that passed every check comes to. */
export interface Admission {
  /** `null` for a deactivation and a removal. */
  readonly schedule: Schedule | null;
  readonly eligibilityName: string | null;
  /** The schedule that it changes or ends; `null`: it makes one that gets its own name. */
  readonly targetName: string | null;
  readonly approval: ApprovalTerms | null;
}

/** PIM's floor, for an assignment's length and before a deactivation. */
export const shortestMs = 5 * 60_000;

/** When a request is to begin: not before now. */
export function startOf(pim: Pim, { startAt }: RequestDraft): number {
  return Math.max(startAt ?? pim.now, pim.now);
}

/** How long what a request asks for would last; `null`: without end. Throws `Refusal` below five minutes. */
export function lengthOf(pim: Pim, draft: RequestDraft): number | null {
  const startAt = startOf(pim, draft);
  const endAt = endOf(startAt, draft.expiration);
  if (endAt === null) {
    return null;
  }
  if (endAt - startAt < shortestMs) {
    throw pimError.activeDurationTooShort();
  }
  return endAt - startAt;
}

/** Throws `Refusal` while a request of the same holding waits for a decision. */
export function checkPending(pim: Pim, draft: RequestDraft, waiting: readonly RequestStatus[]): void {
  if (requestsOf(pim, draft.side, holdingOf(draft)).some((request) => waiting.includes(request.status))) {
    throw pimError.pendingRequest();
  }
}

/** Throws `Refusal` where the holding has, was promised, or has only just lost something for a part of the same time. `except` is the one that is changed. */
export function checkOverlap(pim: Pim, draft: RequestDraft, except: string | null = null): void {
  const startAt = startOf(pim, draft);
  const wanted = { startAt, endAt: endOf(startAt, draft.expiration) ?? Infinity };
  const taken = [...takenWindows(pim, draft.side, holdingOf(draft)), ...settlingWindows(pim, draft.side, holdingOf(draft))];
  if (taken.some((other) => other.name !== except && overlap(wanted, other))) {
    throw pimError.roleAssignmentExists();
  }
}
