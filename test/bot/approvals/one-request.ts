import { BotAdapter } from '../../../src/bot/door/adapter.ts';
import { DevAuthentication } from '../../../src/bot/door/dev-adapter.ts';
import { createTurnHandler } from '../../../src/bot/on-turn.ts';
import type { BotParts } from '../../../src/bot/parts.ts';
import type { Clock } from '../../../src/clock.ts';
import type { ActivationState } from '../../../src/pim/activation-status.ts';
import { PimError } from '../../../src/pim/errors.ts';
import type { ActivationRequest, Person, RoleSettings } from '../../../src/pim/model.ts';
import { createOwnLayer } from '../../../src/pim/own-layer.ts';
import type { OwnEntry } from '../../../src/pim/own-settings.ts';
import type { PimUser } from '../../../src/pim/pim.ts';
import { findActivation, moveActivation, saveDraft, type Activation, type ActivationChange } from '../../../src/store/activations.ts';
import { markEscalated, recordAskedApprovers, setAskOutcome } from '../../../src/store/approvals.ts';
import { addApproval, listApprovalsGiven } from '../../../src/store/approvals-given.ts';
import { listAudit, type AuditRow } from '../../../src/store/audit-log.ts';
import { rememberPostedCard } from '../../../src/store/posted-cards.ts';
import { alex, createStandIn, eligible, lenient, megan, now, opsLeads, production, reader, whole, type StandIn } from '../stand-in.ts';

export const diego = { id: 'a1e00000-0000-4000-8000-000000000005', name: 'Diego Siciliani' };
/** Was an approver when he got the card, and is none any more. */
export const nestor = { id: 'a1e00000-0000-4000-8000-000000000003', name: 'Nestor Wilke' };
export const lee = { id: 'a1e00000-0000-4000-8000-000000000004', name: 'Lee Gu' };
/** Was asked because nobody had answered, and is named by our settings no more. */
export const adele = { id: 'a1e00000-0000-4000-8000-000000000008', name: 'Adele Vance' };
/** A guest, whom the approvers' group names all the same. */
export const grady = { id: 'a1e00000-0000-4000-8000-000000000006', name: 'Grady Archie' };

const tenantId = 'd4e00000-0000-4000-8000-000000000001';
export const otherTenantId = 'd4e00000-0000-4000-8000-000000000002';
/** In every request: whoever may not read one must not meet it. */
export const secret = 'because the ledger of the ninth bank is wrong';

export const everyState: readonly ActivationState[] = [
  'draft', 'held', 'approved', 'awaitingStepUp', 'submitting', 'pending', 'scheduled', 'active', 'denied', 'timedOut', 'withdrawn', 'failed', 'deactivated', 'expired',
];

export interface Clicker {
  readonly id: string;
  readonly name: string;
  /** Ours, unless said. */
  readonly tenantId?: string;
}

export interface ClickAnswer {
  readonly status: number;
  /** The whole answer. */
  readonly text: string;
}

/** The bot's own door, handlers and database; of PIM, only what one request needs. */
export interface Desk extends AsyncDisposable {
  readonly parts: BotParts;
  readonly jobs: string[];
  /** What PIM was asked to change and did, e.g. `Megan Bowen approve`. */
  readonly effects: string[];
  /** Who is in the approvers' group now. */
  readonly approvers: Map<string, Person>;
  /** A request of Alex's in this state, of which Megan, Diego and Nestor have got a card. */
  request(state: ActivationState): Promise<Activation>;
  clicks(who: Clicker, verb: string, data: object): Promise<ClickAnswer>;
  /** All that a click could change, to be compared. */
  traces(requestId: string): Promise<object>;
  audit(requestId: string): Promise<readonly AuditRow[]>;
  wait(minutes: number): void;
}

export interface DeskOptions {
  readonly approvalsRequired?: number;
  readonly approverJustificationRequired?: boolean;
  /** Whether our settings name others who are asked when nobody answers; Adele was among them. */
  readonly escalates?: boolean;
}

const secondLine = 'b2e00000-0000-4000-8000-000000000009';
const isaiah = { id: 'a1e00000-0000-4000-8000-00000000000a', name: 'Isaiah Langer' };

/** Up to its end, PIM has these. */
const atPim: ReadonlySet<ActivationState> = new Set(['submitting', 'pending', 'scheduled', 'active', 'denied', 'timedOut', 'withdrawn', 'failed', 'deactivated', 'expired']);

