import type { Dialect } from 'kysely';
import type { Db } from 'pg-boss';

/** How the job queue reaches the same database: through the embedded engine itself, or by a pool of its own. */
export type JobConnection =
  | { readonly kind: 'embedded'; readonly database: Db }
  | { readonly kind: 'server'; readonly url: string };

/** A running PostgreSQL, embedded or on a server. Everything above it is the same for both. */
export interface Engine {
  readonly dialect: Dialect;
  readonly jobs: JobConnection;
  /** Work that a PostgreSQL server does by itself and the embedded engine does not. */
  maintain(): Promise<void>;
  /** Ends the connections; called once, after the last query. */
  close(): Promise<void>;
}
