import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, text } from './emulator-client.ts';
import { seed } from './people.ts';

const root = path.resolve(import.meta.dirname, '../..');
const main = path.join(root, 'src/emulator/main.ts');

let folder: string;
let seedFile: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pim-command-'));
  seedFile = path.join(folder, 'seed.json');
  writeFileSync(seedFile, JSON.stringify(seed));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [main, ...args], { timeout: 30_000 });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode, stdout, stderr };
}

function endGroup(leader: number | undefined): void {
  try {
    process.kill(-(leader ?? Number.NaN), 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

async function getJson(url: string, ca: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const outgoing = request(url, { ca, agent: false }, (incoming) => {
    let received = '';
    incoming.on('data', (chunk: Buffer) => (received += chunk.toString()));
    incoming.on('end', () => resolve(JSON.parse(received)));
  });
  outgoing.on('error', reject).end();
  return promise;
}

describe('the command line', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('--json says where it is in its first line, and %s ends it', async (signal) => {
    const child = spawn(process.execPath, [main, '--port', '0', '--seed', seedFile, '--data', path.join(folder, signal), '--json']);
    const closed = once(child, 'close');
    const [line] = await once(createInterface(child.stdout), 'line');
    const ready: unknown = JSON.parse(String(line));
    expect(at(ready, 'ready')).toBe(true);
    expect(text(ready, 'origin')).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(text(ready, 'ca')).toBe(path.join(folder, signal, 'ca.pem'));
    const clock = await getJson(`${text(ready, 'origin')}/emulator/clock`, readFileSync(text(ready, 'ca'), 'utf8'));
    expect(Date.parse(text(clock, 'now'))).toBeGreaterThan(0);
    child.kill(signal);
    expect(await closed).toEqual([0, null]);
  });

  it('--http is told in the first line, and answers beside https', async () => {
    const child = spawn(process.execPath, [main, '--port', '0', '--http', '0', '--seed', seedFile, '--json']);
    const closed = once(child, 'close');
    const [line] = await once(createInterface(child.stdout), 'line');
    const ready: unknown = JSON.parse(String(line));
    expect(text(ready, 'http')).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${text(ready, 'http')}/emulator/clock`)).status).toBe(200);
    expect(at(await getJson(`${text(ready, 'origin')}/emulator/clock`, readFileSync(text(ready, 'ca'), 'utf8')), 'now')).toBeDefined();
    child.kill();
    expect(await closed).toEqual([0, null]);
  });

  it('a data folder that is in use or damaged is one clear sentence', async () => {
    const data = path.join(folder, 'taken');
    const child = spawn(process.execPath, [main, '--port', '0', '--seed', seedFile, '--data', data, '--json']);
    const closed = once(child, 'close');
    await once(createInterface(child.stdout), 'line');
    const inUse = `The data folder ${data} is in use by another PIM service: stop that one, or choose another folder.\n`;
    expect(await run('--port', '0', '--seed', seedFile, '--data', data)).toEqual({ code: 1, stdout: '', stderr: inUse });
    child.kill('SIGKILL');
    await closed;
    writeFileSync(path.join(data, 'ca.pem'), 'no certificate');
    const damaged = await run('--port', '0', '--seed', seedFile, '--data', data);
    expect(damaged).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(`${path.join(data, 'ca.pem')} holds no certificate`) });
    expect(damaged.stderr.trim().split('\n')).toHaveLength(1);
  });

  it.skipIf(process.platform === 'win32')('npm run emulator writes nothing else with --silent, and ending npm ends it', async () => {
    const args = ['run', '--silent', 'emulator', '--', '--port', '0', '--seed', seedFile, '--json'];
    // A process group of its own, so that a service left behind by a failure can be ended too.
    const npm = spawn('npm', args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      // The pipe closes when the last process that holds it has ended.
      const closed = once(npm.stdout, 'close', { signal: AbortSignal.timeout(30_000) });
      const [line] = await once(createInterface(npm.stdout), 'line');
      const ready: unknown = JSON.parse(String(line));
      expect(at(ready, 'ready')).toBe(true);
      const ca = readFileSync(text(ready, 'ca'), 'utf8');
      npm.kill('SIGTERM');
      await closed;
      await expect(getJson(`${text(ready, 'origin')}/emulator/clock`, ca)).rejects.toThrow('ECONNREFUSED');
    } finally {
      endGroup(npm.pid);
    }
  });

  it.skipIf(process.platform !== 'linux')('listens on 127.0.0.1 and nowhere else', async () => {
    const child = spawn(process.execPath, [main, '--port', '0', '--seed', seedFile]);
    const closed = once(child, 'close');
    const [line] = await once(createInterface(child.stdout), 'line');
    const port = Number(/:(\d+)$/.exec(String(line))?.[1]);
    // Somebody else can have the same port at another address of this machine.
    const other = createServer().listen(port, '127.0.0.2');
    await once(other, 'listening');
    other.close();
    child.kill();
    await closed;
  });

  it('a port in use is one clear sentence', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const result = await run('--port', String(port), '--seed', seedFile);
    expect(result).toEqual({ code: 1, stdout: '', stderr: `The PIM service cannot listen on 127.0.0.1:${port}: the port is in use.\n` });
    other.close();
  });

  it('a wrong seed names the place', async () => {
    const file = path.join(folder, 'wrong.json');
    writeFileSync(file, JSON.stringify({ ...seed, people: [{ id: 'x', name: 'x', userPrincipalName: 'x' }] }));
    expect(await run('--seed', file)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(`${file} is wrong: people[0].id: expected a GUID`) });
  });

  it.each([
    [['--seed', '/nowhere/seed.json'], 'There is no seed file at /nowhere/seed.json.\n'],
    [['--port', 'http'], '--port takes a number from 0 to 65535, found http.\n'],
    [['--http', '-1'], "Option '--http' argument is ambiguous; --help lists the flags.\n"],
    [['--http', 'yes'], '--http takes a number from 0 to 65535, found yes.\n'],
    [['--port', '70000'], '--port takes a number from 0 to 65535, found 70000.\n'],
    [['--page-size', '0'], '--page-size takes a number from 1 to 1000, found 0.\n'],
    [['--data='], '--data takes a folder, found none.\n'],
    [['--data', import.meta.filename], `${import.meta.filename} cannot be a data folder (`],
    [['--prot', '1'], "Unknown option '--prot'; --help lists the flags.\n"],
    [['extra'], "Unexpected argument 'extra'; --help lists the flags.\n"],
  ])('%j is one clear sentence and exit code 1', async (args, sentence) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.startsWith(sentence)).toBe(true);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('--help tells every flag', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    expect([...stdout.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, flag]) => flag)).toEqual([
      '--port', '--http', '--seed', '--data', '--page-size', '--json', '--stop-with-parent', '--help',
    ]);
  });

  it('says for people where it is, what to trust, and that nothing is kept', async () => {
    const child = spawn(process.execPath, [main, '--port', '0', '--page-size', '1', '--seed', seedFile]);
    const closed = once(child, 'close');
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (line.startsWith('How to use it')) {
        child.kill();
      }
    }
    await closed;
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(/^Trust its authority .*ca\.pem$/);
    expect(lines[2]).toMatch(/^Seed +\/.*seed\.json$/);
    expect(lines[3]).toMatch(/^State +not kept; --data FOLDER keeps it$/);
  });
});
