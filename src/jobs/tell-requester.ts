import { requesterNews } from '../cards/news.ts';
import { findActivation } from '../store/activations.ts';
import { findConversation } from '../store/conversation-references.ts';
import type { JobRun } from '../store/job-queue.ts';
import { shownActivation } from '../bot/activations/show-activation.ts';
import { readerOf } from '../bot/reader-of.ts';
import { sendAgainOrGiveUp } from './try-again.ts';
import type { BotParts } from '../bot/parts.ts';

/** A changed card makes no sound: one short message says what became of a request. */
export async function tellRequester(parts: BotParts, requestId: string, version: number, run: JobRun): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || activation.version !== version) return;
  const conversation = await findConversation(parts.store.db, activation.person.id);
  if (conversation === null) return;
  const news = requesterNews(readerOf(conversation), { now: parts.clock.now(), activation: shownActivation(activation) });
  const delivery = await parts.messenger.sendText(conversation, news);
  if (delivery.outcome === 'throttled' || delivery.outcome === 'unknown') return sendAgainOrGiveUp(delivery, run, () => Promise.resolve());
  if (delivery.outcome !== 'sent') parts.log.warn({ delivery, requestId }, 'the requester could not be told');
}
