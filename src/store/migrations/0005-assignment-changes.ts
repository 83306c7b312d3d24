import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  sql`
    create table assignment_changes (
      request_id uuid primary key,
      pim_request_id text,
      person_id text not null,
      person_name text not null,
      action text not null check (action in ('assign', 'unassign')),
      side text not null check (side in ('active', 'eligible')),
      principal_id text not null,
      principal_name text not null,
      principal_user_name text,
      principal_kind text not null,
      role_definition_id text not null,
      role_name text not null,
      scope_id text not null,
      scope_name text not null,
      scope_type text not null,
      start_at timestamptz,
      minutes integer,
      until timestamptz,
      assumed jsonb not null default '[]',
      justification text not null default '',
      undoes uuid,
      state text not null,
      version integer not null default 1,
      pim_status text,
      problem jsonb,
      created_at timestamptz not null,
      submitted_at timestamptz,
      begins_at timestamptz,
      ends_at timestamptz
    )`,
  sql`
    create table assignment_inquiries (
      inquiry_id uuid primary key,
      person_id text not null,
      inquiry jsonb not null,
      created_at timestamptz not null
    )`,
  // A card may show an assignment, too.
  sql`alter table posted_cards drop constraint posted_cards_request_id_fkey`,
  sql`alter table posted_cards drop constraint posted_cards_kind_check`,
  sql`alter table posted_cards add constraint posted_cards_kind_check check (kind in ('requester', 'approver', 'administrator'))`,
];

/** What administrators assign and take away, and the questions on the way there. */
export const assignmentChanges: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await statement.execute(db);
  },
};
