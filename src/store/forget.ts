import { sql } from 'kysely';
import type { Queries } from './database.ts';

const draftDays = 7;

/**
 * Removes what nobody can use any more, by the database's clock: what a sign-in interrupted (ten minutes), step-ups (an
 * hour), forms that were never sent, and questions about assignments that nobody has gone on with. A click on such a card is
 * answered as one that is out of date. What was sent, and the audit log, stay.
 */
export async function forgetWhatIsOver(queries: Queries): Promise<void> {
  await queries.deleteFrom('interrupted_turns').where('at', '<', sql<Date>`now() - interval '1 hour'`).execute();
  await queries.deleteFrom('step_ups').where('created_at', '<', sql<Date>`now() - interval '1 day'`).execute();
  const over = queries
    .selectFrom('activations')
    .select('request_id')
    .where('state', '=', 'draft')
    .where('created_at', '<', sql<Date>`now() - make_interval(days => ${draftDays})`);
  await queries.deleteFrom('posted_cards').where('request_id', 'in', over).execute();
  await queries.deleteFrom('activations').where('request_id', 'in', over).execute();
  await forgetAssignments(queries);
}

async function forgetAssignments(queries: Queries): Promise<void> {
  const longAgo = sql<Date>`now() - make_interval(days => ${draftDays})`;
  await queries.deleteFrom('assignment_inquiries').where('created_at', '<', longAgo).execute();
  const over = queries
    .selectFrom('assignment_changes')
    .select('request_id')
    .where('state', 'in', ['draft', 'cancelled'])
    .where('created_at', '<', longAgo);
  await queries.deleteFrom('posted_cards').where('request_id', 'in', over).execute();
  await queries.deleteFrom('assignment_changes').where('request_id', 'in', over).execute();
  await queries.deleteFrom('settings_changes').where('state', 'in', ['draft', 'cancelled']).where('created_at', '<', longAgo).execute();
}
