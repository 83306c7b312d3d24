import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { listAudit } from '../../src/store/audit-log.ts';
import { openStore } from '../../src/store/database.ts';
import { newPostgresDatabase } from '../helpers/test-store.ts';
import { startChild } from './child.ts';
import { all } from './samples.ts';
import { verdictOf } from './tampering.ts';

const database = await newPostgresDatabase();
if (!database.available) process.stderr.write(`PostgreSQL server: NOT RUN, it does not start here: ${database.reason}\n`);

const writers = 25;
const each = 12;

describe.runIf(database.available)('two processes on one PostgreSQL', () => {
  const url = database.available ? database.url : '';

  // Guards: `append` locks the head, `appendingAudit` appends last (src/store/audit-log.ts). Otherwise numbers are taken twice, or writers
  // who lock the log and another row in turn wait for each other.
  test('promise 18, promise 19: fifty writers at once, whatever else they lock and in whatever order, make one unbroken chain', async () => {
    await using store = await openStore({ kind: 'postgres', url });
    await sql`create table shared (changes integer)`.execute(store.db);
    await sql`insert into shared values (0)`.execute(store.db);
    const children = ['one', 'two'].map((name) => startChild('audit-writers.ts', 'postgres', url, name, String(writers), String(each)));
    const ends = await Promise.all(children.map((child) => child.ended()));
    expect(ends).toEqual([{ code: 0 }, { code: 0 }]);

    const rows = await all(listAudit(store.db));
    const length = 2 * writers * each;
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length }, (_, index) => index + 1));
    expect(new Set(rows.map(({ actor, details }) => `${actor.id} ${String(details['n'])}`)).size).toBe(length);
    // They did write at the same time.
    const turns = rows.filter(({ actor }, index) => index > 0 && actor.name !== rows[index - 1]?.actor.name);
    expect(turns.length).toBeGreaterThan(5);
    expect(await verdictOf(store, rows.map(({ number, hash }) => ({ number, hash })))).toMatchObject({ sound: true, head: { number: length } });
  }, 120_000);
});
