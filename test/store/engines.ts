import { afterAll, describe, test } from 'vitest';
import type { Store } from '../../src/store/database.ts';
import { openStore } from '../../src/store/database.ts';
import { newPostgresDatabase, openTestStore } from '../helpers/test-store.ts';

interface TestedEngine {
  readonly name: string;
  /** `null` where the engine cannot run. */
  readonly store: Store | null;
}

// One store of each kind for a whole test file; the tests keep apart by their ids.
const engines: readonly TestedEngine[] = [
  { name: 'embedded engine', store: await openTestStore() },
  await postgresServer(),
];

afterAll(async () => {
  for (const { store } of engines) await store?.close();
});

/** Declares the same tests for both engines. Where PostgreSQL cannot run, they are skipped under a name that says why. */
export function describeOnBothEngines(title: string, tests: (store: Store) => void): void {
  for (const { name, store } of engines) {
    describe(`${title} on the ${name}`, () => {
      if (store === null) test.skip('nothing was tested');
      else tests(store);
    });
  }
}

async function postgresServer(): Promise<TestedEngine> {
  const database = await newPostgresDatabase();
  if (database.available) {
    return { name: 'PostgreSQL server', store: await openStore({ kind: 'postgres', url: database.url }) };
  }
  const name = `PostgreSQL server: NOT RUN, it does not start here: ${database.reason}`;
  process.stderr.write(`${name}\n`);
  return { name, store: null };
}
