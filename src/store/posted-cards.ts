import type { Queries } from './database.ts';

/** Which message shows a request to whom. */
export interface PostedCardKey {
  readonly requestId: string;
  readonly personId: string;
  /** The channel's id of the message. */
  readonly activityId: string;
}

export interface PostedCard extends PostedCardKey {
  /** Whose card it is: an administrator's shows what they assign or take away, the others an activation. */
  readonly kind: 'requester' | 'approver' | 'administrator';
  /** The Bot SDK's conversation reference, as plain data. */
  readonly reference: unknown;
  /** The version of the request that the message shows. */
  readonly shownVersion: number;
}

/** Remembers what a message shows: one that was posted, or one that has just been answered in place. */
export async function rememberPostedCard(queries: Queries, card: PostedCard): Promise<void> {
  await queries
    .insertInto('posted_cards')
    .values({
      request_id: card.requestId,
      person_id: card.personId,
      activity_id: card.activityId,
      kind: card.kind,
      reference: JSON.stringify(card.reference),
      shown_version: card.shownVersion,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['request_id', 'person_id', 'activity_id'])
        .doUpdateSet((row) => ({ shown_version: row.ref('excluded.shown_version'), gone: false })),
    )
    .execute();
}

/**
 * Records that a message has changed to show something else: it is not refreshed any more for any request, except for
 * the one that it shows now.
 */
export async function releasePostedCard(
  queries: Queries,
  card: { readonly personId: string; readonly activityId: string },
  shows: string | null,
): Promise<void> {
  let release = queries
    .updateTable('posted_cards')
    .set({ gone: true })
    .where('person_id', '=', card.personId)
    .where('activity_id', '=', card.activityId)
    .where('gone', '=', false);
  if (shows !== null) release = release.where('request_id', '!=', shows);
  await release.execute();
}

/** The messages that show a request and still exist. */
export async function listPostedCards(queries: Queries, requestId: string): Promise<readonly PostedCard[]> {
  const rows = await queries
    .selectFrom('posted_cards')
    .selectAll()
    .where('request_id', '=', requestId)
    .where('gone', '=', false)
    .orderBy('person_id')
    .orderBy('activity_id')
    .execute();
  return rows.map((row) => ({
    requestId: row.request_id,
    personId: row.person_id,
    activityId: row.activity_id,
    kind: row.kind,
    reference: row.reference,
    shownVersion: row.shown_version,
  }));
}

/**
 * Records that a message now shows `version`. An older version than the one it shows already changes nothing, so that of
 * two refreshes that cross each other the newer stands.
 */
export async function markShown(queries: Queries, card: PostedCardKey, version: number): Promise<void> {
  await ofCard(queries, card).set({ shown_version: version }).where('shown_version', '<', version).execute();
}

/**
 * Records that a message may show an older version than we took it to show. What has become something else meanwhile
 * stays so.
 */
export async function markOutdated(queries: Queries, card: PostedCardKey, version: number): Promise<void> {
  await ofCard(queries, card).set({ shown_version: version }).where('shown_version', '>', version).where('gone', '=', false).execute();
}

/** Records that a message was deleted, or that its conversation has ended: it is not refreshed again. */
export async function markGone(queries: Queries, card: PostedCardKey): Promise<void> {
  await ofCard(queries, card).set({ gone: true }).execute();
}

function ofCard(queries: Queries, { requestId, personId, activityId }: PostedCardKey) {
  return queries
    .updateTable('posted_cards')
    .where('request_id', '=', requestId)
    .where('person_id', '=', personId)
    .where('activity_id', '=', activityId);
}
