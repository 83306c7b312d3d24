import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Takes the folder for this process. PGlite itself takes no lock, and two processes on one folder destroy its data.
 *
 * The lock is SQLite's on a file beside the data: the operating system releases it when the process ends, however it
 * ends, so a crash leaves nothing to clean up.
 *
 * @returns a function that releases the lock
 * @throws Error, a sentence for the operator, when another process has the folder
 */
export function lockFolder(folder: string): () => void {
  const lock = new DatabaseSync(join(folder, 'in-use.lock'));
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new Error(
      `The data folder ${folder} is in use by another process. Stop that process, or choose another folder.`,
      { cause },
    );
  }
  return () => lock.close();
}
