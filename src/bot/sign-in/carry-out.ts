import type { TokenCredential } from '@azure/core-auth';
import { withProblem } from '../../cards/refusal.ts';
import type { ActivationState } from '../../pim/activation-status.ts';
import { PimError } from '../../pim/errors.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import { approvalsNeeded, type BoundSettings } from '../../pim/own-settings.ts';
import type { PimUser } from '../../pim/pim.ts';
import { findActivation, type Activation } from '../../store/activations.ts';
import { findConversation } from '../../store/conversation-references.ts';
import { listPostedCards } from '../../store/posted-cards.ts';
import { listApprovalsGiven } from '../../store/approvals-given.ts';
import { cancelStepUps, closeStepUp, type StepUpRecord } from '../../store/step-ups.ts';
import { approvalProgress, bindAsHeld, readCurrentApprovers, withPerson } from '../approvals/current-approvers.ts';
import { holdRequest } from '../approvals/hold-request.ts';
import { decideAtPim } from '../approvals/decide-at-pim.ts';
import { beforePim, NothingSent } from '../nothing-sent.ts';
import type { BotParts } from '../parts.ts';
import { problemOf } from '../problem.ts';
import { readerOf } from '../reader-of.ts';
import { pimAsksToo } from '../activations/pim-asks-too.ts';
import { recordAttempt, sendSteppedUp } from '../activations/send-activation.ts';
import { approverCard } from '../activations/show-activation.ts';

/**
 * What came of it. `unknown`: PIM has not said; the card in the chat will. `tooLate`: nothing waits for it any more.
 * `nothingSent`: it could not be recorded, so PIM was not asked.
 */
export interface CarriedOut {
  readonly outcome: 'done' | 'pending' | 'refused' | 'unknown' | 'tooLate' | 'nothingSent';
}

/**
 * Carries out what a person asked for, once, with the token of the stronger sign-in that PIM wanted. The token is that of
 * this one call and is kept nowhere; who it belongs to has been checked. The cards in the chat change as they always do.
 */
export async function carryOut(parts: BotParts, stepUp: StepUpRecord, credential: TokenCredential): Promise<CarriedOut> {
  const activation = await findActivation(parts.store.db, stepUp.requestId);
  if (activation === null) return { outcome: 'tooLate' };
  // Whoever has left the tenant, or become a guest, since the card was sent.
  if (!await parts.isMember(stepUp.person.id)) return { outcome: 'tooLate' };
  const pim = parts.signIn.pimWith(stepUp.person.id, credential);
  try {
    return await (stepUp.action === 'activate' ? activate(parts, pim, activation, stepUp) : decide(parts, pim, activation, stepUp));
  } catch (error) {
    if (!(error instanceof NothingSent)) throw error;
    parts.log.error({ error }, 'our records cannot be written');
    return { outcome: 'nothingSent' };
  }
}

async function activate(parts: BotParts, pim: PimUser, activation: Activation, stepUp: StepUpRecord): Promise<CarriedOut> {
  if (activation.state !== 'awaitingStepUp' || activation.person.id !== stepUp.person.id) return { outcome: 'tooLate' };
  if (activation.approvedUntil !== null && activation.approvedUntil <= parts.clock.now()) return { outcome: 'tooLate' };
  const bound = await parts.ownLayer.bind(activation.settings, activation);
  if (activation.approvedUntil === null && await takesOurApproval(parts, activation, bound)) return holdInstead(parts, activation);
  const submitted = await beforePim(() => recordAttempt(parts, activation, { submittedAt: parts.clock.now(), steppedUp: stepUp }));
  if (submitted === null) return { outcome: 'tooLate' };
  const sent = await sendSteppedUp(parts, pim, submitted);
  await parts.store.transaction((tx) => parts.jobs.enqueue(tx, 'refresh-cards', { requestId: sent.requestId }));
  return { outcome: outcomeOf[sent.state] };
}

