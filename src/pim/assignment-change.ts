/** How what an administrator assigns or takes away stands, from the card that asks whether it is meant to PIM's last word. */
import { activationState, activationWindow, type StateAtPim } from './activation-status.ts';
import type { ActivationRequest, Expiration } from './model.ts';

export type AssignmentAction = 'assign' | 'unassign';

export type AssignmentChangeState =
  | 'draft' // the card asks whether it is meant
  | 'submitting' // the request may or may not have reached PIM
  | 'waiting' // PIM keeps it for somebody's decision
  | 'scheduled' // assigned, from a later time on
  | 'assigned'
  | 'removed'
  | 'ended' // was assigned, and is over already
  | 'failed'
  | 'cancelled'; // never sent

/** What PIM's word for an assignment means; `null`: PIM is still at it. */
const meaningOfAssign: Readonly<Record<StateAtPim, AssignmentChangeState | null>> = {
  submitting: null,
  pending: 'waiting',
  scheduled: 'scheduled',
  active: 'assigned',
  denied: 'failed',
  timedOut: 'failed',
  withdrawn: 'failed',
  failed: 'failed',
  deactivated: 'ended',
  expired: 'ended',
};

/** PIM calls a removal that is done `Revoked`, and at times `Provisioned`. */
const meaningOfUnassign: Readonly<Record<StateAtPim, AssignmentChangeState | null>> = {
  ...meaningOfAssign,
  scheduled: 'removed',
  active: 'removed',
  deactivated: 'removed',
  expired: 'removed',
};

/** What PIM's account of the request means at `now`; `null` while PIM has not said how it ends. */
export function assignmentChangeState(action: AssignmentAction, request: ActivationRequest, now: Date): AssignmentChangeState | null {
  const window = action === 'assign' ? activationWindow(request) : { start: null, end: null };
  const state = activationState(request.pimStatus, window, now);
  return (action === 'assign' ? meaningOfAssign : meaningOfUnassign)[state];
}

/** When an assignment ends that begins at `start`; `null`: never. */
export function endOf(expiration: Expiration, start: Date): Date | null {
  switch (expiration.type) {
    case 'afterDuration': return new Date(start.getTime() + expiration.minutes * 60_000);
    case 'afterDateTime': return expiration.end;
    case 'noExpiration': return null;
  }
}
