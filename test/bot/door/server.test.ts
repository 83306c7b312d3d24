import { once } from 'node:events';
import http from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { startServer, type Server, type ServerOptions } from '../../../src/bot/door/server.ts';
import type { Page, PageAnswer, PageRequest } from '../../../src/http-page.ts';
import { createLog } from '../../../src/log.ts';

// Guards: `refusedByHead` (src/bot/door/gate.ts), `readJsonBody` (src/bot/door/json-body.ts), `startServer` (src/bot/door/server.ts),
// for pages `pageReceiver` (src/bot/door/page-receiver.ts) and `readBody` (src/bot/door/read-body.ts).

let open: Server | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

async function start(how: Partial<ServerOptions> = {}): Promise<{ url: string; port: number; received: unknown[] }> {
  const received: unknown[] = [];
  open = await startServer({
    host: '127.0.0.1', port: 0, log: createLog('silent'),
    isReady: () => Promise.resolve(true),
    onActivity: async (request, response) => {
      received.push(request.body);
      response.send(200, { answered: true });
    },
    ...how,
  });
  return { url: open.url, port: Number(new URL(open.url).port), received };
}

const json = { 'content-type': 'application/json' };

async function send(url: string, init: RequestInit): Promise<{ status: number; body: string; headers: Headers }> {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.text(), headers: response.headers };
}

