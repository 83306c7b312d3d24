import fs from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { listAudit } from '../../src/store/audit-log.ts';
import { openStore } from '../../src/store/database.ts';
import { openTestStore } from '../helpers/test-store.ts';
import { startChild } from './child.ts';
import { all } from './samples.ts';

let parent = '';
let folder = '';

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'pim-bot-store-'));
  folder = join(parent, 'data');
});
afterAll(() => rm(parent, { recursive: true, force: true }));

// Guards: src/store/embedded-engine.ts, openFolder; src/store/folder-lock.ts, lockFolder (a killed process holds nothing).
test('promise 29: of a writer that is killed five times, no row is lost that it had reported as written', async () => {
  const reported: number[] = [];
  for (let round = 0; round < 5; round++) {
    const first = (reported.at(-1) ?? -1) + 1000;
    await using writer = startChild('write-loop.ts', folder, String(first));
    await writer.printed((line) => line === String(first));
    await delay(100 + 150 * round);
    await writer.kill();
    reported.push(...writer.lines.filter((line) => line !== 'open').map(Number));
  }
  await using store = await openStore({ kind: 'embedded', folder: folder });
  const written = new Set((await all(listAudit(store.db))).map(({ details }) => details['number']));
  expect(reported.length).toBeGreaterThan(20);
  expect(reported.filter((number) => !written.has(number))).toEqual([]);
}, 120_000);

// Guard: src/store/folder-lock.ts, lockFolder.
test('promise 29: a second process on the folder is refused with a sentence, and the first goes on', async () => {
  const location = { kind: 'embedded', folder } as const;
  const store = await openStore(location);
  const second = startChild('open-store.ts', 'embedded', folder);
  expect(await second.ended()).toEqual({ code: 1 });
  expect(second.lines).toEqual([
    `The data folder ${folder} is in use by another process. Stop that process, or choose another folder.`,
  ]);
  await expect(openStore(location)).rejects.toThrow('in use by another process');
  await sql`create table still_writable (id integer)`.execute(store.db);
  await store.close();
  const next = startChild('open-store.ts', 'embedded', folder);
  expect(await next.ended()).toEqual({ code: 0 });
}, 60_000);

// Guard: src/store/durable-file-system.ts, fsync; and the start parameters in src/store/embedded-engine.ts.
test('promise 29: a commit waits for the disk', async () => {
  await using store = await openStore({ kind: 'embedded', folder });
  await sql`create table numbers (id integer)`.execute(store.db);
  const fsync = vi.spyOn(fs, 'fsyncSync');
  try {
    for (let id = 1; id <= 10; id++) await sql`insert into numbers values (${id})`.execute(store.db);
    expect(fsync.mock.calls.length).toBeGreaterThanOrEqual(10);
    fsync.mockClear();
    await sql`select * from numbers`.execute(store.db);
    expect(fsync).not.toHaveBeenCalled();
  } finally {
    fsync.mockRestore();
  }
}, 60_000);

test('data that the engine cannot read is refused with a sentence, and the folder is free again', async () => {
  const broken = join(parent, 'broken');
  await fs.promises.mkdir(join(broken, 'pgdata'), { recursive: true });
  await writeFile(join(broken, 'pgdata', 'PG_VERSION'), '9\n');
  const open = () => openStore({ kind: 'embedded', folder: broken });
  await expect(open()).rejects.toThrow('another version of the embedded engine');
  await expect(open()).rejects.toThrow('another version of the embedded engine');
}, 60_000);

test('maintenance keeps a table small that changes all the time', async () => {
  await using store = await openTestStore();
  await sql`create table hot (id integer, text text)`.execute(store.db);
  await sql`insert into hot values (1, ${'x'.repeat(200)})`.execute(store.db);
  const sizeAfterChanges = async (): Promise<number> => {
    await store.transaction(async (tx) => {
      for (let round = 0; round < 1000; round++) await sql`update hot set id = id + 1`.execute(tx);
    });
    await store.maintain();
    const { rows } = await sql<{ bytes: number }>`select pg_relation_size('hot')::int as bytes`.execute(store.db);
    return rows[0]?.bytes ?? 0;
  };
  const once = await sizeAfterChanges();
  await sizeAfterChanges();
  await sizeAfterChanges();
  expect(await sizeAfterChanges()).toBeLessThanOrEqual(once * 1.5);
});
