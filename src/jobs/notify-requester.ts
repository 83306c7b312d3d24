import type { BotParts } from '../bot/parts.ts';
import { requesterCard } from '../bot/activations/show-activation.ts';
import { readerOf } from '../bot/reader-of.ts';
import { findActivation } from '../store/activations.ts';
import { findConversation } from '../store/conversation-references.ts';
import type { JobRun } from '../store/job-queue.ts';
import { listPostedCards } from '../store/posted-cards.ts';
import { postCard } from './post-card.ts';

/** Who has asked elsewhere gets the card that tells how it stands, if they have met the bot and are no guest. */
export async function notifyRequester(parts: BotParts, requestId: string, run: JobRun): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation?.state !== 'pending') return;
  const { person } = activation;
  const conversation = await findConversation(parts.store.db, person.id);
  if (conversation === null || !await parts.isMember(person.id)) return;
  const cards = await listPostedCards(parts.store.db, requestId);
  if (cards.some(({ kind, personId }) => kind === 'requester' && personId === person.id)) return;
  const card = await requesterCard(parts, readerOf(conversation), activation);
  await postCard(parts, conversation, { card, requestId, personId: person.id, kind: 'requester', shownVersion: activation.version, otherwise: 'who has asked elsewhere could not be told' }, run);
}
