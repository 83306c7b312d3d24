import { notAtPim, waitsForApproval } from '../pim/activation-status.ts';
import { approvalsCard } from '../cards/approvals.ts';
import { noticeCard } from '../cards/notice.ts';
import { withReasonMissing } from '../cards/refusal.ts';
import type { Verb } from '../cards/verbs.ts';
import { PimError } from '../pim/errors.ts';
import type { ActivationRequest, Listing } from '../pim/model.ts';
import type { PimUser } from '../pim/pim.ts';
import { kindOf } from '../pim/scope.ts';
import { findActivation, findActivationByPimId, rememberDecision, type Activation } from '../store/activations.ts';
import { listHeldFor } from '../store/approvals.ts';
import { listApprovalsGiven } from '../store/approvals-given.ts';
import type { Offer } from '../store/tables.ts';
import { audited } from './audited.ts';
import { presentState } from './activations/follow-activation.ts';
import { onlyApprovalsSince } from './approvals/count-approval.ts';
import { isCurrentApprover, readCurrentApprovers } from './approvals/current-approvers.ts';
import { decideHere } from './approvals/decide-here.ts';
import { mayRead, recordRefusal, wasAsked, type DecisionBy } from './approvals/decision.ts';
import { adoptRequest, findRemembered, recordOpened } from './approvals/adopt-request.ts';
import type { BotParts } from './parts.ts';
import { refusedOn } from './problem.ts';
import { recordProgress } from './activations/record-progress.ts';
import type { Reply } from './reply.ts';
import { showApproval } from './activations/show-activation.ts';
import { keepDecision, stepUpAgainst } from './sign-in/step-up.ts';
import type { Actor, Turn } from './turn.ts';

/** A click on Approve or Deny, or an offer that denies. */
type DecideAction = Pick<Extract<Verb, { verb: 'approval.approve' | 'approval.deny' }>, 'requestId' | 'version' | 'reason'> & { readonly offer?: Offer };

/** What waits for this person's decision, also when it was asked for in the portal: as PIM says now. */
export async function listApprovals(parts: BotParts, turn: Turn): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const [{ items, gaps }, held] = await Promise.all([pim.listWaitingForMyDecision(), listHeldFor(parts.store.db, turn.actor.id)]);
  const mine = await Promise.all(held.map(async (activation) => (isCurrentApprover(await readCurrentApprovers(parts, activation), turn.actor.id) ? [asWaiting(activation)] : [])));
  return showWaiting(parts, turn, { items: [...items, ...mine.flat()], gaps });
}

function showWaiting({ clock, consentUrl }: BotParts, turn: Turn, { items, gaps }: Listing<ActivationRequest>): Reply {
  return { card: approvalsCard(turn.reader, { now: clock.now(), waiting: items, gaps, consentUrl }) };
}

/**
 * Opens one request to decide on; `requestId` is ours, or PIM's where the request came from a list. Only an approver sees
 * it: PIM is asked, with the approver's own token.
 */
export async function openApproval(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const ours = await findActivation(parts.store.db, requestId);
  if (ours !== null && isKeptHere(ours)) return openKept(parts, turn, ours);
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const activation = ours ?? await findActivationByPimId(parts.store.db, requestId);
  const pimId = activation?.pimId ?? requestId.toLowerCase();
  const waiting = await pim.listWaitingForMyDecision();
  const request = waiting.items.find(({ id }) => id.toLowerCase() === pimId);
  if (request !== undefined) return showApproval(parts, turn, await known(parts, turn, pim, request));
  if (activation === null || activation.state === 'draft') return notAmongThese(parts, turn, waiting, 'noSuchRequest');
  if (!await wasAsked(parts, turn, activation)) return notAmongThese(parts, turn, waiting, 'notYourDecision');
  return showApproval(parts, turn, activation.state === 'pending' ? await readBack(parts, pim, activation) : activation);
}

/** PIM knows nothing of it: it waits for its approvers here, or has been approved here and was not sent yet. */
function isKeptHere({ state, approvedUntil }: Activation): boolean {
  return state === 'held' || (approvedUntil !== null && notAtPim.has(state));
}

async function openKept(parts: BotParts, turn: Turn, activation: Activation): Promise<Reply> {
  return await mayRead(parts, turn, activation) ? showApproval(parts, turn, activation) : { card: noticeCard(turn.reader, { key: 'notYourDecision' }) };
}

/** What we keep, as a list of waiting requests tells it. */
function asWaiting(activation: Activation): ActivationRequest {
  const { requestId, person, requestedStart: start, approvalId } = activation;
  return { ...activation, id: requestId, action: 'activate', requester: { ...person, kind: 'user' }, start, approvalId, pimStatus: '' };
}

/** Where a kind of roles could not be read, the request may be one of those. */
function notAmongThese(parts: BotParts, turn: Turn, waiting: Listing<ActivationRequest>, key: 'noSuchRequest' | 'notYourDecision'): Reply {
  return waiting.gaps.length > 0 ? showWaiting(parts, turn, waiting) : { card: noticeCard(turn.reader, { key }) };
}

/** PIM has named this person as an approver. A request made elsewhere becomes known to us when an approver opens it. */
async function known(parts: BotParts, turn: Turn, pim: PimUser, request: ActivationRequest): Promise<Activation> {
  const remembered = await findRemembered(parts, request);
  if (remembered === null) {
    const settings = await pim.readRoleSettings(request.role, request.scope).catch(() => null);
    return adoptRequest(parts, request, { settings, openedBy: turn.actor });
  }
  const activation = await recordProgress(parts, remembered, request);
  await parts.store.transaction((tx) => recordOpened(parts, tx, activation.requestId, turn.actor));
  return activation;
}

