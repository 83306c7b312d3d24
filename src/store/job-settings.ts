import type { Queue } from 'pg-boss';

/** Every kind of job, with its data: names of things, never the things themselves, and never a secret. */
export interface JobData {
  'find-approvers': { requestId: string };
  'notify-approver': { requestId: string; approverId: string };
  'notify-requester': { requestId: string };
  'watch-activation': { requestId: string; round: number };
  'watch-assignment': { requestId: string; round: number };
  'watch-settings': { requestId: string; round: number };
  'remind-approver': { requestId: string; approverId: string; round: number | 'nudge' };
  'escalate-approvers': { requestId: string };
  'tell-escalated': { requestId: string; personId: string };
  'expire-request': { requestId: string };
  'announce-activation': { requestId: string } & Announced;
  'refresh-cards': { requestId: string };
  'tell-requester': { requestId: string; version: number };
  'daily-digest': { personId: string };
  'sign-out': { personId: string };
  'maintain-store': Record<string, never>;
  'find-elsewhere': Record<string, never>;
}

/** To whom an activation is announced: `personId: null`: find out whether to anybody; `to`: find out who they are; else one person, or the channel. */
type Announced = { personId: string | null } | { to: 'administrators' } | { channelId: string };

export type JobName = keyof JobData;

interface JobSettings<N extends JobName> {
  /** Jobs of one key are the same job: see `unique`. */
  readonly key: (data: JobData[N]) => string;
  /**
   * `unfinished`: a job is dropped when one of its key waits or runs.
   * `waiting`: it joins one that waits, but not one that runs, because that may have read its data already.
   */
  readonly unique: 'unfinished' | 'waiting';
  /** How many run at a time in this process. */
  readonly concurrency: number;
  /** Seconds between looks for jobs that have become due. A job that is due when it is added is announced at once. */
  readonly pollSeconds: number;
  readonly retries: Retries;
}

interface Retries {
  readonly times: number;
  /** Seconds; doubled each time, with jitter. */
  readonly firstDelay: number;
  readonly longestDelay: number;
}

// About 24 hours: as long as PIM lets a request wait for its decision.
const forOneDay: Retries = { times: 150, firstDelay: 2, longestDelay: 600 };
const forOneHour: Retries = { times: 9, firstDelay: 15, longestDelay: 600 };
const never: Retries = { times: 0, firstDelay: 1, longestDelay: 1 };

export const jobSettings: { readonly [N in JobName]: JobSettings<N> } = {
  'find-approvers': {
    key: ({ requestId }) => requestId,
    unique: 'unfinished',
    concurrency: 4,
    pollSeconds: 2,
    retries: forOneDay,
  },
  'notify-approver': {
    key: ({ requestId, approverId }) => `${requestId}/${approverId}`,
    unique: 'unfinished',
    concurrency: 4,
    pollSeconds: 2,
    retries: forOneDay,
  },
  'notify-requester': {
    key: ({ requestId }) => requestId,
    unique: 'unfinished',
    concurrency: 2,
    pollSeconds: 2,
    retries: forOneDay,
  },
  'remind-approver': {
    key: ({ requestId, approverId, round }) => `${requestId}/${approverId}/${round}`,
    unique: 'unfinished',
    concurrency: 2,
    pollSeconds: 5,
    retries: forOneDay,
  },
  'escalate-approvers': {
    key: ({ requestId }) => requestId,
    unique: 'unfinished',
    concurrency: 1,
    pollSeconds: 5,
    retries: forOneDay,
  },
  'tell-escalated': {
    key: ({ requestId, personId }) => `${requestId}/${personId}`,
    unique: 'unfinished',
    concurrency: 1,
    pollSeconds: 5,
    retries: forOneDay,
  },
  'expire-request': {
    key: ({ requestId }) => requestId,
    unique: 'waiting',
    concurrency: 1,
    pollSeconds: 5,
    retries: forOneDay,
  },
  'watch-activation': {
    key: ({ requestId }) => requestId,
    unique: 'waiting',
    concurrency: 4,
    pollSeconds: 1,
    retries: forOneDay,
  },
  'watch-assignment': {
    key: ({ requestId }) => requestId,
    unique: 'waiting',
    concurrency: 2,
    pollSeconds: 1,
    retries: forOneDay,
  },
  'watch-settings': {
    key: ({ requestId }) => requestId,
    unique: 'waiting',
    concurrency: 1,
    pollSeconds: 5,
    retries: forOneDay,
  },
  'announce-activation': {
    key: ({ requestId, ...announced }) => `${requestId}/${addresseeOf(announced)}`,
    unique: 'unfinished',
    concurrency: 2,
    pollSeconds: 5,
    retries: forOneHour,
  },
  'refresh-cards': {
    key: ({ requestId }) => requestId,
    unique: 'waiting',
    concurrency: 2,
    pollSeconds: 2,
    retries: forOneDay,
  },
  'tell-requester': {
    key: ({ requestId, version }) => `${requestId}/${version}`,
    unique: 'unfinished',
    concurrency: 2,
    pollSeconds: 2,
    retries: forOneDay,
  },
  'daily-digest': {
    key: ({ personId }) => personId,
    unique: 'waiting',
    concurrency: 2,
    pollSeconds: 5,
    retries: forOneHour,
  },
  'sign-out': {
    key: ({ personId }) => personId,
    unique: 'waiting',
    concurrency: 1,
    pollSeconds: 30,
    retries: forOneDay,
  },
  'maintain-store': { key: () => 'store', unique: 'waiting', concurrency: 1, pollSeconds: 30, retries: never },
  'find-elsewhere': { key: () => 'elsewhere', unique: 'unfinished', concurrency: 1, pollSeconds: 2, retries: never },
};

function addresseeOf(announced: Announced): string {
  if ('to' in announced) return announced.to;
  return 'channelId' in announced ? announced.channelId : announced.personId ?? '';
}

/** What is done again and again, by a five-part cron expression: once each time, however many processes there are. */
export const recurring = [
  { name: 'maintain-store', cron: '*/5 * * * *' },
  { name: 'find-elsewhere', cron: '* * * * *' },
] as const satisfies readonly { readonly name: JobName; readonly cron: string }[];

export const jobNames: readonly JobName[] = Object.keys(jobSettings).filter(isJobName);

function isJobName(name: string): name is JobName {
  return Object.hasOwn(jobSettings, name);
}

/** Takes what no retry could finish, so that it can be reported, also after a crash in the last attempt. */
export const givenUpQueue = 'given-up';

const day = 86_400;

export const givenUpSettings: Omit<Queue, 'name'> = { notify: true, retentionSeconds: 14 * day, deleteAfterSeconds: day };

/** The settings of one queue, in pg-boss's words. */
export function queueOptions(name: JobName): Omit<Queue, 'name' | 'policy'> {
  const { times, firstDelay, longestDelay } = jobSettings[name].retries;
  return {
    retryLimit: times,
    retryDelay: firstDelay,
    retryDelayMax: longestDelay,
    retryBackoff: true,
    // A worker that is killed is noticed by its missing heartbeat; see `superviseIntervalSeconds` in job-queue.ts.
    heartbeatSeconds: 15,
    expireInSeconds: 600,
    retentionSeconds: 14 * day,
    deleteAfterSeconds: day,
    deadLetter: givenUpQueue,
    notify: true,
  };
}

/** pg-boss's name for `unique`. A queue keeps the policy that it was made with. */
export function queuePolicy(name: JobName): 'exclusive' | 'short' {
  return jobSettings[name].unique === 'unfinished' ? 'exclusive' : 'short';
}