/** What a server answers to these bytes, up to the end of the connection. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.end(bytes);
  return text(socket);
}

test('an activity reaches the handler as parsed JSON, and its answer goes back', async () => {
  const { url, received } = await start();
  const answer = await send(`${url}/api/messages`, { method: 'POST', headers: { 'content-type': 'application/json; charset=utf-8' }, body: '{"text":"häll\\u00f6 \\"{[,\\\\"}' });
  expect(answer).toMatchObject({ status: 200, body: '{"answered":true}' });
  expect(received).toEqual([{ text: 'hällö "{[,\\' }]);
});

test('health and readiness are told, and the database is asked once a second however many ask', async () => {
  let asked = 0;
  let ready = true;
  const { url } = await start({ isReady: async () => { asked += 1; return ready; } });
  expect(await send(`${url}/healthz`, {})).toMatchObject({ status: 200, body: '{"ok":true}' });
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(`${url}/readyz`, {})));
  expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['{"ready":true}']));
  expect(asked).toBe(1);
  ready = false;
  await pause(1_050);
  expect(await send(`${url}/readyz`, {})).toMatchObject({ status: 503, body: '{"ready":false}' });
});

test.each([
  ['an unknown path', 'GET', '/admin', 404],
  ['a path that only begins like one of ours', 'POST', '/api/messages/', 404],
  ['a path in capitals', 'POST', '/API/messages', 404],
  ['a GET of the messages', 'GET', '/api/messages', 405],
  ['a PUT of the messages', 'PUT', '/api/messages', 405],
  ['an OPTIONS of the messages', 'OPTIONS', '/api/messages', 405],
  ['a POST of the health', 'POST', '/healthz', 405],
])('%s is refused without a word', async (_what, method, path, status) => {
  const { url, received } = await start();
  const { headers, ...answer } = await send(`${url}${path}`, { method, headers: json, ...(method === 'GET' ? {} : { body: '{}' }) });
  expect(answer).toEqual({ status, body: '' });
  expect(headers.get('server')).toBeNull();
  expect(received).toEqual([]);
});

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

test.each([
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=b', 415],
  ['a file', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--', 415],
  ['text', { 'content-type': 'text/plain' }, '{}', 415],
  ['something that only begins like JSON', { 'content-type': 'application/json-seq' }, '{}', 415],
  ['a body that says it is compressed', { ...json, 'content-encoding': 'gzip' }, '{}', 415],
  ['a body that says it is not compressed', { ...json, 'content-encoding': 'identity' }, '{}', 415],
  ['no body', json, '', 400],
  ['half a value', json, '{"a":', 400],
  ['an unfinished text full of quotes', json, `"${'\\"'.repeat(100_000)}`, 400],
  ['33 levels', json, nested(33), 400],
  ['100,000 levels', json, '['.repeat(100_000), 400],
  ['more than 20,000 values', json, `[${'1,'.repeat(20_000)}1]`, 400],
  ['bytes that are no UTF-8', json, Buffer.from([0x22, 0xff, 0x22]), 400],
  ['one byte more than 256 KB', json, `"${'x'.repeat(256 * 1024 - 1)}"`, 413],
])('%s is refused without a word', async (_what, headers, body, status) => {
  const { url, received } = await start();
  const answer = await send(`${url}/api/messages`, { method: 'POST', headers, body });
  expect(answer).toMatchObject({ status, body: '' });
  expect(received).toEqual([]);
});

test.each([
  ['32 levels', nested(32)],
  ['256 KB', `"${'x'.repeat(256 * 1024 - 2)}"`],
  ['brackets and commas inside a text', `"${'[{,'.repeat(30_000)}"`],
])('%s are accepted', async (_what, body) => {
  const { url, received } = await start();
  expect((await send(`${url}/api/messages`, { method: 'POST', headers: json, body })).status).toBe(200);
  expect(received).toHaveLength(1);
});

test('a body that is announced as too long is 413 before any of it has come', async () => {
  const { port } = await start();
  const socket = connect(port, '127.0.0.1');
  socket.write(`POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${256 * 1024 + 1}\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
});

test('a POST without a content type is 415', async () => {
  const { port } = await start();
  expect(await raw(port, 'POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}')).toMatch(/^HTTP\/1\.1 415 /);
});

test('a body without a length is answered 413 as soon as it passes 256 KB', async () => {
  const { port, received } = await start();
  const request = http.request({ port, host: '127.0.0.1', path: '/api/messages', method: 'POST', headers: json });
  request.on('error', () => undefined);
  request.write('x'.repeat(256 * 1024 + 1));
  const [response] = await once(request, 'response');
  expect(response.statusCode).toBe(413);
  request.destroy();
  expect(received).toEqual([]);
});

test('who is not admitted by the header alone is answered 401 before the body is read', async () => {
  const asked: string[] = [];
  const { port, received } = await start({ admits: async (authorization) => { asked.push(authorization); return authorization === 'Bearer good'; } });
  const post = (authorization: string): string => `POST /api/messages HTTP/1.1\r\nhost: x\r\n${authorization}content-type: application/json\r\ncontent-length: 2\r\n`;
  const socket = connect(port, '127.0.0.1');
  socket.write(`${post('authorization: Bearer bad\r\n')}\r\n`); // The body never comes.
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /);
  socket.destroy();
  expect(await raw(port, `${post('')}connection: close\r\n\r\n{}`)).toMatch(/^HTTP\/1\.1 401 /);
  expect(await raw(port, `${post('authorization: Bearer good\r\n')}connection: close\r\n\r\n{}`)).toMatch(/^HTTP\/1\.1 200 /);
  expect(asked).toEqual(['Bearer bad', '', 'Bearer good']);
  expect(received).toEqual([{}]);
});

test.each([
  ['throws', async () => { throw new Error('canary: password=secret'); }],
  ['throws an error of the web framework', async () => { throw Object.assign(new Error('canary'), { statusCode: 502, body: { message: 'canary' } }); }],
  ['throws a text', async () => { await Promise.reject('canary'); }],
])('a handler that %s gives an error without its message, its stack or the server\'s name', async (_what, onActivity) => {
  const { url } = await start({ onActivity });
  const answer = await send(`${url}/api/messages`, { method: 'POST', headers: json, body: '{}' });
  expect(answer.status).toBeGreaterThanOrEqual(500);
  expect(answer.body).toBe('{}');
  expect([...answer.headers.keys()].filter((name) => ['server', 'x-powered-by', 'request-id', 'response-time'].includes(name))).toEqual([]);
  expect((await send(`${url}/healthz`, {})).status).toBe(200);
});

test('addresses and heads that no client would send are answered, and the server lives', async () => {
  const { url, port } = await start();
  const targets = ['*', '//', '///healthz', '/%', '/healthz?%', '/healthz?%E0%A4%A', '/readyz?a[b]=__proto__', '/%00', 'http://[', 'http://x:99999/healthz', '/healthz%2f', '/healthz;a', '/healthz#', '/\u00ff'];
  for (const target of targets) {
    for (const method of ['GET', 'OPTIONS', 'POST', 'HEAD']) {
      const answer = await raw(port, `${method} ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      expect(answer, `${method} ${target}`).toMatch(/^HTTP\/1\.1 (200|400|404|405) /);
    }
  }
  for (const head of ['host: x\r\ncontent-length: -1', 'host: x\r\ncontent-length: 1e9', 'host: x\r\ntransfer-encoding: gzip', 'host: x\r\nupgrade: websocket\r\nconnection: upgrade', '', 'host: [\r\naccept: \u0000', `host: x\r\nx: ${'y'.repeat(40_000)}`, 'host: x\r\nexpect: magic', 'host: x\r\naccept: text/html', 'host: x\r\naccept-version: ~9']) {
    for (const start of ['GET /healthz', 'POST /api/messages', 'CONNECT x:1']) await raw(port, `${start} HTTP/1.1\r\n${head}\r\n\r\n`);
  }
  expect((await send(`${url}/healthz`, {})).status).toBe(200);
});

test('promise 3: unless told otherwise, the door waits 5 seconds for a head and 10 for a request', async () => {
  const { port } = await start();
  const wait = async (bytes: string): Promise<{ answer: string; seconds: number }> => {
    const began = performance.now();
    const socket = connect(port, '127.0.0.1');
    socket.write(bytes);
    const answer = await text(socket);
    return { answer, seconds: (performance.now() - began) / 1_000 };
  };
  const head = 'POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
  const [slowHead, slowBody] = await Promise.all([wait(head), wait(`${head}content-length: 9\r\n\r\n{`)]);
  for (const [{ answer, seconds }, limit] of [[slowHead, 5], [slowBody, 10]] as const) {
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(seconds).toBeGreaterThanOrEqual(limit - 0.1);
    expect(seconds).toBeLessThan(limit + 2.5);
  }
});

/** Pages at `/thing/list` and `/thing/:id`, and what they were asked. */
function pages(): { pages: readonly Page[]; asked: (PageRequest & { readonly page: string })[] } {
  const asked: (PageRequest & { readonly page: string })[] = [];
  const page = (method: Page['method'], path: string): Page => ({
    method, path,
    handle: async (request) => {
      asked.push({ ...request, page: `${method} ${path}` });
      return { status: 201, headers: { 'content-type': 'text/html; charset=utf-8', 'set-cookie': 'a=b' }, body: '<p>héllo' };
    },
  });
  return { pages: [page('GET', '/thing/:id'), page('POST', '/thing/:id'), page('GET', '/thing/list')], asked };
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };

