import type { AdaptiveCard } from '../cards/adaptive-card.ts';
import { approverCard, requesterCard } from '../bot/show-activation.ts';
import { findActivation, type Activation } from '../store/activations.ts';
import { findConversation } from '../store/conversation-references.ts';
import { listPostedCards, markGone, markShown, rememberPostedCard, type PostedCard } from '../store/posted-cards.ts';
import { readerOf } from '../bot/reader-of.ts';
import { updateAgain } from './try-again.ts';
import type { BotParts } from '../bot/parts.ts';

/** Makes every posted card of a request tell how it stands now. */
export async function refreshCards(parts: BotParts, requestId: string): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || activation.state === 'draft') return;
  const cards = await listPostedCards(parts.store.db, requestId);
  const results = await Promise.allSettled(cards.filter((card) => isOld(card, activation)).map((card) => refresh(parts, card, activation)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** While approvers are being asked, the requester's card also tells who has been reached: that is no new version. */
function isOld(card: PostedCard, activation: Activation): boolean {
  return card.shownVersion < activation.version || (card.kind === 'requester' && activation.state === 'pending');
}

async function refresh(parts: BotParts, card: PostedCard, activation: Activation): Promise<void> {
  const delivery = await parts.messenger.updateCard(card, card.activityId, await cardFor(parts, card, activation));
  switch (delivery.outcome) {
    case 'sent':
      return recordShown(parts, card, activation);
    case 'throttled':
    case 'unknown':
      return updateAgain(delivery);
    case 'blocked':
    case 'notInstalled':
    case 'gone':
    case 'refused':
      parts.log.warn({ delivery, requestId: card.requestId }, 'a card cannot be changed any more');
      return markGone(parts.store.db, card);
  }
}

/** Two refreshes may cross on their way: when the request has moved on meanwhile, the card is changed once more. */
async function recordShown(parts: BotParts, card: PostedCard, shown: Activation): Promise<void> {
  const { requestId } = card;
  await parts.store.transaction(async (tx) => {
    const now = await findActivation(tx, requestId);
    if (now === null || now.version === shown.version) return markShown(tx, card, shown.version);
    await rememberPostedCard(tx, { ...card, shownVersion: shown.version });
    return parts.jobs.enqueue(tx, 'refresh-cards', { requestId }, { after: 1 });
  });
}

async function cardFor(parts: BotParts, { kind, personId }: PostedCard, activation: Activation): Promise<AdaptiveCard> {
  const conversation = await findConversation(parts.store.db, personId);
  const reader = conversation === null ? { locale: 'en' as const, timeZone: 'UTC' } : readerOf(conversation);
  return kind === 'requester' ? requesterCard(parts, reader, activation) : approverCard(parts, reader, activation, personId);
}