/** Our own settings have become stricter since: they ask for an approval that nobody has given. */
async function holdInstead(parts: BotParts, activation: Activation): Promise<CarriedOut> {
  const { requestId, person } = activation;
  if (await beforePim(() => holdRequest(parts, activation, {})) === null) return { outcome: 'tooLate' };
  await cancelStepUps(parts.store.db, { requestId, personId: person.id });
  return { outcome: 'pending' };
}

async function takesOurApproval(parts: BotParts, activation: Activation, bound: BoundSettings | null): Promise<boolean> {
  return bound?.heldBy === 'bot' || (bound?.asksApproval === true && !await pimAsksToo(parts, activation.person.id, activation));
}

const outcomeOf: Readonly<Record<ActivationState, CarriedOut['outcome']>> = {
  draft: 'unknown',
  held: 'unknown',
  approved: 'unknown',
  awaitingStepUp: 'unknown',
  submitting: 'unknown',
  pending: 'pending',
  scheduled: 'done',
  active: 'done',
  denied: 'refused',
  timedOut: 'refused',
  withdrawn: 'refused',
  failed: 'refused',
  deactivated: 'done',
  expired: 'done',
};

async function decide(parts: BotParts, pim: PimUser, activation: Activation, stepUp: StepUpRecord): Promise<CarriedOut> {
  const { person, action, reason, offer } = stepUp;
  // Nobody gets as far as PIM with their own request (promise 8), nor with one that has changed since they read it.
  if (action === 'activate' || activation.person.id === person.id) return { outcome: 'refused' };
  if (!await isStillDue(parts, activation, stepUp)) return { outcome: 'tooLate' };
  if (await closeStepUp(parts.store.db, stepUp.id, 'carriedOut') === null) return { outcome: 'tooLate' };
  try {
    const { decision } = await decideAtPim(parts, activation, { result: action, by: person, reason, offer, at: parts.clock.now() }, pim);
    // Somebody else may have been first, and decided otherwise.
    return { outcome: decision?.by?.id === person.id && decision.result === action ? 'done' : 'tooLate' };
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
    parts.log.warn({ error, code: error.code }, 'PIM refused a decision after a stronger sign-in');
    await showRefusal(parts, activation, person.id, error);
    return { outcome: error.effect === 'none' ? 'refused' : 'unknown' };
  }
}

/** As the person has read it, and with the approvals that it takes. */
async function isStillDue(parts: BotParts, activation: Activation, { person, action, requestVersion }: StepUpRecord): Promise<boolean> {
  if (activation.state !== 'pending' || activation.version !== requestVersion) return false;
  return action === 'deny' || hasAllOthers(parts, activation, person);
}

/** Of several approvals, those that PIM is not told of may have come to an end while this one signed in. */
async function hasAllOthers(parts: BotParts, activation: Activation, approver: StepUpRecord['person']): Promise<boolean> {
  const bound = await bindAsHeld(parts, activation, activation.settings);
  if (approvalsNeeded(bound?.requirements ?? []) < 2) return true;
  const [approvers, given] = await Promise.all([orPimError(readCurrentApprovers(parts, activation)), listApprovalsGiven(parts.store.db, activation.requestId)]);
  if (approvers instanceof PimError) return false;
  const progress = approvalProgress(withPerson(approvers, approver), [...given.map(({ by }) => by.id), approver.id]);
  return progress.given >= progress.needed;
}

/** The approver's card led to this sign-in, and nothing of the request has changed: it says what PIM said, and can be decided on again. */
async function showRefusal(parts: BotParts, activation: Activation, approverId: string, error: PimError): Promise<void> {
  const conversation = await findConversation(parts.store.db, approverId);
  const posted = await listPostedCards(parts.store.db, activation.requestId);
  if (conversation === null) return;
  const reader = readerOf(conversation);
  const card = withProblem(reader, await approverCard(parts, reader, activation, approverId), problemOf(error));
  for (const shown of posted.filter(({ kind, personId }) => kind === 'approver' && personId === approverId)) {
    const delivery = await parts.messenger.updateCard(shown, shown.activityId, card);
    if (delivery.outcome !== 'sent') parts.log.warn({ delivery, requestId: activation.requestId }, 'a refusal could not be shown');
  }
}