test('a page is answered with its status, headers and body, and nothing of the web framework', async () => {
  const { pages: served, asked } = pages();
  const { url } = await start({ pages: served });
  const answer = await send(`${url}/thing/aZ0_-?q=%C3%A9&q=2`, { headers: { cookie: 'c=d', accept: 'application/json' } });
  expect(answer).toMatchObject({ status: 201, body: '<p>héllo' });
  expect(Object.fromEntries([...answer.headers].filter(([name]) => !['connection', 'date', 'keep-alive'].includes(name)))).toEqual({ 'content-type': 'text/html; charset=utf-8', 'content-length': '9', 'set-cookie': 'a=b' });
  expect(asked).toMatchObject([{ page: 'GET /thing/:id', params: { id: 'aZ0_-' }, headers: { cookie: 'c=d' } }]);
  expect([...asked[0]?.query ?? []]).toEqual([['q', 'é'], ['q', '2']]);
});

test('a form reaches its page, with and without fields', async () => {
  const { pages: served, asked } = pages();
  const { url } = await start({ pages: served });
  for (const body of ['a=1&b=%3C', '', 'x'.repeat(1_024)]) expect((await send(`${url}/thing/7`, { method: 'POST', headers: form, body })).status).toBe(201);
  expect(asked.map(({ page, form: fields }) => [page, [...fields]])).toEqual([
    ['POST /thing/:id', [['a', '1'], ['b', '<']]], ['POST /thing/:id', []], ['POST /thing/:id', [['x'.repeat(1_024), '']]],
  ]);
});

test('an address of its own comes before one with a parameter', async () => {
  const { pages: served, asked } = pages();
  const { url } = await start({ pages: served });
  await send(`${url}/thing/list`, {});
  expect(asked.map(({ page }) => page)).toEqual(['GET /thing/list']);
  expect((await send(`${url}/thing/list`, { method: 'POST', headers: form, body: '' })).status).toBe(405);
});

