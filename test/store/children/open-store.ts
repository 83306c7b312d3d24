// Opens the store and its job queue at a place, prints "open" or the reason why not, and closes them again.
import { openStore } from '../../../src/store/database.ts';
import { openJobQueue } from '../../../src/store/job-queue.ts';
import { locationFromParameters } from './location.ts';

try {
  await using store = await openStore(locationFromParameters());
  const queue = await openJobQueue(store, { warn: () => undefined, error: () => undefined });
  await queue.close();
  process.stdout.write('open\n');
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : 'unknown'}\n`);
  process.exitCode = 1;
}
