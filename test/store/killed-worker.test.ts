import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { StoreLocation } from '../../src/store/database.ts';
import { openStore } from '../../src/store/database.ts';
import { newPostgresDatabase } from '../helpers/test-store.ts';
import { startChild } from './child.ts';
import { collectRuns, openLoggedQueue } from './job-runs.ts';

const database = await newPostgresDatabase();
if (!database.available) process.stderr.write(`PostgreSQL server: NOT RUN, it does not start here: ${database.reason}\n`);

async function killInMidJob(
  place: readonly [string, string],
  location: StoreLocation,
  longestWaitMs: number,
): Promise<void> {
  const requestId = randomUUID();
  await using child = startChild('hanging-worker.ts', ...place, requestId);
  await child.printed((line) => line === `begun ${requestId}`);
  await child.kill();
  await using store = await openStore(location);
  await using opened = await openLoggedQueue(store);
  const runs = await collectRuns(opened.queue, 'tell-requester', (data) => data.requestId === requestId);
  await runs.reach(1, longestWaitMs);
  expect(runs.list).toMatchObject([{ data: { requestId, version: 1 }, run: { attempt: 2 } }]);
}

// Guard: src/store/job-settings.ts, queueOptions (heartbeatSeconds); src/store/job-queue.ts, bossOptions (supervise…).
test.runIf(database.available).concurrent(
  'promise 22: a job whose process is killed runs again in another process, on a PostgreSQL server',
  async () => {
    const url = database.available ? database.url : '';
    // Heartbeat 15 s + 5 s until it is missed + up to 4 s of retry delay + polling.
    await killInMidJob(['postgres', url], { kind: 'postgres', url }, 45_000);
  },
  90_000,
);

// Guard: src/store/job-queue.ts, failCutOffJobs.
test.concurrent('promise 22: a job whose process is killed runs again after the next start, embedded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pim-bot-killed-'));
  try {
    await killInMidJob(['embedded', folder], { kind: 'embedded', folder }, 10_000);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 90_000);
