import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const interruptedTurns: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table interrupted_turns (
        person_id text primary key,
        text text not null,
        action jsonb,
        card_activity_id text,
        locale text not null,
        time_zone text not null,
        at timestamptz not null
      )`.execute(db);
  },
};
