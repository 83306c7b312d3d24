import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { ConstructorOptions, JobWithMetadata } from 'pg-boss';
import { PgBoss, fromKysely } from 'pg-boss';
import { withoutTokens } from '../without-tokens.ts';
import type { Queries, Store } from './database.ts';
import { insideTransaction } from './database.ts';
import { listDigests } from './digests.ts';
import type { JobData, JobName } from './job-settings.ts';
import { givenUpQueue, givenUpSettings, jobNames, jobSettings, queueOptions, queuePolicy, recurring } from './job-settings.ts';
import { RetryLater } from './retry-later.ts';
import type { StoreLog } from './store-log.ts';

export type { JobData, JobName } from './job-settings.ts';
export { RetryLater } from './retry-later.ts';

export interface JobRun {
  /** 1 the first time. */
  readonly attempt: number;
  /** Nothing follows when this attempt fails. */
  readonly lastAttempt: boolean;
}

export interface JobQueue extends AsyncDisposable {
  /**
   * Adds a job through the connection of `tx`: it exists once the transaction has committed. A job that would be the
   * same as one that is under way is dropped or joins it (`job-settings.ts`): a job that joins a waiting one gives it
   * its data and, where it is earlier, its time.
   *
   * @param options `after`: seconds from now
   */
  enqueue<N extends JobName>(tx: Queries, name: N, data: JobData[N], options?: { after?: number }): Promise<void>;
  /**
   * Runs `handler` for each job of that name, here and in every process that does so, once for each job as long as no
   * process dies in the middle of it. When it rejects, the job is retried later; `RetryLater` says when.
   */
  work<N extends JobName>(name: N, handler: (data: JobData[N], run: JobRun) => Promise<void>): Promise<void>;
  /**
   * Enqueues `daily-digest` every day at `time` (`HH:mm`) in an IANA time zone: one schedule for each person. A time
   * that passed while nothing ran is made up for once. Not inside a transaction.
   */
  scheduleDaily(personId: string, time: string, timeZone: string): Promise<void>;
  unscheduleDaily(personId: string): Promise<void>;
  /** Takes no more jobs and waits up to ten seconds for those that run; what is left runs again after the next start. */
  close(): Promise<void>;
}

const longestCloseMs = 10_000;
// The first worker of a queue looks for jobs that have become due; the others are woken by it or by an announcement.
const idlePollSeconds = 30;
const withMetadata = { includeMetadata: true } as const;

/** Starts the queue in the store's own database and takes up the schedules of all saved digests. */
export async function openJobQueue(store: Store, log: StoreLog): Promise<JobQueue> {
  const boss = new PgBoss(bossOptions(store));
  // An `error` event that nobody hears ends the process.
  boss.on('error', (error: Error) => log.error({ reason: error.message }, 'the job queue met an error'));
  boss.on('warning', (warning: { message: string }) => log.warn({ reason: warning.message }, 'the job queue warns'));
  const queue = new PgBossQueue(boss, store, log);
  try {
    await boss.start();
    await queue.prepare();
  } catch (error) {
    await boss.stop({ graceful: false });
    throw error;
  }
  return queue;
}

function bossOptions({ jobs }: Store): ConstructorOptions {
  const common: ConstructorOptions = {
    useListenNotify: true,
    // How often dead workers are looked for: with a heartbeat of 15 s their jobs run again after 20 s at most.
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    flowIntervalSeconds: 3600,
    cronWorkerIntervalSeconds: 2,
  };
  if (jobs.kind === 'server') {
    return { ...common, connectionString: jobs.url, application_name: 'pim-bot jobs', max: 4 };
  }
  return { ...common, db: jobs.database, backend: 'pglite', reindex: false, monitorVacuum: false };
}

class PgBossQueue implements JobQueue {
  readonly #boss: PgBoss;
  readonly #store: Store;
  readonly #log: StoreLog;
  readonly #working = new Set<string>();
  #closing: Promise<void> | null = null;

  constructor(boss: PgBoss, store: Store, log: StoreLog) {
    this.#boss = boss;
    this.#store = store;
    this.#log = log;
  }

