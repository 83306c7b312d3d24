import type { AdaptiveCard } from '../cards/adaptive-card.ts';
import { requesterNews } from '../cards/news.ts';
import { findActivation, type Activation } from '../store/activations.ts';
import { findConversation, type RememberedConversation } from '../store/conversation-references.ts';
import type { JobRun } from '../store/job-queue.ts';
import { offeredForm } from '../bot/approvals/offered-form.ts';
import type { Offer } from '../store/tables.ts';
import { requesterCard, shownActivation } from '../bot/activations/show-activation.ts';
import { readerOf } from '../bot/reader-of.ts';
import { postCard } from './post-card.ts';
import { sentOrNoted } from './try-again.ts';
import type { BotParts } from '../bot/parts.ts';

const couldNotBeTold = 'the requester could not be told';

/** A changed card makes no sound: one short message says what became of a request. */
export async function tellRequester(parts: BotParts, requestId: string, version: number, run: JobRun): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || activation.version !== version) return;
  const conversation = await findConversation(parts.store.db, activation.person.id);
  if (conversation === null) return;
  if (activation.state === 'approved') return offerToBegin(parts, activation, conversation, run);
  const offer = offerOf(activation);
  if (offer !== null) return passOnOffer(parts, activation, { offer, conversation, run });
  const news = requesterNews(readerOf(conversation), { now: parts.clock.now(), activation: shownActivation(activation) });
  await sentOrNoted(parts, await parts.messenger.sendText(conversation, news), run, { what: couldNotBeTold, requestId });
}

/** Of whoever has denied it; where PIM does not say who has, of whoever made one. */
function offerOf({ state, offer, decision }: Activation): Offer | null {
  if (state !== 'denied' || offer === null) return null;
  return decision?.by === undefined || decision.by === null || decision.by.id.toLowerCase() === offer.by.id.toLowerCase() ? offer : null;
}

/** What is approved here waits for a click: the card with the button comes as a new message. */
async function offerToBegin(parts: BotParts, activation: Activation, conversation: RememberedConversation, run: JobRun): Promise<void> {
  await sendForm(parts, { card: await requesterCard(parts, readerOf(conversation), activation), shows: activation }, conversation, run);
}

interface Offered {
  readonly offer: Offer;
  readonly conversation: RememberedConversation;
  readonly run: JobRun;
}

/** An approver would approve something narrower: the form for it, filled in. */
async function passOnOffer(parts: BotParts, denied: Activation, { offer, conversation, run }: Offered): Promise<void> {
  const form = await offeredForm(parts, readerOf(conversation), denied, offer);
  if (form !== null) await sendForm(parts, { card: form.card, shows: form.draft }, conversation, run);
}

async function sendForm(parts: BotParts, { card, shows }: { readonly card: AdaptiveCard; readonly shows: Activation }, conversation: RememberedConversation, run: JobRun): Promise<void> {
  const { requestId, version: shownVersion, person } = shows;
  await postCard(parts, conversation, { card, requestId, personId: person.id, kind: 'requester', shownVersion, otherwise: couldNotBeTold }, run);
}
