import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { describeOnBothEngines } from './engines.ts';
import { collectRuns, openLoggedQueue } from './job-runs.ts';

const of = (requestId: string) => (data: { requestId: string }) => data.requestId === requestId;

describeOnBothEngines('enqueueing', (store) => {
  test('a committed job runs at once, with its data', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue, lines } = opened;
    const requestId = randomUUID();
    const runs = await collectRuns(queue, 'tell-requester', of(requestId));
    const begin = performance.now();
    await store.transaction((tx) => queue.enqueue(tx, 'tell-requester', { requestId, version: 3 }));
    await runs.reach(1);
    expect(runs.list[0]).toMatchObject({ data: { requestId, version: 3 }, run: { attempt: 1, lastAttempt: false } });
    // Well below the two seconds after which the queue is looked at anyway: the database has announced the job.
    expect((runs.list[0]?.at ?? Infinity) - begin).toBeLessThan(1500);
    expect(lines).toEqual([]);
  });

  // Guard: src/store/job-queue.ts, send (the job is added through the connection of the transaction).
  test('a job of a transaction that was rolled back does not exist', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue } = opened;
    const requestId = randomUUID();
    const runs = await collectRuns(queue, 'tell-requester', of(requestId));
    const failing = store.transaction(async (tx) => {
      await queue.enqueue(tx, 'tell-requester', { requestId, version: 1 });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await store.transaction((tx) => queue.enqueue(tx, 'tell-requester', { requestId, version: 2 }));
    await runs.reach(1);
    await delay(300);
    expect(runs.list.map(({ data }) => data.version)).toEqual([2]);
  });

  test('a job that is to start later starts later', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue } = opened;
    const requestId = randomUUID();
    const runs = await collectRuns(queue, 'watch-activation', of(requestId));
    const begin = performance.now();
    await queue.enqueue(store.db, 'watch-activation', { requestId, round: 1 }, { after: 1.5 });
    await runs.reach(1);
    expect((runs.list[0]?.at ?? 0) - begin).toBeGreaterThan(1400);
  });

  // Guard: src/store/job-queue.ts, PgBossQueue.work (a worker that has found a job wakes the next one).
  test('jobs that become due together run side by side', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue } = opened;
    const requestIds = Array.from({ length: 8 }, () => randomUUID());
    let running = 0;
    let mostAtOnce = 0;
    const ours = (data: { requestId: string }) => requestIds.some((requestId) => requestId === data.requestId);
    const runs = await collectRuns(queue, 'watch-activation', ours, async () => {
      mostAtOnce = Math.max(mostAtOnce, (running += 1));
      await delay(200);
      running -= 1;
    });
    for (const requestId of requestIds) {
      await queue.enqueue(store.db, 'watch-activation', { requestId, round: 1 }, { after: 1 });
    }
    await runs.reach(8);
    expect(mostAtOnce).toBeGreaterThan(1);
    expect((runs.list.at(-1)?.at ?? Infinity) - (runs.list[0]?.at ?? 0)).toBeLessThan(2500);
  });

  test('twenty handlers that each use a transaction do not block each other', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue } = opened;
    const requestId = randomUUID();
    const runs = await collectRuns(queue, 'notify-approver', of(requestId), ({ approverId }) =>
      store.transaction((tx) => queue.enqueue(tx, 'tell-requester', { requestId: randomUUID(), version: approverId.length })),
    );
    await store.transaction(async (tx) => {
      for (let number = 0; number < 20; number++) {
        await queue.enqueue(tx, 'notify-approver', { requestId, approverId: `approver-${number}` });
      }
    });
    await runs.reach(20);
    expect(new Set(runs.list.map(({ data }) => data.approverId)).size).toBe(20);
  });
});

describeOnBothEngines('unique jobs', (store) => {
  test('an approver is notified of a request once, while another job for it waits or runs', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue } = opened;
    const job = { requestId: randomUUID(), approverId: 'megan' };
    const release = Promise.withResolvers<void>();
    await queue.enqueue(store.db, 'notify-approver', job);
    await queue.enqueue(store.db, 'notify-approver', job);
    await queue.enqueue(store.db, 'notify-approver', { ...job, approverId: 'adele' });
    const runs = await collectRuns(queue, 'notify-approver', of(job.requestId), () => release.promise);
    await runs.reach(2);
    await queue.enqueue(store.db, 'notify-approver', job);
    release.resolve();
    await delay(500);
    expect(runs.list.map(({ data }) => data.approverId).toSorted()).toEqual(['adele', 'megan']);
  });

  test('of the watches of a request one waits, with the latest data, and the one that runs may add its successor', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue } = opened;
    const requestId = randomUUID();
    for (const round of [1, 2, 3]) await queue.enqueue(store.db, 'watch-activation', { requestId, round });
    const runs = await collectRuns(queue, 'watch-activation', of(requestId), async ({ round }) => {
      if (round < 5) await queue.enqueue(store.db, 'watch-activation', { requestId, round: round + 1 });
    });
    await runs.reach(3);
    await delay(300);
    expect(runs.list.map(({ data }) => data.round)).toEqual([3, 4, 5]);
  });

  test('of two times for the waiting job the earlier counts', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue } = opened;
    const [soon, late] = [randomUUID(), randomUUID()];
    const ours = (data: { requestId: string }) => data.requestId === soon || data.requestId === late;
    const runs = await collectRuns(queue, 'watch-activation', ours);
    await queue.enqueue(store.db, 'watch-activation', { requestId: soon, round: 1 }, { after: 600 });
    await queue.enqueue(store.db, 'watch-activation', { requestId: soon, round: 2 });
    await queue.enqueue(store.db, 'watch-activation', { requestId: late, round: 1 }, { after: 2 });
    await queue.enqueue(store.db, 'watch-activation', { requestId: late, round: 2 }, { after: 600 });
    await runs.reach(2);
    expect(runs.list.map(({ data }) => data)).toEqual([
      { requestId: soon, round: 2 },
      { requestId: late, round: 2 },
    ]);
  });

  // Guard: src/store/job-queue.ts, sendOrJoin. A refresh that began before the commit would show the old state.
  test('promise 11: a refresh that joins a waiting one runs after the commit of the change that asked for it', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue } = opened;
    const requestId = randomUUID();
    await queue.enqueue(store.db, 'refresh-cards', { requestId });
    const joined = Promise.withResolvers<void>();
    let committed = false;
    const transaction = store.transaction(async (tx) => {
      await queue.enqueue(tx, 'refresh-cards', { requestId });
      joined.resolve();
      await delay(700);
      committed = true;
    });
    await joined.promise;
    const seen: boolean[] = [];
    const runs = await collectRuns(queue, 'refresh-cards', of(requestId), () => Promise.resolve(void seen.push(committed)));
    await transaction;
    await runs.reach(1);
    expect(seen).toEqual([true]);
  });
});
