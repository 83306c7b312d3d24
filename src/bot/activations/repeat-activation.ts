import type { ActivationState } from '../../pim/activation-status.ts';
import { chooseRole } from './activate.ts';
import { ownActivation } from './follow-activation.ts';
import type { BotParts } from '../parts.ts';
import { startFields } from './planned-start.ts';
import type { Reply } from '../reply.ts';
import { showStatus, shownActivation } from './show-activation.ts';
import type { Turn } from '../turn.ts';

const refused: ReadonlySet<ActivationState> = new Set(['failed', 'denied', 'timedOut']);

/** "Try again" after a no: a new form, so a new request, with all that was filled in before. */
export async function repeatActivation(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const activation = await ownActivation(parts, turn, requestId);
  if ('card' in activation) return activation;
  const { eligibleId } = shownActivation(activation);
  if (!refused.has(activation.state) || eligibleId === null) return showStatus(parts, turn, activation);
  const { requestedStart, minutes, justification, ticket } = activation;
  // A start that has passed is not asked for again.
  const start = requestedStart !== null && requestedStart > parts.clock.now() ? requestedStart : null;
  return chooseRole(parts, turn, eligibleId, { ...startFields(start, turn.reader), minutes: minutes ?? undefined, justification, ticketNumber: ticket?.number, ticketSystem: ticket?.system });
}
