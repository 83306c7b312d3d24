import type { BotParts } from '../bot/parts.ts';
import { rememberCard } from '../bot/remember-card.ts';
import type { AdaptiveCard } from '../cards/adaptive-card.ts';
import type { RememberedConversation } from '../store/conversation-references.ts';
import type { JobRun } from '../store/job-queue.ts';
import type { PostedCard } from '../store/posted-cards.ts';
import { sentOrNoted } from './try-again.ts';

interface NewCard extends Pick<PostedCard, 'requestId' | 'personId' | 'kind' | 'shownVersion'> {
  readonly card: AdaptiveCard;
  /** What could not be done where it cannot be sent, for the log. */
  readonly otherwise: string;
}

/** Sends a card as a new message, which changes from then on with its request. */
export async function postCard(parts: BotParts, conversation: RememberedConversation, { card, otherwise, ...shows }: NewCard, run: JobRun): Promise<void> {
  const delivery = await parts.messenger.sendCard(conversation, card);
  const isSent = await sentOrNoted(parts, delivery, run, { what: otherwise, requestId: shows.requestId });
  if (!isSent || delivery.outcome !== 'sent') return;
  const { activityId } = delivery;
  await parts.store.transaction((tx) => rememberCard(parts, tx, { ...shows, activityId, reference: conversation.reference }));
}
