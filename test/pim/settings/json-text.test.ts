import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldName, readJsonText } from '../../../src/pim/settings/json-text.ts';
import { faultInWords } from '../../../src/pim/settings/settings-fault.ts';

function faultsIn(text: string): readonly string[] {
  const read = readJsonText(text);
  return read.ok ? [] : read.faults.map(faultInWords);
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const pieces = fc.string({ maxLength: 2, unit: fc.constantFrom(...Array.from('{}[],:"\\u0123eE.-+tfn \n\t\u00a0\u2028/*a')) });

describe('a JSON text', () => {
  it('is taken where JSON.parse takes it, with the same value, and nowhere else', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 5 }), fc.nat(), pieces, fc.nat(2), (json, at, inserted, removed) => {
      const place = at % (json.length + 1);
      const text = json.slice(0, place) + inserted + json.slice(place + removed);
      const read = readJsonText(text);
      if (read.ok) expect(read.json.value).toEqual(JSON.parse(text));
      else expect(parses(text) && !/is given more than once/.test(faultsIn(text).join(' '))).toBe(false);
    }), { numRuns: 2000 });
  });

  it.each<[string, string]>([
    ['{\n  "a": 1,\n}', 'line 3, column 1: this is not JSON: the name of a field, in double quotation marks, is expected, found }.'],
    ['{\r\n "a" 1\r\n}', 'line 2, column 6: this is not JSON: a colon is expected, found 1.'],
    ['{"a": 1 "b": 2}', 'line 1, column 9: this is not JSON: a comma is expected, found "b".'],
    ['{"a": [1, 2', 'line 1, column 12: this is not JSON: a comma or ] is expected, but the text ends.'],
    ['{"a": "x', 'line 1, column 7: this is not JSON: the closing quotation mark is expected, found "x.'],
    ['{“a”: 1}', 'line 1, column 2: this is not JSON: something does not belong here, found “a”.'],
    ['// a\n{}', 'line 1, column 1: this is not JSON: something does not belong here, found //.'],
    ['{} {}', 'line 1, column 4: this is not JSON: nothing more is expected, found {.'],
    ['', 'line 1, column 1: this is not JSON: a value is expected, but the text ends.'],
  ])('%j is told where it breaks', (text, words) => {
    expect(faultsIn(text)).toEqual([words]);
  });

  it('may begin with a byte order mark', () => {
    expect(readJsonText('\uFEFF{"a": 1}')).toMatchObject({ ok: true, json: { value: { a: 1 } } });
  });

  it('names a member once, on every level', () => {
    expect(faultsIn('{"a": 1,\n "b": [{"c": 1, "c": 2}],\n "a": 2, "a": 3}')).toEqual([
      'line 2, column 17, b[0].c: c is given more than once. Keep one.',
      'line 3, column 2, a: a is given more than once. Keep one.',
      'line 3, column 10, a: a is given more than once. Keep one.',
    ]);
    expect(readJsonText('{"__proto__": 1, "constructor": 2}').ok).toBe(true);
  });

  it('of very many levels is refused before it is read', () => {
    expect(faultsIn('['.repeat(500_000))).toEqual(['line 1, column 33: this is nested too deeply for role settings.']);
    expect(readJsonText(`${'['.repeat(32)}${']'.repeat(32)}`).ok).toBe(true);
    expect(readJsonText(`["${'[{\\"'.repeat(100)}"]`).ok).toBe(true);
  });

  it('knows where its parts begin', () => {
    const read = readJsonText('{\n  "a": [\n    1, {"b": 2}\n  ]\n}');
    const at = (...path: (string | number)[]): string => {
      const { line, column } = read.ok ? read.json.positionOf(path) : { line: 0, column: 0 };
      return `${line}:${column}`;
    };
    expect([at(), at('a'), at('a', 0), at('a', 1), at('a', 1, 'b')]).toEqual(['1:1', '2:3', '3:5', '3:8', '3:9']);
    // What is not there is looked for where it would be.
    expect([at('x'), at('a', 1, 'x'), at('a', 7, 'y')]).toEqual(['1:1', '3:8', '2:3']);
  });
});

it('a field is named by its path', () => {
  expect(fieldName(['roles', 2, 'settings', 'approverIds', 0])).toBe('roles[2].settings.approverIds[0]');
  expect(fieldName([])).toBe('');
});
