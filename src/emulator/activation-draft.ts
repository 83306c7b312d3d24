import type { BuiltInRole } from './roles.ts';
import type { Expiration, Ticket } from './state.ts';

/** A well-formed request that nobody has judged yet. */
export type ScheduleRequestDraft = ActivationDraft | DeactivationDraft;

interface CommonDraft {
  /** Object id in lower case. */
  readonly principalId: string;
  readonly role: BuiltInRole;
  readonly justification: string;
  readonly ticket: Ticket;
}

export interface ActivationDraft extends CommonDraft {
  readonly requestType: 'SelfActivate';
  /** Milliseconds since 1970; `null`: now. */
  readonly startAt: number | null;
  readonly expiration: Expiration;
  /** `linkedRoleEligibilityScheduleId` as it was sent. */
  readonly linked: string | null;
}

export interface DeactivationDraft extends CommonDraft {
  readonly requestType: 'SelfDeactivate';
}
