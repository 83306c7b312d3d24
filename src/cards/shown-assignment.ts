import type { AssignmentAction, AssignmentChangeState } from '../pim/assignment-change.ts';
import type { AssignmentTarget, Expiration, Ticket } from '../pim/model.ts';
import type { Problem } from './shown.ts';

/** What an administrator assigns or takes away, as the cards tell it. */
export interface ShownAssignmentChange extends AssignmentTarget {
  readonly requestId: string;
  /** Grows with every change: an old card's click is told from a present one's. */
  readonly version: number;
  readonly action: AssignmentAction;
  readonly state: AssignmentChangeState;
  /** `null`: at once. */
  readonly start: Date | null;
  readonly expiration: Expiration;
  /** What nobody said, so that the bot took what is usual. */
  readonly assumed: readonly ('side' | 'period')[];
  readonly justification: string;
  readonly ticket: Ticket | null;
  readonly problem: Problem | null;
  /** From when to when, as PIM says. */
  readonly beginsAt: Date | null;
  readonly endsAt: Date | null;
}
