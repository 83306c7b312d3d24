import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  sql`
    create table activations (
      request_id uuid primary key,
      origin text not null check (origin in ('bot', 'elsewhere')),
      person_id text not null,
      person_name text not null,
      role_definition_id text not null,
      role_name text not null,
      scope_id text not null,
      scope_name text not null,
      scope_type text not null,
      eligibility_schedule_id text not null,
      minutes integer,
      justification text not null default '',
      ticket_number text,
      ticket_system text,
      settings jsonb,
      state text not null,
      version integer not null default 1,
      pim_status text,
      approval_id text,
      approvers_asked_at timestamptz,
      problem jsonb,
      decision text check (decision in ('approve', 'deny')),
      decision_reason text,
      decided_by_id text,
      decided_by_name text,
      decided_at timestamptz,
      created_at timestamptz not null,
      submitted_at timestamptz,
      start_at timestamptz,
      end_at timestamptz
    )`,
  sql`
    create index activations_open on activations (person_id, created_at)
      where state in ('submitting', 'pending', 'scheduled', 'active')`,
  sql`
    create table asked_approvers (
      request_id uuid not null references activations,
      approver_id text not null,
      approver_name text not null,
      outcome text not null default 'queued',
      detail text,
      at timestamptz not null,
      primary key (request_id, approver_id)
    )`,
  sql`
    create table conversation_references (
      person_id text primary key,
      tenant_id text not null,
      reference jsonb not null,
      service_url text not null,
      locale text,
      time_zone text,
      updated_at timestamptz not null
    )`,
  sql`
    create table posted_cards (
      request_id uuid not null references activations,
      person_id text not null,
      activity_id text not null,
      kind text not null check (kind in ('requester', 'approver')),
      reference jsonb not null,
      shown_version integer not null,
      gone boolean not null default false,
      primary key (request_id, person_id, activity_id)
    )`,
  sql`
    create table digests (
      person_id text primary key,
      time text not null check (time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
      time_zone text not null,
      updated_at timestamptz not null
    )`,
  sql`
    create table audit_log (
      seq bigint generated always as identity primary key,
      at timestamptz not null,
      actor_id text not null,
      actor_name text not null,
      action text not null,
      phase text not null check (phase in ('attempt', 'outcome')),
      request_id uuid,
      details jsonb not null
    )`,
  sql`create index audit_log_of_request on audit_log (request_id, seq)`,
  sql`
    create function refuse_audit_change() returns trigger language plpgsql as $$
    begin
      raise exception 'the audit log is append-only: % refused', lower(tg_op);
    end $$`,
  sql`
    create trigger audit_log_is_append_only
      before update or delete or truncate on audit_log
      for each statement execute function refuse_audit_change()`,
];

export const firstTables: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await statement.execute(db);
  },
};
