import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Administrators may name a ticket, too. */
export const assignmentTickets: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table assignment_changes add column ticket_number text, add column ticket_system text`.execute(db);
  },
};
