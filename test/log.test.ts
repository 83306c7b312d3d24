import { expect, test } from 'vitest';
import { createLog } from '../src/log.ts';

function logged(details: object): string {
  let output = '';
  createLog('debug', { write: (line) => { output += line; } }).info(details, 'something happened');
  return output;
}

test.each([
  ['a token', { token: 'canary' }],
  ['an authorization header', { headers: { authorization: 'Bearer canary' } }],
  ['a token deep inside', { activity: { value: { authentication: { token: 'canary' } } } }],
  ['a password', { settings: { MicrosoftAppPassword: 'canary' } }],
  ['the request that an SDK error carries', { error: Object.assign(new Error('no'), { request: { headers: { authorization: 'canary' } } }) }],
  ['the request of an error\'s cause', { error: new Error('no', { cause: Object.assign(new Error('why'), { request: 'canary' }) }) }],
  ['what was thrown and is no error', { error: { token: 'canary', text: 'canary' } }],
  ['a cause that is no error', { error: new Error('no', { cause: 'canary' }) }],
  ['a token that a service repeats', { error: new Error('cannot use eyJhbGciOiJub25lIn0.canary.canary here') }],
  ['a token without a signature', { error: new Error('cannot use eyJhbGciOiJub25lIn0.canary. here') }],
  ['a header that a service repeats', { error: new Error('unknown header Authorization: Bearer canary-12345') }],
  ['a token in a cause', { error: new Error('no', { cause: new Error('eyJhbGciOiJub25lIn0.canary.canary') }) }],
])('promise 17: %s never reaches the log', (_what, details) => {
  const line = logged(details);
  expect(line).toContain('something happened');
  expect(line).not.toContain('canary');
});

test('an error is told with its message and its cause', () => {
  const line = logged({ error: new Error('PIM said no', { cause: new Error('a rule failed') }) });
  expect(line).toContain('PIM said no');
  expect(line).toContain('a rule failed');
});

test('a chain of causes that leads back to its beginning is told to a point', () => {
  const first = new Error('first');
  first.cause = new Error('second', { cause: first });
  expect(logged({ error: first })).toContain('second');
});

test('a message made to look like tokens does not hold the process up, and an odd error is told', () => {
  expect(logged({ error: new Error('eyJ'.repeat(100_000)) })).toContain('eyJ');
  expect(logged({ error: Object.assign(new Error('x'), { message: 7, stack: { odd: true } }) })).toContain('"message":"7"');
});