test.each([
  ['a page without its parameter', 'GET /thing/', {}, 404],
  ['the parameter\'s name', 'GET /thing/:id', {}, 404],
  ['a parameter in percent signs', 'GET /thing/%61', {}, 404],
  ['a parameter that climbs', 'GET /thing/..%2f', {}, 404],
  ['a parameter of 129 letters', `GET /thing/${'a'.repeat(129)}`, {}, 404],
  ['a segment too many', 'GET /thing/1/2', {}, 404],
  ['a page with a slash at its end', 'GET /thing/1/', {}, 404],
  ['another method', 'PUT /thing/1', form, 405],
  ['a HEAD', 'HEAD /thing/1', {}, 405],
  ['a query of more than 8 KB', `GET /thing/1?${'a'.repeat(8_192)}`, {}, 414],
  ['a form that says it is compressed', 'POST /thing/1', { ...form, 'content-encoding': 'gzip' }, 415],
  ['JSON', 'POST /thing/1', json, 415],
  ['a file', 'POST /thing/1', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
  ['text', 'POST /thing/1', { 'content-type': 'text/plain' }, 415],
  ['a GET that announces a body', 'GET /thing/1', { 'content-length': '1' }, 413],
  ['a GET with pieces of a body', 'GET /thing/1', { 'transfer-encoding': 'chunked' }, 413],
  ['a GET that says it is compressed', 'GET /thing/1', { 'content-encoding': 'identity' }, 415],
  ['a form that announces more than 1 KB', 'POST /thing/1', { ...form, 'content-length': '1025' }, 413],
])('promise 3: %s is refused by the head alone, without a word', async (_what, line, headers, status) => {
  const { pages: served, asked } = pages();
  const { port } = await start({ pages: served });
  const lines = Object.entries({ host: 'x', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const socket = connect(port, '127.0.0.1');
  socket.write(`${line} HTTP/1.1\r\n${lines}\r\n`); // A body that is announced never comes.
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(String(answer)).toMatch(/\r\n\r\n(?:0\r\n\r\n)?$/);
  socket.destroy();
  expect(asked).toEqual([]);
});

test('promise 3: a form without a length is answered 413 as soon as it passes 1 KB, and the sender can read that', async () => {
  const { pages: served, asked } = pages();
  const { port } = await start({ pages: served });
  const request = http.request({ port, host: '127.0.0.1', path: '/thing/1', method: 'POST', headers: form });
  request.on('error', () => undefined);
  request.write('x'.repeat(1_025));
  const [response] = await once(request, 'response');
  expect(response.statusCode).toBe(413);
  await pause(100);
  expect(request.socket?.destroyed, 'the connection is not cut off').toBe(false);
  request.destroy();
  expect(asked).toEqual([]);
});

test('promise 3: a form that ends in mid-air or never comes does not reach its page, and the server lives', async () => {
  const { pages: served, asked } = pages();
  const { url, port } = await start({ pages: served, patienceMs: { head: 500, request: 1_000 } });
  const head = 'POST /thing/1 HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 9\r\n\r\na=1';
  await raw(port, head);
  const slow = connect(port, '127.0.0.1');
  slow.write(head);
  expect(await text(slow)).toMatch(/^HTTP\/1\.1 408 /);
  expect(asked).toEqual([]);
  expect((await send(`${url}/thing/1`, {})).status).toBe(201);
});

test('a page that throws gives an error without its message', async () => {
  const broken: Page = { method: 'GET', path: '/broken', handle: () => Promise.reject(new Error('canary')) };
  const { url } = await start({ pages: [broken] });
  expect(await send(`${url}/broken`, {})).toMatchObject({ status: 500, body: '{}' });
  expect((await send(`${url}/healthz`, {})).status).toBe(200);
});

test('pages ask for no token of the channel, and activities still do', async () => {
  const { pages: served } = pages();
  const { url } = await start({ pages: served, admits: () => Promise.resolve(false) });
  expect((await send(`${url}/thing/1`, {})).status).toBe(201);
  expect((await send(`${url}/api/messages`, { method: 'POST', headers: json, body: '{}' })).status).toBe(401);
});

test('a port in use is one clear sentence', async () => {
  const { port } = await start();
  await expect(startServer({ host: '127.0.0.1', port, log: createLog('silent'), isReady: () => Promise.resolve(true), onActivity: () => Promise.resolve() })).rejects.toThrow(`Port ${port} is in use`);
});

test('promise 3: strangers cannot keep more than eight pages busy at once, and turns come through meanwhile', async () => {
  const waiting: (() => void)[] = [];
  const handle = (): Promise<PageAnswer> => new Promise((resolve) => { waiting.push(() => { resolve({ status: 200, headers: {}, body: 'page' }); }); });
  const { url } = await start({ pages: [{ method: 'GET', path: '/step-up/:id', handle }] });
  const asked = Array.from({ length: 8 }, () => send(`${url}/step-up/x`, {}));
  await expect.poll(() => waiting.length).toBe(8);
  expect((await send(`${url}/step-up/x`, {})).status).toBe(503);
  expect((await send(`${url}/api/messages`, { method: 'POST', headers: json, body: '{}' })).status).toBe(200);
  for (const answer of waiting) answer();
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
  const later = send(`${url}/step-up/x`, {});
  await expect.poll(() => waiting.length).toBe(9);
  waiting[8]?.();
  expect((await later).status).toBe(200);
});
