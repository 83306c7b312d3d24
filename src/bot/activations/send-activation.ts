import { PimError } from '../../pim/errors.ts';
import type { PimUser } from '../../pim/pim.ts';
import { findActivation, moveActivation, type Activation, type ActivationChange } from '../../store/activations.ts';
import { recordAudit } from '../../store/audit-log.ts';
import { closeStepUp, type StepUpRecord } from '../../store/step-ups.ts';
import type { BotParts } from '../parts.ts';
import { problemOf } from '../problem.ts';
import { recordProgress } from './record-progress.ts';
import { awaitStepUp, stepUpAgainst } from '../sign-in/step-up.ts';

/** Seconds until the watch looks whether an activation that was just sent has arrived. */
const firstWatchAfterSeconds = 5;

/** What the form said, or nothing; and the stronger sign-in with which it is sent, which is used up by it. */
type Attempt = Omit<ActivationChange, 'state'> & { readonly steppedUp?: StepUpRecord };

/**
 * What has to be on record before PIM is asked for the role: that it is, by whom and with what, and who looks after it.
 * `null` when the activation has been moved by something else meanwhile: then it is not asked for (promise 10).
 */
export async function recordAttempt(parts: BotParts, activation: Activation, { steppedUp, ...change }: Attempt): Promise<Activation | null> {
  const { requestId, state, version } = activation;
  return parts.store.transaction(async (tx) => {
    if (steppedUp !== undefined && await closeStepUp(tx, steppedUp.id, 'carriedOut') === null) return null;
    const submitted = await moveActivation(tx, requestId, { from: [state], fromVersion: version }, { ...change, state: 'submitting' });
    if (submitted === null) return null;
    await recordAudit(tx, {
      at: parts.clock.now(),
      actor: submitted.person,
      action: 'activate',
      phase: 'attempt',
      requestId,
      details: { ...whatIsAsked(submitted), ...(steppedUp === undefined ? {} : { stepUp: steppedUp.stepUp }) },
    });
    await parts.jobs.enqueue(tx, 'watch-activation', { requestId, round: 0 }, { after: firstWatchAfterSeconds });
    return submitted;
  });
}

/** For the audit log, which tells by itself what was asked for, under which settings (promise 26). */
export function whatIsAsked({ role, scope, requestedStart, minutes, justification, ticket, settings }: Activation): Readonly<Record<string, unknown>> {
  return { role, scope: scope.id, start: requestedStart, minutes, justification, ticket, policy: settings };
}

/**
 * Sends a submitted activation to PIM under its GUID and records what PIM said. Sending again is harmless: the same GUID
 * is the same request. When nobody can say whether it arrived, the activation stays `submitting` and its watch reads it
 * back (promise 15).
 */
export async function sendActivation(parts: BotParts, pim: PimUser, activation: Activation): Promise<Activation> {
  const sent = await send(parts, pim, activation);
  if (!(sent instanceof PimError)) return sent;
  const stepUp = stepUpAgainst(parts, sent, activation.settings);
  if (stepUp === null) return recordFailure(parts, activation, sent);
  return await awaitStepUp(parts, activation, stepUp) ?? await findActivation(parts.store.db, activation.requestId) ?? activation;
}

/** The same with the token of a stronger sign-in: what is still refused then has failed. */
export async function sendSteppedUp(parts: BotParts, pim: PimUser, activation: Activation): Promise<Activation> {
  const sent = await send(parts, pim, activation);
  return sent instanceof PimError ? recordFailure(parts, activation, sent) : sent;
}

/** A refusal comes back as it is: nothing was granted. */
async function send(parts: BotParts, pim: PimUser, activation: Activation): Promise<Activation | PimError> {
  const { role, scope, eligibilityScheduleId, requestedStart, minutes, justification, ticket } = activation;
  try {
    const request = await pim.activate(activation.requestId, { role, scope, eligibilityScheduleId, start: requestedStart, minutes: minutes ?? 0, justification, ticket });
    return await recordProgress(parts, activation, request);
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
    return error.effect === 'none' ? error : recordUncertainty(parts, activation, error);
  }
}

/**
 * The same once more, when PIM has no record of it: an attempt of its own in the audit log. A refusal says nothing of the
 * first attempt, which may still be on its way: it stays `submitting` until PIM is read again (promise 15).
 */
export async function resendActivation(parts: BotParts, pim: PimUser, activation: Activation): Promise<Activation> {
  await recordAudit(parts.store.db, { ...outcome(parts, activation, { resent: true }), phase: 'attempt' });
  const sent = await send(parts, pim, activation);
  return sent instanceof PimError ? recordUncertainty(parts, activation, sent) : sent;
}

/**
 * PIM refused, or the watch has given up: as far as anybody can say, nothing was granted. What our approvers have approved
 * stays so for as long as they said: it can be sent again, under the same GUID.
 */
export async function recordFailure(parts: BotParts, activation: Activation, error: PimError): Promise<Activation> {
  const state = isStillGood(parts, activation, error) ? 'approved' : 'failed';
  return parts.store.transaction(async (tx) => {
    const failed = await moveActivation(tx, activation.requestId, { from: ['submitting'] }, { state, problem: problemOf(error) });
    if (failed === null) return await findActivation(tx, activation.requestId) ?? activation;
    await recordAudit(tx, outcome(parts, activation, { result: 'refused', code: error.code, rules: error.details.rules ?? [] }));
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId: activation.requestId });
    if (state === 'approved') await parts.jobs.enqueue(tx, 'expire-request', { requestId: activation.requestId });
    return failed;
  });
}

/** A name that is taken stays so: nothing can be sent under it any more. */
function isStillGood({ clock }: BotParts, { approvedUntil }: Activation, { code }: PimError): boolean {
  return approvedUntil !== null && approvedUntil > clock.now() && code !== 'requestNameTaken';
}

async function recordUncertainty(parts: BotParts, activation: Activation, error: PimError): Promise<Activation> {
  parts.log.warn({ error, requestId: activation.requestId }, 'PIM did not say whether the activation arrived');
  await recordAudit(parts.store.db, outcome(parts, activation, { result: 'unknown', code: error.code }));
  return activation;
}

function outcome(parts: BotParts, activation: Activation, details: Record<string, unknown>): Parameters<typeof recordAudit>[1] {
  const { person, requestId } = activation;
  return { at: parts.clock.now(), actor: person, action: 'activate', phase: 'outcome', requestId, details };
}
