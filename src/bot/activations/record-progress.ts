import { activationState, activationWindow, beginsAsRequested, canMove, failureOf, hasBegun, isFinal, type ActivationState, type ActivationWindow } from '../../pim/activation-status.ts';
import { PimError } from '../../pim/errors.ts';
import type { ActivationRequest } from '../../pim/model.ts';
import { lastSegment, sameScope } from '../../pim/scope.ts';
import { findActivation, findActivationByPimId, moveActivation, rememberDecision, rememberPimId, type Activation, type ActivationChange } from '../../store/activations.ts';
import { beginAnew } from '../../store/approvals.ts';
import { recordAudit } from '../../store/audit-log.ts';
import type { Queries } from '../../store/database.ts';
import { decisionElsewhere } from '../approvals/decision-elsewhere.ts';
import type { BotParts } from '../parts.ts';

/** How often a request that nobody has decided is read again: decisions that come through us need no reading. */
const pendingWatchSeconds = { atFirst: 15, later: 60 };
const atFirstMs = 10 * 60_000;
/** PIM ends an activation on time; a moment later is soon enough to say so. */
const afterTheEndSeconds = 2;

/**
 * Takes PIM's account of a request into our memory, with the work that follows from it, in one transaction.
 * An account that is older than what we know changes nothing: the state machine has no way back from an end.
 * @throws {PimError} `requestNameTaken`, `alreadyRequested`: what PIM has under this name is another request
 */
export async function recordProgress(parts: BotParts, activation: Activation, request: ActivationRequest): Promise<Activation> {
  await requireSame(parts, activation, request);
  const now = parts.clock.now();
  const { start, end } = activationWindow(request);
  const state = activationState(request.pimStatus, { start, end }, now);
  if (state === activation.state || !canMove(activation.state, state)) return named(parts, activation, request);

  const recorded = await recordState(parts, activation, request, { state, start, end });
  // Something else has moved it meanwhile: what PIM says counts against that, too.
  if (recorded.state !== activation.state && recorded.state !== state && canMove(recorded.state, state)) return recordProgress(parts, recorded, request);
  return recorded;
}

/**
 * The requester knows the GUID of their form and can send something else to PIM under it. What an approver decides on is
 * what their card shows, so only a request by the same person, for the same role and scope, with the same start, is taken
 * for this one.
 */
async function requireSame(parts: BotParts, activation: Activation, request: ActivationRequest): Promise<void> {
  const { requestId, person, role, scope, origin, requestedStart } = activation;
  const isSame = request.action === 'activate'
    && request.requester.id.toLowerCase() === person.id.toLowerCase()
    && lastSegment(request.role.definitionId).toLowerCase() === lastSegment(role.definitionId).toLowerCase()
    && sameScope(request.scope.id, scope.id)
    && (origin === 'elsewhere' || beginsAsRequested(requestedStart, request, parts.clock.now()));
  if (!isSame) throw new PimError('requestNameTaken', 'what PIM has under this name is another request');
  const namesake = await findActivationByPimId(parts.store.db, request.id);
  if (namesake !== null && namesake.requestId !== requestId) throw new PimError('alreadyRequested', 'what PIM has is known here as another request');
}

/** PIM may take its time over a request: what it calls it is known from the first answer on. */
async function named(parts: BotParts, activation: Activation, { id }: ActivationRequest): Promise<Activation> {
  if (activation.pimId !== null) return activation;
  await rememberPimId(parts.store.db, activation.requestId, id);
  return { ...activation, pimId: id.toLowerCase() };
}

interface Account extends ActivationWindow {
  readonly state: ActivationState;
}

async function recordState(parts: BotParts, activation: Activation, request: ActivationRequest, { state, start, end }: Account): Promise<Activation> {
  const now = parts.clock.now();
  const made = await decisionElsewhere(parts, activation, request, state);
  return parts.store.transaction(async (tx) => {
    const isNew = made !== null && await rememberDecision(tx, activation.requestId, made) !== null;
    if (isNew) await parts.jobs.enqueue(tx, 'refresh-cards', { requestId: activation.requestId });
    const moved = await moveActivation(tx, activation.requestId, { from: [activation.state] }, {
      state,
      pimId: request.id,
      pimStatus: request.pimStatus,
      approvalId: request.approvalId,
      ...asAskedFor(state, request),
      // Who approved here is kept with the approvals; PIM's own decision is still to come.
      ...(state === 'pending' ? { decision: null, approvedUntil: null } : {}),
      startAt: start,
      endAt: end,
      problem: problemOf(request),
    });
    if (moved === null) return await findActivation(tx, activation.requestId) ?? activation;
    if (state === 'pending' && activation.approvedUntil !== null) await beginAnew(tx, activation.requestId);
    // Whoever decided is on record already, whoever reads the effect first.
    const decision = activation.state === 'pending' ? moved.decision : null;
    await recordAudit(tx, {
      at: now,
      actor: decision?.by ?? activation.person,
      action: decision?.result ?? 'activate',
      phase: 'outcome',
      requestId: activation.requestId,
      details: { from: activation.state, to: state, pimRequestId: moved.pimId, pimStatus: request.pimStatus, start, end, ...(isNew ? { decided: 'elsewhere' } : {}) },
    });
    await enqueueWhatFollows(parts, tx, activation.state, moved);
    return moved;
  });
}

