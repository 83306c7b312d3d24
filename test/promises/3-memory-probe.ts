/** A preload: at SIGUSR2 the process clears up and writes what it still holds into the file that MEMORY_PROBE names. */

import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes. */
export interface MemoryHeld {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

process.on('SIGUSR2', () => {
  if (typeof collectGarbage === 'function') collectGarbage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const file = process.env['MEMORY_PROBE'] ?? '';
  writeFileSync(`${file}.part`, JSON.stringify({ rss, heapUsed, external } satisfies MemoryHeld));
  renameSync(`${file}.part`, file);
});