export async function openDesk({ approvalsRequired = 1, approverJustificationRequired = false, escalates = false }: DeskOptions = {}): Promise<Desk> {
  const approvers = new Map<string, Person>([memberOf(megan), memberOf(diego)]);
  const effects: string[] = [];
  const time = { ms: now.getTime() };
  const clock = { now: () => new Date(time.ms) };
  const pim = new OneRequestAtPim(approvers, effects, { reasonWanted: approverJustificationRequired, clock });
  const entry: OwnEntry = {
    role: 'Reader', scope: production, maximumMinutes: null, ticketRequired: false, mfaRequired: false, notifiesAdministrators: false,
    approverIds: [opsLeads.id], approvalsRequired, tickets: [], escalateTo: escalates ? [secondLine] : [],
  };
  const standIn = await createStandIn({
    reader: {
      readRoleSettings: async () => pim.settings,
      readRequest: async ({ requestId }) => pim.read(requestId),
      readDecision: async () => null,
      expandApprovers: async (asked) => ({ people: asked.some(({ id }) => id === secondLine) ? [memberOf(isaiah)[1]] : [...approvers.values()], unreadable: [] }),
    },
    more: {
      ownLayer: createOwnLayer({ entries: [entry], clock, listDescendants: async () => [] }),
      isMember: async (id) => id !== grady.id,
      clock,
    },
  });
  return deskOn(standIn, { pim, effects, approvers, time });
}

/** By id. */
export function memberOf({ id, name }: { readonly id: string; readonly name: string }): [string, Person] {
  return [id, { id, name, userPrincipalName: `${id}@contoso.example` }];
}

interface DeskParts extends Pick<Desk, 'effects' | 'approvers'> {
  readonly pim: OneRequestAtPim;
  readonly time: { ms: number };
}

function deskOn(standIn: StandIn, { pim, effects, approvers, time }: DeskParts): Desk {
  const { signIn } = standIn.parts;
  const parts: BotParts = { ...standIn.parts, signIn: { ...signIn, pimOf: async (id) => ({ ...await signIn.pimOf(id), ...pim.as(id) }) } };
  const { db } = parts.store;
  const adapter = new BotAdapter(new DevAuthentication(), parts.log);
  const onTurn = createTurnHandler(parts);
  return {
    parts, effects, approvers,
    jobs: standIn.jobs,
    request: (state) => requestIn(parts, pim, state),
    clicks: async (who, verb, data) => {
      const { status, body } = await adapter.receive('', clickOf(who, verb, data), onTurn);
      return { status, text: JSON.stringify(body ?? null) };
    },
    traces: async (requestId) => ({
      activation: await findActivation(db, requestId), given: await listApprovalsGiven(db, requestId), effects: [...effects], jobs: [...standIn.jobs],
    }),
    audit: (requestId) => Array.fromAsync(listAudit(db, { requestId })),
    wait: (minutes) => { time.ms += minutes * 60_000; },
    [Symbol.asyncDispose]: () => standIn[Symbol.asyncDispose](),
  };
}

export function clickOf(who: Clicker, verb: string, data: object): object {
  const home = who.tenantId ?? tenantId;
  return {
    type: 'invoke', name: 'adaptiveCard/action', id: crypto.randomUUID(), channelId: 'msteams', serviceUrl: 'http://127.0.0.1:9/', locale: 'en-US',
    from: { id: `29:${who.id}`, name: who.name, aadObjectId: who.id }, recipient: { id: '28:bot', name: 'PIM' },
    conversation: { id: `a:${who.id}`, conversationType: 'personal', tenantId: home }, channelData: { tenant: { id: home } },
    replyToId: 'the-card', value: { action: { type: 'Action.Execute', verb, data } },
  };
}

/** PIM, as far as one request at a time needs it: who approves is the group as it is at that moment. */
class OneRequestAtPim {
  readonly #approvers: ReadonlyMap<string, Person>;
  readonly #effects: string[];
  readonly #reasonWanted: boolean;
  readonly #clock: Clock;
  readonly #requests = new Map<string, ActivationRequest>();
  settings: RoleSettings = lenient;

  constructor(approvers: ReadonlyMap<string, Person>, effects: string[], { reasonWanted, clock }: { readonly reasonWanted: boolean; readonly clock: Clock }) {
    this.#approvers = approvers;
    this.#effects = effects;
    this.#reasonWanted = reasonWanted;
    this.#clock = clock;
  }

  /** `request`: what PIM has, `null` where it has nothing and asks for no approval either. */
  holds(request: ActivationRequest | null): void {
    const isHeld = request?.pimStatus === 'PendingApproval';
    this.settings = {
      ...lenient, approvalRequired: isHeld, approverJustificationRequired: this.#reasonWanted, approvers: isHeld ? [{ id: opsLeads.id, kind: 'group', name: opsLeads.name }] : [],
    };
    if (request !== null) this.#requests.set(request.id, request);
  }

  read(requestId: string): ActivationRequest | null {
    return this.#requests.get(requestId) ?? null;
  }

