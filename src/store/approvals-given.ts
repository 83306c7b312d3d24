import { sql } from 'kysely';
import { findActivation, type Activation } from './activations.ts';
import type { Queries } from './database.ts';

/** An approval of a request that takes several of them, or that our own settings ask for. PIM may know nothing of it. */
export interface ApprovalGiven {
  readonly by: { readonly id: string; readonly name: string };
  readonly reason: string;
  /** The request's version that it made. */
  readonly version: number;
  readonly at: Date;
}

/** In the order in which they were given. */
export async function listApprovalsGiven(queries: Queries, requestId: string): Promise<readonly ApprovalGiven[]> {
  const rows = await queries.selectFrom('approvals_given').selectAll().where('request_id', '=', requestId).orderBy('version').execute();
  return rows.map((row) => ({ by: { id: row.approver_id, name: row.approver_name }, reason: row.reason, version: row.version, at: row.at }));
}

/**
 * The activation as it is, held until the transaction ends: whoever counts approvals counts alone. `null`: unknown.
 */
export async function lockActivation(tx: Queries, requestId: string): Promise<Activation | null> {
  await tx.selectFrom('activations').select('request_id').where('request_id', '=', requestId).forUpdate().execute();
  return findActivation(tx, requestId);
}

/**
 * Counts somebody's approval, once, and makes a new version of the request with it. Only under `lockActivation`.
 *
 * @returns whether it is new
 */
export async function addApproval(
  tx: Queries, requestId: string, approval: Omit<ApprovalGiven, 'version'>,
): Promise<boolean> {
  const added = await tx
    .insertInto('approvals_given')
    .columns(['request_id', 'approver_id', 'approver_name', 'reason', 'version', 'at'])
    .expression((is) => is.selectFrom('activations').where('request_id', '=', requestId).select([
      'request_id',
      is.val(approval.by.id.toLowerCase()).as('approver_id'),
      is.val(approval.by.name).as('approver_name'),
      is.val(approval.reason).as('reason'),
      sql<number>`version + 1`.as('version'),
      sql<Date>`${approval.at}::timestamptz`.as('at'),
    ]))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (added.numInsertedOrUpdatedRows !== 1n) return false;
  await tx.updateTable('activations').set({ version: sql`version + 1` }).where('request_id', '=', requestId).execute();
  return true;
}

/** Approvals that do not count any more: a new version of the request. Only under `lockActivation`. */
export async function dropApprovals(tx: Queries, requestId: string, approverIds: readonly string[]): Promise<void> {
  if (approverIds.length === 0) return;
  await tx.deleteFrom('approvals_given').where('request_id', '=', requestId).where('approver_id', 'in', approverIds).execute();
  await tx.updateTable('activations').set({ version: sql`version + 1` }).where('request_id', '=', requestId).execute();
}

/** Remembers how far a request has come by what has been given so far. Only under `lockActivation`. */
export async function saveApprovalsCounted(tx: Queries, requestId: string, counted: number): Promise<void> {
  await tx.updateTable('activations').set({ approvals_counted: counted }).where('request_id', '=', requestId).execute();
}
