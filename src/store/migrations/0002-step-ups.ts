import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const stepUps: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table step_ups (
        request_id uuid not null references activations,
        person_id text not null,
        person_name text not null,
        action text not null check (action in ('activate', 'approve', 'deny')),
        id text not null unique,
        reason text not null default '',
        request_version integer not null,
        step_up jsonb not null,
        state text not null default 'open' check (state in ('open', 'carriedOut', 'cancelled')),
        created_at timestamptz not null,
        flows integer not null default 0,
        state_hash text unique,
        cookie_hash text,
        begun_at timestamptz,
        primary key (request_id, person_id, action)
      )`.execute(db);
  },
};
