import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whom a request's news go to is found out again while a part cannot be read: nobody is told twice. What was read of a requester has its time. */
export const told: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table told (
        request_id uuid not null references activations,
        news text not null check (news in ('activated', 'escalated')),
        addressee text not null,
        primary key (request_id, news, addressee)
      )`.execute(db);
    await sql`
      update activations
      set background = background || jsonb_build_object('readAt', coalesce(approvers_asked_at, submitted_at, created_at))
      where background is not null`.execute(db);
  },
};
