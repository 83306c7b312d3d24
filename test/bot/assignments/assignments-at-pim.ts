import { PimError, type PimErrorCode } from '../../../src/pim/errors.ts';
import { byWords } from '../../../src/pim/by-words.ts';
import type { ActivationRequest, Assignment, AssignmentDraft, AssignmentQuery, Gap, Principal, RemovalDraft, Role, Scope } from '../../../src/pim/model.ts';
import type { PimAssignments } from '../../../src/pim/pim.ts';
import { everyGroup } from '../../../src/pim/graph/graph-answers.ts';
import { isBelow, kindOf, sameScope } from '../../../src/pim/scope.ts';
import { alex, app, contributor, development, directory, megan, member, now, opsLeads, production, reader, userAdministrator, web } from '../stand-in.ts';

export const alexAsPrincipal: Principal = { ...alex, kind: 'user', userPrincipalName: 'alex@contoso.example' };
export const alexandra: Principal = { id: 'a1e00000-0000-4000-8000-000000000009', name: 'Alexandra Wong', kind: 'user', userPrincipalName: 'alexandra@contoso.example' };
export const leads: Principal = { id: opsLeads.id, name: 'Ops leads', kind: 'group' };
const websiteContributor: Role = { ...contributor, definitionId: contributor.definitionId.replace('b24988ac', 'de139f84'), name: 'Website Contributor' };

/** What PIM was asked to change, in order. */
export interface Sent {
  readonly requestId: string;
  readonly action: 'assign' | 'unassign';
  readonly wish: AssignmentDraft | RemovalDraft;
}

export interface AssignmentsAtPim extends PimAssignments {
  readonly sent: Sent[];
  readonly queries: AssignmentQuery[];
  /** What it answers to the next changes: a status, or a refusal. `Provisioned` after that. */
  readonly answers: (string | PimError)[];
  /** What it says of requests when it is asked, by our GUID: what arrived, or an error. */
  readonly requests: Map<string, ActivationRequest | PimError>;
  /** Runs while PIM is asked for a change. */
  meanwhile: () => Promise<void>;
}

export interface Holdings {
  readonly held?: readonly Assignment[];
  readonly principals?: readonly Principal[];
  readonly scopes?: readonly Scope[];
  /** What of the scopes cannot be looked through. */
  readonly gaps?: readonly Gap[];
  /** Scopes whose listings are refused, with the reason. */
  readonly refused?: (scope: Scope, side: AssignmentQuery['side']) => PimErrorCode | null;
}

/** A PIM with these people, scopes and assignments, for administrators. */
export function assignmentsAtPim({ held = [], principals = [alexAsPrincipal, { ...megan, kind: 'user' }, leads], scopes = all, gaps = [], refused = () => null }: Holdings = {}): AssignmentsAtPim {
  const sent: Sent[] = [];
  const queries: AssignmentQuery[] = [];
  const answers: (string | PimError)[] = [];
  const requests: AssignmentsAtPim['requests'] = new Map();
  const change = async (requestId: string, action: Sent['action'], wish: Sent['wish']): Promise<ActivationRequest> => {
    sent.push({ requestId, action, wish });
    await atPim.meanwhile();
    const answer = answers.shift() ?? (action === 'assign' ? 'Provisioned' : 'Revoked');
    if (answer instanceof PimError) throw answer;
    const made = requestFor(requestId, wish, answer);
    requests.set(requestId, made);
    return made;
  };
  const atPim: AssignmentsAtPim = {
    sent, queries, answers, requests,
    meanwhile: () => Promise.resolve(),
    list: async (query) => {
      queries.push(query);
      const why = refused(query.scope, query.side);
      if (why !== null) throw new PimError(why, 'this scope cannot be read');
      return held.filter((assignment) => fits(assignment, query));
    },
    assign: (requestId, draft) => change(requestId, 'assign', draft),
    unassign: (requestId, target) => change(requestId, 'unassign', target),
    readRequest: async ({ requestId }) => {
      const found = requests.get(requestId) ?? null;
      if (found instanceof PimError) throw found;
      return found;
    },
    findRoles: async (scope, words) => byWords(rolesAt(scope), words, ({ name }) => [name]),
    findScopes: async (words) => ({ items: words === '/' ? scopes.filter(({ id }) => id === '/') : byWords(scopes.filter(({ type }) => words !== '' || type !== 'group'), words, ({ id, name }) => [id, name]), gaps }),
    findWidestScopes: async () => ({ items: widest(scopes), gaps }),
    findPrincipals: async (words) => principals.filter(({ id, name, userPrincipalName = '' }) =>
      id === words || userPrincipalName === words || name.toLowerCase().startsWith(words.toLowerCase())),
  };
  return atPim;
}

const all: readonly Scope[] = [directory, production, development, app, web, opsLeads];

/** The directory, what lies below nothing that is seen, and all groups as one. */
function widest(scopes: readonly Scope[]): readonly Scope[] {
  const highest = scopes.filter(({ id, type }) => type !== 'group' && !scopes.some((other) => isBelow(id, other.id)));
  return scopes.some(({ type }) => type === 'group') ? [...highest, everyGroup] : highest;
}

function rolesAt(scope: Scope): readonly Role[] {
  const roles = { azure: [contributor, reader, websiteContributor], entra: [userAdministrator], group: [member] };
  return roles[kindOf(scope)];
}

function fits({ side, principal, role, scope, start }: Assignment, { side: asked, when, scope: at, filter }: AssignmentQuery): boolean {
  const { principalId = principal.id, roleDefinitionId = role.definitionId, assignedTo = principal.id, atScope = false } = filter;
  return side === asked
    && isListedAt(scope, at, atScope)
    && principal.id === principalId
    && (principal.id === assignedTo || principal.kind === 'group')
    && role.definitionId === roleDefinitionId
    && (when === 'alsoLater' || start === null || start <= now);
}

function isListedAt(scope: Scope, at: Scope, atScope: boolean): boolean {
  if (kindOf(scope) !== kindOf(at)) return false;
  return sameScope(scope.id, at.id) || at.id === everyGroup.id || at.id.startsWith(scope.id) || (!atScope && scope.id.startsWith(at.id));
}

export function requestFor(id: string, wish: Sent['wish'], pimStatus: string): ActivationRequest {
  const expiration = 'expiration' in wish ? wish.expiration : null;
  return {
    id, action: 'other', role: wish.role, scope: wish.scope, requester: wish.principal, pimStatus, createdAt: now,
    start: 'start' in wish ? wish.start : null, minutes: expiration?.type === 'afterDuration' ? expiration.minutes : null,
    justification: wish.justification, ticket: null, approvalId: null, eligibilityScheduleId: '',
  };
}

export function holding(name: string, role: Role, scope: Scope, more: Partial<Assignment> = {}): Assignment {
  return { id: name, side: 'eligible', how: 'assigned', principal: alexAsPrincipal, role, scope, start: null, until: null, requestId: null, ...more };
}
