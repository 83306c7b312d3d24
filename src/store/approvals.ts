import { activationOf, type Activation } from './activations.ts';
import type { Queries } from './database.ts';
import type { AskOutcome } from './tables.ts';

export interface AskedApprover {
  readonly approver: { readonly id: string; readonly name: string };
  readonly outcome: AskOutcome;
  /** Why it failed, for the requester's card and the operator; `null` where there is nothing to say. */
  readonly detail: string | null;
  /** When it was last heard of. */
  readonly at: Date;
  /** Asked because the first ones had not answered. */
  readonly escalated: boolean;
}

/**
 * Records who is asked to approve a request. A person is asked once for each request, however often this is called.
 *
 * @returns the people who were not asked before: those to notify
 */
export async function recordAskedApprovers(
  queries: Queries,
  requestId: string,
  people: readonly { readonly id: string; readonly name: string }[],
  at: Date,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  if (people.length === 0) return [];
  return queries
    .insertInto('asked_approvers')
    .values(people.map(({ id, name }) => ({ request_id: requestId, approver_id: id, approver_name: name, at, detail: null })))
    .onConflict((conflict) => conflict.columns(['request_id', 'approver_id']).doNothing())
    .returning(['approver_id as id', 'approver_name as name'])
    .execute();
}

/** Records that it is settled who is asked to approve a request: from now on "nobody" means nobody. */
export async function markApproversAsked(queries: Queries, requestId: string, { at, possible }: { readonly at: Date; readonly possible: number | null }): Promise<void> {
  await queries.updateTable('activations').set({ approvers_asked_at: at, approvals_possible: possible }).where('request_id', '=', requestId).execute();
}

/**
 * What our approvers have approved waits at PIM now, for its own approvers: nobody has been asked for that, nobody has
 * approved, and it may be for longer than what was approved here. Who has, the audit log tells.
 */
export async function beginAnew(tx: Queries, requestId: string): Promise<void> {
  await tx.deleteFrom('approvals_given').where('request_id', '=', requestId).execute();
  await tx.deleteFrom('asked_approvers').where('request_id', '=', requestId).execute();
  await tx.deleteFrom('told').where('request_id', '=', requestId).where('news', '=', 'escalated').execute();
  await tx.updateTable('activations').set({ approvers_asked_at: null, approvals_possible: null, approvals_counted: null, nudged_at: null }).where('request_id', '=', requestId).execute();
}

/** Requests that we keep, the oldest first, and other people's than this one's. Who may decide on them, their approvers' list says. */
export async function listHeld(queries: Queries, { notOf }: { readonly notOf: string }): Promise<readonly Activation[]> {
  const rows = await queries.selectFrom('activations').selectAll().where('state', '=', 'held').where('person_id', '!=', notOf.toLowerCase()).orderBy('submitted_at').limit(mostHeld).execute();
  return rows.map(activationOf);
}

/** More than a bot keeps in a day: whoever is asked to approve one beyond has its card. */
const mostHeld = 100;

/** Pending requests whose card this person should have got and could not be given. */
export async function listUndelivered(queries: Queries, approverId: string): Promise<readonly string[]> {
  const rows = await askedOf(queries, approverId)
    .where('asked_approvers.outcome', 'in', ['notInstalled', 'blocked', 'failed'])
    .where('activations.state', 'in', ['pending', 'held'])
    .select('asked_approvers.request_id as requestId')
    .execute();
  return rows.map(({ requestId }) => requestId);
}

function askedOf(queries: Queries, approverId: string) {
  return queries
    .selectFrom('asked_approvers')
    .innerJoin('activations', 'activations.request_id', 'asked_approvers.request_id')
    .where('asked_approvers.approver_id', '=', approverId);
}

/** Records what came of asking one approver. */
export async function setAskOutcome(
  queries: Queries,
  asked: { readonly requestId: string; readonly approverId: string },
  outcome: { readonly outcome: AskOutcome; readonly detail?: string; readonly at: Date },
): Promise<void> {
  await queries
    .updateTable('asked_approvers')
    .set({ outcome: outcome.outcome, detail: outcome.detail ?? null, at: outcome.at })
    .where('request_id', '=', asked.requestId)
    .where('approver_id', '=', asked.approverId)
    .execute();
}

/** Records that these people are asked because the first ones have not answered: they decide like them from now on. */
export async function markEscalated(queries: Queries, requestId: string, approverIds: readonly string[]): Promise<void> {
  if (approverIds.length === 0) return;
  await queries.updateTable('asked_approvers').set({ escalated: true }).where('request_id', '=', requestId).where('approver_id', 'in', approverIds).execute();
}

/** Everybody who was asked, by name. */
export async function listAskedApprovers(queries: Queries, requestId: string): Promise<readonly AskedApprover[]> {
  const rows = await queries
    .selectFrom('asked_approvers')
    .selectAll()
    .where('request_id', '=', requestId)
    .orderBy('approver_name')
    .orderBy('approver_id')
    .execute();
  return rows.map((row) => ({
    approver: { id: row.approver_id, name: row.approver_name },
    outcome: row.outcome,
    detail: row.detail,
    at: row.at,
    escalated: row.escalated,
  }));
}
