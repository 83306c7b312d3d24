import { waitsForApproval } from '../pim/activation-status.ts';
import type { AdaptiveCard } from '../cards/adaptive-card.ts';
import type { Reader } from '../cards/texts.ts';
import { approverCard, requesterCard } from '../bot/activations/show-activation.ts';
import { administratorCard } from '../bot/assignments/show-assignment.ts';
import { findActivation } from '../store/activations.ts';
import { findAssignmentChange } from '../store/assignment-changes.ts';
import { findConversation } from '../store/conversation-references.ts';
import { listPostedCards, markGone, markOutdated, markShown, type PostedCard } from '../store/posted-cards.ts';
import { versionOf } from '../store/shown-requests.ts';
import { readerOf } from '../bot/reader-of.ts';
import { updateAgain } from './try-again.ts';
import type { BotParts } from '../bot/parts.ts';

/** Makes every posted card of a request tell how it stands now. */
export async function refreshCards(parts: BotParts, requestId: string): Promise<void> {
  const shown = await shownRequest(parts, requestId);
  if (shown === null || shown.state === 'draft') return;
  const cards = await listPostedCards(parts.store.db, requestId);
  const results = await Promise.allSettled(cards.filter((card) => isOld(card, shown)).map((card) => refresh(parts, card, shown)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** What posted cards show, an activation or an administrator's change, as it stands. */
interface ShownRequest {
  readonly state: string;
  /** An activation on which somebody has to decide. */
  readonly isOpen: boolean;
  readonly version: number;
  cardFor(card: PostedCard, reader: Reader): AdaptiveCard | Promise<AdaptiveCard>;
}

async function shownRequest(parts: BotParts, requestId: string): Promise<ShownRequest | null> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation !== null) {
    return { ...activation, isOpen: waitsForApproval(activation.state), cardFor: ({ kind, personId }, reader) => kind === 'requester' ? requesterCard(parts, reader, activation) : approverCard(parts, reader, activation, personId) };
  }
  const change = await findAssignmentChange(parts.store.db, requestId);
  return change === null ? null : { ...change, isOpen: false, cardFor: (_, reader) => administratorCard(parts, reader, change) };
}

/** While approvers are being asked, the requester's card also tells who has been reached: that is no new version. */
function isOld(card: PostedCard, shown: ShownRequest): boolean {
  return card.shownVersion < shown.version || (card.kind === 'requester' && shown.isOpen);
}

async function refresh(parts: BotParts, card: PostedCard, shown: ShownRequest): Promise<void> {
  const delivery = await parts.messenger.updateCard(card, card.activityId, await shown.cardFor(card, await readerOfCard(parts, card)));
  switch (delivery.outcome) {
    case 'sent':
      return recordShown(parts, card, shown);
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
async function recordShown(parts: BotParts, card: PostedCard, shown: ShownRequest): Promise<void> {
  const { requestId } = card;
  await parts.store.transaction(async (tx) => {
    const now = await versionOf(tx, requestId);
    if (now === null || now === shown.version) return markShown(tx, card, shown.version);
    await markOutdated(tx, card, shown.version);
    return parts.jobs.enqueue(tx, 'refresh-cards', { requestId }, { after: 1 });
  });
}

async function readerOfCard(parts: BotParts, { personId }: PostedCard): Promise<Reader> {
  const conversation = await findConversation(parts.store.db, personId);
  return conversation === null ? { locale: 'en', timeZone: 'UTC' } : readerOf(conversation);
}
