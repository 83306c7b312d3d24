import type { Queries } from '../store/database.ts';
import { rememberPostedCard, type PostedCard } from '../store/posted-cards.ts';
import { versionOf } from '../store/shown-requests.ts';
import type { BotParts } from './parts.ts';

/**
 * Remembers what a card shows that has just reached somebody. Somebody else's change may have come in between, and its
 * refresh before this card was known: then the card changes once more.
 */
export async function rememberCard({ jobs }: BotParts, tx: Queries, card: PostedCard): Promise<void> {
  const { requestId, shownVersion } = card;
  await rememberPostedCard(tx, card);
  const now = await versionOf(tx, requestId);
  if (now !== null && now > shownVersion) await jobs.enqueue(tx, 'refresh-cards', { requestId }, { after: 1 });
}
