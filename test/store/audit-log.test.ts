import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { AuditEntry } from '../../src/store/audit-log.ts';
import { listAudit, recordAudit } from '../../src/store/audit-log.ts';
import { describeOnBothEngines } from './engines.ts';
import { all, megan, noon } from './samples.ts';

const entry = (changes: Partial<AuditEntry> = {}): AuditEntry => ({
  at: noon,
  actor: megan,
  action: 'approve',
  phase: 'attempt',
  requestId: randomUUID(),
  details: { reason: 'deploy', list: ['a', 'b'] },
  ...changes,
});

describeOnBothEngines('audit log', (store) => {
  test('rows are read back in the order in which they were written', async () => {
    const attempt = entry();
    const outcome = entry({ requestId: attempt.requestId, phase: 'outcome', details: { result: 'approved' } });
    await recordAudit(store.db, attempt);
    await recordAudit(store.db, entry());
    await recordAudit(store.db, outcome);
    const rows = await all(listAudit(store.db, { requestId: attempt.requestId ?? '' }));
    expect(rows).toEqual([
      { ...attempt, seq: expect.any(Number) },
      { ...outcome, seq: expect.any(Number) },
    ]);
    expect(rows[1]?.seq).toBeGreaterThan(rows[0]?.seq ?? Infinity);
  });

  test('a long log is read whole, each row once', async () => {
    const requestId = randomUUID();
    await store.transaction(async (tx) => {
      for (let number = 0; number < 1001; number++) await recordAudit(tx, entry({ requestId, details: { number } }));
    });
    const numbers = (await all(listAudit(store.db, { requestId }))).map(({ details }) => details['number']);
    expect(numbers).toEqual(Array.from({ length: 1001 }, (_, number) => number));
    const everything = await all(listAudit(store.db));
    expect(everything.length).toBeGreaterThan(1001);
    expect(everything.filter((row) => row.requestId === requestId)).toHaveLength(1001);
  });

  // Guard: src/store/migrations/0001-first-tables.ts, trigger audit_log_is_append_only.
  test.each([
    ["update audit_log set action = 'deny'", 'update'],
    ['delete from audit_log', 'delete'],
    ['delete from audit_log where false', 'delete'],
    ['truncate audit_log', 'truncate'],
    ['truncate audit_log cascade', 'truncate'],
  ])('promise 18, promise 19: a row that is written stays as it is: %s', async (statement, operation) => {
    const written = entry();
    await recordAudit(store.db, written);
    await expect(sql.raw(statement).execute(store.db)).rejects.toThrow(`append-only: ${operation} refused`);
    const rows = await all(listAudit(store.db, { requestId: written.requestId ?? '' }));
    expect(rows).toMatchObject([written]);
  });

  test('a row belongs to its transaction', async () => {
    const written = entry();
    const failing = store.transaction(async (tx) => {
      await recordAudit(tx, written);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await all(listAudit(store.db, { requestId: written.requestId ?? '' }))).toEqual([]);
  });
});
