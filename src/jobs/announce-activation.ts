import type { BotParts } from '../bot/parts.ts';
import { presentSettings } from '../bot/approvals/current-approvers.ts';
import { readerOf } from '../bot/reader-of.ts';
import { announcement } from '../cards/announcement.ts';
import { PimError } from '../pim/errors.ts';
import { orPimError } from '../pim/or-pim-error.ts';
import { findActivation, type Activation } from '../store/activations.ts';
import { findConversation } from '../store/conversation-references.ts';
import type { JobData } from '../store/job-settings.ts';
import type { JobRun } from '../store/job-queue.ts';
import { sentOrNoted } from './try-again.ts';

/** Where a role's settings say so, its administrators are told that it has been activated: each once, by a job of their own. */
export async function announceActivation(parts: BotParts, { requestId, personId }: JobData['announce-activation'], run: JobRun): Promise<void> {
  const activation = await findActivation(parts.store.db, requestId);
  if (activation?.state !== 'active') return;
  if (personId !== null) return tell(parts, activation, personId, run);
  const settings = await presentSettings(parts, activation);
  if (settings?.notifiesAdministrators !== true) return;
  const administrators = await knownAdministrators(parts, activation);
  await parts.store.transaction(async (tx) => {
    for (const id of administrators) await parts.jobs.enqueue(tx, 'announce-activation', { requestId, personId: id });
  });
}

/** Those who may manage the role there, as far as the bot may read that, and who have met the bot. */
async function knownAdministrators({ pimReader, store, log }: BotParts, { scope, person, requestId }: Activation): Promise<readonly string[]> {
  const administrators = await orPimError(pimReader.listAdministrators(scope));
  if (administrators instanceof PimError) {
    if (administrators.code !== 'notPermitted' && administrators.code !== 'notFound') throw administrators;
    log.warn({ error: administrators, requestId }, 'whom to tell of an activation could not be read');
    return [];
  }
  const { people } = await pimReader.expandApprovers(administrators);
  const others = people.map(({ id }) => id.toLowerCase()).filter((id) => id !== person.id);
  const met = await Promise.all(others.map(async (id) => (await findConversation(store.db, id)) !== null));
  return others.filter((_, index) => met[index]);
}

async function tell(parts: BotParts, activation: Activation, personId: string, run: JobRun): Promise<void> {
  const conversation = await findConversation(parts.store.db, personId);
  if (conversation === null) return;
  const delivery = await parts.messenger.sendText(conversation, announcement(readerOf(conversation), activation, parts.clock.now()));
  await sentOrNoted(parts, delivery, run, { what: 'an administrator could not be told of an activation', requestId: activation.requestId });
}
