import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStandInTls, publicHosts } from './hosts.ts';

const tls = createStandInTls();
const preload = import.meta.resolve('./redirect-hosts.ts');
const namesSeen: unknown[] = [];
let folder = '';
let standIn: Server;
let plain: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redirect-hosts-'));
  await writeFile(join(folder, 'ca.pem'), tls.caPem);
  standIn = createServer({ key: tls.keyPem, cert: tls.certificatePem }, ({ headers }, response) => { response.end(`stand-in for ${headers.host}`); });
  standIn.on('secureConnection', (socket: TLSSocket & { servername?: unknown }) => namesSeen.push(socket.servername));
  plain = createHttpServer((_, response) => { response.end('loopback'); });
  await Promise.all([standIn, plain].map(async (server) => once(server.listen(0, '127.0.0.1'), 'listening')));
});
afterAll(async () => {
  standIn.close();
  plain.close();
  await rm(folder, { recursive: true });
});

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Runs a module in a process with the preload. What it prints as JSON, and the hosts in the log. */
async function run(source: string): Promise<{ printed: unknown; log: readonly unknown[] }> {
  const logFile = join(folder, `${Math.random()}.log`);
  const hosts = Object.fromEntries(publicHosts.map((host) => [host, portOf(standIn)]));
  const env = { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'), STAND_IN_HOSTS: JSON.stringify(hosts), STAND_IN_LOG: logFile };
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', preload, '--input-type=module', '--eval', source], { env });
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  return { printed: JSON.parse(stdout), log: lines.map((line): unknown => JSON.parse(line)) };
}

const print = 'const print = (value) => process.stdout.write(JSON.stringify(value));';
const get = `${print}
  import https from 'node:https';
  const get = (url, options = {}) => new Promise((resolve) => https.get(url, options, async (response) => {
    let text = '';
    for await (const part of response) text += part;
    resolve(text);
  }).on('error', (error) => resolve(error.code)));`;

it('fetch reaches the stand-in of each public host, by its own name', async () => {
  namesSeen.length = 0;
  const { printed, log } = await run(`${print}
    const texts = [];
    for (const host of ${JSON.stringify(publicHosts)}) texts.push(await (await fetch('https://' + host + '/path')).text());
    print(texts);`);
  expect(printed).toEqual(publicHosts.map((host) => `stand-in for ${host}`));
  expect(namesSeen).toEqual(publicHosts);
  expect(log).toEqual(publicHosts.map((host) => ({ host, port: 443, to: 'standIn' })));
});

it('https.request reaches it too, with and without an agent, and so does tls.connect in each of its shapes', async () => {
  const { printed } = await run(`${get}
    import { once } from 'node:events';
    import tls from 'node:tls';
    const host = 'graph.microsoft.com';
    const shake = async (...args) => {
      const socket = tls.connect(...args);
      await once(socket, 'secureConnect');
      socket.destroy();
      return socket.authorized;
    };
    print([
      await get('https://' + host + '/'), await get('https://' + host + '/', { host: host.toUpperCase(), agent: false }),
      await get('https://' + host + '/', { agent: new https.Agent({ keepAlive: false }) }),
      await shake({ host, port: 443, servername: host }), await shake(443, host, { servername: host }), await shake('443', host, { servername: host }, () => {}),
    ]);`);
  const text = 'stand-in for graph.microsoft.com';
  expect(printed).toEqual([text, text, text, true, true, true]);
});

it('TLS still checks the name that was asked', async () => {
  const { printed } = await run(`${get} print(await get('https://graph.microsoft.com/', { servername: 'evil.example' }));`);
  expect(printed).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

it('loopback is free, by every name of it', async () => {
  const { printed, log } = await run(`${print}
    const ask = async (host) => (await fetch('http://' + host + ':${portOf(plain)}/')).text();
    print([await ask('127.0.0.1'), await ask('localhost')]);`);
  expect(printed).toEqual(['loopback', 'loopback']);
  expect(log).toEqual(['127.0.0.1', 'localhost'].map((host) => ({ host, port: portOf(plain), to: 'loopback' })));
});

it('any other host is refused and logged: a stranger, an address, a known host on another port, a name that looks alike', async () => {
  const { printed, log } = await run(`${get}
    import net from 'node:net';
    const raw = (...args) => new Promise((resolve) => new net.Socket().connect(...args).on('connect', () => resolve('connected')).on('error', (error) => resolve(error.code)));
    print([
      await get('https://evil.example/'), await get('https://203.0.113.7/'), await get('https://graph.microsoft.com:8443/'),
      await get('https://127.0.0.1.evil.example/'), await get('https://graph.microsoft.com.evil.example/'),
      await raw(443, '203.0.113.8'), await raw({ host: '203.0.113.9', port: 80 }), await raw(443, '::ffff:203.0.113.9'),
      await fetch('https://evil.example/').catch((error) => error.cause.code),
    ]);`);
  expect(printed).toEqual(Array(9).fill('EHOSTUNREACH'));
  expect(log).toEqual([
    ['evil.example', 443], ['203.0.113.7', 443], ['graph.microsoft.com', 8443], ['127.0.0.1.evil.example', 443], ['graph.microsoft.com.evil.example', 443],
    ['203.0.113.8', 443], ['203.0.113.9', 80], ['::ffff:203.0.113.9', 443], ['evil.example', 443],
  ].map(([host, port]) => ({ host, port, to: 'refused' })));
});

it('a socket of the file system is no host', async () => {
  const { printed, log } = await run(`${print}
    import net from 'node:net';
    const path = '${join(folder, 'socket')}';
    const server = net.createServer((socket) => socket.end('here')).listen(path, () => {
      const connections = [net.connect(path), net.connect({ path })].map((socket) => new Promise((resolve) => socket.on('data', (data) => resolve(String(data)))));
      Promise.all(connections).then((texts) => { print(texts); server.close(); });
    });`);
  expect(printed).toEqual(['here', 'here']);
  expect(log).toEqual([]);
});
