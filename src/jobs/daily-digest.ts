import { digestCard } from '../cards/digest.ts';
import { driftCounts } from '../cards/settings-drift.ts';
import { readDrift } from '../pim/settings-drift.ts';
import { findConversation } from '../store/conversation-references.ts';
import { findDigest } from '../store/digests.ts';
import type { JobRun } from '../store/job-queue.ts';
import { readerOf } from '../bot/reader-of.ts';
import { sentOrNoted } from './try-again.ts';
import type { BotParts } from '../bot/parts.ts';

/** Sends one person today's digest, if they still want one. */
export async function dailyDigest(parts: BotParts, personId: string, run: JobRun): Promise<void> {
  const daily = await findDigest(parts.store.db, personId);
  const conversation = await findConversation(parts.store.db, personId);
  if (daily === null || conversation === null || await parts.pimReader.readMember(personId) === null) return;
  const [report, compared] = await Promise.all([parts.pimReader.listElevations(), readDrift(parts.ownLayer.entries, parts.pimReader)]);
  const drift = driftCounts(compared);
  const card = digestCard({ ...readerOf(conversation), timeZone: daily.timeZone }, { now: parts.clock.now(), report, daily, drift });
  const delivery = await parts.messenger.sendCard(conversation, card);
  await sentOrNoted(parts, delivery, run, { what: 'the digest could not be sent', personId });
}
