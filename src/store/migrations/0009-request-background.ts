import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What an approver is told of the requester, as it was when approvers were looked for. */
export const requestBackground: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table activations add column background jsonb`.execute(db);
  },
};
