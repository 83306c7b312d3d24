import { createHash, randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { link, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { openMemoryEngine } from '../../src/store/embedded-engine.ts';
import { storeOn } from '../../src/store/database.ts';
import { openJobQueue } from '../../src/store/job-queue.ts';

const root = new URL('../../', import.meta.url);
const cache = new URL('node_modules/.cache/pim-bot/', root);

let template: Promise<Blob> | null = null;

/**
 * A dump of an empty store with all its tables and queues. It is made once (about 5 s) and kept in
 * `node_modules/.cache` under a name that changes with the engine, the migrations and the queue settings.
 */
export function memoryTemplate(): Promise<Blob> {
  return (template ??= readOrMake());
}

async function readOrMake(): Promise<Blob> {
  const file = new URL(`store-${await fingerprint()}.tar`, cache);
  try {
    return await openAsBlob(file);
  } catch {
    await mkdir(cache, { recursive: true });
    // Test files run in several processes: the first one's stays, because a blob cannot be read once its file was replaced.
    const unfinished = new URL(`${randomUUID()}.tar`, cache);
    await writeFile(unfinished, Buffer.from(await (await makeTemplate()).arrayBuffer()));
    await link(unfinished, file).catch((error: unknown) => { if (Object(error)['code'] !== 'EEXIST') throw error; });
    await rm(unfinished);
    return openAsBlob(file);
  }
}

async function makeTemplate(): Promise<Blob> {
  const engine = await openMemoryEngine(null);
  await using store = await storeOn(engine, 'memory');
  const queue = await openJobQueue(store, { warn: () => undefined, error: () => undefined });
  await queue.close();
  return engine.dump();
}

async function fingerprint(): Promise<string> {
  const migrations = await readdir(new URL('src/store/migrations/', root));
  const files = [
    ...migrations.sort().map((name) => `src/store/migrations/${name}`),
    'src/store/job-settings.ts',
    'node_modules/@electric-sql/pglite/package.json',
    'node_modules/pg-boss/package.json',
  ];
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(new URL(file, root)));
  return hash.digest('hex').slice(0, 16);
}
