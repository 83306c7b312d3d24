import { digestCard } from '../cards/digest.ts';
import { digestOffCard, digestOnCard } from '../cards/digest-settings.ts';
import { noticeCard } from '../cards/notice.ts';
import { driftCounts } from '../cards/settings-drift.ts';
import { readDrift } from '../pim/settings-drift.ts';
import { deleteDigest, findDigest, saveDigest } from '../store/digests.ts';
import type { BotParts } from './parts.ts';
import type { Reply } from './reply.ts';
import type { Turn } from './turn.ts';

/** Who holds what right now, under the scopes that the bot's read-only identity can read. */
export async function showDigest(parts: BotParts, turn: Turn): Promise<Reply> {
  const { pimReader, ownLayer } = parts;
  const [report, daily, compared] = await Promise.all([pimReader.listElevations(), findDigest(parts.store.db, turn.actor.id), readDrift(ownLayer.entries, pimReader)]);
  return { card: digestCard(turn.reader, { now: parts.clock.now(), report, daily, drift: driftCounts(compared) }) };
}

/** Every day at `time` (`HH:mm`) in the person's own time zone. */
export async function startDigest(parts: BotParts, turn: Turn, time: string | null): Promise<Reply> {
  if (time === null) return { card: noticeCard(turn.reader, { key: 'digestTime' }) };
  const { timeZone } = turn.reader;
  await saveDigest(parts.store.db, { personId: turn.actor.id, time, timeZone }, parts.clock.now());
  await parts.jobs.scheduleDaily(turn.actor.id, time, timeZone);
  return { card: digestOnCard(turn.reader, { time, timeZone }) };
}

export async function stopDigest(parts: BotParts, turn: Turn): Promise<Reply> {
  await parts.jobs.unscheduleDaily(turn.actor.id);
  await deleteDigest(parts.store.db, turn.actor.id);
  return { card: digestOffCard(turn.reader) };
}
