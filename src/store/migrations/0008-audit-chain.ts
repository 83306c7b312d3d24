import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { canonicalJson, emptyLog, hashOfEntry, type AuditHead, type EntryFields } from '../audit-chain.ts';

/** The old log is kept aside until every entry of it is in the chain. */
const begin = [
  sql`drop trigger audit_log_is_append_only on audit_log`,
  sql`alter table audit_log rename to audit_log_unchained`,
  sql`alter table audit_log_unchained rename constraint audit_log_pkey to audit_log_unchained_pkey`,
  sql`drop index audit_log_of_request`,
  sql`
    create table audit_log (
      number bigint primary key,
      previous text not null,
      hash text not null,
      form smallint not null,
      at timestamptz not null,
      actor_id text not null,
      actor_name text not null,
      action text not null,
      phase text not null check (phase in ('attempt', 'outcome')),
      request_id uuid,
      details json not null
    )`,
  sql`
    create table audit_head (
      number bigint not null,
      hash text not null
    )`,
  sql`create unique index audit_head_is_one_row on audit_head ((true))`,
];

const end = [
  sql`drop table audit_log_unchained`,
  sql`create index audit_log_of_request on audit_log (request_id, number)`,
  sql`
    create trigger audit_log_is_append_only
      before update or delete or truncate on audit_log
      for each statement execute function refuse_audit_change()`,
  sql`
    create trigger audit_head_stays
      before delete or truncate on audit_head
      for each statement execute function refuse_audit_change()`,
  sql`
    create function refuse_audit_return() returns trigger language plpgsql as $$
    begin
      raise exception 'the audit log is append-only: its head goes forward';
    end $$`,
  sql`
    create trigger audit_head_goes_forward
      before update on audit_head
      for each row when (new.number <= old.number) execute function refuse_audit_return()`,
];

/** The audit log becomes a chain of hashes. What an older version has written is chained in its order. */
export const auditChain: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of begin) await statement.execute(db);
    const head = await chainWhatIsThere(db);
    await sql`insert into audit_head (number, hash) values (${head.number}, ${head.hash})`.execute(db);
    for (const statement of end) await statement.execute(db);
  },
};

interface OldRow {
  readonly seq: string | number;
  readonly at: Date;
  readonly actor_id: string;
  readonly actor_name: string;
  readonly action: string;
  readonly phase: string;
  readonly request_id: string | null;
  readonly details: unknown;
}

async function chainWhatIsThere(db: Kysely<unknown>): Promise<AuditHead> {
  let head = emptyLog;
  let after = '0';
  for (;;) {
    const { rows } = await sql<OldRow>`select * from audit_log_unchained where seq > ${after}::bigint order by seq limit 500`.execute(db);
    const last = rows.at(-1);
    if (last === undefined) return head;
    const chained = rows.map((row) => {
      const entry = chain(head, row);
      head = entry;
      return sql`(${sql.join([entry.number, entry.previous, entry.hash, entry.form, row.at, entry.actorId, entry.actorName, entry.action, entry.phase, entry.requestId, entry.details])})`;
    });
    await sql`
      insert into audit_log (number, previous, hash, form, at, actor_id, actor_name, action, phase, request_id, details)
      values ${sql.join(chained)}`.execute(db);
    after = String(last.seq);
  }
}

function chain({ number, hash }: AuditHead, row: OldRow): EntryFields & AuditHead {
  const fields: EntryFields = {
    form: 1,
    number: number + 1,
    previous: hash,
    at: row.at.toISOString(),
    actorId: row.actor_id,
    actorName: row.actor_name,
    action: row.action,
    phase: row.phase,
    requestId: row.request_id,
    details: canonicalJson(row.details),
  };
  return { ...fields, hash: hashOfEntry(fields) };
}
