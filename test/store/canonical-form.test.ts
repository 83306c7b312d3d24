import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { auditForm, canonicalJson, emptyLog, hashOfEntry, storableText, type EntryFields } from '../../src/store/audit-chain.ts';

// Guards of promise 19: `hashOfEntry` and `canonicalJson` (src/store/audit-chain.ts). What was written once has to hash the same for ever.

const entry: EntryFields = {
  form: auditForm, number: 1, previous: emptyLog.hash, at: '2026-03-01T10:00:00.000Z', actorId: 'a1', actorName: 'Alex', action: 'activate',
  phase: 'attempt', requestId: 'r1', details: '{}',
};

describe('promise 19: the form that is hashed', () => {
  it('is an array of all fields, in one order', () => {
    const form = '[1,1,"0000000000000000000000000000000000000000000000000000000000000000","2026-03-01T10:00:00.000Z","a1","Alex","activate","attempt","r1","{}"]';
    expect(hashOfEntry(entry)).toBe(createHash('sha256').update(form).digest('hex'));
  });

  it('begins with no entry', () => {
    expect(emptyLog).toEqual({ number: 0, hash: '0'.repeat(64) });
  });

  it.each<[unknown, string]>([
    [{ b: 1, a: { d: [], c: [2, { f: null, e: true }] } }, '{"a":{"c":[2,{"e":true,"f":null}],"d":[]},"b":1}'],
    [{ b: 1, B: 2, aa: 3, a: 4 }, '{"B":2,"a":4,"aa":3,"b":1}'],
    [[], '[]'], [{}, '{}'], [null, 'null'], ['"', '"\\""'], [1.5, '1.5'],
  ])('of %j is %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('holds nothing that a text column would change', () => {
    expect(storableText('a\0b\ud800c\0')).toBe('a\uFFFDb\uFFFDc\uFFFD');
    expect(storableText('日本語 😀')).toBe('日本語 😀');
  });
});
