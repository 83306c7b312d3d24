import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../../src/store/database.ts';
import type { JobData, JobName, JobQueue, JobRun } from '../../src/store/job-queue.ts';
import { openJobQueue } from '../../src/store/job-queue.ts';

export interface LogLine {
  readonly level: 'warn' | 'error';
  readonly details: object;
  readonly message: string;
}

/** A job queue on a store, with what it logged. */
export async function openLoggedQueue(store: Store): Promise<{ queue: JobQueue; lines: LogLine[] } & AsyncDisposable> {
  const lines: LogLine[] = [];
  const queue = await openJobQueue(store, {
    warn: (details, message) => lines.push({ level: 'warn', details, message }),
    error: (details, message) => lines.push({ level: 'error', details, message }),
  });
  return { queue, lines, [Symbol.asyncDispose]: () => queue.close() };
}

export interface Runs<N extends JobName> {
  /** Every run so far, with when it began (milliseconds). */
  readonly list: readonly { readonly data: JobData[N]; readonly run: JobRun; readonly at: number }[];
  /** Waits until there are that many; rejects after `withinMs`. */
  reach(count: number, withinMs?: number): Promise<void>;
}

/** Works one kind of job, of one sender only, and keeps what ran. Other tests of the file use the same queue. */
export async function collectRuns<N extends JobName>(
  queue: JobQueue,
  name: N,
  ours: (data: JobData[N]) => boolean,
  handler: (data: JobData[N], run: JobRun) => Promise<void> = () => Promise.resolve(),
): Promise<Runs<N>> {
  const list: { data: JobData[N]; run: JobRun; at: number }[] = [];
  await queue.work(name, async (data, run) => {
    if (!ours(data)) return;
    list.push({ data, run, at: performance.now() });
    await handler(data, run);
  });
  return {
    list,
    reach: async (count, withinMs = 8000) => {
      const deadline = performance.now() + withinMs;
      while (list.length < count) {
        if (performance.now() > deadline) throw new Error(`${list.length} of ${count} runs after ${withinMs} ms`);
        await delay(10);
      }
    },
  };
}
