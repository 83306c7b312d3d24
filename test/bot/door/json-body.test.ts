import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { largestBody } from '../../../src/bot/door/gate.ts';
import { readJsonBody, type JsonBody } from '../../../src/bot/door/json-body.ts';
import { readBody } from '../../../src/bot/door/read-body.ts';

// Guards of promise 3: `readJsonBody` (src/bot/door/json-body.ts), `readBody` (src/bot/door/read-body.ts).

/** Of a body that comes in these pieces. */
function bodyOf(...pieces: readonly (string | Buffer)[]): Promise<JsonBody> {
  const request = new IncomingMessage(new Socket());
  const body = readJsonBody(request);
  for (const piece of pieces) request.push(piece);
  request.push(null);
  return body;
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const many = (values: number): string => `[${'0,'.repeat(values - 2)}0]`;

test.each<[string, unknown]>([
  ['{"a":[1,"b",null]}', { a: [1, 'b', null] }],
  ['"\u00e9"', 'é'],
  ['"a\\u0000b\\ud800c"', 'ab\uFFFDc'],
  [nested(32), JSON.parse(nested(32))],
  [`{"a":"${'['.repeat(99)}"}`, { a: '['.repeat(99) }],
  [`["${','.repeat(20_000)}"]`, [','.repeat(20_000)]],
  [`["a\\"${'['.repeat(99)}\\\\",1]`, [`a"${'['.repeat(99)}\\`, 1]],
  [`[${'[],'.repeat(99)}{}]`, [...Array.from({ length: 99 }, () => []), {}]],
  [`[${'{"a":1},'.repeat(99)}1]`, [...Array.from({ length: 99 }, () => ({ a: 1 })), 1]],
])('what comes whole and small is read: %s', async (text, value) => {
  expect(await bodyOf(text)).toEqual({ ok: true, value });
});

test('what comes in pieces is read as one', async () => {
  const bytes = Buffer.from('{"a":"é"}');
  expect(await bodyOf(bytes.subarray(0, 7), bytes.subarray(7))).toEqual({ ok: true, value: { a: 'é' } });
});

test('promise 3: as many values as that, and no more, are built', async () => {
  expect(await bodyOf(many(20_000))).toMatchObject({ ok: true });
  expect(await bodyOf(many(20_001))).toEqual({ ok: false, status: 400 });
  expect(await bodyOf(`[${'[],'.repeat(10_000)}0]`)).toEqual({ ok: false, status: 400 });
});

test.each([
  ['', 'nothing'], ['{', 'half of it'], ['{"a":1}x', 'more than JSON'], [nested(33), 'too deep'], [`["\\"",${nested(32)}]`, 'too deep after a quote'],
  [`{"a":`.repeat(33) + '1' + '}'.repeat(33), 'too deep of objects'],
])('promise 3: %j is not: %s', async (text) => {
  expect(await bodyOf(text)).toEqual({ ok: false, status: 400 });
});

test('promise 3: bytes that are no text are not read', async () => {
  expect(await bodyOf(Buffer.from([0x22, 0xff, 0x22]))).toEqual({ ok: false, status: 400 });
});

test('promise 3: 256 KB are read, and a byte more is not', async () => {
  const text = JSON.stringify('x'.repeat(largestBody - 2));
  expect(await bodyOf(text)).toMatchObject({ ok: true });
  expect(await bodyOf(text.slice(0, 9), `${text.slice(9)} `)).toEqual({ ok: false, status: 413 });
});

test.each(['close', 'error'])('promise 3: a body that ends with %s is no body', async (event) => {
  const request = new IncomingMessage(new Socket());
  const [body, bytes] = [readJsonBody(request), readBody(request, 9)];
  request.push('{"a":');
  request.emit(event);
  expect(await body).toEqual({ ok: false, status: 400 });
  expect(await bytes).toBe('aborted');
});
