import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Store } from '../../src/store/database.ts';
import { saveDigest } from '../../src/store/digests.ts';
import { describeOnBothEngines } from './engines.ts';
import { collectRuns, openLoggedQueue } from './job-runs.ts';
import { noon } from './samples.ts';

async function schedulesOf(store: Store, personId: string): Promise<unknown[]> {
  const { rows } = await sql`
    select cron, timezone from pgboss.schedule where name = 'daily-digest' and key = ${personId}`.execute(store.db);
  return rows;
}

describeOnBothEngines('schedules', (store) => {
  test('a person has one schedule, which a later one replaces and which can be taken back', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue } = opened;
    const [personId, other] = [randomUUID(), randomUUID()];
    await queue.scheduleDaily(personId, '09:05', 'Europe/Berlin');
    await queue.scheduleDaily(personId, '17:30', 'Asia/Tokyo');
    await queue.scheduleDaily(other, '00:00', 'UTC');
    expect(await schedulesOf(store, personId)).toEqual([{ cron: '30 17 * * *', timezone: 'Asia/Tokyo' }]);
    await queue.unscheduleDaily(personId);
    expect(await schedulesOf(store, personId)).toEqual([]);
    expect(await schedulesOf(store, other)).toEqual([{ cron: '0 0 * * *', timezone: 'UTC' }]);
  });

  // Guard: `recurring` in src/store/job-settings.ts, and the key with which `prepare` in src/store/job-queue.ts schedules it.
  test('what recurs is done once each time, however many processes there are', async () => {
    await using first = await openLoggedQueue(store);
    await using second = await openLoggedQueue(store);
    const { rows } = await sql`select cron, options from pgboss.schedule where name = 'find-elsewhere'`.execute(store.db);
    expect(rows).toMatchObject([{ cron: '* * * * *', options: { singletonKey: 'elsewhere' } }]);
    for (const { queue } of [first, second, first]) await queue.enqueue(store.db, 'find-elsewhere', {}, { after: 3_600 });
    const jobs = await sql`select 1 from pgboss.job where name = 'find-elsewhere' and state = 'created'`.execute(store.db);
    expect(jobs.rows).toHaveLength(1);
  });

  test('a schedule cannot be part of a transaction', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue } = opened;
    const inside = store.transaction(() => queue.scheduleDaily(randomUUID(), '09:00', 'UTC'));
    await expect(inside).rejects.toThrow('cannot be part of a transaction');
  });

  test('a digest that was saved is scheduled at the next start, whatever happened in between', async () => {
    const personId = randomUUID();
    await saveDigest(store.db, { personId, time: '06:45', timeZone: 'America/New_York' }, noon);
    await using opened = await openLoggedQueue(store);
    expect(opened.lines).toEqual([]);
    expect(await schedulesOf(store, personId)).toEqual([{ cron: '45 6 * * *', timezone: 'America/New_York' }]);
  });

  test('a digest whose time passed while nothing ran is made up for once at the next start', async () => {
    const personId = randomUUID();
    const twoHoursAgo = new Date(Date.now() - 7_200_000).toISOString().slice(11, 16);
    {
      await using opened = await openLoggedQueue(store);
      await opened.queue.scheduleDaily(personId, twoHoursAgo, 'UTC');
    }
    await sql`update pgboss.schedule set created_on = now() - interval '5 days' where key = ${personId}`.execute(store.db);
    await sql`update pgboss.version set cron_on = now() - interval '3 days'`.execute(store.db);
    await using opened = await openLoggedQueue(store);
    const runs = await collectRuns(opened.queue, 'daily-digest', (data) => data.personId === personId);
    await runs.reach(1, 15_000);
    expect(runs.list).toMatchObject([{ data: { personId } }]);
  });
});
