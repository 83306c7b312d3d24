import type { Queries } from './database.ts';

/** The present version of what cards of this request show, an activation or a change of an assignment; `null`: unknown. */
export async function versionOf(queries: Queries, requestId: string): Promise<number | null> {
  const activations = queries.selectFrom('activations').select('version').where('request_id', '=', requestId);
  const changes = queries.selectFrom('assignment_changes').select('version').where('request_id', '=', requestId);
  const row = await activations.unionAll(changes).executeTakeFirst();
  return row?.version ?? null;
}
