import type { Queries } from './database.ts';
import type { News } from './tables.ts';

/**
 * Records to whom some news of a request goes: people, or a channel. Each is told once, however often this is called.
 *
 * @returns those who were not told before
 */
export async function recordTold(queries: Queries, requestId: string, news: News, addressees: readonly string[]): Promise<readonly string[]> {
  if (addressees.length === 0) return [];
  const added = await queries
    .insertInto('told')
    .values(addressees.map((addressee) => ({ request_id: requestId, news, addressee })))
    .onConflict((conflict) => conflict.columns(['request_id', 'news', 'addressee']).doNothing())
    .returning('addressee')
    .execute();
  return added.map(({ addressee }) => addressee);
}
