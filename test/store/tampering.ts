import { sql } from 'kysely';
import type { AuditHead } from '../../src/store/audit-chain.ts';
import type { Queries, Store } from '../../src/store/database.ts';
import { verifyAudit, type AuditVerdict } from '../../src/store/verify-audit.ts';

class RolledBack extends Error {
  readonly verdict: AuditVerdict;
  constructor(verdict: AuditVerdict) {
    super('as it was');
    this.verdict = verdict;
  }
}

/**
 * What verification says after somebody who owns the database has switched off its guards and changed the log. All of it
 * is one transaction that is rolled back, so that the next attack finds the log as it was.
 */
export async function afterTampering(store: Store, tamper: (tx: Queries) => Promise<unknown>, checkpoints: readonly AuditHead[] = []): Promise<AuditVerdict> {
  try {
    return await store.db.transaction().execute(async (tx) => {
      for (const table of ['audit_log', 'audit_head']) await sql.raw(`alter table ${table} disable trigger all`).execute(tx);
      await tamper(tx);
      throw new RolledBack(await verifyAudit(tx, checkpoints));
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.verdict;
    throw error;
  }
}

export function verdictOf(store: Store, checkpoints: readonly AuditHead[] = []): Promise<AuditVerdict> {
  return afterTampering(store, () => Promise.resolve(), checkpoints);
}
