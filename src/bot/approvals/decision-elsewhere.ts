import type { ActivationState } from '../../pim/activation-status.ts';
import { PimError } from '../../pim/errors.ts';
import type { ActivationRequest } from '../../pim/model.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import type { Activation, ActivationDecision } from '../../store/activations.ts';
import type { BotParts } from '../parts.ts';

/** Where a request stands once somebody has decided on it. */
const decided: ReadonlySet<ActivationState> = new Set(['scheduled', 'active', 'denied', 'failed', 'deactivated', 'expired']);

/**
 * Who has decided a request past us, as its approval says where the bot may read it; `null` where nobody had to, where it
 * is on record already, and where only people may read it. It tells cards a name: no progress waits for it for long.
 */
export async function decisionElsewhere({ pimReader, clock }: BotParts, { decision, scope }: Activation, request: ActivationRequest, state: ActivationState): Promise<ActivationDecision | null> {
  if (decision !== null || request.approvalId === null || !decided.has(state)) return null;
  const made = await orPimError(pimReader.readDecision({ approvalId: request.approvalId, scope }));
  return made === null || made instanceof PimError ? null : { ...made, at: made.at ?? clock.now() };
}
