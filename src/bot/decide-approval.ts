import { approvalsCard } from '../cards/approvals.ts';
import { noticeCard } from '../cards/notice.ts';
import { withReasonMissing } from '../cards/refusal.ts';
import type { Verb } from '../cards/verbs.ts';
import { activationState, activationWindow } from '../pim/activation-status.ts';
import { PimError } from '../pim/errors.ts';
import type { ActivationRequest, Listing, RoleSettings } from '../pim/model.ts';
import type { PimUser } from '../pim/pim.ts';
import {
  adoptElsewhere, findActivation, findActivationByPimId, listUnnamed, rememberDecision, type Activation, type ActivationDecision,
} from '../store/activations.ts';
import { listAskedApprovers, recordAskedApprovers, setAskOutcome } from '../store/approvals.ts';
import { recordAudit } from '../store/audit-log.ts';
import { audited } from './audited.ts';
import { presentState, readRequest } from './activations/follow-activation.ts';
import type { BotParts } from './parts.ts';
import { refusedOn } from './problem.ts';
import { recordProgress } from './activations/record-progress.ts';
import type { Reply } from './reply.ts';
import { showApproval } from './activations/show-activation.ts';
import { keepDecision, stepUpAgainst } from './sign-in/step-up.ts';
import type { Actor, Turn } from './turn.ts';

type DecideAction = Extract<Verb, { verb: 'approval.approve' | 'approval.deny' }>;

/** What waits for this person's decision, also when it was asked for in the portal: as PIM says now. */
export async function listApprovals(parts: BotParts, turn: Turn): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  return showWaiting(parts, turn, await pim.listWaitingForMyDecision());
}

function showWaiting({ clock, consentUrl }: BotParts, turn: Turn, { items, gaps }: Listing<ActivationRequest>): Reply {
  return { card: approvalsCard(turn.reader, { now: clock.now(), waiting: items, gaps, consentUrl }) };
}

/**
 * Opens one request to decide on; `requestId` is ours, or PIM's where the request came from a list. Only an approver sees
 * it: PIM is asked, with the approver's own token.
 */
export async function openApproval(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const activation = await findActivation(parts.store.db, requestId) ?? await findActivationByPimId(parts.store.db, requestId);
  const pimId = activation?.pimId ?? requestId.toLowerCase();
  const waiting = await pim.listWaitingForMyDecision();
  const request = waiting.items.find(({ id }) => id.toLowerCase() === pimId);
  if (request !== undefined) return showApproval(parts, turn, await known(parts, turn, pim, request));
  if (activation === null || activation.state === 'draft') return notAmongThese(parts, turn, waiting, 'noSuchRequest');
  if (!await wasAsked(parts, turn, activation)) return notAmongThese(parts, turn, waiting, 'notYourDecision');
  return showApproval(parts, turn, activation.state === 'pending' ? await readBack(parts, pim, activation) : activation);
}

/** Where a kind of roles could not be read, the request may be one of those. */
function notAmongThese(parts: BotParts, turn: Turn, waiting: Listing<ActivationRequest>, key: 'noSuchRequest' | 'notYourDecision'): Reply {
  return waiting.gaps.length > 0 ? showWaiting(parts, turn, waiting) : { card: noticeCard(turn.reader, { key }) };
}

/** A request is nobody's business but its requester's and its approvers': knowing its id is not enough to read it. */
async function wasAsked(parts: BotParts, turn: Turn, { requestId, decision }: Activation): Promise<boolean> {
  if (decision?.by?.id === turn.actor.id) return true;
  const asked = await listAskedApprovers(parts.store.db, requestId);
  return asked.some(({ approver }) => approver.id.toLowerCase() === turn.actor.id);
}

/** PIM has named this person as an approver. A request made elsewhere becomes known to us when an approver opens it. */
async function known(parts: BotParts, turn: Turn, pim: PimUser, request: ActivationRequest): Promise<Activation> {
  const remembered = await findRemembered(parts, request);
  const settings = remembered === null ? await pim.readRoleSettings(request.role, request.scope).catch(() => null) : null;
  const activation = remembered === null ? await adopt(parts, request, settings) : await recordProgress(parts, remembered, request);
  await parts.store.transaction(async (tx) => {
    await recordAskedApprovers(tx, activation.requestId, [turn.actor], parts.clock.now());
    await setAskOutcome(tx, { requestId: activation.requestId, approverId: turn.actor.id }, { outcome: 'sent', at: parts.clock.now() });
  });
  return activation;
}

/** A request of ours whose answer was lost has no name yet: before it is taken for somebody else's, PIM is asked what became of ours. */
async function findRemembered(parts: BotParts, request: ActivationRequest): Promise<Activation | null> {
  const { db } = parts.store;
  const named = await findActivationByPimId(db, request.id) ?? await findActivation(db, request.id);
  if (named !== null) return named;
  for (const unnamed of await listUnnamed(db, { ...request, person: request.requester })) await nameAtPim(parts, unnamed);
  return findActivationByPimId(db, request.id);
}

/** @throws {PimError} `unavailable`: nobody can say yet which request is which */
async function nameAtPim(parts: BotParts, unnamed: Activation): Promise<void> {
  try {
    const request = await readRequest(parts, unnamed);
    if (request !== null) await recordProgress(parts, unnamed, request);
  } catch (error) {
    if (error instanceof PimError) throw new PimError('unavailable', error.message, { ...error.details, cause: error });
    throw error;
  }
}

