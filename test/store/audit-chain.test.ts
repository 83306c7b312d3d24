import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql, type RawBuilder } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { canonicalJson, emptyLog, hashOfEntry, type AuditHead, type EntryFields } from '../../src/store/audit-chain.ts';
import { listAudit, recordAudit, type AuditRow } from '../../src/store/audit-log.ts';
import type { Queries, Store } from '../../src/store/database.ts';
import { describeOnBothEngines } from './engines.ts';
import { all, alex, megan, noon } from './samples.ts';
import { afterTampering, verdictOf } from './tampering.ts';

// Guards of promise 19: `verifyAudit` with `faultOf`, `headFault`, `strayFault` and `Checkpoints` (src/store/verify-audit.ts);
// `hashOfEntry` (src/store/audit-chain.ts). The attacker owns the database: triggers and constraints are switched off.

/** More than two batches. */
const length = 1_003;
const anEntry = fc.oneof(fc.integer({ min: 1, max: length }), fc.constantFrom(1, 2, 499, 500, 501, 502, 1000, 1001, length - 1, length));
const few = { numRuns: 40 };

test('the canonical form is what it is documented to be', () => {
  const fields: EntryFields = {
    form: 1, number: 7, previous: emptyLog.hash, at: '2026-11-23T14:05:00.000Z', actorId: 'a', actorName: 'Alex "A" Wilber', action: 'activate', phase: 'attempt',
    requestId: null, details: canonicalJson({ role: 'Reader', minutes: 30, b: { z: 1, a: [null, 'ü'] } }),
  };
  expect(fields.details).toBe('{"b":{"a":[null,"ü"],"z":1},"minutes":30,"role":"Reader"}');
  // By another program, of [1,7,"00…","2026-11-23T14:05:00.000Z","a","Alex \"A\" Wilber","activate","attempt",null,"{\"b\":…}"] in UTF-8.
  expect(hashOfEntry(fields)).toBe('76abc7f795f7cc392bb99a0264b3b4f0fb3cf869a632e82505e3a692e93a904e');
});

test('promise 19: no two values have one canonical form', () => {
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
    const same = JSON.stringify(JSON.parse(canonicalJson(one))) === JSON.stringify(JSON.parse(canonicalJson(other)));
    expect(canonicalJson(one) === canonicalJson(other)).toBe(same);
    expect(JSON.parse(canonicalJson(one))).toEqual(JSON.parse(JSON.stringify(one)));
  }));
});

/** A change of one column of one entry to something else. */
const change: fc.Arbitrary<{ readonly what: string; readonly set: RawBuilder<unknown> }> = fc.oneof(
  fc.constantFrom('previous', 'hash', 'actor_id', 'actor_name', 'action').chain((column) => fc.nat(70).map((at) => {
    const name = sql.ref(column);
    const place = sql`${at}::int % greatest(length(${name}), 1) + 1`;
    const one = sql`overlay(${name} placing case when substr(${name}, ${place}, 1) = 'e' then 'f' else 'e' end from ${place} for 1)`;
    return { what: `${column}, one character`, set: sql`${name} = ${one}` };
  })),
  fc.constantFrom('actor_id', 'actor_name', 'action').chain((column) => fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')).map((text) => ({
    what: `${column} = ${JSON.stringify(text)}`, set: sql`${sql.ref(column)} = ${text}`,
  }))),
  fc.constantFrom(1, 999, 1_000, -1, 86_400_000_000).map((micros) => ({ what: `at + ${micros} µs`, set: sql`at = at + make_interval(secs => ${micros}::float8 / 1000000)` })),
  fc.constant({ what: 'form', set: sql`form = form + 1` }),
  fc.constant({ what: 'phase', set: sql`phase = case phase when 'attempt' then 'outcome' else 'attempt' end` }),
  fc.constant({ what: 'request_id', set: sql`request_id = gen_random_uuid()` }),
  fc.constant({ what: 'request_id removed', set: sql`request_id = null` }),
  fc.constant({ what: 'details, white space', set: sql`details = (' ' || details::text)::json` }),
  fc.constant({ what: 'details, one number', set: sql`details = replace(details::text, '"n":', '"n":1')::json` }),
  fc.jsonValue().filter((value) => typeof value !== 'object').map((value) => ({ what: `details = ${JSON.stringify(value)}`, set: sql`details = ${JSON.stringify(value)}::json` })),
);

function headOf({ number, hash }: AuditRow): AuditHead {
  return { number, hash };
}

