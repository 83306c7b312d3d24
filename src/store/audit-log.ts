import { isGuid } from '../pim/guid.ts';
import type { Insertable } from 'kysely';
import { auditForm, canonicalJson, hashOfEntry, storableText, type AuditHead, type EntryFields } from './audit-chain.ts';
import type { Queries } from './database.ts';
import type { AuditLogTable } from './tables.ts';

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
  /** 1, 2, 3 … without a gap. */
  readonly number: number;
  /** Hash of the entry before. */
  readonly previous: string;
  readonly hash: string;
  /** The version of the canonical form that the hash is made of. */
  readonly form: number;
}

export interface AuditFilter {
  readonly requestId?: string;
  /** From this moment on. */
  readonly from?: Date;
  /** Before this moment. */
  readonly to?: Date;
}

/** How an entry is written through a handle: by the store that gave it out. */
const writers = new WeakMap<Queries, (entry: AuditEntry) => Promise<void>>();

/**
 * Appends an entry to the chain: at once, or as the last thing that the transaction does. The database refuses to change
 * or remove it afterwards. When it cannot be written, this or the transaction rejects.
 */
export async function recordAudit(queries: Queries, entry: AuditEntry): Promise<void> {
  const write = writers.get(queries);
  if (write === undefined) throw new Error('The audit log is written through the handle of a store, or of a transaction of it.');
  await write(entry);
}

/** For the store alone: how entries that are not part of a transaction are written. */
export function writeAuditBy(db: Queries, write: (entry: AuditEntry) => Promise<void>): void {
  writers.set(db, write);
}

/**
 * For the store alone: runs `work` in its transaction, then appends what it recorded. The chain's head is therefore the last
 * row that any transaction locks, so that nobody who holds it waits for anybody (no deadlock), and it is held briefly.
 */
export async function appendingAudit<T>(tx: Queries, work: (tx: Queries) => Promise<T>): Promise<{ readonly result: T; readonly appended: Appended | null }> {
  const entries: AuditEntry[] = [];
  writers.set(tx, async (entry) => { entries.push(entry); });
  const result = await work(tx);
  // What nobody waited for would come too late for the chain.
  writers.delete(tx);
  return { result, appended: entries.length === 0 ? null : { head: await append(tx, entries), entries: entries.length } };
}

interface Appended {
  readonly head: AuditHead;
  readonly entries: number;
}

/** Whoever else appends waits for this transaction to end: numbers have no gap, and each entry follows the one before. */
async function append(tx: Queries, entries: readonly AuditEntry[]): Promise<AuditHead> {
  const head = await tx.selectFrom('audit_head').select(['number', 'hash']).forUpdate().executeTakeFirst();
  if (head === undefined) throw new Error('The audit log has lost its head (table audit_head), so that nothing can be recorded.');
  let last: AuditHead = { number: Number(head.number), hash: head.hash };
  const rows = entries.map((entry) => {
    const row = sealed(last, entry);
    last = { number: row.number, hash: row.hash };
    return row;
  });
  await tx
    .with('moved', (query) => query.updateTable('audit_head').set(last))
    .insertInto('audit_log')
    .values(rows)
    .execute();
  return last;
}

/** The row that follows this head, with every value as the database gives it back. */
function sealed(head: AuditHead, { at, actor, action, phase, requestId, details }: AuditEntry): Insertable<AuditLogTable> & AuditHead {
  if (requestId !== null && !isGuid(requestId)) throw new Error('An entry of the audit log names a request by its GUID, or none.');
  const fields: EntryFields = {
    form: auditForm,
    number: head.number + 1,
    previous: head.hash,
    at: at.toISOString(),
    actorId: storableText(actor.id),
    actorName: storableText(actor.name),
    action: storableText(action),
    phase,
    requestId: requestId?.toLowerCase() ?? null,
    details: canonicalJson(JSON.parse(JSON.stringify(details))),
  };
  const { form, number, previous } = fields;
  return {
    form, number, previous, hash: hashOfEntry(fields), at, actor_id: fields.actorId, actor_name: fields.actorName, action: fields.action, phase,
    request_id: fields.requestId, details: fields.details,
  };
}


// PGlite works on the main thread: 34,000 rows at once held it for 0.9 s, batches of 500 for 0.07 s at most.
const batchSize = 500;

/** The entries in order, those that fit or all; read in batches, so that their number does not matter. */
export async function* listAudit(queries: Queries, filter: AuditFilter = {}): AsyncGenerator<AuditRow, void, undefined> {
  let after = 0;
  for (;;) {
    const batch = await readAfter(queries, after, filter);
    yield* batch;
    const last = batch.at(-1);
    if (last === undefined || batch.length < batchSize) return;
    after = last.number;
  }
}

async function readAfter(queries: Queries, number: number, { requestId, from, to }: AuditFilter): Promise<readonly AuditRow[]> {
  let select = queries.selectFrom('audit_log').selectAll().where('number', '>', number).orderBy('number').limit(batchSize);
  if (requestId !== undefined) select = select.where('request_id', '=', requestId);
  if (from !== undefined) select = select.where('at', '>=', from);
  if (to !== undefined) select = select.where('at', '<', to);
  const rows = await select.execute();
  return rows.map((row) => ({
    number: Number(row.number),
    at: row.at,
    actor: { id: row.actor_id, name: row.actor_name },
    action: row.action,
    phase: row.phase,
    requestId: row.request_id,
    details: row.details,
    previous: row.previous,
    hash: row.hash,
    form: row.form,
  }));
}
