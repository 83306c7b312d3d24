/**
 * PIM's twenty-two statuses, told in our few.
 * https://learn.microsoft.com/rest/api/authorization/role-assignment-schedule-requests (Status)
 */
import type { PimErrorCode } from './errors.ts';
import type { ActivationRequest } from './model.ts';

/** Where an activation stands, from the form to its end. */
export type ActivationState =
  | 'draft' // the form is shown
  | 'awaitingStepUp' // sent in, but the person has to sign in more strongly first: nothing is at PIM
  | 'submitting' // the request may or may not have reached PIM
  | 'pending' // PIM waits for an approver (or an administrator)
  | 'scheduled' // granted, starts later
  | 'active'
  | 'denied'
  | 'timedOut' // nobody decided in time
  | 'withdrawn'
  | 'failed'
  | 'deactivated'
  | 'expired';

/** What a status says by itself; `granted` needs the clock to become scheduled, active or expired. */
type Meaning = 'inProgress' | 'pending' | 'granted' | 'denied' | 'timedOut' | 'withdrawn' | 'failed' | 'deactivated';

type PimStatus =
  | 'Accepted' | 'PendingEvaluation' | 'Granted' | 'Denied' | 'PendingProvisioning' | 'Provisioned' | 'PendingRevocation'
  | 'Revoked' | 'Canceled' | 'Failed' | 'PendingApprovalProvisioning' | 'PendingApproval' | 'FailedAsResourceIsLocked'
  | 'PendingAdminDecision' | 'AdminApproved' | 'AdminDenied' | 'TimedOut' | 'ProvisioningStarted' | 'Invalid'
  | 'PendingScheduleCreation' | 'ScheduleCreated' | 'PendingExternalProvisioning';

const meanings: Readonly<Record<PimStatus, Meaning>> = {
  Accepted: 'inProgress',
  PendingEvaluation: 'inProgress',
  PendingProvisioning: 'inProgress',
  ProvisioningStarted: 'inProgress',
  PendingScheduleCreation: 'inProgress',
  PendingExternalProvisioning: 'inProgress',
  AdminApproved: 'inProgress',
  PendingApproval: 'pending',
  PendingApprovalProvisioning: 'pending',
  PendingAdminDecision: 'pending',
  Provisioned: 'granted',
  Granted: 'granted',
  ScheduleCreated: 'granted',
  Denied: 'denied',
  AdminDenied: 'denied',
  TimedOut: 'timedOut',
  Canceled: 'withdrawn',
  Failed: 'failed',
  FailedAsResourceIsLocked: 'failed',
  Invalid: 'failed',
  Revoked: 'deactivated',
  PendingRevocation: 'deactivated',
};

/** ARM mixes the case of its enumerations, so statuses are looked up without it. */
const meaningOfStatus: ReadonlyMap<string, Meaning> = new Map(
  Object.entries(meanings).map(([status, meaning]) => [status.toLowerCase(), meaning]),
);

/** Why PIM could not carry a request out, where its status says so. */
export function failureOf(pimStatus: string): PimErrorCode | null {
  return pimStatus.toLowerCase() === 'failedasresourceislocked' ? 'resourceLocked' : null;
}

/** The window that a request asks for. `null`: PIM named no start, or there is no end. */
export interface ActivationWindow {
  readonly start: Date | null;
  readonly end: Date | null;
}

/**
 * What PIM's status means at `now`. A status that we do not know, or that PIM is still working on, is `submitting`:
 * neither a success nor an end is claimed before PIM has said so.
 */
export function activationState(pimStatus: string, window: ActivationWindow, now: Date): ActivationState {
  const meaning = meaningOfStatus.get(pimStatus.toLowerCase()) ?? 'inProgress';
  if (meaning === 'inProgress') return 'submitting';
  return meaning === 'granted' ? grantedState(window, now) : meaning;
}

function grantedState({ start, end }: ActivationWindow, now: Date): ActivationState {
  if (end !== null && end <= now) return 'expired';
  return start !== null && start > now ? 'scheduled' : 'active';
}

/** Whether PIM has yet to say what becomes of a request. */
export function isUndecided({ pimStatus, createdAt }: Pick<ActivationRequest, 'pimStatus' | 'createdAt'>): boolean {
  const state = activationState(pimStatus, { start: null, end: null }, createdAt);
  return state === 'pending' || state === 'submitting';
}

/** From when to when a request grants the role; a request without a start begins when it was made. */
export function activationWindow(request: Pick<ActivationRequest, 'start' | 'createdAt' | 'minutes'>): ActivationWindow {
  const start = request.start ?? request.createdAt;
  return { start, end: request.minutes === null ? null : new Date(start.getTime() + request.minutes * 60_000) };
}

/** What PIM may say of a request that it has. */
const toldByPim = ['pending', 'scheduled', 'active', 'denied', 'timedOut', 'withdrawn', 'failed', 'deactivated', 'expired'] as const;

const nextStates: Readonly<Record<ActivationState, readonly ActivationState[]>> = {
  draft: ['awaitingStepUp', 'submitting'],
  awaitingStepUp: ['submitting', ...toldByPim],
  submitting: ['awaitingStepUp', ...toldByPim],
  pending: ['scheduled', 'active', 'denied', 'timedOut', 'withdrawn', 'failed', 'deactivated', 'expired'],
  scheduled: ['active', 'withdrawn', 'failed', 'deactivated', 'expired'],
  active: ['deactivated', 'expired'],
  denied: [],
  timedOut: [],
  withdrawn: [],
  failed: [],
  deactivated: [],
  expired: [],
};

/** Whether an activation in this state has come to its end and can never change again. */
export function isFinal(state: ActivationState): boolean {
  return nextStates[state].length === 0;
}

/**
 * Whether an answer that says `to` may move an activation that we know as `from`. States only go forward, so an answer
 * that comes late or twice changes nothing.
 */
export function canMove(from: ActivationState, to: ActivationState): boolean {
  return nextStates[from].includes(to);
}
