import { PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import type { Engine } from './engine.ts';
import type { StoreLog } from './store-log.ts';

// 13 is the oldest version that pg-boss 12 supports.
const oldestVersion = 13;

/**
 * A pool on a PostgreSQL server.
 *
 * @param url `postgres://user:password@host:port/database`; its password appears in no message
 * @throws Error, a sentence for the operator, when the address is wrong or the server refuses or does not answer
 */
export async function openPostgresEngine(url: string, log: StoreLog): Promise<Engine> {
  const place = describe(url);
  const pool = new Pool({
    connectionString: url,
    application_name: 'pim-bot',
    max: 10,
    connectionTimeoutMillis: 10_000,
    // A transaction makes no outside call, so one that idles this long belongs to a process that hangs.
    idle_in_transaction_session_timeout: 30_000,
  });
  pool.on('error', (error) => log.error({ reason: error.message }, 'a database connection was lost'));
  try {
    await checkServer(pool);
  } catch (cause) {
    await pool.end();
    throw new Error(`The PostgreSQL server at ${place} cannot be used: ${reason(cause)}`, { cause });
  }
  return {
    dialect: new PostgresDialect({ pool }),
    jobs: { kind: 'server', url },
    maintain: () => Promise.resolve(),
    // Kysely ends the pool.
    close: () => Promise.resolve(),
  };
}

async function checkServer(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ version: number }>(
    "select current_setting('server_version_num')::int / 10000 as version",
  );
  const version = rows[0]?.version ?? 0;
  if (version < oldestVersion) throw new Error(`it is version ${version}; ${oldestVersion} or newer is needed.`);
}

// The address without user and password. The parser's own error is dropped, because it quotes the whole address.
function describe(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new Error('The database address is not of the form postgres://user:password@host:port/database.');
  }
  return `${parsed.host}${parsed.pathname}`;
}

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there.',
  ENOTFOUND: 'there is no host of that name.',
  ETIMEDOUT: 'it does not answer.',
  '28P01': 'it refused the user or the password.',
  '28000': 'it refused the user.',
  '3D000': 'it has no database of that name.',
  '53300': 'it has no connection left.',
};

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return sentences[code] ?? error.message;
}