async function adopt(parts: BotParts, request: ActivationRequest, settings: RoleSettings | null): Promise<Activation> {
  const state = activationState(request.pimStatus, activationWindow(request), parts.clock.now());
  return parts.store.transaction(async (tx) => {
    const { activation, added } = await adoptElsewhere(tx, request, { state, settings, approvalId: request.approvalId });
    if (added) await parts.jobs.enqueue(tx, 'watch-activation', { requestId: activation.requestId, round: 0 }, { after: adoptedWatchSeconds });
    return activation;
  });
}

const adoptedWatchSeconds = 15;

/**
 * Approve or Deny was clicked. Who decides comes from the activity. Nobody gets as far as PIM with their own request
 * (promise 8), and a card that is out of date shows how things stand instead (promise 12).
 */
export async function decideApproval(parts: BotParts, turn: Turn, result: 'approve' | 'deny', action: DecideAction): Promise<Reply> {
  const activation = await findActivation(parts.store.db, action.requestId);
  if (activation === null || activation.state === 'draft') return { card: noticeCard(turn.reader, { key: 'noSuchRequest' }) };
  if (activation.person.id === turn.actor.id) return refuseOwnRequest(parts, turn, result, activation);
  if (activation.state !== 'pending' || activation.version !== action.version) return openApproval(parts, turn, activation.requestId);

  const decision = { result, by: turn.actor, reason: action.reason?.trim() ?? '', at: parts.clock.now() };
  if (!await wasAsked(parts, turn, activation)) return decideUnasked(parts, turn, activation, decision);
  const open = await showApproval(parts, turn, activation);
  if (decision.reason === '' && activation.settings?.approverJustificationRequired === true) {
    return { ...open, card: withReasonMissing(turn.reader, open.card) };
  }
  return decideAsked(parts, turn, activation, { decision, open });
}

/** What PIM says stands on the card; what it takes a stronger sign-in for is kept until then. */
async function decideAsked(parts: BotParts, turn: Turn, activation: Activation, { decision, open }: { decision: DecisionBy; open: Reply }): Promise<Reply> {
  try {
    return await showApproval(parts, turn, await decideAtPim(parts, activation, decision));
  } catch (error) {
    const stepUp = error instanceof PimError ? stepUpAgainst(parts, error, null) : null;
    if (stepUp === null) return refusedOn(parts, turn, open, error);
    await keepDecision(parts, activation, decision, stepUp);
    return showApproval(parts, turn, activation);
  }
}

/** Somebody whom we have not asked may be an approver all the same: PIM knows. Whom it refuses learns nothing of the request. */
async function decideUnasked(parts: BotParts, turn: Turn, activation: Activation, decision: DecisionBy): Promise<Reply> {
  try {
    return await showApproval(parts, turn, await decideAtPim(parts, activation, decision));
  } catch (error) {
    if (error instanceof PimError && error.code === 'notPermitted') return { card: noticeCard(turn.reader, { key: 'notYourDecision' }) };
    throw error;
  }
}

export type DecisionBy = ActivationDecision & { readonly by: Actor };

/** PIM judges, with the approver's own token, whether they may (promise 9). One that it has closed already counts as it was decided. */
export async function decideAtPim(parts: BotParts, activation: Activation, decision: DecisionBy, steppedUp?: PimUser): Promise<Activation> {
  const { requestId, pimId, approvalId, scope } = activation;
  const { result, reason } = decision;
  const pim = steppedUp ?? await parts.signIn.pimOf(decision.by.id);
  try {
    await audited(parts, { actor: decision.by, action: result, requestId, details: { reason } }, () =>
      pim.decide({ approvalId: approvalId ?? pimId ?? requestId, scope }, { result, justification: reason }));
  } catch (error) {
    if (!(error instanceof PimError) || error.code !== 'alreadyDecided') throw error;
    const decided = await readBack(parts, pim, activation);
    if (decided.state === 'pending') throw error;
    return decided;
  }
  return readBack(parts, pim, await recordDecision(parts, activation, decision));
}

/** As the approver, who may read what they decide on: the bot may not read every kind of request, and the requester may never have signed in. */
async function readBack(parts: BotParts, pim: PimUser, activation: Activation): Promise<Activation> {
  try {
    const request = await pim.readRequest(activation);
    if (request !== null) return await recordProgress(parts, activation, request);
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
  }
  return presentState(parts, activation);
}

async function refuseOwnRequest(parts: BotParts, turn: Turn, result: 'approve' | 'deny', { requestId }: Activation): Promise<Reply> {
  await recordAudit(parts.store.db, {
    at: parts.clock.now(), actor: turn.actor, action: result, phase: 'outcome', requestId, details: { result: 'refused', code: 'ownRequest' },
  });
  return { card: noticeCard(turn.reader, { key: 'ownRequest' }) };
}

/** PIM has taken the decision. Who made it is on record before its effect is read, and whoever reads that first. */
async function recordDecision(parts: BotParts, activation: Activation, decision: ActivationDecision): Promise<Activation> {
  const { requestId } = activation;
  return parts.store.transaction(async (tx) => {
    const decided = await rememberDecision(tx, requestId, decision);
    if (decided === null) return await findActivation(tx, requestId) ?? activation;
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId }, { after: 3 });
    await parts.jobs.enqueue(tx, 'watch-activation', { requestId, round: 0 }, { after: 2 });
    return decided;
  });
}
