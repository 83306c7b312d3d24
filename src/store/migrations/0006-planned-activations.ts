import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** An activation may be asked for a later start, which has to lie within the eligibility, and may pass before anybody has decided. */
export const plannedActivations: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table activations
        add column requested_start timestamptz,
        add column start_missed boolean not null default false,
        add column eligible_until timestamptz`.execute(db);
  },
};
