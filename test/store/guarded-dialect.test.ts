import { DummyDriver, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, type DatabaseConnection, type Dialect, type Driver } from 'kysely';
import { describe, expect, it } from 'vitest';
import { CallInsideTransaction, guardedDialect, insideTransaction, refuseCallsInside, TransactionGuard } from '../../src/store/transaction-guard.ts';

// Guards of promise 33: `TransactionGuard`, `guardedDialect` and `refuseCallsInside` (src/store/transaction-guard.ts), without a database.

const pastIt = 'A query was sent past the open transaction: inside a transaction, use the transaction handle.';
const connection: DatabaseConnection = {
  executeQuery: () => Promise.resolve({ rows: [] }),
  streamQuery: () => { throw new Error('nothing is read here'); },
};

/** A driver that tells what it was asked. */
class ListeningDriver extends DummyDriver {
  readonly heard: string[];

  constructor(heard: string[]) {
    super();
    this.heard = heard;
  }

  override init(): Promise<void> { return this.#hear('init'); }
  override async acquireConnection(): Promise<DatabaseConnection> { await this.#hear('acquire'); return connection; }
  override beginTransaction(): Promise<void> { return this.#hear('begin'); }
  override commitTransaction(): Promise<void> { return this.#hear('commit'); }
  override rollbackTransaction(): Promise<void> { return this.#hear('rollback'); }
  override releaseConnection(): Promise<void> { return this.#hear('release'); }
  override destroy(): Promise<void> { return this.#hear('destroy'); }

  #hear(what: string): Promise<void> {
    this.heard.push(what);
    return Promise.resolve();
  }
}

function guarded(guard: TransactionGuard): { readonly driver: Driver; readonly dialect: Dialect; readonly heard: readonly string[] } {
  const heard: string[] = [];
  const dialect = guardedDialect({
    createDriver: () => new ListeningDriver(heard),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  }, guard);
  return { driver: dialect.createDriver(), dialect, heard };
}

describe('promise 33: inside a transaction', () => {
  it('no call is made, and outside each may be', async () => {
    const guard = new TransactionGuard();
    expect(refuseCallsInside).not.toThrow();
    await guard.run(async () => {
      await Promise.resolve();
      expect(refuseCallsInside).toThrow(CallInsideTransaction);
    });
    expect(refuseCallsInside).not.toThrow();
    expect(new CallInsideTransaction()).toMatchObject({ code: 'unexpected', message: 'no call to Microsoft is made inside a database transaction' });
  });

  it('one connection is taken, and no other', async () => {
    const guard = new TransactionGuard();
    const { driver, heard } = guarded(guard);
    await guard.run(async () => {
      await driver.acquireConnection();
      await expect(driver.acquireConnection()).rejects.toThrow(pastIt);
    });
    expect(heard).toEqual(['acquire']);
    await driver.acquireConnection();
    await driver.acquireConnection();
    expect(heard).toEqual(['acquire', 'acquire', 'acquire']);
  });

  it('no other one is begun, and nothing is asked that needs the root', async () => {
    const guard = new TransactionGuard();
    expect(() => { guard.refuseInside(); }).not.toThrow();
    await guard.run(async () => {
      await expect(guard.run(() => Promise.resolve())).rejects.toThrow('Transactions are not nested: pass the transaction handle on.');
      expect(() => { guard.refuseInside(); }).toThrow(pastIt);
    });
  });

  it('of one database another database is free', async () => {
    const [one, other] = [new TransactionGuard(), new TransactionGuard()];
    const answer = await one.run(() => other.run(() => Promise.resolve('done')));
    expect(answer).toBe('done');
    await one.run(async () => { expect(() => { other.refuseInside(); }).not.toThrow(); });
  });

  it('is over when its work has ended, well or not, for what it has left behind too', async () => {
    const guard = new TransactionGuard();
    const ended = Promise.withResolvers<void>();
    const left: Promise<boolean>[] = [];
    await expect(guard.run(() => {
      left.push(ended.promise.then(() => { guard.refuseInside(); return insideTransaction(); }));
      return Promise.reject(new Error('it failed'));
    })).rejects.toThrow('it failed');
    ended.resolve();
    expect(await Promise.all(left)).toEqual([false]);
  });
});

describe('the guarded dialect', () => {
  it('passes everything else on to its driver', async () => {
    const { driver, heard } = guarded(new TransactionGuard());
    await driver.init();
    await driver.beginTransaction(connection, {});
    await driver.commitTransaction(connection);
    await driver.rollbackTransaction(connection);
    await driver.releaseConnection(connection);
    await driver.destroy();
    expect(heard).toEqual(['init', 'begin', 'commit', 'rollback', 'release', 'destroy']);
  });

  it('speaks as the dialect does', () => {
    const { dialect } = guarded(new TransactionGuard());
    expect(dialect.createQueryCompiler()).toBeInstanceOf(PostgresQueryCompiler);
    expect(dialect.createAdapter()).toBeInstanceOf(PostgresAdapter);
  });
});
