import { IncomingMessage, ServerResponse, type IncomingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { largestBody, largestForm, refuse, refusedByHead, type Door } from '../../../src/bot/door/gate.ts';

// Guard of promise 3: `refusedByHead` (src/bot/door/gate.ts).

const doors: readonly Door[] = [
  { method: 'POST', path: '/api/messages', takes: 'json' },
  { method: 'GET', path: '/step-up/callback', takes: 'nothing' },
  { method: 'GET', path: '/step-up/:id', takes: 'nothing' },
  { method: 'POST', path: '/step-up/:id', takes: 'form' },
];
const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

function answerTo(line: string, headers: IncomingHttpHeaders = {}): number | null {
  const request = new IncomingMessage(new Socket());
  const [method, url] = line.split(' ');
  return refusedByHead(Object.assign(request, { method, url, headers }), doors);
}

test.each<[string, IncomingHttpHeaders]>([
  ['POST /api/messages', json],
  ['POST /api/messages?a=1', json],
  ['POST /api/messages', { 'content-type': 'Application/JSON ; charset=utf-8' }],
  ['POST /api/messages', { ...json, 'content-length': String(largestBody) }],
  ['POST /api/messages', { ...json, 'transfer-encoding': 'chunked' }],
  ['GET /step-up/callback', {}],
  [`GET /step-up/callback?${'x'.repeat(8 * 1024 - 1)}`, {}],
  ['GET /step-up/aZ_9-', { 'content-length': '0' }],
  [`GET /step-up/${'x'.repeat(128)}`, {}],
  ['POST /step-up/1', { ...form, 'content-length': String(largestForm) }],
  ['POST /step-up/1', { 'content-type': 'APPLICATION/x-www-form-urlencoded  ;charset=utf-8' }],
])('%s is let through', (line, headers) => {
  expect(answerTo(line, headers)).toBeNull();
});

test.each<[number, string, IncomingHttpHeaders]>([
  [404, 'GET /', {}],
  [404, 'GET', {}],
  [404, 'POST /api/messages/', json],
  [404, 'POST /api', json],
  [404, 'GET /step-up/', {}],
  [404, 'GET /step-up/:id', {}],
  [404, 'GET /step-up/a/b', {}],
  [404, 'GET /another/1', {}],
  [404, 'GET /step-up/%2e', {}],
  [404, 'GET /step-up/1$', {}],
  [404, 'GET /step-up/$1', {}],
  [404, `GET /step-up/${'x'.repeat(129)}`, {}],
  [405, 'GET /api/messages', json],
  [405, 'POST /step-up/callback', form],
  [405, 'PUT /step-up/1', form],
  [414, `GET /step-up/callback?${'x'.repeat(8 * 1024)}`, {}],
  [415, 'POST /api/messages', { ...json, 'content-encoding': 'identity' }],
  [413, 'POST /api/messages', { ...json, 'content-length': String(largestBody + 1) }],
  [413, 'POST /step-up/1', { ...form, 'content-length': String(largestForm + 1) }],
  [413, 'GET /step-up/1', { 'content-length': '1' }],
  [413, 'GET /step-up/1', { 'transfer-encoding': 'chunked' }],
  [415, 'POST /api/messages', {}],
  [415, 'POST /api/messages', form],
  [415, 'POST /api/messages', { 'content-type': 'application/json5' }],
  [415, 'POST /api/messages', { 'content-type': 'text/application/json' }],
  [415, 'POST /step-up/1', json],
  [415, 'POST /step-up/1', { 'content-type': 'application/x-www-form-urlencodedx' }],
  [415, 'POST /step-up/1', { 'content-type': 'x/application/x-www-form-urlencoded' }],
])('promise 3: %d is all that is answered to %s', (status, line, headers) => {
  expect(answerTo(line, headers)).toBe(status);
});

test('a refusal says its status and nothing else', () => {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  refuse(response, 413);
  expect([response.statusCode, response.writableEnded]).toEqual([413, true]);
});
