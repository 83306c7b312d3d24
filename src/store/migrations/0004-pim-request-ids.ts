import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Graph names requests itself. For Azure, PIM's name of a request is ours; until now there was nothing else. */
export const pimRequestIds: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table activations add column pim_request_id text unique`.execute(db);
    await sql`update activations set pim_request_id = request_id where pim_status is not null`.execute(db);
  },
};
