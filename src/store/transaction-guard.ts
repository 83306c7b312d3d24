import { AsyncLocalStorage } from 'node:async_hooks';
import type { DatabaseConnection, Dialect, Driver, TransactionSettings } from 'kysely';
import { PimError } from '../pim/errors.ts';

interface Scope {
  readonly guard: TransactionGuard;
  open: boolean;
  ownsConnection: boolean;
}

const scopes = new AsyncLocalStorage<Scope>();

/** Whether the calling code runs inside `Store.transaction`. */
export function insideTransaction(): boolean {
  return scopes.getStore()?.open === true;
}

/** A call that was not made. It goes through whatever else turns failures of calls into answers: it is a fault of ours. */
export class CallInsideTransaction extends PimError {
  constructor() {
    super('unexpected', 'no call to Microsoft is made inside a database transaction');
  }
}

/**
 * Asked before each call to PIM, Graph, Teams, the token service, Entra ID and OneDrive (promise 33).
 * @throws {CallInsideTransaction}
 */
export function refuseCallsInside(): void {
  if (insideTransaction()) throw new CallInsideTransaction();
}

/**
 * Lets the code inside a transaction use that transaction only.
 *
 * A query on the root handle would wait for a connection that the waiting transaction holds: for ever on the embedded
 * engine, which has one connection, and under load on a pool. The guard throws instead.
 */
export class TransactionGuard {
  /** Runs `work` as the code of one transaction. Its first connection is the transaction's own. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#scope() !== undefined) throw new Error('Transactions are not nested: pass the transaction handle on.');
    const scope: Scope = { guard: this, open: true, ownsConnection: false };
    try {
      return await scopes.run(scope, work);
    } finally {
      scope.open = false;
    }
  }

  /** Throws when called by the code of a transaction of this database. */
  refuseInside(): void {
    if (this.#scope() !== undefined) {
      throw new Error('A query was sent past the open transaction: inside a transaction, use the transaction handle.');
    }
  }

  /** Called before a connection is taken. */
  beforeConnection(): void {
    const scope = this.#scope();
    if (scope === undefined) return;
    if (scope.ownsConnection) this.refuseInside();
    scope.ownsConnection = true;
  }

  #scope(): Scope | undefined {
    const scope = scopes.getStore();
    return scope?.open === true && scope.guard === this ? scope : undefined;
  }
}

/** The same dialect, asking `guard` each time before a connection is taken. */
export function guardedDialect(dialect: Dialect, guard: TransactionGuard): Dialect {
  return {
    createDriver: () => new GuardedDriver(dialect.createDriver(), guard),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

class GuardedDriver implements Driver {
  readonly #driver: Driver;
  readonly #guard: TransactionGuard;

  constructor(driver: Driver, guard: TransactionGuard) {
    this.#driver = driver;
    this.#guard = guard;
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    this.#guard.beforeConnection();
    return this.#driver.acquireConnection();
  }

  init(): Promise<void> {
    return this.#driver.init();
  }

  beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    return this.#driver.beginTransaction(connection, settings);
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return this.#driver.commitTransaction(connection);
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return this.#driver.rollbackTransaction(connection);
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    return this.#driver.releaseConnection(connection);
  }

  destroy(): Promise<void> {
    return this.#driver.destroy();
  }
}
