import { sql } from 'kysely';
import type { Queries } from './database.ts';

/** Where a person can be reached: what is needed to send a message that answers no other. */
export interface RememberedConversation {
  /** Entra object id. */
  readonly personId: string;
  readonly tenantId: string;
  /** The Bot SDK's conversation reference, as plain data. */
  readonly reference: unknown;
  readonly serviceUrl: string;
  /** e.g. `ja-JP`. */
  readonly locale: string | null;
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly timeZone: string | null;
}

/** Whether we have met the person before, and whether anything about them has changed. */
export type Meeting = 'first' | 'changed' | 'same';

/**
 * Remembers a person's conversation; the latest wins, and a locale or time zone that it does not name stays as it was.
 * Writes only where something has changed, so that it can be called in every turn. Of several first turns at once,
 * one is told that it is the first.
 */
export async function rememberConversation(
  queries: Queries,
  conversation: RememberedConversation,
  at: Date,
): Promise<Meeting> {
  const written = await queries
    .insertInto('conversation_references')
    .values({
      person_id: conversation.personId,
      tenant_id: conversation.tenantId,
      reference: JSON.stringify(conversation.reference),
      service_url: conversation.serviceUrl,
      locale: conversation.locale,
      time_zone: conversation.timeZone,
      updated_at: at,
    })
    .onConflict((conflict) =>
      conflict
        .column('person_id')
        .doUpdateSet((row) => ({
          tenant_id: row.ref('excluded.tenant_id'),
          reference: row.ref('excluded.reference'),
          service_url: row.ref('excluded.service_url'),
          locale: row.fn.coalesce('excluded.locale', 'conversation_references.locale'),
          time_zone: row.fn.coalesce('excluded.time_zone', 'conversation_references.time_zone'),
          updated_at: row.ref('excluded.updated_at'),
        }))
        .where(
          sql<boolean>`(conversation_references.tenant_id, conversation_references.reference,
              conversation_references.service_url, conversation_references.locale, conversation_references.time_zone)
            is distinct from
            (excluded.tenant_id, excluded.reference, excluded.service_url,
              coalesce(excluded.locale, conversation_references.locale),
              coalesce(excluded.time_zone, conversation_references.time_zone))`,
        ),
    )
    // PostgreSQL's mark of a row that was inserted, not updated.
    .returning(sql<boolean>`xmax = 0`.as('inserted'))
    .executeTakeFirst();
  if (written === undefined) return 'same';
  return written.inserted ? 'first' : 'changed';
}

/** `null` when the person has never written to the bot, nor installed it. */
export async function findConversation(queries: Queries, personId: string): Promise<RememberedConversation | null> {
  const row = await queries
    .selectFrom('conversation_references')
    .selectAll()
    .where('person_id', '=', personId)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    personId: row.person_id,
    tenantId: row.tenant_id,
    reference: row.reference,
    serviceUrl: row.service_url,
    locale: row.locale,
    timeZone: row.time_zone,
  };
}
