import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { typesAndSees } from '../flows/production-story.ts';
import type { FakePerson } from '../helpers/fake-teams.ts';
import { startProduction, type Production } from '../helpers/stand-ins/production.ts';
import type { MemoryHeld } from './3-memory-probe.ts';

// Guards: `refusedByHead` (src/bot/door/gate.ts), `readJsonBody` (src/bot/door/json-body.ts), `readBody` (src/bot/door/read-body.ts), `admits` before the
// body and the limits of `startServer` (src/bot/door/server.ts), `ChannelKeys` (src/bot/door/channel-keys.ts), which asks for unknown keys once in
// five minutes and remembers none of them.
// What is flooded is the process of `npm start`: what is measured is its memory after a garbage collection, and a crash would be its end.

const mb = 1024 * 1024;
/** Of src/bot/door/server.ts. */
const patienceMs = { head: 5_000, request: 10_000 };
const folder = mkdtempSync(path.join(tmpdir(), 'pim-bot-floods-'));
const probeFile = path.join(folder, 'memory.json');

let production: Production;
let alex: FakePerson;
let first: MemoryHeld;
let pid: number | null = null;
let port = 0;
let appId = '';
let genuine = '';
/** Genuine with the token, and of a kind that nobody answers. */
let activity = '';

beforeAll(async () => {
  const preload = import.meta.resolve('./3-memory-probe.ts');
  production = await startProduction({ limits: false, env: { NODE_OPTIONS: `--import=${preload}`, MEMORY_PROBE: probeFile } });
  pid = production.bot.pid;
  port = Number(new URL(production.botUrl).port);
  ({ appId } = production.registrations.bot);
  const { serviceUrl } = production.teams;
  genuine = `Bearer ${await production.channel.token({ appId, serviceUrl })}`;
  alex = await production.person('Alex');
  const { mri: id, aadObjectId } = alex.account;
  const conversation = { id: alex.conversationId, conversationType: 'personal', tenantId: production.seed.tenantId };
  activity = JSON.stringify({ type: 'event', id: '1', name: 'x', channelId: 'msteams', serviceUrl, from: { id, aadObjectId }, recipient: { id: `28:${appId}` }, conversation });
  for (let n = 0; n < 200; n += 1) expect(await post({ authorization: genuine }, activity)).toBe(200);
  await typesAndSees(alex, 'help', 'What you can type');
  first = await held();
});

afterAll(async () => {
  await production[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Whatever a test has sent: the process is the same one, and answers a person. */
afterEach(async () => {
  expect(production.bot.pid).toBe(pid);
  await typesAndSees(alex, 'help', 'What you can type');
});

/** What the process holds once it has cleared up. */
async function held(): Promise<MemoryHeld> {
  rmSync(probeFile, { force: true });
  process.kill(pid ?? 0, 'SIGUSR2');
  while (!existsSync(probeFile)) await pause(10);
  return JSON.parse(readFileSync(probeFile, 'utf8'));
}

/** Connections that are used again, for many small requests. */
const keepAlive = new http.Agent({ keepAlive: true, maxSockets: 32 });

interface Sending {
  readonly path?: string;
  readonly agent?: http.Agent;
  /** Sent again and again after the body, without a length, up to the answer or so many times. */
  readonly repeat?: { readonly piece: Buffer; readonly times: number };
}

/** The status of one POST. */
async function post(headers: Record<string, string>, body: string | Buffer, { agent, repeat, path = '/api/messages' }: Sending = {}): Promise<number> {
  const request = http.request({
    port, host: '127.0.0.1', path, method: 'POST',
    headers: { 'content-type': 'application/json', ...headers }, ...(agent === undefined ? {} : { agent }),
  });
  const answered = new AbortController();
  const answer = once(request, 'response').then(([response]: http.IncomingMessage[]) => {
    answered.abort();
    return response;
  });
  request.write(body);
  if (repeat !== undefined) await writeRepeatedly(request, repeat, answered.signal);
  request.end();
  const response = await answer;
  response?.resume();
  if (agent === undefined) request.destroy();
  else if (response !== undefined) await once(response, 'end');
  return response?.statusCode ?? 0;
}

async function writeRepeatedly(request: http.ClientRequest, { piece, times }: { piece: Buffer; times: number }, answered: AbortSignal): Promise<void> {
  for (let n = 0; n < times && !answered.aborted; n += 1) {
    if (!request.write(piece)) await once(request, 'drain', { signal: answered }).catch(() => undefined);
  }
}

/** What one connection that never comes to an end is answered before it is closed, and after how many seconds. */
async function linger(start: string, drip: string): Promise<{ answer: string; seconds: number }> {
  const began = performance.now();
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => { answer += String(chunk); });
  socket.write(start);
  const dripping = setInterval(() => { socket.write(drip); }, 500);
  await closed(socket);
  clearInterval(dripping);
  return { answer, seconds: (performance.now() - began) / 1_000 };
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => { socket.once('close', () => { resolve(); }); });
}

test('promise 3: 17 compressed bytes, and every other compressed body, are answered 415', async () => {
  const small = Buffer.concat([Buffer.from('1f8b0800000000000003', 'hex'), Buffer.from('garbage')]);
  expect(small).toHaveLength(17);
  for (const encoding of ['gzip', 'GZIP', 'deflate', 'br', 'gzip, gzip', 'identity', '']) {
    expect(await post({ 'content-encoding': encoding }, small)).toBe(415);
    expect(await post({ 'content-encoding': encoding, authorization: genuine }, small)).toBe(415);
  }
});

test('promise 3: gzip bombs are not unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(200 * mb));
  const before = await held();
  const answers = await Promise.all(Array.from({ length: 20 }, () => post({ 'content-encoding': 'gzip' }, bomb)));
  expect(new Set(answers)).toEqual(new Set([415]));
  expect((await held()).rss - before.rss).toBeLessThan(50 * mb);
});

