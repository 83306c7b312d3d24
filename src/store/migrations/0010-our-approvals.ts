import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Requests that our own settings keep for their approvers, and requests that several have to approve. */
export const ourApprovals: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table activations
        add column approved_until timestamptz,
        add column nudged_at timestamptz,
        add column offer jsonb`.execute(db);
    await sql`
      create table approvals_given (
        request_id uuid not null references activations,
        approver_id text not null,
        approver_name text not null,
        reason text not null,
        version integer not null,
        at timestamptz not null,
        primary key (request_id, approver_id)
      )`.execute(db);
    await sql`alter table asked_approvers add column escalated boolean not null default false`.execute(db);
  },
};
