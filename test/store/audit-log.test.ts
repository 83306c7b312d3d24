import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { AuditEntry } from '../../src/store/audit-log.ts';
import { listAudit, recordAudit } from '../../src/store/audit-log.ts';
import { describeOnBothEngines } from './engines.ts';
import { all, megan, noon } from './samples.ts';
import { verdictOf } from './tampering.ts';

const entry = (changes: Partial<AuditEntry> = {}): AuditEntry => ({
  at: noon,
  actor: megan,
  action: 'approve',
  phase: 'attempt',
  requestId: randomUUID(),
  details: { reason: 'deploy', list: ['a', 'b'] },
  ...changes,
});

const itsPlace = { number: expect.any(Number), previous: expect.stringMatching(/^[\da-f]{64}$/), hash: expect.stringMatching(/^[\da-f]{64}$/), form: 1 };

describeOnBothEngines('audit log', (store) => {
  test('rows are read back in the order in which they were written', async () => {
    const attempt = entry();
    const outcome = entry({ requestId: attempt.requestId, phase: 'outcome', details: { result: 'approved' } });
    await recordAudit(store.db, attempt);
    await recordAudit(store.db, entry());
    await recordAudit(store.db, outcome);
    const rows = await all(listAudit(store.db, { requestId: attempt.requestId ?? '' }));
    expect(rows).toEqual([
      { ...attempt, ...itsPlace },
      { ...outcome, ...itsPlace },
    ]);
    expect(rows.map(({ number }) => number)).toEqual([rows[0]?.number, (rows[0]?.number ?? 0) + 2]);
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

  test('a part is read by its time', async () => {
    const requestId = randomUUID();
    const hours = [9, 10, 11, 12].map((hour) => new Date(Date.UTC(2031, 0, 1, hour)));
    for (const at of hours) await recordAudit(store.db, entry({ requestId, at }));
    const part = await all(listAudit(store.db, { from: hours[1] ?? noon, to: hours[3] ?? noon }));
    expect(part.map(({ at }) => at.getUTCHours())).toEqual([10, 11]);
  });

  // Guards: `storableText`, `canonicalJson` (src/store/audit-chain.ts), `sealed` (src/store/audit-log.ts).
  test('promise 19: an entry with whatever characters has the hash that is found when it is read again', async () => {
    const odd = ['a\0b', '\ud800', '\u2028"\\', '😀', '{"a":1}', ''];
    for (const text of odd) {
      await recordAudit(store.db, entry({
        actor: { id: text, name: text }, action: text, requestId: randomUUID().toUpperCase(),
        details: { [text]: text, deep: { b: [1.5e300, -0, null, true, text], a: new Date(0), 10: 'ten', 9: 'nine', left: undefined } },
      }));
    }
    expect(await verdictOf(store)).toMatchObject({ sound: true });
  });

  test('an entry that names a request otherwise than by its GUID is refused', async () => {
    await expect(recordAudit(store.db, entry({ requestId: '{3f2504e0-4f89-11d3-9a0c-0305e82c3301}' }))).rejects.toThrow('by its GUID');
  });

  // Guard: `appendingAudit` (src/store/audit-log.ts).
  test('an entry that a transaction did not wait for is refused and not lost', async () => {
    let late: Promise<void> | null = null;
    let go = (): void => undefined;
    await store.transaction(async (tx) => {
      late = new Promise<void>((resolve) => { go = resolve; }).then(() => recordAudit(tx, entry()));
    });
    go();
    await expect(late).rejects.toThrow('through the handle of a store');
  });

  // Guard: src/store/migrations/0008-audit-chain.ts, triggers audit_log_is_append_only, audit_head_stays, audit_head_goes_forward.
  test.each([
    ["update audit_log set action = 'deny'", 'update'],
    ['delete from audit_log', 'delete'],
    ['delete from audit_log where false', 'delete'],
    ['truncate audit_log', 'truncate'],
    ['truncate audit_log cascade', 'truncate'],
    ['delete from audit_head', 'delete'],
    ['truncate audit_head', 'truncate'],
  ])('promise 18, promise 19: a row that is written stays as it is: %s', async (statement, operation) => {
    const written = entry();
    await recordAudit(store.db, written);
    await expect(sql.raw(statement).execute(store.db)).rejects.toThrow(`append-only: ${operation} refused`);
    const rows = await all(listAudit(store.db, { requestId: written.requestId ?? '' }));
    expect(rows).toMatchObject([written]);
  });

  test('promise 19: the head goes forward only, and there is one', async () => {
    await recordAudit(store.db, entry());
    await expect(sql`update audit_head set number = number - 1`.execute(store.db)).rejects.toThrow('its head goes forward');
    await expect(sql`update audit_head set hash = 'x'`.execute(store.db)).rejects.toThrow('its head goes forward');
    await expect(sql`insert into audit_head values (0, 'x')`.execute(store.db)).rejects.toThrow('audit_head_is_one_row');
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
