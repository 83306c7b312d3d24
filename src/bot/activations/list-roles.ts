import { rolesCard } from '../../cards/roles.ts';
import { listKeptOf } from '../../store/activations.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';

/** What the person is eligible for, what is active and what is pending: as PIM says now, and what waits here. */
export async function listRoles(parts: BotParts, turn: Turn): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const eligible = await pim.listEligible();
  const [active, pending, kept] = await Promise.all([pim.listActive(eligible.items), pim.listPending(), listKeptOf(parts.store.db, turn.actor.id)]);
  return {
    card: rolesCard(turn.reader, {
      now: parts.clock.now(),
      eligible: eligible.items,
      active: active.items,
      pending: pending.items,
      kept: kept.map((activation) => ({ ...activation, askedAt: activation.submittedAt ?? activation.createdAt })),
      gaps: [...eligible.gaps, ...active.gaps, ...pending.gaps],
      consentUrl: parts.consentUrl,
    }),
  };
}