  async prepare(): Promise<void> {
    await prepareQueues(this.#boss);
    if (this.#store.kind !== 'postgres') await failCutOffJobs(this.#boss, this.#store.db);
    await this.#reportGivenUp();
    for (const { personId, time, timeZone } of await listDigests(this.#store.db)) {
      await this.scheduleDaily(personId, time, timeZone);
    }
    for (const { name, cron } of recurring) await this.#boss.schedule(name, cron, {}, { singletonKey: jobSettings[name].key({}) });
    await this.work('maintain-store', () => this.#store.maintain());
  }

  async enqueue<N extends JobName>(tx: Queries, name: N, data: JobData[N], options?: { after?: number }): Promise<void> {
    const { key, unique } = jobSettings[name];
    const job: Job = { name, data, singletonKey: key(data), after: options?.after ?? 0 };
    if (unique === 'unfinished') await send(this.#boss, tx, job);
    else await sendOrJoin(this.#boss, tx, job);
  }

  async work<N extends JobName>(name: N, handler: (data: JobData[N], run: JobRun) => Promise<void>): Promise<void> {
    const { concurrency, pollSeconds } = jobSettings[name];
    this.#working.add(name);
    const workers: string[] = [];
    for (let number = 0; number < concurrency; number++) {
      const options = { ...withMetadata, ...polling(number === 0 ? pollSeconds : idlePollSeconds) };
      const worker = await this.#boss.work<JobData[N], void, typeof withMetadata>(name, options, async (jobs) => {
        // A pg-boss worker rests after each job. Where there is one there may be more: the next worker looks at once, and
        // so on round the circle.
        const next = workers[(number + 1) % workers.length];
        if (next !== undefined) this.#boss.notifyWorker(next);
        for (const job of jobs) await this.#run(name, job, handler);
      });
      workers.push(worker);
    }
  }

  async scheduleDaily(personId: string, time: string, timeZone: string): Promise<void> {
    if (insideTransaction()) throw new Error('A schedule cannot be part of a transaction.');
    const [hour, minute] = time.split(':').map(Number);
    await this.#boss.schedule('daily-digest', `${minute} ${hour} * * *`, { personId }, {
      tz: timeZone,
      key: personId,
      singletonKey: personId,
      missed: 'once',
    });
  }

  async unscheduleDaily(personId: string): Promise<void> {
    if (insideTransaction()) throw new Error('A schedule cannot be part of a transaction.');
    await this.#boss.unschedule('daily-digest', personId);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#stop());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run<N extends JobName>(
    name: N,
    job: JobWithMetadata<JobData[N]>,
    handler: (data: JobData[N], run: JobRun) => Promise<void>,
  ): Promise<void> {
    const run = { attempt: job.retryCount + 1, lastAttempt: job.retryCount >= job.retryLimit };
    const failure = await failureOf(() => handler(job.data, run));
    if (failure === null) return;
    if (failure.error instanceof RetryLater) return this.#again(name, job, failure.error.seconds);
    const reason = describe(failure.error);
    this.#log.warn({ job: name, data: job.data, attempt: run.attempt, reason }, 'a job failed');
    // pg-boss stores an error with all its members, and one of them may carry a token: it gets our words only.
    throw new Error(reason);
  }

  // In one transaction, so that a crash leaves either the running job or the new one.
  async #again<N extends JobName>(name: N, job: JobWithMetadata<JobData[N]>, seconds: number): Promise<void> {
    await this.#store.transaction(async (tx) => {
      const answer = await this.#boss.complete(name, job, null, { db: fromKysely(tx) });
      // None is affected when another worker has taken the job over meanwhile: then it is that worker's.
      const ours = !('affected' in answer) || answer.affected !== 0;
      if (ours) await this.enqueue(tx, name, job.data, { after: Math.max(1, Math.ceil(seconds)) });
    });
  }

  async #reportGivenUp(): Promise<void> {
    this.#working.add(givenUpQueue);
    const options = { ...withMetadata, ...polling(2) };
    await this.#boss.work<object, void, typeof withMetadata>(givenUpQueue, options, async (jobs) => {
      for (const { sourceName, sourceOutput, sourceRetryCount, data } of jobs) {
        const attempts = (sourceRetryCount ?? 0) + 1;
        this.#log.error({ job: sourceName, data, attempts, output: sourceOutput }, 'a job was given up');
      }
    });
  }

  async #stop(): Promise<void> {
    const finished = new AbortController();
    const ending = Promise.all([...this.#working].map((name) => this.#boss.offWork(name, { wait: true })));
    const tooLong = delay(longestCloseMs, undefined, { signal: finished.signal }).catch(() => undefined);
    await Promise.race([ending, tooLong]);
    finished.abort();
    await this.#boss.stop({ graceful: false });
  }
}

