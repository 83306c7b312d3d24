import { sql } from 'kysely';
import { outcomes, type EarlierActivation, type RequestBackground } from '../pim/request-background.ts';
import { kindOf } from '../pim/scope.ts';
import type { Activation } from './activations.ts';
import type { Queries } from './database.ts';

const mostEarlier = 3;

/** The same person's last activations of the same role, of which something has come: at any scope, and of a group, of that group. */
export async function listEarlierActivations(queries: Queries, { requestId, person, role, scope }: Activation): Promise<readonly EarlierActivation[]> {
  const asked = sql<Date>`coalesce(submitted_at, created_at)`;
  let earlier = queries
    .selectFrom('activations')
    .select(['scope_id', 'scope_name', 'scope_type', 'minutes', 'state', asked.as('asked_at')])
    .where('person_id', '=', person.id.toLowerCase())
    .where('request_id', '!=', requestId)
    .where('state', 'in', outcomes)
    .where(sql`lower(substring(role_definition_id from '[^/]*$'))`, '=', role.definitionId.toLowerCase().slice(role.definitionId.lastIndexOf('/') + 1));
  if (kindOf(scope) === 'group') earlier = earlier.where(sql`lower(scope_id)`, '=', scope.id.toLowerCase());
  const rows = await earlier.orderBy(asked, 'desc').limit(mostEarlier).execute();
  return rows.flatMap(({ scope_id: id, scope_name: name, scope_type: type, minutes, state, asked_at: askedAt }) => {
    const outcome = outcomes.find((known) => known === state);
    return outcome === undefined ? [] : [{ scope: { id, name, type }, minutes, outcome, askedAt: askedAt.toISOString() }];
  });
}

/** Keeps what was gathered, once: what the card of one approver says, the others' say, too. */
export async function saveBackground(queries: Queries, requestId: string, background: RequestBackground): Promise<void> {
  await queries
    .updateTable('activations')
    .set({ background: JSON.stringify(background) })
    .where('request_id', '=', requestId)
    .where('background', 'is', null)
    .execute();
}

/** `null`: none has been gathered. */
export async function readBackground(queries: Queries, requestId: string): Promise<RequestBackground | null> {
  const row = await queries.selectFrom('activations').select('background').where('request_id', '=', requestId).executeTakeFirst();
  return row?.background ?? null;
}
