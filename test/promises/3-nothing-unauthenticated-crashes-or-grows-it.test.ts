import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createFakeKey, startFakeChannel, type FakeChannel } from '../helpers/fake-channel.ts';
import type { DoorSettings, DoorState } from '../helpers/door-process.ts';

// Guards: `refusedByHead` (src/bot/gate.ts), `readJsonBody` (src/bot/json-body.ts), the limits of `startServer` (src/bot/server.ts),
// `ChannelKeys` (src/bot/channel-keys.ts), which asks for unknown keys once in five minutes and remembers none of them.
// The door is a process of its own: what is measured is its memory, and a crash would be its end.

const appId = '0b1f5f0e-2f58-4c8e-9d53-3f3f6f2c1a11';
const tenantId = '5b9e5b0e-9a3a-4f6e-8a51-8a7d3c2b1f22';
const serviceUrl = 'https://smba.trafficmanager.net/emea/';
const mb = 1024 * 1024;
/** Shorter than in production, so that the test is; production's own are measured in test/bot/server.test.ts. */
const patienceMs = { head: 3_000, request: 5_000 };
const activity = JSON.stringify({
  type: 'message', id: '1', text: 'hello', channelId: 'msteams', serviceUrl, from: { id: '29:alex' }, recipient: { id: '28:bot' },
  conversation: { id: 'a:1', tenantId }, channelData: { tenant: { id: tenantId } },
});

let channel: FakeChannel;
let child: ChildProcess;
let first: DoorState;
let port = 0;
let genuine = '';

beforeAll(async () => {
  channel = await startFakeChannel(await createFakeKey('teams'));
  const settings: DoorSettings = { appId, tenantId, ...channel.channel, caPem: channel.caPem, patienceMs };
  child = fork(fileURLToPath(new URL('../helpers/door-process.ts', import.meta.url)), [JSON.stringify(settings)], { execArgv: ['--expose-gc'] });
  await heard();
  genuine = `Bearer ${await channel.token({ appId, serviceUrl })}`;
  for (let n = 0; n < 200; n += 1) expect(await post({ authorization: genuine }, activity)).toBe(200);
  first = await state();
});

afterAll(async () => {
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
  await channel[Symbol.asyncDispose]();
});

/** Whatever a test has sent: the process is the same one, lets genuine traffic in, and has run nothing else. */
afterEach(async () => {
  const { turns } = await state();
  expect(await post({ authorization: genuine }, activity)).toBe(200);
  expect((await state()).turns).toBe(turns + 1);
  expect([child.exitCode, child.signalCode]).toEqual([null, null]);
});

async function heard(): Promise<DoorState> {
  const [message]: DoorState[] = await once(child, 'message');
  if (message === undefined) throw new Error('the door said nothing');
  port = Number(new URL(message.url).port);
  return message;
}

function state(): Promise<DoorState> {
  const answer = heard();
  child.send('state');
  return answer;
}

/** Connections that are used again, for many small requests. */
const keepAlive = new http.Agent({ keepAlive: true, maxSockets: 32 });

interface Sending {
  readonly agent?: http.Agent;
  /** Sent again and again after the body, without a length, up to the answer or so many times. */
  readonly repeat?: { readonly piece: Buffer; readonly times: number };
}

/** The status of one POST. */
async function post(headers: Record<string, string>, body: string | Buffer, { agent, repeat }: Sending = {}): Promise<number> {
  const request = http.request({
    port, host: '127.0.0.1', path: '/api/messages', method: 'POST',
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
  const before = await state();
  const answers = await Promise.all(Array.from({ length: 20 }, () => post({ 'content-encoding': 'gzip' }, bomb)));
  expect(new Set(answers)).toEqual(new Set([415]));
  expect((await state()).rss - before.rss).toBeLessThan(50 * mb);
});

test('promise 3: 50 MB are answered 413, with and without a length, and are not kept', async () => {
  const repeat = { piece: Buffer.alloc(64 * 1024, 0x20), times: 799 };
  const before = await state();
  for (let n = 0; n < 5; n += 1) {
    expect(await post({ authorization: genuine, 'content-length': String(50 * mb) }, repeat.piece, { repeat })).toBe(413);
    expect(await post({ authorization: genuine }, repeat.piece, { repeat })).toBe(413);
  }
  expect((await state()).rss - before.rss).toBeLessThan(50 * mb);
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
  const before = await state();
  const began = performance.now();
  const seconds = await Promise.all(Array.from({ length: 1_100 }, async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined).resume();
    socket.write('POST /api/messages HTTP/1.1\r\n');
    await closed(socket);
    return (performance.now() - began) / 1_000;
  }));
  expect(seconds.filter((s) => s < 2).length).toBeGreaterThanOrEqual(100);
  expect(Math.max(...seconds)).toBeLessThan(patienceMs.head / 1_000 + 5);
  expect((await state()).rss - before.rss).toBeLessThan(100 * mb);
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
  const asked = channel.asked.length;
  const early = await round(4_000);
  const before = await state();
  await round(12_000);
  const late = await round(4_000);
  const after = await state();
  expect(after.heap - before.heap).toBeLessThan(3 * mb);
  expect(after.rss - before.rss).toBeLessThan(60 * mb);
  expect(late).toBeLessThan(early * 3);
  expect(channel.asked.length - asked).toBeLessThanOrEqual(2);
}, 60_000);

test('promise 3: after all of it the process holds little more than before', async () => {
  const last = await state();
  expect(last.heap - first.heap).toBeLessThan(10 * mb);
  expect(last.rss - first.rss).toBeLessThan(120 * mb);
});
