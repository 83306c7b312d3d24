import type { Insertable, Selectable } from 'kysely';
import { sql } from 'kysely';
import { plannedStart } from '../pim/activation-status.ts';
import type { ActivationState } from '../pim/activation-status.ts';
import type { ActivationRequest, Role, RoleSettings, Scope, Ticket } from '../pim/model.ts';
import type { Queries } from './database.ts';
import type { ActivationProblem, ActivationsTable, Offer } from './tables.ts';

export interface ActivationDecision {
  readonly result: 'approve' | 'deny';
  /** `null` where PIM does not say who decided. */
  readonly by: { readonly id: string; readonly name: string } | null;
  readonly reason: string;
  readonly at: Date;
}

/** What we remember of one request to PIM. The truth about it is PIM's. */
export interface Activation {
  /** The GUID minted with the form. For Azure it is also the name of PIM's request. */
  readonly requestId: string;
  /** What PIM calls the request, in lower case; `null` until PIM has said so. */
  readonly pimId: string | null;
  /** `elsewhere`: made in the portal, or with another tool. */
  readonly origin: 'bot' | 'elsewhere';
  readonly person: { readonly id: string; readonly name: string };
  readonly role: Role;
  readonly scope: Scope;
  /** Empty where the request was made elsewhere, and PIM does not say. */
  readonly eligibilityScheduleId: string;
  /** When the eligibility ended, as the form was made; `null`: no end, or not known. */
  readonly eligibleUntil: Date | null;
  /** When it is to begin, as the person said; `null`: at once. What PIM says of it is `startAt`. */
  readonly requestedStart: Date | null;
  /** `null` until the form is sent. */
  readonly minutes: number | null;
  readonly justification: string;
  readonly ticket: Ticket | null;
  /** The role's settings when the form was made. */
  readonly settings: RoleSettings | null;
  readonly state: ActivationState;
  /** 1 at first, one more with each move. */
  readonly version: number;
  /** PIM's own word, e.g. `PendingApproval`. */
  readonly pimStatus: string | null;
  readonly approvalId: string | null;
  /** When it was settled who is asked; `null`: not yet. */
  readonly approversAskedAt: Date | null;
  readonly problem: ActivationProblem | null;
  readonly decision: ActivationDecision | null;
  readonly createdAt: Date;
  readonly submittedAt: Date | null;
  readonly startAt: Date | null;
  readonly endAt: Date | null;
  /** Until when the requester may activate what our approvers have approved. */
  readonly approvedUntil: Date | null;
  /** When the requester has asked everybody once more; `null`: they have not. */
  readonly nudgedAt: Date | null;
  /** How many approvals its approvers could give when they were asked; `null`: not known, or one is enough. */
  readonly approvalsPossible: number | null;
  /** How many of the approvals that it takes have been given, as its lists were when somebody last approved; `null`: nobody has. */
  readonly approvalsCounted: number | null;
  /** What an approver offers instead; it counts once they have denied. */
  readonly offer: Offer | null;
}

export type NewDraft = Pick<
  Activation,
  'requestId' | 'person' | 'role' | 'scope' | 'eligibilityScheduleId' | 'settings' | 'createdAt'
> &
  Partial<Pick<Activation, 'eligibleUntil' | 'requestedStart' | 'minutes' | 'justification' | 'ticket'>>;

/** What a move may change beside the state. A member that is left out stays as it is. */
export type ActivationChange = { readonly state: ActivationState } & Partial<
  Pick<
    Activation,
    | 'scope'
    | 'requestedStart'
    | 'minutes'
    | 'justification'
    | 'ticket'
    | 'settings'
    | 'pimId'
    | 'pimStatus'
    | 'approvalId'
    | 'problem'
    | 'decision'
    | 'submittedAt'
    | 'startAt'
    | 'endAt'
    | 'approvedUntil'
    | 'offer'
  >
>;