/** What an approver decides on is PIM's account of it. An activation that is seen by its effect alone tells nothing of this. */
function asAskedFor(state: ActivationState, { minutes, justification, ticket }: ActivationRequest): Partial<ActivationChange> {
  return state === 'pending' || justification !== '' ? { minutes, justification, ticket } : {};
}

function problemOf({ pimStatus }: ActivationRequest): Activation['problem'] {
  const code = failureOf(pimStatus);
  return code === null ? null : { code, rules: [] };
}

/** PIM has forgotten the request, and the time that it named for the end has come. */
export function recordExpiry(parts: BotParts, activation: Activation): Promise<Activation> {
  return recordEnd(parts, activation, { from: ['scheduled', 'active'], to: 'expired' });
}

/** Nobody may read the request any more, and PIM lets none wait for so long: it is over, however it ended. */
export function recordUnreadEnd(parts: BotParts, activation: Activation): Promise<Activation> {
  return recordEnd(parts, activation, { from: ['pending'], to: 'timedOut' });
}

async function recordEnd(parts: BotParts, activation: Activation, { from, to }: { readonly from: readonly ActivationState[]; readonly to: 'expired' | 'timedOut' }): Promise<Activation> {
  const { requestId, person } = activation;
  return parts.store.transaction(async (tx) => {
    const moved = await moveActivation(tx, requestId, { from }, { state: to });
    if (moved === null) return await findActivation(tx, requestId) ?? activation;
    await recordAudit(tx, { at: parts.clock.now(), actor: person, action: 'activate', phase: 'outcome', requestId, details: { from: activation.state, to, pimStatus: null } });
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
    await announceBegun(parts, tx, activation.state, moved);
    if (to === 'timedOut') await parts.jobs.enqueue(tx, 'tell-requester', { requestId, version: moved.version });
    return moved;
  });
}

async function enqueueWhatFollows(parts: BotParts, tx: Queries, from: ActivationState, moved: Activation): Promise<void> {
  const { requestId, state, version } = moved;
  await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
  if (state === 'pending') await parts.jobs.enqueue(tx, 'find-approvers', { requestId });
  await announceBegun(parts, tx, from, moved);
  if ((from === 'pending' || from === 'scheduled') && state !== 'withdrawn') await parts.jobs.enqueue(tx, 'tell-requester', { requestId, version });
  const after = nextWatchSeconds(moved, parts.clock.now());
  if (after !== null) await parts.jobs.enqueue(tx, 'watch-activation', { requestId, round: 0 }, { after });
}

/** The first time that an activation is seen to have begun, whatever has become of it since, its administrators are told. */
export async function announceBegun({ jobs, clock }: BotParts, tx: Queries, from: ActivationState, moved: Activation): Promise<void> {
  if (from !== 'active' && hasBegun(moved, clock.now())) await jobs.enqueue(tx, 'announce-activation', { requestId: moved.requestId, personId: null });
}

/** Seconds until the activation is to be looked at again; `null` when its story has ended or has no end. */
export function nextWatchSeconds(activation: Activation, now: Date): number | null {
  if (isFinal(activation.state)) return null;
  if (activation.state === 'pending' || activation.state === 'submitting') {
    const age = now.getTime() - (activation.submittedAt ?? activation.createdAt).getTime();
    return age < atFirstMs ? pendingWatchSeconds.atFirst : pendingWatchSeconds.later;
  }
  const next = activation.state === 'scheduled' ? activation.startAt : activation.endAt;
  return next === null ? null : Math.max(afterTheEndSeconds, Math.ceil((next.getTime() - now.getTime()) / 1_000) + afterTheEndSeconds);
}
