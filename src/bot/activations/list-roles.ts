import { rolesCard } from '../../cards/roles.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';

/** What the person is eligible for, what is active and what is pending: as PIM says now. */
export async function listRoles(parts: BotParts, turn: Turn): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const eligible = await pim.listEligible();
  const [active, pending] = await Promise.all([pim.listActive(eligible.items), pim.listPending()]);
  return {
    card: rolesCard(turn.reader, {
      now: parts.clock.now(),
      eligible: eligible.items,
      active: active.items,
      pending: pending.items,
      gaps: [...eligible.gaps, ...active.gaps, ...pending.gaps],
      consentUrl: parts.consentUrl,
    }),
  };
}
