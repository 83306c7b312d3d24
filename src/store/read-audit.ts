import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Kysely, sql } from 'kysely';
import { openEngine, type Queries, type StoreLocation } from './database.ts';
import type { Tables } from './tables.ts';

/**
 * Opens the database for reading the audit log alone: nothing is brought up to date, nothing is written, and all of `work`
 * sees one state of it.
 *
 * @throws Error, one sentence for the operator: no database there, folder in use, server out of reach, no chain yet
 */
export async function readAudit<T>(location: StoreLocation, work: (tx: Queries) => Promise<T>): Promise<T> {
  if (location.kind === 'embedded' && !existsSync(join(location.folder, 'pgdata'))) {
    throw new Error(`There is no database in the folder ${resolve(location.folder)}. Set DATA_FOLDER or DATABASE_URL to what the bot uses.`);
  }
  const engine = await openEngine(location, {});
  const db = new Kysely<Tables>({ dialect: engine.dialect });
  try {
    return await db.transaction().execute(async (tx) => {
      await sql`set transaction isolation level repeatable read, read only`.execute(tx);
      const { rows: [row] } = await sql<{ chained: boolean }>`select to_regclass('audit_head') is not null as chained`.execute(tx);
      if (row?.chained !== true) throw new Error('This database has no chained audit log yet: start this version of the bot on it once.');
      return await work(tx);
    });
  } finally {
    await db.destroy();
    await engine.close();
  }
}
