import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';

/** Every row of every table, the queue's too, as JSON text by `schema.table`: what a stopped bot has left in its embedded database. */
export async function storedRows(databaseFolder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const database = await PGlite.create({ dataDir: path.join(databaseFolder, 'pgdata') });
  try {
    const { rows: tables } = await database.query<{ readonly name: string }>(`
      select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1`);
    const found = new Map<string, readonly string[]>();
    for (const { name } of tables) {
      const { rows } = await database.query<{ readonly row: string }>(`select to_jsonb(t)::text as row from ${name} t`);
      found.set(name, rows.map(({ row }) => row).sort());
    }
    return found;
  } finally {
    await database.close();
  }
}