/** Remembers a form before it is shown. Rejects when the GUID is taken. */
export async function saveDraft(queries: Queries, draft: NewDraft): Promise<Activation> {
  const row = await queries
    .insertInto('activations')
    .values({ ...identity(draft), ...columnsOf({ ...draft, state: 'draft' }), eligible_until: draft.eligibleUntil ?? null, origin: 'bot' })
    .returningAll()
    .executeTakeFirstOrThrow();
  return activationOf(row);
}

export async function findActivation(queries: Queries, requestId: string): Promise<Activation | null> {
  const row = await queries.selectFrom('activations').selectAll().where('request_id', '=', requestId).executeTakeFirst();
  return row === undefined ? null : activationOf(row);
}

/** By what PIM calls the request. */
export async function findActivationByPimId(queries: Queries, pimId: string): Promise<Activation | null> {
  const row = await queries.selectFrom('activations').selectAll().where('pim_request_id', '=', pimId.toLowerCase()).executeTakeFirst();
  return row === undefined ? null : activationOf(row);
}

/** Which of these requests of PIM's are remembered, under PIM's name or under ours; in lower case. */
export async function listRemembered(queries: Queries, pimIds: readonly string[]): Promise<ReadonlySet<string>> {
  const remembered = new Set<string>();
  for (let from = 0; from < pimIds.length; from += mostAtOnce) {
    const ids = pimIds.slice(from, from + mostAtOnce).map((id) => id.toLowerCase());
    const rows = await queries
      .selectFrom('activations')
      .select(['request_id', 'pim_request_id'])
      .where((is) => is.or([is('request_id', 'in', ids), is('pim_request_id', 'in', ids)]))
      .execute();
    for (const { request_id: ours, pim_request_id: pims } of rows) remembered.add(ours).add(pims ?? ours);
  }
  return remembered;
}

const mostAtOnce = 1_000;

/** This person's requests for a role at a scope of which PIM has not said what it calls them: they may have reached it or not. */
export async function listUnnamed(queries: Queries, { person, role, scope }: Pick<Activation, 'role' | 'scope'> & { readonly person: { readonly id: string } }): Promise<readonly Activation[]> {
  const rows = await queries
    .selectFrom('activations')
    .selectAll()
    .where('person_id', '=', person.id.toLowerCase())
    .where('state', '=', 'submitting')
    .where('pim_request_id', 'is', null)
    .where(sql`lower(role_definition_id)`, '=', role.definitionId.toLowerCase())
    .where(sql`lower(scope_id)`, '=', scope.id.toLowerCase())
    .execute();
  return rows.map(activationOf);
}

/**
 * What this person has asked for and PIM knows nothing of yet, approved ones first, then the newest: no listing of PIM's
 * tells it.
 */
export async function listKeptOf(queries: Queries, personId: string): Promise<readonly Activation[]> {
  const rows = await queries
    .selectFrom('activations')
    .selectAll()
    .where('person_id', '=', personId.toLowerCase())
    .where('state', 'in', ['held', 'approved', 'awaitingStepUp'])
    .orderBy('state')
    .orderBy('submitted_at', 'desc')
    .limit(mostKept)
    .execute();
  return rows.map(activationOf);
}

const mostKept = 20;

/** Remembers what PIM calls a request, where that was not known yet. Nothing that a card shows changes by it. */
export async function rememberPimId(queries: Queries, requestId: string, pimId: string): Promise<void> {
  await queries
    .updateTable('activations')
    .set({ pim_request_id: pimId.toLowerCase() })
    .where('request_id', '=', requestId)
    .where('pim_request_id', 'is', null)
    .execute();
}

/**
 * Moves an activation on if it still stands where the caller believes it to stand: compare and set, in one statement.
 * Of any number of callers who saw the same state, one wins. This is the guard of promises 10, 11 and 12.
 *
 * @param expected the states to move from, and the version where only that one will do
 * @returns the activation after the move, or `null` when it stood elsewhere (or is unknown): nothing was changed
 */
