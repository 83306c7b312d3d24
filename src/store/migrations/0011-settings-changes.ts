import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Changes of role settings, from the card that shows the difference on. */
export const settingsChanges: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table settings_changes (
        request_id uuid primary key,
        person_id text not null,
        person_name text not null,
        state text not null check (state in ('draft', 'writing', 'done', 'cancelled')),
        version integer not null default 1,
        roles jsonb not null,
        approvers jsonb not null,
        unchanged integer not null,
        created_at timestamptz not null,
        submitted_at timestamptz
      )`.execute(db);
  },
};
