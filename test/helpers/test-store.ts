import { inject } from 'vitest';
import type { Store } from '../../src/store/database.ts';
import { openStore } from '../../src/store/database.ts';
import { memoryTemplate } from './memory-template.ts';

/** An empty store in memory, in well under a second. To be closed by the test. */
export async function openTestStore(): Promise<Store> {
  return openStore({ kind: 'memory' }, { template: await memoryTemplate() });
}

export type PostgresDatabase =
  | { readonly available: true; readonly url: string }
  | { readonly available: false; readonly reason: string };

/** A new, empty database on the run's PostgreSQL server, or the reason why that server cannot run here. */
export async function newPostgresDatabase(): Promise<PostgresDatabase> {
  const answer = await fetch(inject('postgresOnDemand'), { method: 'POST' });
  const text = await answer.text();
  return answer.ok ? { available: true, url: text } : { available: false, reason: text };
}
