import { sql } from 'kysely';
import { emptyLog, hashOfEntry, type AuditHead, type StoredFields } from './audit-chain.ts';
import type { Queries } from './database.ts';

export type AuditVerdict =
  | { readonly sound: true; readonly head: AuditHead }
  /** `number`: of the first bad entry. */
  | { readonly sound: false; readonly number: number; readonly fault: string };

type Fault = Extract<AuditVerdict, { sound: false }>;

/**
 * Reads the chain from its beginning to its end, in batches, and compares it with its head and with checkpoints. To be
 * called in a transaction that sees one state of the database.
 */
export async function verifyAudit(tx: Queries, checkpoints: readonly AuditHead[]): Promise<AuditVerdict> {
  const head = await readHead(tx);
  const expected = new Checkpoints(checkpoints);
  let end = emptyLog;
  for await (const { entry, next } of withNext(readEntries(tx))) {
    const anchor = next?.previous ?? (head?.number === entry.number ? head.hash : null);
    const fault = faultOf(end, entry, anchor) ?? expected.faultOf(entry);
    if (fault !== null) return fault;
    end = { number: entry.number, hash: entry.hash };
  }
  const fault = headFault(head, end) ?? expected.faultAfter(end) ?? await strayFault(tx, end);
  return fault ?? { sound: true, head: end };
}

interface StoredEntry extends StoredFields {
  readonly number: number;
  readonly hash: string;
}

const bad = (number: number, fault: string): Fault => ({ sound: false, number, fault });

/** `anchor`: the hash that what comes next has for this entry; `null`: nothing says. */
function faultOf(before: AuditHead, entry: StoredEntry, anchor: string | null): Fault | null {
  const number = before.number + 1;
  if (entry.number < 1) return bad(entry.number, 'it was put in: the log begins with entry 1.');
  if (entry.number < number) return bad(entry.number, 'it is there more than once.');
  if (entry.number > number) return bad(number, entry.number === number + 1 ? 'it is missing.' : `it is missing, and so is all up to entry ${entry.number - 1}.`);
  const isWhole = hashOfEntry(entry) === entry.hash;
  const follows = entry.previous === before.hash;
  if (isWhole && follows) return null;
  const isAnchored = anchor === entry.hash;
  if (isWhole && isAnchored && before.number > 0) return bad(before.number, `it was rewritten, and perhaps entries before it: entry ${number} follows another one.`);
  if (follows || isAnchored) return bad(number, 'its content was changed: it does not have the hash that it was written with.');
  return bad(number, before.number === 0 ? 'it is out of order: it is not the entry that the log began with.' : `it is out of order: it does not follow entry ${before.number}.`);
}

function headFault(head: AuditHead | null, end: AuditHead): Fault | null {
  if (head === null) return bad(end.number + 1, 'the head of the log (table audit_head) is missing, so that nobody can say where it ends.');
  if (head.number > end.number) return bad(end.number + 1, `it is missing: the end of the log was dropped, which went up to entry ${head.number}.`);
  if (head.number < end.number) return bad(head.number + 1, `it was put in: the log ends with entry ${head.number}.`);
  return head.hash === end.hash ? null : bad(end.number, 'it was rewritten: the head of the log (table audit_head) has another hash for it.');
}

/** Rows without a number are in no batch. */
async function strayFault(tx: Queries, { number }: AuditHead): Promise<Fault | null> {
  const { rows: [row] } = await sql<{ stray: boolean }>`select count(*) <> ${number}::bigint as stray from audit_log`.execute(tx);
  return row?.stray === false ? null : bad(number + 1, 'the table has rows that are not part of the chain.');
}

class Checkpoints {
  readonly #hashes = new Map<number, Set<string>>();
  readonly #furthest: number;
  #agreed = 0;

  constructor(checkpoints: readonly AuditHead[]) {
    for (const { number, hash } of checkpoints) this.#hashes.set(number, (this.#hashes.get(number) ?? new Set()).add(hash));
    this.#furthest = checkpoints.reduce((furthest, { number }) => Math.max(furthest, number), 0);
  }

  faultOf({ number, hash }: AuditHead): Fault | null {
    const hashes = this.#hashes.get(number);
    if (hashes === undefined) return null;
    if (hashes.size > 1 || !hashes.has(hash)) {
      return bad(number, `it is not the one of the checkpoint: the log was computed anew, somewhere from entry ${this.#agreed + 1} on.`);
    }
    this.#agreed = number;
    return null;
  }

  faultAfter({ number }: AuditHead): Fault | null {
    return this.#furthest > number ? bad(number + 1, `it is missing: the end of the log was dropped, which went up to entry ${this.#furthest} at least, by the checkpoint.`) : null;
  }
}

async function readHead(tx: Queries): Promise<AuditHead | null> {
  const head = await tx.selectFrom('audit_head').select(['number', 'hash']).executeTakeFirst();
  return head === undefined ? null : { number: Number(head.number), hash: head.hash };
}

const batchSize = 500;

/** By ranges of numbers, so that nothing is passed over where a number is there more than once. */
async function* readEntries(tx: Queries): AsyncGenerator<StoredEntry, void, undefined> {
  for (let after = 0; ; after += batchSize) {
    const above = after === 0 ? sql`true` : sql`number > ${after}`;
    const range = await readSome(tx, sql`${above} and number <= ${after + batchSize}`, batchSize + 1);
    yield* range;
    if (range.length > 0) continue;
    yield* await readSome(tx, sql`number > ${after}`, 1);
    return;
  }
}

/** With microseconds, which no entry has: a change of them is a change. */
const timeInText = sql<string | null>`to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

async function readSome(tx: Queries, which: ReturnType<typeof sql>, limit: number): Promise<readonly StoredEntry[]> {
  const { rows } = await sql<Omit<StoredEntry, 'number'> & { readonly number: string | number }>`
    select number, previous, hash, form, ${timeInText} as at, actor_id as "actorId", actor_name as "actorName", action, phase,
      request_id::text as "requestId", details::text as details
    from audit_log where ${which} order by number limit ${limit}`.execute(tx);
  return rows.map((row) => ({ ...row, number: Number(row.number), at: row.at?.replace(/000Z$/, 'Z') ?? null }));
}

async function* withNext<T>(items: AsyncIterable<T>): AsyncGenerator<{ readonly entry: T; readonly next: T | null }, void, undefined> {
  let held: { readonly entry: T } | null = null;
  for await (const item of items) {
    if (held !== null) yield { ...held, next: item };
    held = { entry: item };
  }
  if (held !== null) yield { ...held, next: null };
}
