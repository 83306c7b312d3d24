import type { DatabaseConnection, DialectAdapter, Driver } from 'kysely';
import { PGliteAdapter, PGliteDialect, PGliteDriver } from 'kysely';
import type { PGlite } from '@electric-sql/pglite';

/**
 * Kysely's dialect for PGlite, with the turns of its one connection taken in the driver.
 *
 * Kysely would take them above the driver, where the transaction guard cannot see who is about to wait for itself.
 */
export class EmbeddedDialect extends PGliteDialect {
  readonly #pglite: PGlite;

  constructor(pglite: PGlite) {
    super({ pglite });
    this.#pglite = pglite;
  }

  override createDriver(): Driver {
    return new TurnTakingDriver({ pglite: this.#pglite });
  }

  override createAdapter(): DialectAdapter {
    return new EmbeddedAdapter();
  }
}

class EmbeddedAdapter extends PGliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class TurnTakingDriver extends PGliteDriver {
  #busy = false;
  readonly #waiting: (() => void)[] = [];

  override async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#busy) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy = true;
    return super.acquireConnection();
  }

  override async releaseConnection(): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy = false;
    else next();
  }
}
