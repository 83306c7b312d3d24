import type { Queries } from './database.ts';

/** A person's wish for a daily digest. */
export interface Digest {
  readonly personId: string;
  /** `HH:mm`, 24 hours. */
  readonly time: string;
  /** IANA name, e.g. `Asia/Tokyo`. */
  readonly timeZone: string;
}

/** One digest per person: saving it again changes its time. */
export async function saveDigest(queries: Queries, digest: Digest, at: Date): Promise<void> {
  const wish = { time: digest.time, time_zone: digest.timeZone, updated_at: at };
  await queries
    .insertInto('digests')
    .values({ person_id: digest.personId, ...wish })
    .onConflict((conflict) => conflict.column('person_id').doUpdateSet(wish))
    .execute();
}

export async function findDigest(queries: Queries, personId: string): Promise<Digest | null> {
  const row = await queries.selectFrom('digests').selectAll().where('person_id', '=', personId).executeTakeFirst();
  return row === undefined ? null : { personId: row.person_id, time: row.time, timeZone: row.time_zone };
}

/** @returns whether there was one */
export async function deleteDigest(queries: Queries, personId: string): Promise<boolean> {
  const { numDeletedRows } = await queries
    .deleteFrom('digests')
    .where('person_id', '=', personId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

export async function listDigests(queries: Queries): Promise<readonly Digest[]> {
  const rows = await queries.selectFrom('digests').selectAll().orderBy('person_id').execute();
  return rows.map((row) => ({ personId: row.person_id, time: row.time, timeZone: row.time_zone }));
}
