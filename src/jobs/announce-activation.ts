import type { BotParts } from '../bot/parts.ts';
import { presentSettings } from '../bot/approvals/current-approvers.ts';
import { readerOf } from '../bot/reader-of.ts';
import { announcement } from '../cards/announcement.ts';
import { hasBegun } from '../pim/activation-status.ts';
import { PimError } from '../pim/errors.ts';
import { orPimError } from '../pim/or-pim-error.ts';
import type { ExpandedApprovers } from '../pim/pim.ts';
import { findActivation, type Activation } from '../store/activations.ts';
import { findConversation } from '../store/conversation-references.ts';
import type { JobData } from '../store/job-settings.ts';
import type { JobRun } from '../store/job-queue.ts';
import { recordTold } from '../store/told.ts';
import { againIfUnread, secondsSince, sentOrNoted } from './try-again.ts';

/** Longer than that nobody waits for an administrator who cannot be found. */
const newsForSeconds = 86_400;

/**
 * Where a role's settings say so, its administrators and the configured channel are told that it has been activated: each
 * by a job of their own, once. Who the administrators are is found out by another, so that the channel does not wait for it.
 * What has ended by then is told all the same: that it was there is what they are to know.
 */
export async function announceActivation(parts: BotParts, { requestId, ...announced }: JobData['announce-activation'], run: JobRun): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation === null || !hasBegun(activation, parts.clock.now())) return;
  if ('channelId' in announced) return tellChannel(parts, activation, announced.channelId, run);
  if ('to' in announced) return tellAdministrators(parts, activation);
  if (announced.personId !== null) return tell(parts, activation, announced.personId, run);
  await tellAll(parts, activation);
}

async function tellAll(parts: BotParts, activation: Activation): Promise<void> {
  const settings = await presentSettings(parts, activation);
  if (settings?.notifiesAdministrators !== true) return;
  const { jobs, announceChannel: channel } = parts;
  const { requestId } = activation;
  await parts.store.transaction(async (tx) => {
    await jobs.enqueue(tx, 'announce-activation', { requestId, to: 'administrators' });
    for (const channelId of await recordTold(tx, requestId, 'activated', channel === null ? [] : [channel.id])) {
      await jobs.enqueue(tx, 'announce-activation', { requestId, channelId });
    }
  });
}

async function tellAdministrators(parts: BotParts, activation: Activation): Promise<void> {
  const { requestId, startAt } = activation;
  const { people, unreadable } = await listAdministrators(parts, activation);
  const known = await whoHasMetTheBot(parts, people.map(({ id }) => id.toLowerCase()).filter((id) => id !== activation.person.id));
  await parts.store.transaction(async (tx) => {
    for (const personId of await recordTold(tx, requestId, 'activated', known)) await parts.jobs.enqueue(tx, 'announce-activation', { requestId, personId });
  });
  if (unreadable.length > 0) parts.log.warn({ requestId, unreadable: unreadable.map(({ approver }) => approver.id) }, 'some whom to tell of an activation could not be read');
  const waited = secondsSince(startAt, parts.clock.now());
  if (waited < newsForSeconds) againIfUnread(unreadable, waited);
}

/** Those who may manage the role there, as far as the bot may read that. */
async function listAdministrators({ pimReader, log }: BotParts, { scope, requestId }: Activation): Promise<ExpandedApprovers> {
  const administrators = await orPimError(pimReader.listAdministrators(scope));
  if (administrators instanceof PimError) {
    if (administrators.code !== 'notPermitted' && administrators.code !== 'notFound') throw administrators;
    log.warn({ error: administrators, requestId }, 'whom to tell of an activation could not be read');
    return { people: [], unreadable: [] };
  }
  return pimReader.expandApprovers(administrators);
}

async function whoHasMetTheBot({ store }: BotParts, people: readonly string[]): Promise<readonly string[]> {
  const met = await Promise.all(people.map(async (id) => (await findConversation(store.db, id)) !== null));
  return people.filter((_, index) => met[index]);
}

async function tell(parts: BotParts, activation: Activation, personId: string, run: JobRun): Promise<void> {
  const conversation = await findConversation(parts.store.db, personId);
  if (conversation === null) return;
  const delivery = await parts.messenger.sendText(conversation, announcement(readerOf(conversation), activation, parts.clock.now()));
  await sentOrNoted(parts, delivery, run, { what: 'an administrator could not be told of an activation', requestId: activation.requestId });
}

/** A channel that is configured no more is not written to. */
async function tellChannel(parts: BotParts, activation: Activation, channelId: string, run: JobRun): Promise<void> {
  const channel = parts.announceChannel;
  if (channel?.id !== channelId) return;
  const delivery = await parts.messenger.sendText(channel, announcement(channel.reader, activation, parts.clock.now()));
  await sentOrNoted(parts, delivery, run, { what: 'an activation could not be announced in the channel', requestId: activation.requestId });
}
