import { join } from 'node:path';
import { Kysely } from 'kysely';
import { AuditCheckpoints } from './audit-checkpoints.ts';
import { appendingAudit, recordAudit, writeAuditBy } from './audit-log.ts';
import { openFolderEngine, openMemoryEngine } from './embedded-engine.ts';
import type { Engine, JobConnection } from './engine.ts';
import { forgetWhatIsOver } from './forget.ts';
import { migrate } from './migrate.ts';
import { openPostgresEngine } from './postgres-engine.ts';
import type { CheckpointLog } from './store-log.ts';
import type { Tables } from './tables.ts';
import { TransactionGuard, guardedDialect } from './transaction-guard.ts';

export { CallInsideTransaction, insideTransaction, refuseCallsInside } from './transaction-guard.ts';

/** A database handle, or one transaction: what every function of the store takes first. */
export type Queries = Kysely<Tables>;

export type StoreLocation =
  /** The embedded engine; `folder` is made if need be and belongs to one process at a time. */
  | { readonly kind: 'embedded'; readonly folder: string }
  /** The embedded engine without a disk: for tests. */
  | { readonly kind: 'memory' }
  /** A PostgreSQL server, shared by any number of processes. */
  | { readonly kind: 'postgres'; readonly url: string };

export interface StoreOptions {
  readonly log?: CheckpointLog;
  /** For `memory`: a dump of a data folder to begin with. */
  readonly template?: Blob;
}

export interface Store extends AsyncDisposable {
  readonly kind: StoreLocation['kind'];
  /** For single statements outside a transaction; inside one it throws. */
  readonly db: Queries;
  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. What it records in the audit
   * log is written last. Transactions are not nested, and `work` makes no call to PIM, Graph or Teams.
   */
  transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T>;
  /** To be called every few minutes: writes a checkpoint of the audit log, forgets what is over, and keeps an embedded database small. */
  maintain(): Promise<void>;
  /** For `openJobQueue` alone. */
  readonly jobs: JobConnection;
  /** Waits for running queries. May be called again. */
  close(): Promise<void>;
}

const silent: CheckpointLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Opens the database and brings its tables up to date; several processes may do so at once.
 *
 * @throws Error, one sentence for the operator: folder in use, server out of reach, tables of a newer version …
 */
export async function openStore(location: StoreLocation, options: StoreOptions = {}): Promise<Store> {
  const file = location.kind === 'embedded' ? checkpointFileOf(location.folder) : null;
  return storeOn(await openEngine(location, options), location.kind, new AuditCheckpoints(options.log ?? silent, file));
}

/** Where the checkpoints of an embedded database's audit log are kept, besides the bot's log. */
export function checkpointFileOf(folder: string): string {
  return join(folder, 'audit-checkpoints.log');
}

/** The store on an engine that is running already. Closing the store closes the engine. */
export async function storeOn(engine: Engine, kind: StoreLocation['kind'], checkpoints = new AuditCheckpoints(silent, null)): Promise<Store> {
  const guard = new TransactionGuard();
  const db = new Kysely<Tables>({ dialect: guardedDialect(engine.dialect, guard) });
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= closeAll(db, engine));
  try {
    await migrate(db);
  } catch (error) {
    await close();
    throw error;
  }
  const transaction = async <T>(work: (tx: Queries) => Promise<T>): Promise<T> => {
    const { result, appended } = await guard.run(() => db.transaction().execute((tx) => appendingAudit(tx, work)));
    if (appended !== null) await checkpoints.afterCommit(appended);
    return result;
  };
  writeAuditBy(db, (entry) => transaction((tx) => recordAudit(tx, entry)));
  return {
    kind,
    db,
    transaction,
    maintain: async () => {
      await checkpoints.regularly(db);
      await forgetWhatIsOver(db);
      await engine.maintain();
    },
    jobs: guardedJobs(engine.jobs, guard),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function closeAll(db: Queries, engine: Engine): Promise<void> {
  try {
    await db.destroy();
  } finally {
    await engine.close();
  }
}

/** For the store, and for who reads the audit log beside it. */
export function openEngine(location: StoreLocation, options: StoreOptions): Promise<Engine> {
  if (location.kind === 'embedded') return openFolderEngine(location.folder);
  if (location.kind === 'memory') return openMemoryEngine(options.template ?? null);
  return openPostgresEngine(location.url, options.log ?? silent);
}

// The job queue's own statements bypass Kysely; on the embedded engine they wait for the same connection.
function guardedJobs(jobs: JobConnection, guard: TransactionGuard): JobConnection {
  if (jobs.kind === 'server') return jobs;
  const { database } = jobs;
  const executeSql = async (text: string, values?: unknown[]): Promise<{ rows: unknown[] }> => {
    guard.refuseInside();
    return database.executeSql(text, values);
  };
  return { kind: 'embedded', database: { ...database, executeSql } };
}
