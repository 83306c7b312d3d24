import { PimError } from '../../pim/errors.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import type { PimUser } from '../../pim/pim.ts';
import type { StepUp } from '../../pim/step-up.ts';
import { findActivation, type Activation, type ActivationChange } from '../../store/activations.ts';
import { holdRequest } from '../approvals/hold-request.ts';
import { fillIn, findOpenForm, type FormAction } from './activation-form.ts';
import { beforePim } from '../nothing-sent.ts';
import type { BotParts } from '../parts.ts';
import { refusedOn } from '../problem.ts';
import type { Reply } from '../reply.ts';
import { pimAsksToo } from './pim-asks-too.ts';
import { recordAttempt, sendActivation } from './send-activation.ts';
import { showStatus } from './show-activation.ts';
import { awaitStepUp, stepUpAgainst, stepUpBeforehand } from '../sign-in/step-up.ts';
import type { Turn } from '../turn.ts';

/**
 * Activate was clicked. Role and person come from the stored form, never from the card, and the scope from PIM (promise 13).
 * The attempt is committed with its watch before PIM is asked; only the click that moves the draft sends it (promise 10).
 */
export async function submitActivation(parts: BotParts, turn: Turn, action: FormAction): Promise<Reply> {
  const open = await findOpenForm(parts, turn, action);
  if ('card' in open) return open;
  const form = await fillIn(parts, turn, open, action);
  if ('card' in form) return form;

  const { draft, target, entered } = form;
  const { start: requestedStart, ...said } = entered;
  const change = { ...said, requestedStart, scope: target.scope, settings: target.settings, submittedAt: parts.clock.now() };
  if (target.bound?.heldBy === 'bot') return hold(parts, turn, draft, change);
  if (target.bound?.asksApproval === true && !await pimAsksToo(parts, turn.actor.id, { ...draft, scope: target.scope })) return hold(parts, turn, draft, change);
  const way = stepUpBeforehand(parts, target.bound) ?? await pimOrStepUp(parts, turn);
  // The form stays as it was filled in: nothing has been sent.
  if (way instanceof PimError) return refusedOn(parts, turn, await form.again(way), way);
  const moved = await beforePim(() => 'kind' in way ? awaitStepUp(parts, draft, way, change) : recordAttempt(parts, draft, change));
  if (moved === null) return showStatus(parts, turn, await findActivation(parts.store.db, draft.requestId) ?? draft);
  return showStatus(parts, turn, 'kind' in way ? moved : await sendActivation(parts, way, moved));
}

/** Our settings ask for approval, and PIM's do not: nothing is sent before it is given. */
async function hold(parts: BotParts, turn: Turn, draft: Activation, change: Omit<ActivationChange, 'state'>): Promise<Reply> {
  const held = await beforePim(() => holdRequest(parts, draft, change));
  return showStatus(parts, turn, held ?? await findActivation(parts.store.db, draft.requestId) ?? draft);
}

/** Conditional Access may ask for more than single sign-on as soon as a token is wanted. */
async function pimOrStepUp(parts: BotParts, turn: Turn): Promise<PimUser | StepUp | PimError> {
  const pim = await orPimError(parts.signIn.pimOf(turn.actor.id));
  return pim instanceof PimError ? stepUpAgainst(parts, pim, null) ?? pim : pim;
}
