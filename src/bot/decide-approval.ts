import { approvalsCard } from '../cards/approvals.ts';
import { noticeCard } from '../cards/notice.ts';
import { withReasonMissing } from '../cards/refusal.ts';
import type { Verb } from '../cards/verbs.ts';
import { activationState, activationWindow } from '../pim/activation-status.ts';
import { PimError } from '../pim/errors.ts';
import type { ActivationRequest } from '../pim/model.ts';
import type { PimUser } from '../pim/pim.ts';
import { adoptElsewhere, findActivation, type Activation, type ActivationDecision } from '../store/activations.ts';
import { recordAudit } from '../store/audit-log.ts';
import { audited } from './audited.ts';
import { readRequest } from './follow-activation.ts';
import type { BotParts } from './parts.ts';
import { refusedOn } from './problem.ts';
import { recordProgress } from './record-progress.ts';
import type { Reply } from './reply.ts';
import { showApproval } from './show-activation.ts';
import type { Turn } from './turn.ts';

type DecideAction = Extract<Verb, { verb: 'approval.approve' | 'approval.deny' }>;

/** What waits for this person's decision, also when it was asked for in the portal: as PIM says now. */
export async function listApprovals(parts: BotParts, turn: Turn): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const waiting = await pim.listWaitingForMyDecision();
  return { card: approvalsCard(turn.reader, { now: parts.clock.now(), waiting }) };
}

/** Opens one request to decide on. Only an approver sees it: PIM is asked, with the approver's own token. */
export async function openApproval(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const request = (await pim.listWaitingForMyDecision()).find(({ id }) => id.toLowerCase() === requestId.toLowerCase());
  if (request !== undefined) return showApproval(parts, turn, await known(parts, pim, request));
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || activation.state === 'draft') return { card: noticeCard(turn.reader, { key: 'noSuchRequest' }) };
  if (activation.state === 'pending') return { card: noticeCard(turn.reader, { key: 'notYourDecision' }) };
  return showApproval(parts, turn, activation);
}

/** A request made elsewhere becomes known to us when an approver opens it. */
async function known(parts: BotParts, pim: PimUser, request: ActivationRequest): Promise<Activation> {
  const activation = await findActivation(parts.store.db, request.id);
  if (activation !== null) return recordProgress(parts, activation, request);
  const settings = await pim.readRoleSettings(request.role, request.scope).catch(() => null);
  const state = activationState(request.pimStatus, activationWindow(request), parts.clock.now());
  const { activation: adopted } = await adoptElsewhere(parts.store.db, request, { state, settings, approvalId: request.approvalId });
  return adopted;
}

/**
 * Approve or Deny was clicked. Who decides comes from the activity; whether they may is PIM's judgement, with their own
 * token (promise 9). Nobody gets as far as PIM with their own request (promise 8), and a card that is out of date shows
 * how things stand instead (promise 12).
 */
export async function decideApproval(parts: BotParts, turn: Turn, result: 'approve' | 'deny', action: DecideAction): Promise<Reply> {
  const activation = await findActivation(parts.store.db, action.requestId);
  if (activation === null || activation.state === 'draft') return { card: noticeCard(turn.reader, { key: 'noSuchRequest' }) };
  const audit = { actor: turn.actor, action: result, requestId: activation.requestId };
  if (activation.person.id === turn.actor.id) {
    await recordAudit(parts.store.db, { ...audit, at: parts.clock.now(), phase: 'outcome', details: { result: 'refused', code: 'ownRequest' } });
    return { card: noticeCard(turn.reader, { key: 'ownRequest' }) };
  }
  if (activation.state !== 'pending' || activation.version !== action.version) return showApproval(parts, turn, activation);

  const reason = action.reason?.trim() ?? '';
  const open = showApproval(parts, turn, activation);
  if (reason === '' && activation.settings?.approverJustificationRequired === true) return { ...open, card: withReasonMissing(turn.reader, open.card) };
  try {
    const pim = await parts.signIn.pimOf(turn.actor.id);
    await audited(parts, { ...audit, details: { reason } }, () => pim.decide(activation.approvalId ?? activation.requestId, { result, justification: reason }));
  } catch (error) {
    if (error instanceof PimError && error.code === 'alreadyDecided') return showApproval(parts, turn, await upToDate(parts, activation));
    return refusedOn(turn, open, error);
  }
  return showApproval(parts, turn, await upToDate(parts, activation, { result, by: turn.actor, reason, at: parts.clock.now() }));
}

/** Nothing is shown as decided before PIM's own account of the request says so. */
async function upToDate(parts: BotParts, activation: Activation, decision: ActivationDecision | null = null): Promise<Activation> {
  const request = await readRequest(parts, activation);
  return request === null ? activation : recordProgress(parts, activation, request, decision);
}
