import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What was read of a file that came with a message which a sign-in interrupts. */
export const interruptedFiles: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table interrupted_turns add column file jsonb`.execute(db);
  },
};
