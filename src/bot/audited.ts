import { PimError } from '../pim/errors.ts';
import { recordAudit, type AuditEntry } from '../store/audit-log.ts';
import type { Queries } from '../store/database.ts';
import { beforePim } from './nothing-sent.ts';
import type { BotParts } from './parts.ts';

export type AuditedAction = Pick<AuditEntry, 'actor' | 'action' | 'requestId' | 'details'>;

/**
 * Calls PIM for somebody, with the attempt in the audit log, committed, before the call (promise 18): when the log cannot
 * be written, PIM is not called. A refusal is logged here; success is logged by the caller, with the change it makes.
 *
 * @param alongside what is committed with the attempt, or not at all
 */
export async function audited<T>(
  parts: BotParts, action: AuditedAction, call: () => Promise<T>, alongside: (tx: Queries) => Promise<void> = async () => {},
): Promise<T> {
  await beforePim(() => parts.store.transaction(async (tx) => {
    await alongside(tx);
    await recordAudit(tx, { ...action, at: parts.clock.now(), phase: 'attempt' });
  }));
  try {
    return await call();
  } catch (error) {
    const details = error instanceof PimError
      ? { result: error.effect === 'none' ? 'refused' : 'unknown', code: error.code, rules: error.details.rules ?? [] }
      : { result: 'unknown' };
    await recordAudit(parts.store.db, { ...action, at: parts.clock.now(), phase: 'outcome', details });
    throw error;
  }
}
