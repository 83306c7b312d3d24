import { withOutdatedApproval } from '../../cards/refusal.ts';
import type { Verb } from '../../cards/verbs.ts';
import { checkActivation } from '../../pim/check-activation.ts';
import { findActivation, type Activation } from '../../store/activations.ts';
import { listApprovalsGiven } from '../../store/approvals-given.ts';
import { ownActivation } from '../activations/follow-activation.ts';
import { readSettings } from '../activations/read-settings.ts';
import { recordAttempt, sendActivation } from '../activations/send-activation.ts';
import { showStatus } from '../activations/show-activation.ts';
import { beforePim } from '../nothing-sent.ts';
import type { BotParts } from '../parts.ts';
import { refusedOn } from '../problem.ts';
import type { Reply } from '../reply.ts';
import { awaitStepUp, stepUpBeforehand } from '../sign-in/step-up.ts';
import type { Turn } from '../turn.ts';
import { approvalProgress, readCurrentApprovers, requireReadable } from './current-approvers.ts';

type BeginAction = Extract<Verb, { verb: 'activation.begin' }>;

/**
 * "Activate now", of a request that our approvers have approved: in the requester's own turn, with their own token. PIM's
 * settings and ours are read once more, and have to allow it as it stands.
 */
export async function beginApproved(parts: BotParts, turn: Turn, { requestId, version }: BeginAction): Promise<Reply> {
  const activation = await ownActivation(parts, turn, requestId);
  if ('card' in activation) return activation;
  const isGood = activation.approvedUntil !== null && activation.approvedUntil > parts.clock.now();
  if (activation.state !== 'approved' || activation.version !== version || !isGood) return showStatus(parts, turn, activation);
  try {
    return await begin(parts, turn, activation);
  } catch (error) {
    return refusedOn(parts, turn, await showStatus(parts, turn, await findActivation(parts.store.db, requestId) ?? activation), error);
  }
}

async function begin(parts: BotParts, turn: Turn, activation: Activation): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const settings = await readSettings(parts, pim, activation);
  const bound = await parts.ownLayer.bind(settings, activation);
  const times = { now: parts.clock.now(), eligibleUntil: activation.eligibleUntil };
  // A start that has passed while nobody clicked means at once, as it does at PIM.
  const requestedStart = activation.requestedStart !== null && activation.requestedStart > times.now ? activation.requestedStart : null;
  const checked = checkActivation(bound, { ...activation, start: requestedStart }, times);
  if (!checked.ok || !await isStillApproved(parts, activation)) {
    const shown = await showStatus(parts, turn, activation);
    return { ...shown, card: withOutdatedApproval(turn.reader, shown.card, checked.ok ? [] : checked.reasons) };
  }

  const change = { settings, requestedStart, submittedAt: times.now, problem: null };
  const stepUp = stepUpBeforehand(parts, bound);
  const moved = await beforePim(() => stepUp === null ? recordAttempt(parts, activation, change) : awaitStepUp(parts, activation, stepUp, change));
  if (moved === null) return showStatus(parts, turn, await findActivation(parts.store.db, activation.requestId) ?? activation);
  return showStatus(parts, turn, stepUp === null ? await sendActivation(parts, pim, moved) : moved);
}

/** Our settings may have become stricter, and approvers may have left, since it was approved. Where PIM asks by now, it asks again itself. */
async function isStillApproved(parts: BotParts, activation: Activation): Promise<boolean> {
  const approvers = await readCurrentApprovers(parts, activation);
  const given = await listApprovalsGiven(parts.store.db, activation.requestId);
  const progress = approvalProgress(approvers, given.map(({ by }) => by.id));
  if (progress.given < progress.needed) requireReadable(approvers);
  return progress.given >= progress.needed;
}
