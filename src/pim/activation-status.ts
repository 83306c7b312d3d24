/**
 * PIM's twenty-two statuses, told in our few.
 * https://learn.microsoft.com/rest/api/authorization/role-assignment-schedule-requests (Status)
 */
import type { PimErrorCode } from './errors.ts';
import type { ActivationRequest } from './model.ts';

/** Where an activation stands, from the form to its end. */
export type ActivationState =
  | 'draft' // the form is shown
  | 'held' // sent in; our own settings ask for approval, and nothing is at PIM until it is given
  | 'approved' // our approvers have agreed; nothing is at PIM until the requester activates
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
export function activationState(pimStatus: string, window: ActivationWindow, now: Date): StateAtPim {
  const meaning = meaningOfStatus.get(pimStatus.toLowerCase()) ?? 'inProgress';
  if (meaning === 'inProgress') return 'submitting';
  return meaning === 'granted' ? grantedState(window, now) : meaning;
}

function grantedState({ start, end }: ActivationWindow, now: Date): StateAtPim {
  if (end !== null && end <= now) return 'expired';
  return (start ?? now) > now ? 'scheduled' : 'active';
}

/** Whether PIM has yet to say what becomes of a request. */
export function isUndecided({ pimStatus, createdAt }: Pick<ActivationRequest, 'pimStatus' | 'createdAt'>): boolean {
  // Stryker disable next-line ObjectLiteral: what is granted is decided, whenever it begins and ends.
  const state = activationState(pimStatus, { start: null, end: null }, createdAt);
  return state === 'pending' || state === 'submitting';
}

/** From when to when a request grants the role; a request without a start begins when it was made. */
export function activationWindow(request: Pick<ActivationRequest, 'start' | 'createdAt' | 'minutes'>): ActivationWindow {
  const start = request.start ?? request.createdAt;
  return { start, end: request.minutes === null ? null : new Date(start.getTime() + request.minutes * 60_000) };
}

/** By how much a time that PIM answers may differ from the one that it was sent. */
const sameTimeMs = 60_000;
/** By how much PIM's clock may be ahead of ours. */
const clocksDifferMs = 5 * 60_000;

/** The later start that a request names; `null`: it is to begin at once. */
export function plannedStart({ start, createdAt }: Pick<ActivationRequest, 'start' | 'createdAt'>): Date | null {
  return start !== null && isLater(start, createdAt) ? start : null;
}

/** By more than what makes two answers differ. */
export function isLater(one: Date, other: Date): boolean {
  return one.getTime() - other.getTime() > sameTimeMs;
}

/** Granted for a later start, and not begun. */
export function isPlanned(request: Pick<ActivationRequest, 'pimStatus' | 'start' | 'createdAt'>): boolean {
  return ['granted', 'schedulecreated'].includes(request.pimStatus.toLowerCase()) && plannedStart(request) !== null;
}

/**
 * Whether a request begins when it was asked to: at that time, or as soon as possible afterwards, where that time has
 * passed before PIM let it begin (an approval takes its time). Never earlier, and never at another time to come.
 *
 * @param requested `null`: at once
 */
export function beginsAsRequested(requested: Date | null, request: Pick<ActivationRequest, 'start' | 'createdAt'>, now: Date): boolean {
  const start = request.start ?? request.createdAt;
  const isOver = start.getTime() <= now.getTime() + clocksDifferMs;
  if (requested === null) return isOver;
  return !isLater(requested, start) && (isOver || !isLater(start, requested));
}

/** What PIM may say of a request that it has. */
const toldByPim = ['pending', 'scheduled', 'active', 'denied', 'timedOut', 'withdrawn', 'failed', 'deactivated', 'expired'] as const;

/** As PIM tells it; `submitting`: it has not told yet. */
export type StateAtPim = 'submitting' | (typeof toldByPim)[number];

const nextStates: Readonly<Record<ActivationState, readonly ActivationState[]>> = {
  draft: ['held', 'awaitingStepUp', 'submitting'],
  held: ['approved', 'denied', 'timedOut', 'withdrawn'],
  approved: ['awaitingStepUp', 'submitting', 'timedOut', 'withdrawn'],
  awaitingStepUp: ['held', 'approved', 'submitting', ...toldByPim],
  submitting: ['awaitingStepUp', 'approved', ...toldByPim],
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

/** Whether somebody has to decide, at PIM or here. */
export function waitsForApproval(state: ActivationState): boolean {
  return state === 'pending' || state === 'held';
}

/** Whether the right was there, and perhaps still is: PIM had granted it, and its start has come. */
export function hasBegun({ state, startAt }: { readonly state: ActivationState; readonly startAt: Date | null }, now: Date): boolean {
  return state === 'active' || ((state === 'expired' || state === 'deactivated') && startAt !== null && startAt <= now);
}

/** PIM knows nothing of these. */
export const notAtPim: ReadonlySet<ActivationState> = new Set(['draft', 'held', 'approved', 'awaitingStepUp']);

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
