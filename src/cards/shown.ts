import type { ActivationState } from '../pim/activation-status.ts';
import type { PimErrorCode } from '../pim/errors.ts';
import type { Role, Scope, Ticket } from '../pim/model.ts';

/** An activation as the cards tell it. */
export interface ShownActivation {
  /** GUID of the request at PIM. */
  readonly requestId: string;
  /** Grows with every change: an old card's click is told from a present one's. */
  readonly version: number;
  readonly personName: string;
  readonly role: Role;
  readonly scope: Scope;
  /** Whole minutes; `null` where the request has no duration. */
  readonly minutes: number | null;
  readonly justification: string;
  readonly ticket: Ticket | null;
  readonly state: ActivationState;
  /** The later start that was asked for; `null`: at once. What PIM says is `start`. */
  readonly plannedStart: Date | null;
  readonly start: Date | null;
  readonly end: Date | null;
  readonly submittedAt: Date | null;
  readonly decidedByName: string | null;
  /** When the decision was made, where that is known. */
  readonly decidedAt?: Date | null;
  readonly decisionReason: string | null;
  /** Who has approved so far, and how many it takes, where it takes several. */
  readonly approvals?: { readonly by: readonly string[]; readonly given: number; readonly needed: number; readonly possible?: number | null } | null;
  /** Until when an approved request may be activated, where we keep it. */
  readonly approvedUntil?: Date | null;
  /** Its time is over, and PIM has not said how it ended. */
  readonly isEndUnread?: boolean;
  /** What PIM asks for could not be read. */
  readonly isPimUnread?: boolean;
  /** The requester may ask the approvers once more. */
  readonly mayNudge?: boolean;
  readonly problem: ActivationProblem | null;
  /** The eligibility it came from, for "activate again"; `null` when it is not known any more. */
  readonly eligibleId: string | null;
}

/** What went wrong, told by `problem-words.ts`. */
export interface Problem {
  readonly code: PimErrorCode;
  /** Names of the failed policy rules, e.g. `ExpirationRule`. */
  readonly rules: readonly string[];
  /** What Microsoft's support asks for. */
  readonly azureRequestId: string | null;
  /** For how long PIM wants not to be asked again, where it has said. */
  readonly retryAfterMs?: number;
}

/** What ended or stopped an activation: PIM's answer, or that nobody signed in more strongly in time. */
export interface ActivationProblem extends Omit<Problem, 'code'> {
  readonly code: PimErrorCode | 'stepUpMissed';
}

/** Whether an approver has got the card. */
export interface AskedApprover {
  readonly name: string;
  readonly outcome: 'queued' | 'sent' | 'notInstalled' | 'blocked' | 'notApprover' | 'failed';
}
