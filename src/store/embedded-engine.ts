import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { fromPglite } from 'pg-boss';
import { DurableFileSystem } from './durable-file-system.ts';
import { EmbeddedDialect } from './embedded-dialect.ts';
import type { Engine } from './engine.ts';
import { lockFolder } from './folder-lock.ts';

// The default of 128 MB is meant for a machine of its own.
const smallMemory = ['-c', 'shared_buffers=16MB'];

/**
 * PGlite on a folder, with the three guards it lacks: one process at a time, commits that reach the disk, and
 * maintenance on demand.
 *
 * @throws Error, a sentence for the operator, when the folder is in use or holds data of another PGlite version
 */
export async function openFolderEngine(folder: string): Promise<Engine> {
  const path = resolve(folder);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(path);
  try {
    return engineOn(await openFolder(path), unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** PGlite in memory: for tests. */
export interface MemoryEngine extends Engine {
  /** The whole database, for `openMemoryEngine` of the same PGlite version. */
  dump(): Promise<Blob>;
}

/** Opening from a dump (`template`) is several times faster than making a new database (`null`). */
export async function openMemoryEngine(template: Blob | null): Promise<MemoryEngine> {
  const startParams = [...PGlite.defaultStartParams, ...smallMemory];
  const database = await PGlite.create(template === null ? { startParams } : { startParams, loadDataDir: template });
  return { ...engineOn(database, () => undefined), dump: () => database.dumpDataDir('none') };
}

async function openFolder(path: string): Promise<PGlite> {
  const withoutNoSync = PGlite.defaultStartParams.filter((parameter) => parameter !== '-F');
  try {
    return await PGlite.create({
      fs: new DurableFileSystem(join(path, 'pgdata')),
      startParams: [...withoutNoSync, '-c', 'wal_sync_method=fsync', ...smallMemory],
    });
  } catch (cause) {
    throw new Error(
      `The database in ${path} does not open: it may come from another version of the embedded engine. ` +
        'Start the version that wrote it, or choose another folder.',
      { cause },
    );
  }
}

function engineOn(database: PGlite, unlock: () => void): Engine {
  return {
    dialect: new EmbeddedDialect(database),
    jobs: { kind: 'embedded', database: fromPglite(database) },
    // PGlite has no background processes: without these its log and its tables grow for ever.
    maintain: async () => {
      await database.exec('CHECKPOINT');
      await database.exec('VACUUM (ANALYZE)');
    },
    close: async () => {
      if (!database.closed) await database.close();
      unlock();
    },
  };
}
