// Enqueues one job, takes it, prints that it has begun and never ends it. It is there to be killed.
import { openStore } from '../../../src/store/database.ts';
import { openJobQueue } from '../../../src/store/job-queue.ts';
import { locationFromParameters } from './location.ts';

const requestId = process.argv[4] ?? '';
const store = await openStore(locationFromParameters());
const queue = await openJobQueue(store, { warn: () => undefined, error: () => undefined });
await queue.work('tell-requester', async (data) => {
  process.stdout.write(`begun ${data.requestId}\n`);
  await new Promise(() => undefined);
});
await store.transaction((tx) => queue.enqueue(tx, 'tell-requester', { requestId, version: 1 }));