export async function moveActivation(
  queries: Queries,
  requestId: string,
  expected: { readonly from: readonly ActivationState[]; readonly fromVersion?: number },
  change: ActivationChange,
): Promise<Activation | null> {
  let update = queries
    .updateTable('activations')
    .set({ ...columnsOf(change), ...(change.scope === undefined ? {} : scopeColumns(change.scope)), version: sql`version + 1` })
    .where('request_id', '=', requestId)
    .where('state', 'in', expected.from);
  if (expected.fromVersion !== undefined) update = update.where('version', '=', expected.fromVersion);
  const row = await update.returningAll().executeTakeFirst();
  return row === undefined ? null : activationOf(row);
}

/**
 * The later start that was asked for has come, and nobody has decided: what the cards say of it is not true any more, and
 * whoever clicks on such a card decides on something else. So it is a new version, once.
 *
 * @returns the activation, or `null` where nothing has changed by it
 */
export async function markStartMissed(queries: Queries, requestId: string, now: Date): Promise<Activation | null> {
  const row = await queries
    .updateTable('activations')
    .set({ start_missed: true, version: sql`version + 1` })
    .where('request_id', '=', requestId)
    .where('state', '=', 'pending')
    .where('start_missed', '=', false)
    .where('requested_start', '<=', now)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : activationOf(row);
}

/**
 * Records that the requester has asked everybody once more.
 *
 * @returns the activation, or `null` where they have done so before, or nobody has to decide any more
 */
