import type { Insertable, Selectable } from 'kysely';
import { sql } from 'kysely';
import type { AssignmentAction, AssignmentChangeState } from '../pim/assignment-change.ts';
import type { AssignmentTarget, Expiration, Ticket } from '../pim/model.ts';
import type { Queries } from './database.ts';
import type { AssignmentChangesTable, Assumption, PimProblem } from './tables.ts';

/** Something that an administrator assigns or takes away. The truth about it is PIM's. */
export interface AssignmentChange extends AssignmentTarget {
  /** The GUID minted with the card that asks whether it is meant. For Azure it is also the name of PIM's request. */
  readonly requestId: string;
  /** What PIM calls the request, in lower case; `null` until PIM has said so. */
  readonly pimId: string | null;
  /** The administrator. */
  readonly person: { readonly id: string; readonly name: string };
  readonly action: AssignmentAction;
  /** `null`: at once. */
  readonly start: Date | null;
  /** Means nothing where something is taken away. */
  readonly expiration: Expiration;
  readonly assumed: readonly Assumption[];
  readonly justification: string;
  readonly ticket: Ticket | null;
  /** The change that this one takes back. */
  readonly undoes: string | null;
  readonly state: AssignmentChangeState;
  /** 1 at first, one more with each move. */
  readonly version: number;
  /** PIM's own word, e.g. `Provisioned`. */
  readonly pimStatus: string | null;
  readonly problem: PimProblem | null;
  readonly createdAt: Date;
  readonly submittedAt: Date | null;
  /** From when to when, as PIM says. */
  readonly beginsAt: Date | null;
  readonly endsAt: Date | null;
}

export type NewAssignmentChange = Omit<
  AssignmentChange,
  'pimId' | 'state' | 'version' | 'pimStatus' | 'problem' | 'submittedAt' | 'beginsAt' | 'endsAt'
>;

/** What a move may change beside the state. A member that is left out stays as it is. */
export type AssignmentChangeMove = { readonly state: AssignmentChangeState } & Partial<
  Pick<AssignmentChange, 'justification' | 'pimId' | 'pimStatus' | 'problem' | 'submittedAt' | 'beginsAt' | 'endsAt'>
>;

/** Remembers what is asked about before it is shown. Rejects when the GUID is taken. */
export async function saveAssignmentChange(queries: Queries, change: NewAssignmentChange): Promise<AssignmentChange> {
  const row = await queries
    .insertInto('assignment_changes')
    .values({ ...targetColumns(change), ...wishColumns(change), state: 'draft' })
    .returningAll()
    .executeTakeFirstOrThrow();
  return changeOf(row);
}

export async function findAssignmentChange(queries: Queries, requestId: string): Promise<AssignmentChange | null> {
  const row = await queries.selectFrom('assignment_changes').selectAll().where('request_id', '=', requestId).executeTakeFirst();
  return row === undefined ? null : changeOf(row);
}

/**
 * Moves a change on if it still stands where the caller believes it to stand: compare and set, in one statement. Of any
 * number of callers who saw the same state, one wins. This is the guard of promises 10 and 12 for administrators.
 *
 * @returns the change after the move, or `null` when it stood elsewhere (or is unknown): nothing was changed
 */
export async function moveAssignmentChange(
  queries: Queries,
  requestId: string,
  expected: { readonly from: AssignmentChangeState; readonly fromVersion?: number },
  move: AssignmentChangeMove,
): Promise<AssignmentChange | null> {
  let update = queries
    .updateTable('assignment_changes')
    .set({ ...moveColumns(move), version: sql`version + 1` })
    .where('request_id', '=', requestId)
    .where('state', '=', expected.from);
  if (expected.fromVersion !== undefined) update = update.where('version', '=', expected.fromVersion);
  const row = await update.returningAll().executeTakeFirst();
  return row === undefined ? null : changeOf(row);
}

function targetColumns({ requestId, person, action, side, principal, role, scope }: NewAssignmentChange) {
  return {
    request_id: requestId,
    person_id: person.id,
    person_name: person.name,
    action,
    side,
    principal_id: principal.id,
    principal_name: principal.name,
    principal_user_name: principal.userPrincipalName ?? null,
    principal_kind: principal.kind,
    role_definition_id: role.definitionId,
    role_name: role.name,
    scope_id: scope.id,
    scope_name: scope.name,
    scope_type: scope.type,
  } satisfies Partial<Insertable<AssignmentChangesTable>>;
}

function wishColumns({ start, expiration, assumed, justification, ticket, undoes, createdAt }: NewAssignmentChange) {
  return {
    start_at: start,
    minutes: expiration.type === 'afterDuration' ? expiration.minutes : null,
    until: expiration.type === 'afterDateTime' ? expiration.end : null,
    assumed: JSON.stringify(assumed),
    justification,
    ticket_number: ticket?.number ?? null,
    ticket_system: ticket?.system ?? null,
    undoes,
    created_at: createdAt,
  } satisfies Partial<Insertable<AssignmentChangesTable>>;
}

// Kysely leaves a column alone whose value is undefined: the member was left out.
function moveColumns(move: AssignmentChangeMove) {
  const { problem } = move;
  return {
    state: move.state,
    justification: move.justification,
    pim_request_id: move.pimId?.toLowerCase(),
    pim_status: move.pimStatus,
    problem: problem === null || problem === undefined ? problem : JSON.stringify(problem),
    submitted_at: move.submittedAt,
    begins_at: move.beginsAt,
    ends_at: move.endsAt,
  };
}

function changeOf(row: Selectable<AssignmentChangesTable>): AssignmentChange {
  return {
    requestId: row.request_id,
    pimId: row.pim_request_id,
    person: { id: row.person_id, name: row.person_name },
    action: row.action,
    side: row.side,
    principal: {
      id: row.principal_id,
      name: row.principal_name,
      kind: row.principal_kind,
      ...(row.principal_user_name === null ? {} : { userPrincipalName: row.principal_user_name }),
    },
    role: { definitionId: row.role_definition_id, name: row.role_name },
    scope: { id: row.scope_id, name: row.scope_name, type: row.scope_type },
    start: row.start_at,
    expiration: expirationOf(row),
    assumed: row.assumed,
    justification: row.justification,
    ticket: row.ticket_number === null ? null : { number: row.ticket_number, system: row.ticket_system ?? '' },
    undoes: row.undoes,
    state: row.state,
    version: row.version,
    pimStatus: row.pim_status,
    problem: row.problem,
    createdAt: row.created_at,
    submittedAt: row.submitted_at,
    beginsAt: row.begins_at,
    endsAt: row.ends_at,
  };
}

function expirationOf({ minutes, until }: Selectable<AssignmentChangesTable>): Expiration {
  if (minutes !== null) return { type: 'afterDuration', minutes };
  return until === null ? { type: 'noExpiration' } : { type: 'afterDateTime', end: until };
}
