import type { Queries } from './database.ts';

export interface AuditEntry {
  readonly at: Date;
  /** Who acted: from the authenticated activity, never from card data. */
  readonly actor: { readonly id: string; readonly name: string };
  /** e.g. `activate`, `approve`. */
  readonly action: string;
  /** `attempt` is committed before PIM is called, `outcome` once PIM has answered. */
  readonly phase: 'attempt' | 'outcome';
  readonly requestId: string | null;
  /** Plain data, without secrets. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AuditRow extends AuditEntry {
  /** Rises with each row; may have gaps. */
  readonly seq: number;
}

// PGlite works on the main thread: 34,000 rows at once held it for 0.9 s, batches of 500 for 0.07 s at most.
const batchSize = 500;

/** Appends a row. The database refuses to change or remove one afterwards. Rejects when it cannot be written. */
export async function recordAudit(queries: Queries, entry: AuditEntry): Promise<void> {
  await queries
    .insertInto('audit_log')
    .values({
      at: entry.at,
      actor_id: entry.actor.id,
      actor_name: entry.actor.name,
      action: entry.action,
      phase: entry.phase,
      request_id: entry.requestId,
      details: JSON.stringify(entry.details),
    })
    .execute();
}

/** The rows in order, of one request or of all; read in batches, so that its length does not matter. */
export async function* listAudit(
  queries: Queries,
  filter: { readonly requestId?: string } = {},
): AsyncGenerator<AuditRow, void, undefined> {
  let after = 0;
  for (;;) {
    const batch = await readAfter(queries, after, filter.requestId);
    yield* batch;
    const last = batch.at(-1);
    if (last === undefined || batch.length < batchSize) return;
    after = last.seq;
  }
}

async function readAfter(queries: Queries, seq: number, requestId: string | undefined): Promise<readonly AuditRow[]> {
  let select = queries.selectFrom('audit_log').selectAll().where('seq', '>', seq).orderBy('seq').limit(batchSize);
  if (requestId !== undefined) select = select.where('request_id', '=', requestId);
  const rows = await select.execute();
  return rows.map((row) => ({
    seq: Number(row.seq),
    at: row.at,
    actor: { id: row.actor_id, name: row.actor_name },
    action: row.action,
    phase: row.phase,
    requestId: row.request_id,
    details: row.details,
  }));
}
