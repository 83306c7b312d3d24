import { activationState, activationWindow } from '../../pim/activation-status.ts';
import { PimError } from '../../pim/errors.ts';
import type { ActivationRequest, RoleSettings } from '../../pim/model.ts';
import { adoptElsewhere, findActivation, findActivationByPimId, listUnnamed, type Activation } from '../../store/activations.ts';
import { listAskedApprovers, recordAskedApprovers, setAskOutcome } from '../../store/approvals.ts';
import type { Queries } from '../../store/database.ts';
import { readRequest } from '../activations/follow-activation.ts';
import { recordProgress } from '../activations/record-progress.ts';
import type { BotParts } from '../parts.ts';
import type { Actor } from '../turn.ts';
import { remindLater } from './remind-later.ts';

/**
 * The request as we remember it; `null`: it was made elsewhere. A request of ours whose answer was lost has no name yet:
 * before another is taken for somebody else's, PIM is asked what became of ours.
 * @throws {PimError} `unavailable`: nobody can say yet which request is which
 */
export async function findRemembered(parts: BotParts, request: ActivationRequest): Promise<Activation | null> {
  const { db } = parts.store;
  const named = await findActivationByPimId(db, request.id) ?? await findActivation(db, request.id);
  if (named !== null) return named;
  for (const unnamed of await listUnnamed(db, { ...request, person: request.requester })) await nameAtPim(parts, unnamed);
  return findActivationByPimId(db, request.id);
}

async function nameAtPim(parts: BotParts, unnamed: Activation): Promise<void> {
  try {
    const request = await readRequest(parts, unnamed);
    if (request !== null) await recordProgress(parts, unnamed, request);
  } catch (error) {
    if (error instanceof PimError) throw new PimError('unavailable', error.message, { ...error.details, cause: error });
    throw error;
  }
}

/** How a request made elsewhere became known. */
export interface Found {
  readonly settings: RoleSettings | null;
  /** The approver who has it open, and needs no card. */
  readonly openedBy?: Actor;
}

const watchAfterSeconds = 15;

/** From now on a request made elsewhere is one of ours: its approvers get cards, its requester gets theirs, and it is watched. */
export async function adoptRequest(parts: BotParts, request: ActivationRequest, { settings, openedBy }: Found): Promise<Activation> {
  const { approvalId, createdAt: submittedAt } = request;
  const state = activationState(request.pimStatus, activationWindow(request), parts.clock.now());
  return parts.store.transaction(async (tx) => {
    const { activation, added } = await adoptElsewhere(tx, request, { state, settings, approvalId, submittedAt });
    const { requestId } = activation;
    if (openedBy !== undefined) await recordOpened(parts, tx, requestId, openedBy);
    if (!added) return activation;
    await parts.jobs.enqueue(tx, 'watch-activation', { requestId, round: 0 }, { after: watchAfterSeconds });
    await parts.jobs.enqueue(tx, 'find-approvers', { requestId });
    await parts.jobs.enqueue(tx, 'notify-requester', { requestId });
    return activation;
  });
}

/** Somebody has a request's card before them, whether we have sent it or not. */
export async function recordOpened(parts: BotParts, tx: Queries, requestId: string, approver: Actor): Promise<void> {
  const at = parts.clock.now();
  const asked = await listAskedApprovers(tx, requestId);
  if (asked.some(({ approver: { id }, outcome }) => id === approver.id && outcome === 'sent')) return;
  await recordAskedApprovers(tx, requestId, [approver], at);
  await setAskOutcome(tx, { requestId, approverId: approver.id }, { outcome: 'sent', at });
  await remindLater(parts, tx, requestId, approver.id);
}
