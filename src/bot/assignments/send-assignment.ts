import { assignmentChangeState, endOf, type AssignmentChangeState } from '../../pim/assignment-change.ts';
import { failureOf } from '../../pim/activation-status.ts';
import { PimError } from '../../pim/errors.ts';
import type { ActivationRequest } from '../../pim/model.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import type { PimAssignments } from '../../pim/pim.ts';
import { findAssignmentChange, moveAssignmentChange, type AssignmentChange, type AssignmentChangeMove } from '../../store/assignment-changes.ts';
import { recordAudit, type AuditEntry } from '../../store/audit-log.ts';
import type { BotParts } from '../parts.ts';
import { problemOf } from '../problem.ts';

/** Seconds until the watch looks whether what was just sent has arrived. */
const firstWatchAfterSeconds = 5;

/**
 * What has to be on record before PIM is asked: that it is, by whom and for what, and who looks after it. `null` when the
 * card was clicked elsewhere meanwhile: then it is not sent (promise 10).
 */
export async function recordAssignmentAttempt(parts: BotParts, change: AssignmentChange, justification: string): Promise<AssignmentChange | null> {
  const { requestId, version } = change;
  const submittedAt = parts.clock.now();
  return parts.store.transaction(async (tx) => {
    const submitted = await moveAssignmentChange(tx, requestId, { from: 'draft', fromVersion: version }, { state: 'submitting', justification, submittedAt });
    if (submitted === null) return null;
    await recordAudit(tx, entry(parts, submitted, 'attempt', wishOf(submitted)));
    await parts.jobs.enqueue(tx, 'watch-assignment', { requestId, round: 0 }, { after: firstWatchAfterSeconds });
    return submitted;
  });
}

/**
 * Sends it to PIM under its GUID and records what PIM said. A refusal is final: nothing was changed. When nobody can say
 * whether it arrived, it stays `submitting`, and its watch settles it (promise 15).
 */
export async function sendAssignment(parts: BotParts, pim: PimAssignments, change: AssignmentChange): Promise<AssignmentChange> {
  const answer = await send(pim, change);
  if (!(answer instanceof PimError)) return recordAnswer(parts, change, answer);
  if (answer.effect === 'unknown') return recordUncertainty(parts, change, answer);
  return recordEnd(parts, change, { state: 'failed', problem: problemOf(answer) }, { result: 'refused', code: answer.code, rules: answer.details.rules ?? [] });
}

/**
 * The same once more: the same GUID is the same request, and PIM answers how it stands. A refusal says nothing of the
 * first attempt, which may have been the reason for it.
 */
export async function resendAssignment(parts: BotParts, pim: PimAssignments, change: AssignmentChange): Promise<AssignmentChange> {
  await recordAudit(parts.store.db, entry(parts, change, 'attempt', { ...wishOf(change), resent: true }));
  const answer = await send(pim, change);
  return answer instanceof PimError ? recordUncertainty(parts, change, answer) : recordAnswer(parts, change, answer);
}

function send(pim: PimAssignments, change: AssignmentChange): Promise<ActivationRequest | PimError> {
  const { requestId, action, side, principal, role, scope, expiration, justification, ticket, submittedAt } = change;
  // A start that has passed while the card was looked at is now.
  const start = change.start !== null && submittedAt !== null && change.start <= submittedAt ? null : change.start;
  const draft = { side, principal, role, scope, justification, ticket };
  return orPimError(action === 'assign' ? pim.assign(requestId, { ...draft, start, expiration }) : pim.unassign(requestId, draft));
}

/** PIM's own account. While PIM is still at it, nothing is concluded: what PIM calls the request is kept, to read it by. */
export async function recordAnswer(parts: BotParts, change: AssignmentChange, request: ActivationRequest): Promise<AssignmentChange> {
  const state = assignmentChangeState(change.action, request, parts.clock.now());
  if (state === null) return keepName(parts, change, request);
  if (state === change.state) return change;
  const { id: pimId, pimStatus, start, createdAt, minutes } = request;
  const begins = start ?? createdAt;
  const endsAt = minutes === null ? endOf(change.expiration, begins) : new Date(begins.getTime() + minutes * 60_000);
  const problem = state === 'failed' ? { code: failureOf(pimStatus) ?? 'unexpected', rules: [] } : null;
  return recordEnd(parts, change, { state, pimId, pimStatus, problem, beginsAt: begins, endsAt }, { result: state, pimStatus });
}

async function keepName(parts: BotParts, change: AssignmentChange, { id: pimId, pimStatus }: ActivationRequest): Promise<AssignmentChange> {
  if (change.state !== 'submitting' || (change.pimId !== null && change.pimStatus === pimStatus)) return change;
  return await moveAssignmentChange(parts.store.db, change.requestId, { from: 'submitting' }, { state: 'submitting', pimId, pimStatus }) ?? change;
}

/** How it has ended, with what follows from that, in one transaction. Whatever was recorded first stays. */
export async function recordEnd(
  parts: BotParts, change: AssignmentChange, move: AssignmentChangeMove, details: Readonly<Record<string, unknown>>,
): Promise<AssignmentChange> {
  const { requestId } = change;
  return parts.store.transaction(async (tx) => {
    const moved = await moveAssignmentChange(tx, requestId, { from: change.state }, move);
    if (moved === null) return await findAssignmentChange(tx, requestId) ?? change;
    await recordAudit(tx, entry(parts, moved, 'outcome', details));
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
    return moved;
  });
}

async function recordUncertainty(parts: BotParts, change: AssignmentChange, error: PimError): Promise<AssignmentChange> {
  parts.log.warn({ error, requestId: change.requestId }, 'PIM did not say whether an assignment was changed');
  await recordAudit(parts.store.db, entry(parts, change, 'outcome', { result: 'unknown', code: error.code }));
  return change;
}

function entry(parts: BotParts, { person, action, requestId }: AssignmentChange, phase: AuditEntry['phase'], details: AuditEntry['details']): AuditEntry {
  return { at: parts.clock.now(), actor: person, action, phase, requestId, details };
}

function wishOf({ side, principal, role, scope, start, expiration, justification, ticket }: AssignmentChange): AuditEntry['details'] {
  return { side, principal, role, scope: scope.id, start, expiration, justification, ticket };
}

/** States in which PIM has said how it ends. What PIM holds for a decision may yet go either way. */
export function isSettled(state: AssignmentChangeState): boolean {
  return state !== 'draft' && state !== 'submitting' && state !== 'waiting';
}
