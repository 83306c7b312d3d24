import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { memoryTemplate } from '../memory-template.ts';

/** Puts an embedded database with all its tables into a new folder: the bot that starts on it need not make one, which takes seconds. */
export async function prepareDatabase(folder: string): Promise<void> {
  mkdirSync(folder, { mode: 0o700 });
  const database = await PGlite.create({ dataDir: path.join(folder, 'pgdata'), loadDataDir: await memoryTemplate() });
  await database.close();
}
