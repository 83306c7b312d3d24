import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** An offer outlives the stronger sign-in that its denial waits for; a request knows whether enough people can approve it. */
export const offersKept: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table step_ups add column offer jsonb`.execute(db);
    await sql`alter table activations add column approvals_possible integer`.execute(db);
    await sql`
      update activations
      set offer = offer || jsonb_build_object(
        'formId', gen_random_uuid(),
        'by', jsonb_build_object('id', coalesce(decided_by_id, ''), 'name', coalesce(decided_by_name, '')),
        'reason', coalesce(decision_reason, ''))
      where offer is not null`.execute(db);
  },
};