  as(personId: string): Partial<PimUser> {
    const mayDecide = (): boolean => this.#approvers.has(personId) && personId !== alex.id;
    const done = (what: string): void => { this.#effects.push(`${nameOf(personId)} ${what}`); };
    return {
      listEligible: async () => whole(...(personId === alex.id ? [eligible('0e110000-0000-4000-8000-000000000001', reader, production)] : [])),
      listActive: async () => whole(),
      listChildren: async () => [],
      readRoleSettings: async () => this.settings,
      validate: async () => 'granted',
      readRequest: async ({ requestId }) => this.read(requestId),
      listWaitingForMyDecision: async () => whole(...(mayDecide() ? [...this.#requests.values()].filter(({ pimStatus }) => pimStatus === 'PendingApproval') : [])),
      activate: async (requestId, draft) => {
        done('activate');
        this.#requests.set(requestId, { ...requestAtPim(requestId, 'Provisioned', this.#clock.now()), minutes: draft.minutes });
        return requestAtPim(requestId, 'Provisioned', this.#clock.now());
      },
      deactivate: async (requestId) => {
        done('deactivate');
        return { ...requestAtPim(requestId, 'Revoked', this.#clock.now()), action: 'deactivate' };
      },
      cancel: async ({ requestId }) => {
        done('cancel');
        this.#requests.set(requestId, requestAtPim(requestId, 'Canceled', this.#clock.now()));
      },
      decide: async ({ approvalId }, { result }) => {
        if (!mayDecide()) throw new PimError('notPermitted', 'none of its approvers');
        if (this.read(approvalId)?.pimStatus !== 'PendingApproval') throw new PimError('alreadyDecided', 'it does not wait any more');
        done(result);
        this.#requests.set(approvalId, requestAtPim(approvalId, result === 'approve' ? 'Provisioned' : 'Denied', this.#clock.now()));
      },
    };
  }
}

function nameOf(personId: string): string {
  return [alex, megan, diego, nestor, lee, grady].find(({ id }) => id === personId)?.name ?? personId;
}

const statusAtPim: Partial<Readonly<Record<ActivationState, string>>> = {
  submitting: 'Accepted', pending: 'PendingApproval', scheduled: 'Granted', active: 'Provisioned', denied: 'Denied', timedOut: 'TimedOut', withdrawn: 'Canceled', failed: 'Failed',
  deactivated: 'Revoked', expired: 'Provisioned',
};

function requestAtPim(id: string, pimStatus: string, createdAt: Date): ActivationRequest {
  return {
    id, action: 'activate', role: reader, scope: production, requester: { ...alex, kind: 'user' }, pimStatus, createdAt, start: null, minutes: 60, justification: secret, ticket: null, approvalId: id, eligibilityScheduleId: '',
  };
}

async function requestIn(parts: BotParts, pim: OneRequestAtPim, state: ActivationState): Promise<Activation> {
  const { store: { db }, clock } = parts;
  const requestId = crypto.randomUUID();
  pim.holds(null);
  const at = clock.now();
  const later = state === 'scheduled' ? new Date(at.getTime() + 1_800_000) : null;
  if (atPim.has(state) && state !== 'submitting') pim.holds({ ...requestAtPim(requestId, statusAtPim[state] ?? '', at), start: later });
  const { eligibilityScheduleId } = eligible('0e110000-0000-4000-8000-000000000001', reader, production);
  await saveDraft(db, { requestId, person: alex, role: reader, scope: production, eligibilityScheduleId, settings: pim.settings, requestedStart: later, minutes: 60, justification: secret, createdAt: at });
  if (state !== 'draft') {
    await recordAskedApprovers(db, requestId, [megan, diego, nestor, grady], at);
    for (const { id } of [megan, diego, nestor, grady]) await setAskOutcome(db, { requestId, approverId: id }, { outcome: 'sent', at });
    if (parts.ownLayer.entries.some(({ escalateTo }) => escalateTo.length > 0)) await askedLater(parts, requestId, at);
    if (state === 'approved') await parts.store.transaction((tx) => approvedByBoth(tx, requestId, at));
    await moveActivation(db, requestId, { from: ['draft'] }, changeTo(state, requestId, at));
    await rememberPostedCard(db, { requestId, personId: megan.id, activityId: `card-${requestId}`, kind: 'approver', reference: {}, shownVersion: 2 });
  }
  const made = await findActivation(db, requestId);
  if (made === null) throw new Error('the request was not kept');
  return made;
}

async function askedLater({ store: { db } }: BotParts, requestId: string, at: Date): Promise<void> {
  await recordAskedApprovers(db, requestId, [adele], at);
  await setAskOutcome(db, { requestId, approverId: adele.id }, { outcome: 'sent', at });
  await markEscalated(db, requestId, [adele.id]);
}

async function approvedByBoth(tx: Parameters<typeof addApproval>[0], requestId: string, at: Date): Promise<void> {
  for (const by of [megan, diego]) await addApproval(tx, requestId, { by, reason: 'fine', at });
}

function changeTo(state: ActivationState, requestId: string, at: Date): ActivationChange {
  const end = new Date(at.getTime() + 3_600_000);
  return {
    state, minutes: 60, submittedAt: at, startAt: atPim.has(state) ? at : null, endAt: atPim.has(state) ? end : null,
    ...(atPim.has(state) && state !== 'submitting' ? { pimId: requestId, approvalId: requestId, pimStatus: statusAtPim[state] ?? null } : {}),
    ...(state === 'approved' ? { approvedUntil: new Date(at.getTime() + 8 * 3_600_000), decision: { result: 'approve', by: diego, reason: 'fine', at } } : {}),
    ...(state === 'denied' ? { decision: { result: 'deny', by: diego, reason: 'no', at } } : {}),
  };
}