test('promise 3: 50 MB are answered 413, with and without a length, and are not kept', async () => {
  const repeat = { piece: Buffer.alloc(64 * 1024, 0x20), times: 799 };
  const before = await held();
  for (let n = 0; n < 5; n += 1) {
    expect(await post({ authorization: genuine, 'content-length': String(50 * mb) }, repeat.piece, { repeat })).toBe(413);
    expect(await post({ authorization: genuine }, repeat.piece, { repeat })).toBe(413);
  }
  expect((await held()).rss - before.rss).toBeLessThan(50 * mb);
});

test('promise 3: deep and many-valued JSON is answered 400', async () => {
  for (const body of ['['.repeat(200_000), '{"a":'.repeat(40_000), `${'['.repeat(33)}${']'.repeat(33)}`, `[${'0,'.repeat(100_000)}0]`, `${'{"__proto__":'.repeat(40)}1${'}'.repeat(40)}`]) {
    expect(await post({ authorization: genuine }, body)).toBe(400);
  }
});

test('promise 3: senders of slow heads and slow bodies are answered 408 and closed in time, and the others are served meanwhile', async () => {
  const start = 'POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
  const slowHeads = Array.from({ length: 100 }, () => linger(start, 'x: y\r\n'));
  const slowBodies = Array.from({ length: 100 }, () => linger(`${start}authorization: ${genuine}\r\ncontent-length: 1000\r\n\r\n{`, ' '));
  const endless = Array.from({ length: 10 }, () => linger(`${start}authorization: ${genuine}\r\ntransfer-encoding: chunked\r\n\r\n`, `40000\r\n${' '.repeat(0x40000)}\r\n`));
  expect(await post({ authorization: genuine }, activity)).toBe(200);
  for (const { answer, seconds } of await Promise.all(slowHeads)) {
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(seconds).toBeLessThan(patienceMs.head / 1_000 + 3);
  }
  for (const { answer, seconds } of await Promise.all(slowBodies)) {
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(seconds).toBeLessThan(patienceMs.request / 1_000 + 3);
  }
  for (const { answer, seconds } of await Promise.all(endless)) {
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(seconds).toBeLessThan(patienceMs.request / 1_000 + 3);
  }
});

test('promise 3: of more than a thousand connections at once the rest are closed, and when the silent ones are gone others are served', async () => {
  const before = await held();
  const began = performance.now();
  const seconds = await Promise.all(Array.from({ length: 1_100 }, async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined).resume();
    socket.write('POST /api/messages HTTP/1.1\r\n');
    await closed(socket);
    return (performance.now() - began) / 1_000;
  }));
  expect(seconds.filter((s) => s < 2).length).toBeGreaterThanOrEqual(100);
  expect(Math.max(...seconds)).toBeLessThan(patienceMs.head / 1_000 + 5);
  expect((await held()).rss - before.rss).toBeLessThan(100 * mb);
});

