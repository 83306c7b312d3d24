import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { listAudit, recordAudit } from '../../src/store/audit-log.ts';
import type { Queries } from '../../src/store/database.ts';
import { auditChain } from '../../src/store/migrations/0008-audit-chain.ts';
import { describeOnBothEngines } from './engines.ts';
import { all, megan, noon } from './samples.ts';
import { verdictOf } from './tampering.ts';

/** The log as migration 0001 made it. */
const unchained = [
  'drop table audit_head',
  'drop table audit_log',
  'drop function refuse_audit_return',
  `create table audit_log (
    seq bigint generated always as identity primary key,
    at timestamptz not null,
    actor_id text not null,
    actor_name text not null,
    action text not null,
    phase text not null check (phase in ('attempt', 'outcome')),
    request_id uuid,
    details jsonb not null
  )`,
  'create index audit_log_of_request on audit_log (request_id, seq)',
  'create trigger audit_log_is_append_only before update or delete or truncate on audit_log for each statement execute function refuse_audit_change()',
];

async function putBack(tx: Queries, length: number): Promise<void> {
  for (const statement of unchained) await sql.raw(statement).execute(tx);
  await sql`alter sequence audit_log_seq_seq increment by 3`.execute(tx);
  await sql`
    insert into audit_log (at, actor_id, actor_name, action, phase, request_id, details)
    select ${noon}::timestamptz + make_interval(secs => -n), 'id', 'Name ü', 'activate', 'attempt', case when n % 2 = 0 then null else ${randomUUID()}::uuid end,
      jsonb_build_object('z', n, 'a', 'text', 'list', jsonb_build_array(1.5, null))
    from generate_series(1, ${length}::int) as n`.execute(tx);
}

describeOnBothEngines('a log of an older version', (store) => {
  // Guard: `chainWhatIsThere` (src/store/migrations/0008-audit-chain.ts).
  test.each([0, 1, 1_203])('promise 19: %s entries are chained in their order, and the chain goes on', async (length) => {
    await store.db.transaction().execute(async (tx) => {
      await putBack(tx, length);
      await auditChain.up(tx);
    });
    expect(await verdictOf(store)).toMatchObject({ sound: true, head: { number: length } });
    await recordAudit(store.db, { at: noon, actor: megan, action: 'approve', phase: 'attempt', requestId: null, details: { z: 'last' } });
    expect(await verdictOf(store)).toMatchObject({ sound: true, head: { number: length + 1 } });
    const rows = await all(listAudit(store.db));
    expect(rows.map(({ details }) => details['z'])).toEqual([...Array.from({ length }, (_, index) => index + 1), 'last']);
    await expect(sql`delete from audit_log`.execute(store.db)).rejects.toThrow('append-only');
  });
});