/**
 * Approve or Deny was clicked. Who decides comes from the activity. Nobody gets as far as PIM with their own request
 * (promise 8), and a card that is out of date shows how things stand instead (promise 12).
 */
export async function decideApproval(parts: BotParts, turn: Turn, result: 'approve' | 'deny', action: DecideAction): Promise<Reply> {
  const activation = await findDecidable(parts, turn, result, action);
  if ('card' in activation) return activation;
  const decision = { result, by: turn.actor, reason: action.reason?.trim() ?? '', at: parts.clock.now(), offer: action.offer ?? null };
  if (decision.reason === '' && activation.settings?.approverJustificationRequired === true) return askForReason(parts, turn, activation);
  const here = await decideHere(parts, turn, activation, decision);
  if (here !== null) return here;
  // An approval of several that has just been counted here has made a version of its own.
  const present = await findActivation(parts.store.db, activation.requestId) ?? activation;
  if (!await wasAsked(parts, turn, present)) return decideUnasked(parts, turn, present, decision);
  return decideAsked(parts, turn, present, { decision, open: await showApproval(parts, turn, present) });
}

/** Only whoever may read the request is asked for a reason: nothing has been decided, here or at PIM. */
async function askForReason(parts: BotParts, turn: Turn, activation: Activation): Promise<Reply> {
  const mayRead = activation.state !== 'held' && await wasAsked(parts, turn, activation);
  const open = mayRead ? await showApproval(parts, turn, activation) : await openApproval(parts, turn, activation.requestId);
  return open.shows === undefined ? open : { ...open, card: withReasonMissing(turn.reader, open.card) };
}

/** A request that waits for a decision, and is as the card says; else what to show instead. */
export async function findDecidable(parts: BotParts, turn: Turn, result: 'approve' | 'deny', action: Pick<DecideAction, 'requestId' | 'version'>): Promise<Activation | Reply> {
  const activation = await findActivation(parts.store.db, action.requestId);
  if (activation === null || activation.state === 'draft') return { card: noticeCard(turn.reader, { key: 'noSuchRequest' }) };
  if (activation.person.id === turn.actor.id) return refuseOwnRequest(parts, turn, result, activation);
  const isAsShown = waitsForApproval(activation.state) && onlyApprovalsSince(await listApprovalsGiven(parts.store.db, activation.requestId), action.version, activation.version);
  return isAsShown ? activation : openApproval(parts, turn, activation.requestId);
}

/** What PIM says stands on the card; what it takes a stronger sign-in for is kept until then. */
async function decideAsked(parts: BotParts, turn: Turn, activation: Activation, { decision, open }: { decision: DecisionBy; open: Reply }): Promise<Reply> {
  try {
    return await showApproval(parts, turn, await decideAtPim(parts, activation, decision));
  } catch (error) {
    const stepUp = error instanceof PimError ? stepUpAgainst(parts, error, null) : null;
    if (stepUp !== null) {
      await keepDecision(parts, activation, decision, stepUp);
      return showApproval(parts, turn, activation);
    }
    if (await isNoLongerApprover(parts, activation, decision.by, error)) return { card: noticeCard(turn.reader, { key: 'noLongerApprover' }) };
    return refusedOn(parts, turn, open, error);
  }
}

/** PIM can refuse for other reasons: that somebody whom we asked has lost the right since then, its own list says. */
async function isNoLongerApprover({ signIn }: BotParts, { requestId, pimId, scope }: Activation, approver: Actor, error: unknown): Promise<boolean> {
  if (!(error instanceof PimError) || error.code !== 'notPermitted') return false;
  try {
    const { items, gaps } = await (await signIn.pimOf(approver.id)).listWaitingForMyDecision();
    const isListed = items.some(({ id }) => id.toLowerCase() === (pimId ?? requestId));
    return !isListed && !gaps.some(({ kind }) => kind === kindOf(scope));
  } catch (unread) {
    if (unread instanceof PimError) return false;
    throw unread;
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

/** PIM judges, with the approver's own token, whether they may (promise 9). One that it has closed already counts as it was decided. */
export async function decideAtPim(parts: BotParts, activation: Activation, decision: DecisionBy, steppedUp?: PimUser): Promise<Activation> {
  const { requestId, pimId, approvalId, person, role, scope, minutes, justification, ticket, settings } = activation;
  const { result, reason } = decision;
  // What the decision is about, so that the audit log by itself tells (promise 26).
  const details = { reason, requester: person, role, scope: scope.id, minutes, justification, ticket, pimRequestId: pimId, approvalId, policy: settings };
  const pim = steppedUp ?? await parts.signIn.pimOf(decision.by.id);
  try {
    await audited(parts, { actor: decision.by, action: result, requestId, details }, () =>
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

async function refuseOwnRequest(parts: BotParts, turn: Turn, result: 'approve' | 'deny', activation: Activation): Promise<Reply> {
  await recordRefusal(parts, turn, activation, { result, code: 'ownRequest' });
  return { card: noticeCard(turn.reader, { key: 'ownRequest' }) };
}

/** PIM has taken the decision. Who made it is on record before its effect is read, and whoever reads that first. */
async function recordDecision(parts: BotParts, activation: Activation, decision: DecisionBy): Promise<Activation> {
  const { requestId } = activation;
  return parts.store.transaction(async (tx) => {
    const decided = await rememberDecision(tx, requestId, decision);
    if (decided === null) return await findActivation(tx, requestId) ?? activation;
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId }, { after: 3 });
    await parts.jobs.enqueue(tx, 'watch-activation', { requestId, round: 0 }, { after: 2 });
    // Its effect was read before: the news of that is of a version that has just passed.
    if (decided.state !== 'pending') await parts.jobs.enqueue(tx, 'tell-requester', { requestId, version: decided.version });
    return decided;
  });
}
