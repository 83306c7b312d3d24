import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { RetryLater } from '../../src/store/job-queue.ts';
import { describeOnBothEngines } from './engines.ts';
import { collectRuns, openLoggedQueue } from './job-runs.ts';

const of = (requestId: string) => (data: { requestId: string }) => data.requestId === requestId;

describeOnBothEngines('failing jobs', (store) => {
  test('a job that fails runs again later, and its log says why', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue, lines } = opened;
    const requestId = randomUUID();
    const runs = await collectRuns(queue, 'find-approvers', of(requestId), (_, { attempt }) =>
      attempt === 1 ? Promise.reject(new Error('Graph is away')) : Promise.resolve(),
    );
    await queue.enqueue(store.db, 'find-approvers', { requestId });
    await runs.reach(2, 12_000);
    expect(runs.list.map(({ run }) => run)).toEqual([
      { attempt: 1, lastAttempt: false },
      { attempt: 2, lastAttempt: false },
    ]);
    expect((runs.list[1]?.at ?? 0) - (runs.list[0]?.at ?? 0)).toBeGreaterThan(1900);
    expect(lines).toMatchObject([{ level: 'warn', details: { job: 'find-approvers', reason: 'Error: Graph is away' } }]);
  });

  test('a job that was told when to come back comes back then, as if for the first time', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue, lines } = opened;
    const job = { requestId: randomUUID(), approverId: 'megan' };
    let refusals = 1;
    const runs = await collectRuns(queue, 'notify-approver', of(job.requestId), () =>
      refusals-- > 0 ? Promise.reject(new RetryLater(2)) : Promise.resolve(),
    );
    await queue.enqueue(store.db, 'notify-approver', job);
    await runs.reach(2);
    expect(runs.list.map(({ run }) => run.attempt)).toEqual([1, 1]);
    expect((runs.list[1]?.at ?? 0) - (runs.list[0]?.at ?? 0)).toBeGreaterThan(1900);
    expect(lines).toEqual([]);
  });

  test('the last attempt knows that it is the last, and what is given up is reported', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue, lines } = opened;
    const personId = randomUUID();
    await queue.enqueue(store.db, 'daily-digest', { personId });
    await sql`update pgboss.job set retry_limit = 0 where data->>'personId' = ${personId}`.execute(store.db);
    const runs = await collectRuns(queue, 'daily-digest', (data) => data.personId === personId, () =>
      Promise.reject(new Error('never works')),
    );
    await runs.reach(1);
    for (let waited = 0; lines.length < 2 && waited < 8000; waited += 20) await delay(20);
    expect(runs.list).toMatchObject([{ run: { attempt: 1, lastAttempt: true } }]);
    expect(lines).toMatchObject([
      { level: 'warn', message: 'a job failed' },
      { level: 'error', message: 'a job was given up', details: { job: 'daily-digest', data: { personId }, attempts: 1 } },
    ]);
  });

  // Guard: src/store/job-queue.ts, PgBossQueue.#run (what is thrown on to pg-boss, which stores it).
  test('promise 17: a token that an error carries is neither stored nor logged', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue, lines } = opened;
    const requestId = randomUUID();
    const request = { headers: { authorization: 'Bearer canary-token' } };
    const failure = Object.assign(new Error('401', { cause: request }), { request });
    const runs = await collectRuns(queue, 'find-approvers', of(requestId), () => Promise.reject(failure));
    await queue.enqueue(store.db, 'find-approvers', { requestId });
    await runs.reach(1);
    await queue.close();
    const { rows } = await sql<{ output: string }>`
      select output::text from pgboss.job where data->>'requestId' = ${requestId}`.execute(store.db);
    expect(rows[0]?.output).toContain('401');
    expect(JSON.stringify([rows, lines])).not.toContain('canary-token');
  });

  test('closing waits for the job that runs', async () => {
    await using opened = await openLoggedQueue(store);
    const { queue } = opened;
    const requestId = randomUUID();
    let ended = false;
    const runs = await collectRuns(queue, 'tell-requester', of(requestId), async () => {
      await delay(500);
      ended = true;
    });
    await queue.enqueue(store.db, 'tell-requester', { requestId, version: 1 });
    await runs.reach(1);
    await queue.close();
    expect(ended).toBe(true);
    await queue.close();
  });
});