/** Computes the chain anew from an entry on, up to another, as whoever owns the database can. */
async function rechain(tx: Queries, from: number, to: number): Promise<AuditHead> {
  const rows = await all(listAudit(tx));
  let before = from === 1 ? emptyLog : headOf(rowOf(rows, from - 1));
  for (const row of rows.filter(({ number }) => number >= from && number <= to)) {
    const fields: EntryFields = {
      form: row.form, number: row.number, previous: before.hash, at: row.at.toISOString(), actorId: row.actor.id, actorName: row.actor.name,
      action: row.action, phase: row.phase, requestId: row.requestId, details: canonicalJson(row.details),
    };
    before = { number: row.number, hash: hashOfEntry(fields) };
    await sql`update audit_log set previous = ${fields.previous}, hash = ${before.hash} where number = ${row.number}`.execute(tx);
  }
  return before;
}

function rowOf(rows: readonly AuditRow[], number: number): AuditRow {
  const row = rows[number - 1];
  if (row === undefined) throw new Error(`there is no entry ${number}`);
  return row;
}

const setHead = ({ number, hash }: AuditHead) => sql`update audit_head set number = ${number}, hash = ${hash}`;
const forge = (number: number) => sql`update audit_log set actor_name = 'Nobody' where number = ${number}`;