/** A token as the SDK's emulator check would look at it: a tenant, a key and an application that nobody has seen before. */
function strangersToken(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = { alg: 'RS256', typ: 'JWT', kid: randomUUID() };
  const payload = { iss: `https://sts.windows.net/${randomUUID()}/`, aud: appId, tid: randomUUID(), appid: appId, ver: '1.0', exp: 4_000_000_000 };
  return `Bearer ${part(header)}.${part(payload)}.${Buffer.alloc(256, 1).toString('base64url')}`;
}

test('promise 3: 20,000 tokens with tenants and keys that nobody has seen before are answered 401 and leave nothing behind', async () => {
  const round = async (requests: number): Promise<number> => {
    const began = performance.now();
    const worker = async (): Promise<void> => {
      for (let n = 0; n < requests / 20; n += 1) expect(await post({ authorization: strangersToken() }, activity, { agent: keepAlive })).toBe(401);
    };
    await Promise.all(Array.from({ length: 20 }, worker));
    return performance.now() - began;
  };
  const asked = production.channel.asked.length;
  const early = await round(4_000);
  const before = await held();
  await round(12_000);
  const late = await round(4_000);
  const after = await held();
  expect(after.heapUsed - before.heapUsed).toBeLessThan(3 * mb);
  expect(after.rss - before.rss).toBeLessThan(60 * mb);
  expect(late).toBeLessThan(early * 3);
  expect(production.channel.asked.length - asked).toBeLessThanOrEqual(2);
}, 60_000);

test('promise 3: 2,000 connections that end in the middle, in order or by a reset, leave nothing behind', async () => {
  const beginnings = ['', 'POST /api', 'POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"type":',
    `POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: ${genuine}\r\ncontent-length: 1000\r\n\r\n{"type":`];
  const before = await held();
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(Array.from({ length: 200 }, async (_, n) => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined).resume();
      await once(socket, 'connect');
      socket.write(beginnings[n % beginnings.length] ?? '');
      if (n % 2 === 0) socket.end();
      else setImmediate(() => { socket.resetAndDestroy(); });
      await closed(socket);
    }));
  }
  expect((await held()).heapUsed - before.heapUsed).toBeLessThan(3 * mb);
});

const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };

test('promise 3: large forms and long queries of the page are refused before they are kept', async () => {
  const before = await held();
  const repeat = { piece: Buffer.alloc(64 * 1024, 0x61), times: 400 };
  for (let n = 0; n < 5; n += 1) {
    expect(await post({ ...form, 'content-length': String(25 * mb) }, repeat.piece, { path: '/step-up/x', repeat })).toBe(413);
    expect(await post(form, repeat.piece, { path: '/step-up/x', repeat })).toBe(413);
  }
  expect(await post({ ...form, 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(mb)), { path: '/step-up/x' })).toBe(415);
  expect(await post(form, '', { path: `/step-up/x?${'x'.repeat(9_000)}` })).toBe(414);
  expect(await post(form, '', { path: `/step-up/${'x'.repeat(200)}` })).toBe(404);
  expect((await held()).rss - before.rss).toBeLessThan(50 * mb);
});

test('promise 3: 2,000 page addresses that nobody has seen before are refused and leave nothing behind', async () => {
  const ask = async (n: number): Promise<void> => {
    const id = randomUUID();
    const state = Buffer.from(id).toString('base64url').slice(0, 43);
    if (n % 2 === 0) expect(await post(form, '', { path: `/step-up/${id}`, agent: keepAlive })).toBe(404);
    else if (n % 4 === 1) expect((await fetch(`${production.botUrl}/step-up/${id}`)).status).toBe(404);
    else expect([403, 410]).toContain((await fetch(`${production.botUrl}/step-up/callback?state=${state}&code=${id}`)).status);
  };
  const round = async (requests: number): Promise<void> => {
    await Promise.all(Array.from({ length: 10 }, async () => { for (let n = 0; n < requests / 10; n += 1) await ask(n); }));
  };
  await round(400);
  const before = await held();
  await round(1_600);
  expect((await held()).heapUsed - before.heapUsed).toBeLessThan(3 * mb);
});

test('promise 3: after all of it the process holds little more than before', async () => {
  const last = await held();
  expect(last.heapUsed - first.heapUsed).toBeLessThan(10 * mb);
  expect(last.rss - first.rss).toBeLessThan(120 * mb);
});