export async function markNudged(queries: Queries, requestId: string, at: Date): Promise<Activation | null> {
  const row = await queries
    .updateTable('activations')
    .set({ nudged_at: at })
    .where('request_id', '=', requestId)
    .where('state', 'in', ['pending', 'held'])
    .where('nudged_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : activationOf(row);
}

/**
 * Remembers a decision that PIM has taken, whoever has seen its effect first. The first one that is remembered stays.
 *
 * @returns the activation with the decision, or `null` when one was remembered already
 */
export async function rememberDecision(queries: Queries, requestId: string, decision: ActivationDecision & { readonly offer?: Offer | null }): Promise<Activation | null> {
  const row = await queries
    .updateTable('activations')
    .set({ ...decisionColumns(decision), offer: jsonOf(decision.offer), version: sql`version + 1` })
    .where('request_id', '=', requestId)
    .where('decision', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : activationOf(row);
}

/**
 * Keeps what somebody offers who is about to deny a request at PIM, or takes it back (`null`): PIM's answer may be lost, and
 * whoever reads there that it was denied knows nothing of the offer. No card shows it.
 */
export async function keepOffer(queries: Queries, requestId: string, offer: Offer | null): Promise<void> {
  await queries.updateTable('activations').set({ offer: jsonOf(offer) }).where('request_id', '=', requestId).where('state', '=', 'pending').execute();
}

/**
 * Remembers a request that was made elsewhere, unless we know it already.
 *
 * @returns the activation as it is remembered now, and whether this call added it
 */
export async function adoptElsewhere(
  queries: Queries,
  request: ActivationRequest,
  change: Omit<ActivationChange, 'scope' | 'requestedStart' | 'minutes' | 'justification' | 'ticket' | 'pimId' | 'pimStatus'>,
): Promise<{ readonly activation: Activation; readonly added: boolean }> {
  const { id: requestId, requester: person, start: startAt } = request;
  const row = await queries
    .insertInto('activations')
    .values({
      ...identity({ ...request, requestId, person }),
      ...columnsOf({ ...request, pimId: request.id, requestedStart: plannedStart(request), startAt, ...change }),
      state: change.state,
      origin: 'elsewhere',
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row !== undefined) return { activation: activationOf(row), added: true };
  const known = await queries
    .selectFrom('activations')
    .selectAll()
    .where((is) => is.or([is('request_id', '=', requestId), is('pim_request_id', '=', requestId.toLowerCase())]))
    .executeTakeFirstOrThrow();
  return { activation: activationOf(known), added: false };
}

type Identity = Pick<Activation, 'requestId' | 'person' | 'role' | 'scope' | 'eligibilityScheduleId' | 'createdAt'>;

function identity(activation: Identity) {
  return {
    request_id: activation.requestId,
    person_id: activation.person.id.toLowerCase(),
    person_name: activation.person.name,
    role_definition_id: activation.role.definitionId,
    role_name: activation.role.name,
    ...scopeColumns(activation.scope),
    eligibility_schedule_id: activation.eligibilityScheduleId,
    created_at: activation.createdAt,
  } satisfies Partial<Insertable<ActivationsTable>>;
}

function scopeColumns({ id, name, type }: Scope) {
  return { scope_id: id, scope_name: name, scope_type: type };
}

// Kysely leaves a column alone whose value is undefined: the member was left out.
function columnsOf(change: ActivationChange) {
  const { ticket, decision } = change;
  return {
    state: change.state,
    requested_start: change.requestedStart,
    minutes: change.minutes,
    justification: change.justification,
    ticket_number: ticket === undefined ? undefined : (ticket?.number ?? null),
    ticket_system: ticket === undefined ? undefined : (ticket?.system ?? null),
    settings: jsonOf(change.settings),
    pim_request_id: change.pimId?.toLowerCase(),
    pim_status: change.pimStatus,
    approval_id: change.approvalId,
    problem: jsonOf(change.problem),
    submitted_at: change.submittedAt,
    start_at: change.startAt,
    end_at: change.endAt,
    approved_until: change.approvedUntil,
    offer: jsonOf(change.offer),
    ...(decision === undefined ? {} : decisionColumns(decision)),
  };
}

function decisionColumns(decision: ActivationDecision | null) {
  return {
    decision: decision?.result ?? null,
    decision_reason: decision?.reason ?? null,
    decided_by_id: decision?.by?.id ?? null,
    decided_by_name: decision?.by?.name ?? null,
    decided_at: decision?.at ?? null,
  };
}

function jsonOf(value: object | null | undefined): string | null | undefined {
  return value === null || value === undefined ? value : JSON.stringify(value);
}

export function activationOf(row: Selectable<ActivationsTable>): Activation {
  return {
    requestId: row.request_id,
    pimId: row.pim_request_id,
    origin: row.origin,
    person: { id: row.person_id, name: row.person_name },
    role: { definitionId: row.role_definition_id, name: row.role_name },
    scope: { id: row.scope_id, name: row.scope_name, type: row.scope_type },
    eligibilityScheduleId: row.eligibility_schedule_id,
    eligibleUntil: row.eligible_until,
    requestedStart: row.requested_start,
    minutes: row.minutes,
    justification: row.justification,
    ticket: row.ticket_number === null ? null : { number: row.ticket_number, system: row.ticket_system ?? '' },
    settings: row.settings,
    state: row.state,
    version: row.version,
    pimStatus: row.pim_status,
    approvalId: row.approval_id,
    approversAskedAt: row.approvers_asked_at,
    problem: row.problem,
    decision: decisionOf(row),
    createdAt: row.created_at,
    submittedAt: row.submitted_at,
    startAt: row.start_at,
    endAt: row.end_at,
    approvedUntil: row.approved_until,
    nudgedAt: row.nudged_at,
    approvalsPossible: row.approvals_possible,
    approvalsCounted: row.approvals_counted,
    offer: row.offer,
  };
}

function decisionOf(row: Selectable<ActivationsTable>): ActivationDecision | null {
  if (row.decision === null || row.decided_at === null) return null;
  return {
    result: row.decision,
    by: row.decided_by_id === null ? null : { id: row.decided_by_id, name: row.decided_by_name ?? '' },
    reason: row.decision_reason ?? '',
    at: row.decided_at,
  };
}