describeOnBothEngines('the chain of the audit log', (store: Store) => {
  let rows: readonly AuditRow[] = [];

  beforeAll(async () => {
    await store.transaction(async (tx) => {
      for (let n = 0; n < length; n++) {
        await recordAudit(tx, { at: new Date(noon.getTime() + n), actor: n % 2 === 0 ? alex : megan, action: 'activate', phase: 'attempt', requestId: randomUUID(), details: { n, b: 1 } });
      }
    });
    rows = await all(listAudit(store.db));
  });

  test('promise 19: an untouched log is unbroken, and agrees with each checkpoint of it', async () => {
    expect(await verdictOf(store)).toEqual({ sound: true, head: headOf(rowOf(rows, length)) });
    expect(await verdictOf(store, rows.map(headOf))).toMatchObject({ sound: true });
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length }, (_, index) => index + 1));
  });

  test('promise 19: a change of any column of any entry is found, and that entry named', async () => {
    await fc.assert(fc.asyncProperty(anEntry, change, async (number, { set }) => {
      const verdict = await afterTampering(store, (tx) => sql`update audit_log set ${set} where number = ${number}`.execute(tx));
      expect(verdict).toEqual({ sound: false, number, fault: 'its content was changed: it does not have the hash that it was written with.' });
    }), { numRuns: 120 });
  });

  test('promise 19: entries that are taken out are found, and the first of them named', async () => {
    await fc.assert(fc.asyncProperty(anEntry, fc.constantFrom(1, 2, 600), async (number, many) => {
      const verdict = await afterTampering(store, (tx) => sql`delete from audit_log where number >= ${number} and number < ${number + many}`.execute(tx));
      expect(verdict).toMatchObject({ sound: false, number, fault: expect.stringContaining('missing') });
    }), few);
  });

  test('promise 19: entries that are taken out and closed up are found', async () => {
    await fc.assert(fc.asyncProperty(anEntry, async (number) => {
      const verdict = await afterTampering(store, async (tx) => {
        await sql`delete from audit_log where number = ${number}`.execute(tx);
        await sql`update audit_log set number = -number where number > ${number}`.execute(tx);
        await sql`update audit_log set number = -number - 1 where number < 0`.execute(tx);
      });
      expect(verdict).toMatchObject({ sound: false, number });
    }), few);
  });

  test('promise 19: two entries that change places are found, and the first place named', async () => {
    await fc.assert(fc.asyncProperty(anEntry, anEntry, async (one, other) => {
      fc.pre(one !== other);
      const verdict = await afterTampering(store, async (tx) => {
        await sql`update audit_log set number = -number where number in (${one}, ${other})`.execute(tx);
        await sql`update audit_log set number = case number when ${-one}::bigint then ${other}::bigint else ${one}::bigint end where number < 0`.execute(tx);
      });
      expect(verdict).toMatchObject({ sound: false, number: Math.min(one, other), fault: expect.stringContaining('out of order') });
    }), few);
  });

  test('promise 19: an entry that is put in is found and named, wherever it is put', async () => {
    const columns = sql.raw('previous, hash, form, at, actor_id, actor_name, action, phase, request_id, details');
    await fc.assert(fc.asyncProperty(anEntry, fc.oneof(anEntry, fc.constantFrom(0, -5, length + 1, length + 2, 9_000_000_000)), async (like, number) => {
      const verdict = await afterTampering(store, async (tx) => {
        await sql`alter table audit_log drop constraint audit_log_pkey`.execute(tx);
        await sql`insert into audit_log (number, ${columns}) select ${number}::bigint, ${columns} from audit_log where number = ${like}`.execute(tx);
      });
      expect(verdict).toMatchObject({ sound: false, number: Math.min(number, length + 1) });
    }), few);
  });

  test('promise 19: rows without a number are found', async () => {
    const verdict = await afterTampering(store, async (tx) => {
      await sql`alter table audit_log drop constraint audit_log_pkey`.execute(tx);
      await sql`alter table audit_log alter number drop not null`.execute(tx);
      await sql`insert into audit_log select null, previous, hash, form, at, actor_id, actor_name, action, phase, request_id, details from audit_log where number = 3`.execute(tx);
    });
    expect(verdict).toMatchObject({ sound: false, number: length + 1, fault: expect.stringContaining('not part of the chain') });
  });

  test('promise 19: an entry that was changed with its own hash is found by what follows it', async () => {
    await fc.assert(fc.asyncProperty(anEntry, async (number) => {
      const verdict = await afterTampering(store, async (tx) => {
        await forge(number).execute(tx);
        await rechain(tx, number, number);
      });
      expect(verdict).toMatchObject({ sound: false, number, fault: expect.stringContaining('rewritten') });
    }), { numRuns: 15 });
  });

  test('promise 19: a log that is computed anew to its end is found by a checkpoint after the change, and by nothing else', async () => {
    const number = length - 40;
    const computedAnew = async (tx: Queries): Promise<void> => {
      await forge(number).execute(tx);
      await setHead(await rechain(tx, number, length)).execute(tx);
    };
    const [before, after] = [headOf(rowOf(rows, number - 1)), headOf(rowOf(rows, number + 5))];
    expect(await afterTampering(store, computedAnew, [after, before])).toMatchObject({
      sound: false, number: number + 5, fault: expect.stringContaining(`computed anew, somewhere from entry ${number} on`),
    });
    expect(await afterTampering(store, computedAnew, [before])).toMatchObject({ sound: true });
  });

  test('promise 19: a dropped end is found by the head; with the head put back, by a checkpoint', async () => {
    await fc.assert(fc.asyncProperty(anEntry, fc.boolean(), async (first, headToo) => {
      const drop = async (tx: Queries): Promise<void> => {
        await sql`delete from audit_log where number >= ${first}`.execute(tx);
        if (headToo) await setHead(first === 1 ? emptyLog : headOf(rowOf(rows, first - 1))).execute(tx);
      };
      const verdict = await afterTampering(store, drop, headToo ? [headOf(rowOf(rows, length))] : []);
      expect(verdict).toMatchObject({ sound: false, number: first, fault: expect.stringContaining('the end of the log was dropped') });
    }), few);
  });

  test('promise 19: a head that is gone, that was put back or that has another hash is found', async () => {
    expect(await afterTampering(store, (tx) => sql`delete from audit_head`.execute(tx))).toMatchObject({ sound: false, fault: expect.stringContaining('head') });
    expect(await afterTampering(store, (tx) => setHead(headOf(rowOf(rows, 7))).execute(tx))).toMatchObject({ sound: false, number: 8 });
    expect(await afterTampering(store, (tx) => sql`update audit_head set hash = ${emptyLog.hash}`.execute(tx))).toMatchObject({ sound: false, number: length });
  });

  test('promise 19: checkpoints that contradict each other agree with no log', async () => {
    const { number, hash } = rowOf(rows, 20);
    expect(await verdictOf(store, [{ number, hash }, { number, hash: emptyLog.hash }])).toMatchObject({ sound: false, number });
  });

  // Guard: `append` (src/store/audit-log.ts).
  test('promise 18: without a head nothing can be recorded', async () => {
    const recording = store.transaction(async (tx) => {
      await sql`alter table audit_head disable trigger all`.execute(tx);
      await sql`delete from audit_head`.execute(tx);
      await recordAudit(tx, { at: noon, actor: alex, action: 'activate', phase: 'attempt', requestId: null, details: {} });
    });
    await expect(recording).rejects.toThrow('has lost its head');
    expect(await verdictOf(store)).toMatchObject({ sound: true });
  });
});
