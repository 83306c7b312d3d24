import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** With several lists of approvers, how many people have approved does not tell how far a request has come. */
export const approvalsCounted: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table activations add column approvals_counted integer`.execute(db);
  },
};
