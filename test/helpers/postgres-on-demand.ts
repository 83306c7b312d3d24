import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import type { PostgresReport } from './postgres-process.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address that answers a POST with the URL of a new, empty database: see `newPostgresDatabase`. */
    postgresOnDemand: string;
  }
}

interface RunningPostgres {
  readonly child: ChildProcess;
  /** Without a database. */
  readonly address: string;
}

/**
 * Vitest's global set-up: one PostgreSQL server for the whole run. It is started by the first test that asks, so that a
 * run that needs none does not pay for it.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let running: Promise<RunningPostgres> | null = null;
  let databases = 0;

  async function newDatabase(): Promise<string> {
    const { address } = await (running ??= startPostgres());
    const name = `test_${(databases += 1)}`;
    const client = new Client({ connectionString: `${address}/postgres` });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    return `${address}/${name}`;
  }

  const door = createServer((request, response) => void answer(request, response, newDatabase));
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const place = door.address();
  if (place === null || typeof place === 'string') throw new Error('no port is free');
  project.provide('postgresOnDemand', `http://127.0.0.1:${place.port}/`);

  return async () => {
    door.close();
    const started = await running?.catch(() => null);
    if (started !== null && started !== undefined) await stopPostgres(started);
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  newDatabase: () => Promise<string>,
): Promise<void> {
  request.resume();
  try {
    const url = await newDatabase();
    response.writeHead(200).end(url);
  } catch (error) {
    response.writeHead(503).end(error instanceof Error ? error.message : 'the server did not start');
  }
}

async function startPostgres(): Promise<RunningPostgres> {
  const script = fileURLToPath(new URL('postgres-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'ignore'] });
  for await (const line of createInterface(child.stdout)) {
    const { address, refused }: PostgresReport = JSON.parse(line);
    if (address === undefined) throw new Error(refused ?? 'it says nothing');
    return { child, address };
  }
  throw new Error('its process ended at once');
}

async function stopPostgres({ child }: RunningPostgres): Promise<void> {
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
}
