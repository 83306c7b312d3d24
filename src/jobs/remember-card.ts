import type { BotParts } from '../bot/parts.ts';
import { rememberPostedCard, type PostedCard } from '../store/posted-cards.ts';
import { versionOf } from '../store/shown-requests.ts';

/** Remembers a card that was sent as a new message. The request may have moved on while it was on its way: then it changes once more. */
export async function rememberCard(parts: BotParts, card: PostedCard): Promise<void> {
  const { requestId, shownVersion } = card;
  await parts.store.transaction(async (tx) => {
    await rememberPostedCard(tx, card);
    const now = await versionOf(tx, requestId);
    if (now !== null && now > shownVersion) await parts.jobs.enqueue(tx, 'refresh-cards', { requestId }, { after: 1 });
  });
}
