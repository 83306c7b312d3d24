import type { BotParts } from '../../src/bot/parts.ts';
import type { Reply } from '../../src/bot/reply.ts';
import type { Turn } from '../../src/bot/turn.ts';
import { createLog } from '../../src/log.ts';
import { PimError } from '../../src/pim/errors.ts';
import type { EligibleAssignment, Listing, Role, RoleSettings, Scope } from '../../src/pim/model.ts';
import { tighten } from '../../src/pim/own-settings.ts';
import type { PimAssignments, PimReader, PimUser } from '../../src/pim/pim.ts';
import { listAudit, type AuditRow } from '../../src/store/audit-log.ts';
import { inputsOf, verbsOf, wordsOf } from '../cards/card-parts.ts';
import { openTestStore } from '../helpers/test-store.ts';

/** The bot's handlers on an empty store, with a PIM whose answers the test gives. */
export interface StandIn extends AsyncDisposable {
  readonly parts: BotParts;
  /** The jobs that were asked for, by name. */
  readonly jobs: string[];
  audit(): Promise<readonly AuditRow[]>;
}

export interface Answers {
  /** What PIM answers to this person; another person has none of it. */
  readonly pim?: Partial<PimUser>;
  readonly others?: Partial<PimUser>;
  readonly reader?: Partial<PimReader>;
  readonly more?: Partial<BotParts>;
}

export const alex = { id: 'a1e00000-0000-4000-8000-000000000001', name: 'Alex Wilber' };
export const megan = { id: 'a1e00000-0000-4000-8000-000000000002', name: 'Megan Bowen' };
export const now = new Date('2026-11-23T14:05:00Z');

export async function createStandIn({ pim = {}, others = {}, reader = {}, more = {} }: Answers = {}): Promise<StandIn> {
  const store = await openTestStore();
  const jobs: string[] = [];
  const done = (): Promise<void> => Promise.resolve();
  const parts: BotParts = {
    tenantId: 'd4e00000-0000-4000-8000-000000000001',
    store,
    jobs: {
      enqueue: async (_tx, name) => { jobs.push(name); },
      work: done, scheduleDaily: done, unscheduleDaily: done, close: done, [Symbol.asyncDispose]: done,
    },
    messenger: { sendCard: unanswered, sendText: unanswered, sendSignIn: unanswered, updateCard: unanswered },
    signIn: {
      pimOf: async (personId) => ({ ...silentUser, personId, ...(personId === alex.id ? pim : others) }),
      pimWith: () => { throw new Error('nobody signs in more strongly here'); },
      forget: () => undefined,
    },
    teamsSignIn: null,
    consentUrl: null,
    stepUpOrigin: null,
    isMember: () => Promise.resolve(true),
    pimReader: { ...silentReader, ...reader },
    announceChannel: null,
    looksElsewhere: true,
    waiting: { remindAfter: [], escalateAfter: 60, workingHours: null },
    ownLayer: { entries: [], bind: (settings) => Promise.resolve(settings === null ? null : tighten(settings, [])) },
    clock: { now: () => now },
    log: createLog('silent'),
    ...more,
  };
  return { parts, jobs, audit: () => Array.fromAsync(listAudit(store.db)), [Symbol.asyncDispose]: () => store.close() };
}

function unanswered(): Promise<never> {
  return Promise.reject(new PimError('unavailable', 'this test gives no answer to that'));
}

const silentAssignments: PimAssignments = {
  list: unanswered, assign: unanswered, unassign: unanswered, readRequest: unanswered, findRoles: unanswered, findScopes: unanswered, findWidestScopes: unanswered, findPrincipals: unanswered,
};

const silentUser: Omit<PimUser, 'personId'> = {
  listEligible: unanswered, listActive: unanswered, listPending: unanswered, listChildren: unanswered, readRoleSettings: unanswered, validate: unanswered,
  activate: unanswered, deactivate: unanswered, cancel: unanswered, readRequest: unanswered, listWaitingForMyDecision: unanswered, decide: unanswered,
  assignments: silentAssignments,
  settings: { read: unanswered, list: unanswered, write: unanswered, findApprovers: unanswered },
};

const silentReader: PimReader = {
  listElevations: unanswered, listPendingRequests: unanswered, listHeldBy: unanswered, readDecision: unanswered, readRoleSettings: unanswered, readPolicy: unanswered, findRoles: unanswered, listAdministrators: unanswered, readRequest: unanswered, expandApprovers: unanswered, readMember: unanswered,
};

export function turnOf(actor: { readonly id: string; readonly name: string }): Turn {
  return {
    actor,
    teamsUserId: `29:${actor.id}`,
    tenantId: 'd4e00000-0000-4000-8000-000000000001',
    reader: { locale: 'en', timeZone: 'UTC' },
    personal: true,
    text: '',
    value: undefined,
    cardActivityId: null,
    conversation: { personId: actor.id, tenantId: 'd4e00000-0000-4000-8000-000000000001', reference: {}, serviceUrl: 'https://smba.example', locale: 'en', timeZone: 'UTC' },
  };
}

export function whole<T>(...items: readonly T[]): Listing<T> {
  return { items, gaps: [] };
}

/** What a card says, sends and offers. */
export function seen({ card }: Reply): { words: string; verbs: readonly string[]; choices: readonly { title: string; value: string }[]; chosen: string; form: { requestId: string; version: number } } {
  const [field] = inputsOf(card).filter(({ type }) => type === 'Input.ChoiceSet');
  const { choices = [], value = '' } = Object(field);
  const { requestId = '', version = 0 } = Object(Object(card.actions[0])['data']);
  return { words: wordsOf(card), verbs: verbsOf(card), choices, chosen: value, form: { requestId, version } };
}

const subscription = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
export const contoso: Scope = { id: '/providers/Microsoft.Management/managementGroups/contoso', name: 'Contoso', type: 'managementGroup' };
export const production: Scope = { id: subscription, name: 'Production', type: 'subscription' };
export const development: Scope = { id: '/subscriptions/c3e00000-0000-4000-8000-000000000002', name: 'Development', type: 'subscription' };
export const app = groupIn(production, 'rg-app');
export const web = groupIn(production, 'rg-web');
export const directory: Scope = { id: '/', name: 'Directory', type: 'directory' };
export const opsLeads: Scope = { id: 'b2e00000-0000-4000-8000-000000000001', name: 'Ops leads', type: 'group' };

export function groupIn({ id }: Scope, name: string): Scope {
  return { id: `${id}/resourceGroups/${name}`, name, type: 'resourceGroup' };
}

export const contributor: Role = { definitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c`, name: 'Contributor' };
export const reader: Role = { definitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`, name: 'Reader' };
export const userAdministrator: Role = { definitionId: 'fe930be7-5e62-47db-91af-98c3a49a38b1', name: 'User Administrator' };
export const member: Role = { definitionId: 'member', name: 'member' };

/** `name`: of the eligibility and of its schedule. */
export function eligible(name: string, role: Role, scope: Scope): EligibleAssignment {
  const schedule = scope.id.startsWith('/subscriptions') || scope.id.startsWith('/providers')
    ? `${scope.id}/providers/Microsoft.Authorization/roleEligibilitySchedules/${name}`
    : name;
  return { id: name, role, scope, eligibilityScheduleId: schedule, heldBy: { ...alex, kind: 'user' }, until: null };
}

export const lenient: RoleSettings = {
  maximumMinutes: 480, justificationRequired: false, ticketRequired: false, mfaRequired: false, authenticationContext: null, approvalRequired: false,
  approvers: [], approverJustificationRequired: false, notifiesAdministrators: false,
};
