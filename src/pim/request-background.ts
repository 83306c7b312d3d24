/** What an approver should know of a requester, gathered when approvers are looked for and kept with the request. */
import type { ActivationState } from './activation-status.ts';
import type { ActiveAssignment, Gap, Listing, Role, Scope } from './model.ts';

/** What has come of an activation, once something has. */
export const outcomes = ['scheduled', 'active', 'denied', 'timedOut', 'withdrawn', 'failed', 'deactivated', 'expired'] as const satisfies readonly ActivationState[];

/** An earlier activation of the same role. */
export interface EarlierActivation {
  readonly scope: Scope;
  /** ISO 8601, as everything here is kept as JSON. */
  readonly askedAt: string;
  /** `null` where the request had no duration. */
  readonly minutes: number | null;
  readonly outcome: typeof outcomes[number];
}

export interface HeldRole {
  readonly role: Role;
  readonly scope: Scope;
}

export interface RequestBackground {
  /** When all this was read. ISO 8601. */
  readonly readAt: string;
  /** Newest first. */
  readonly earlier: readonly EarlierActivation[];
  readonly held: readonly HeldRole[];
  /** How many more are held than are kept. */
  readonly heldBeside: number;
  readonly gaps: readonly Gap[];
}

/** More than this no card shows. */
const mostHeld = 5;

/** @param held what the person holds now; the same right, held in two ways, is one */
export function backgroundOf(earlier: readonly EarlierActivation[], { items, gaps }: Listing<ActiveAssignment>, now: Date): RequestBackground {
  const rights = new Map(items.map(({ role, scope }) => [`${role.definitionId} ${scope.id}`.toLowerCase(), { role, scope }]));
  const held = [...rights.values()];
  return { readAt: now.toISOString(), earlier, held: held.slice(0, mostHeld), heldBeside: Math.max(0, held.length - mostHeld), gaps };
}
