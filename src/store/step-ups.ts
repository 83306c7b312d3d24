import { randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { StepUp } from '../pim/step-up.ts';
import type { Queries } from './database.ts';
import type { Offer, StepUpsTable } from './tables.ts';

/** Something that a person has asked for and that PIM wants a stronger sign-in for. One for each request, person and action. */
export interface StepUpRecord {
  /** 256 bits, base64url: the address of its page. A new one each time it is opened. */
  readonly id: string;
  /** The activation's GUID. */
  readonly requestId: string;
  /** Who has asked, and has to sign in. */
  readonly person: { readonly id: string; readonly name: string };
  readonly action: 'activate' | 'approve' | 'deny';
  /** The approver's; empty for an activation, whose justification is in the activation. */
  readonly reason: string;
  /** The activation's version that the person has seen. */
  readonly requestVersion: number;
  readonly stepUp: StepUp;
  /** What the approver who denies would approve instead. */
  readonly offer: Offer | null;
  /** `carriedOut`: handed on to be carried out; what came of it is in the activation. */
  readonly state: 'open' | 'carriedOut' | 'cancelled';
  readonly createdAt: Date;
}

export type NewStepUp = Omit<StepUpRecord, 'id' | 'state' | 'offer'> & Partial<Pick<StepUpRecord, 'offer'>>;

/** From when it was asked for. */
const openForMs = 60 * 60_000;
const flowForMs = 5 * 60_000;
/** After this no sign-in can come back. */
export const stepUpTakesMs = openForMs + flowForMs;
const mostFlows = 10;

/** Opens a step-up. One of the same request, person and action is replaced: its address and a sign-in begun from it are dead. */
export async function openStepUp(queries: Queries, { requestId, person, action, ...rest }: NewStepUp): Promise<StepUpRecord> {
  const fresh = {
    id: randomBytes(32).toString('base64url'),
    person_name: person.name,
    reason: rest.reason,
    request_version: rest.requestVersion,
    step_up: JSON.stringify(rest.stepUp),
    offer: rest.offer === undefined || rest.offer === null ? null : JSON.stringify(rest.offer),
    state: 'open' as const,
    created_at: rest.createdAt,
    flows: 0,
    state_hash: null,
    cookie_hash: null,
    begun_at: null,
  };
  const row = await queries
    .insertInto('step_ups')
    .values({ request_id: requestId, person_id: person.id, action, ...fresh })
    .onConflict((conflict) => conflict.columns(['request_id', 'person_id', 'action']).doUpdateSet(fresh))
    .returningAll()
    .executeTakeFirstOrThrow();
  return recordOf(row);
}

/** By the id in the page's address, in whatever state it is. */
export async function findStepUp(queries: Queries, id: string): Promise<StepUpRecord | null> {
  const row = await queries.selectFrom('step_ups').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : recordOf(row);
}

/** What this person's card offers at `at`: the newest that is open. */
export async function findOpenStepUp(
  queries: Queries,
  { requestId, personId, at }: { readonly requestId: string; readonly personId: string; readonly at: Date },
): Promise<StepUpRecord | null> {
  const row = await queries
    .selectFrom('step_ups')
    .selectAll()
    .where('request_id', '=', requestId)
    .where('person_id', '=', personId)
    .where('state', '=', 'open')
    .where('created_at', '>', before(at, openForMs))
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : recordOf(row);
}

/** Whether its hour is over. */
export function isStepUpLate({ createdAt }: StepUpRecord, at: Date): boolean {
  return createdAt <= before(at, openForMs);
}

/**
 * Begins a sign-in; the one before it is dead. Only the hashes of its secrets are kept.
 *
 * @returns `null` when the step-up is not open, when its hour is over, or when ten sign-ins were begun already
 */
export async function beginFlow(
  queries: Queries,
  id: string,
  flow: { readonly stateHash: string; readonly cookieHash: string; readonly at: Date },
): Promise<StepUpRecord | null> {
  const row = await queries
    .updateTable('step_ups')
    .set({ state_hash: flow.stateHash, cookie_hash: flow.cookieHash, begun_at: flow.at, flows: sql`flows + 1` })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .where('created_at', '>', before(flow.at, openForMs))
    .where('flows', '<', mostFlows)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : recordOf(row);
}

export type TakenFlow =
  | { readonly kind: 'taken'; readonly record: StepUpRecord; readonly cookieHash: string }
  /** Begun more than five minutes before. */
  | { readonly kind: 'late' }
  /** Never begun, begun anew since, or taken already. */
  | { readonly kind: 'unknown' };

/** Ends a sign-in: of any number of callers with the same state, one takes it. This is the guard of promise 16's single use. */
export async function takeFlow(queries: Queries, stateHash: string, at: Date): Promise<TakenFlow> {
  const row = await queries
    .updateTable('step_ups')
    .set({ state_hash: null })
    .where('state_hash', '=', stateHash)
    .where('state', '=', 'open')
    .where('begun_at', '>', before(at, flowForMs))
    .returningAll()
    .executeTakeFirst();
  if (row !== undefined) return { kind: 'taken', record: recordOf(row), cookieHash: row.cookie_hash ?? '' };
  const left = await queries.selectFrom('step_ups').select('state').where('state_hash', '=', stateHash).executeTakeFirst();
  return { kind: left?.state === 'open' ? 'late' : 'unknown' };
}

/** Closes a step-up that is still open: compare and set. `null`: somebody else has closed or replaced it. */
export async function closeStepUp(queries: Queries, id: string, state: 'carriedOut' | 'cancelled'): Promise<StepUpRecord | null> {
  const row = await queries
    .updateTable('step_ups')
    .set({ state })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : recordOf(row);
}

/** Ends whatever waits for this person's stronger sign-in to this request, a sign-in begun long ago included. */
export async function cancelStepUps(queries: Queries, { requestId, personId }: { readonly requestId: string; readonly personId: string }): Promise<void> {
  await queries
    .updateTable('step_ups')
    .set({ state: 'cancelled' })
    .where('request_id', '=', requestId)
    .where('person_id', '=', personId)
    .where('state', '=', 'open')
    .execute();
}

function before(at: Date, ms: number): Date {
  return new Date(at.getTime() - ms);
}

function recordOf(row: Selectable<StepUpsTable>): StepUpRecord {
  return {
    id: row.id,
    requestId: row.request_id,
    person: { id: row.person_id, name: row.person_name },
    action: row.action,
    reason: row.reason,
    requestVersion: row.request_version,
    stepUp: row.step_up,
    offer: row.offer,
    state: row.state,
    createdAt: row.created_at,
  };
}