// The shorter interval holds while the database cannot announce jobs.
function polling(seconds: number): { pollingIntervalSeconds: number; notifyPollingIntervalSeconds: number } {
  return { pollingIntervalSeconds: Math.min(seconds, 2), notifyPollingIntervalSeconds: seconds };
}

interface Job {
  readonly name: JobName;
  readonly data: object;
  readonly singletonKey: string;
  readonly after: number;
}

async function send(boss: PgBoss, tx: Queries, job: Job): Promise<boolean> {
  const { name, data, singletonKey, after } = job;
  return (await boss.send(name, data, { db: fromKysely(tx), singletonKey, startAfter: after })) !== null;
}

/**
 * Adds the job, or joins the one that waits. Joining writes to the waiting job, so that no worker takes it before our
 * transaction commits: otherwise it could run, miss our change, and leave nothing behind that would see it.
 */
async function sendOrJoin(boss: PgBoss, tx: Queries, job: Job): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt++) {
    if (await send(boss, tx, job)) return;
    const db = fromKysely(tx);
    const queued = await boss.findJobs(job.name, { key: job.singletonKey, queued: true, db });
    const waiting = queued.find(({ state }) => state === 'created');
    if (waiting === undefined) continue;
    const due = await secondsFromNow(tx, job.after);
    const sooner = due < waiting.startAfter ? { startAfter: due } : {};
    const { updated } = await boss.update(job.name, job.data, { id: waiting.id, db, ...sooner });
    if (updated > 0) return;
  }
  throw new Error(`The job ${job.name} could be neither added nor joined.`);
}

async function secondsFromNow(tx: Queries, seconds: number): Promise<Date> {
  const { rows } = await sql<{ due: Date }>`select now() + make_interval(secs => ${seconds}) as due`.execute(tx);
  return rows[0]?.due ?? new Date(0);
}

/** Makes the queues, and gives existing ones today's settings. */
async function prepareQueues(boss: PgBoss): Promise<void> {
  const existing = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
  if (!existing.has(givenUpQueue)) await boss.createQueue(givenUpQueue, givenUpSettings);
  for (const name of jobNames) {
    const options = queueOptions(name);
    const queue = existing.get(name);
    if (queue === undefined) await boss.createQueue(name, { ...options, policy: queuePolicy(name) });
    else if (!isSubset(options, queue)) await boss.updateQueue(name, options);
    // The first use of a queue reads its settings over pg-boss's own connection. On the embedded engine that would wait
    // for ever when it happens inside a transaction, so it happens here.
    await boss.findJobs(name, { key: 'none', queued: true });
  }
}

/**
 * An embedded database belongs to one process, so a job that is marked as running was cut off by the last one's end: it
 * is retried now and not when its heartbeat is missed.
 */
async function failCutOffJobs(boss: PgBoss, db: Queries): Promise<void> {
  const { rows } = await sql<{ name: string; id: string }>`
    select name, id from pgboss.job where state = 'active'`.execute(db);
  for (const { name, id } of rows) await boss.fail(name, id, { message: 'the process ended in the middle of it' });
}

function isSubset(part: object, whole: object): boolean {
  const values = new Map(Object.entries(whole));
  return Object.entries(part).every(([key, value]) => values.get(key) === value);
}

async function failureOf(work: () => Promise<void>): Promise<{ readonly error: unknown } | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return { error };
  }
}

function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : 'something that is no error was thrown';
  return withoutTokens(text).slice(0, 500);
}
