import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/database.ts';
import { newPostgresDatabase } from '../helpers/test-store.ts';
import { startChild } from './child.ts';

const database = await newPostgresDatabase();
if (!database.available) process.stderr.write(`PostgreSQL server: NOT RUN, it does not start here: ${database.reason}\n`);

describe.runIf(database.available)('a store on a PostgreSQL server', () => {
  const url = database.available ? database.url : '';

  test('four processes that start at once on an empty database all succeed', async () => {
    const children = Array.from({ length: 4 }, () => startChild('open-store.ts', 'postgres', url));
    const ends = await Promise.all(children.map((child) => child.ended()));
    expect(children.map(({ lines }) => lines)).toEqual([['open'], ['open'], ['open'], ['open']]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  }, 60_000);

  test('a start on an up-to-date database migrates nothing', async () => {
    await using first = await openStore({ kind: 'postgres', url });
    const migrations = async () => (await sql`select name, timestamp from kysely_migration`.execute(first.db)).rows;
    const before = await migrations();
    const second = await openStore({ kind: 'postgres', url });
    await second.close();
    expect(await migrations()).toEqual(before);
    expect(before.length).toBeGreaterThanOrEqual(8);
  });

  test('a database of a newer version is refused', async () => {
    await using store = await openStore({ kind: 'postgres', url });
    await sql`insert into kysely_migration values ('9999-from-the-future', '2030-01-01T00:00:00.000Z')`.execute(store.db);
    try {
      await expect(openStore({ kind: 'postgres', url })).rejects.toThrow(/brought up to date.*9999-from-the-future/);
    } finally {
      await sql`delete from kysely_migration where name = '9999-from-the-future'`.execute(store.db);
    }
  });

  // Guard: src/store/postgres-engine.ts, describe.
  test('promise 17: a refusal says what is wrong and never shows the password', async () => {
    const wrong = new URL(url);
    wrong.password = 'canary-password';
    const refused = async (address: string): Promise<string> => {
      const error: unknown = await openStore({ kind: 'postgres', url: address }).catch((caught: unknown) => caught);
      return error instanceof Error ? error.message : 'nothing was refused';
    };
    expect(await refused(wrong.href)).toBe(
      `The PostgreSQL server at ${wrong.host}${wrong.pathname} cannot be used: it refused the user or the password.`,
    );
    const elsewhere = new URL(url);
    elsewhere.pathname = '/nowhere';
    expect(await refused(elsewhere.href)).toContain('it has no database of that name');
  });
});

test('promise 17: an address at which nothing listens, or that is none, is refused without showing the password', async () => {
  const open = (url: string) => openStore({ kind: 'postgres', url });
  await expect(open('postgres://bot:canary-password@127.0.0.1:1/pim')).rejects.toThrow(
    'The PostgreSQL server at 127.0.0.1:1/pim cannot be used: nothing listens there.',
  );
  const malformed: unknown = await open('postgres//bot:canary-password@host').catch((caught: unknown) => caught);
  expect(malformed).toBeInstanceOf(Error);
  expect(JSON.stringify(malformed, Object.getOwnPropertyNames(malformed))).not.toContain('canary-password');
});
