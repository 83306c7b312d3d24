import { notAtPim, waitsForApproval } from '../../pim/activation-status.ts';
import { approvalsCard } from '../../cards/approvals.ts';
import { noticeCard } from '../../cards/notice.ts';
import { PimError } from '../../pim/errors.ts';
import { gapsOf } from '../../pim/listing.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import { kindOf } from '../../pim/scope.ts';
import { mapAtMost } from '../../pim/http/at-most.ts';
import type { ActivationRequest, Listing } from '../../pim/model.ts';
import type { PimUser } from '../../pim/pim.ts';
import { findActivation, findActivationByPimId, type Activation } from '../../store/activations.ts';
import { listHeld } from '../../store/approvals.ts';
import { recordProgress } from '../activations/record-progress.ts';
import { showApproval } from '../activations/show-activation.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Actor, Turn } from '../turn.ts';
import { adoptRequest, findRemembered, recordOpened } from './adopt-request.ts';
import { isCurrentApprover, readCurrentApprovers } from './current-approvers.ts';
import { readBack } from './decide-at-pim.ts';
import { mayRead, wasAsked } from './decision.ts';

/** What waits for this person's decision, also when it was asked for in the portal: as PIM says now. */
export async function listApprovals(parts: BotParts, turn: Turn): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const [{ items, gaps }, held] = await Promise.all([pim.listWaitingForMyDecision(), heldFor(parts, turn.actor)]);
  return showWaiting(parts, turn, { items: [...items, ...held.items.map(asWaiting)], gaps: [...gaps, ...held.gaps] });
}

/** What we keep for this person's decision, whether they were on the list when it was asked for or have come to it since. */
async function heldFor(parts: BotParts, { id }: Actor): Promise<Listing<Activation>> {
  const held = await listHeld(parts.store.db, { notOf: id });
  const lists = await mapAtMost(listsAtOnce, held, async (activation) => ({ activation, approvers: await orPimError(readCurrentApprovers(parts, activation)) }));
  return {
    items: lists.flatMap(({ activation, approvers }) => (!(approvers instanceof PimError) && isCurrentApprover(approvers, id) ? [activation] : [])),
    gaps: (['azure', 'entra', 'group'] as const).flatMap((kind) => gapsOf(kind, lists.flatMap(({ activation, approvers }) => (approvers instanceof PimError && kindOf(activation.scope) === kind ? [approvers.code] : [])))),
  };
}

const listsAtOnce = 4;

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
  if (ours !== null && !mayWait(ours) && await wasAsked(parts, turn, ours)) return showApproval(parts, turn, ours);
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

/** As far as we know: what does not wait any more is told without PIM, which may be out of reach. */
function mayWait({ state }: Activation): boolean {
  return state === 'draft' || state === 'submitting' || waitsForApproval(state);
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
