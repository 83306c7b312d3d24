/** Azure resource roles as one signed-in person sees them, by `@azure/arm-authorization`. */
import { cancelRequest, readRequest, sendActivation, sendDeactivation, validateActivation } from './activation-requests.ts';
import { isUndecided } from '../activation-status.ts';
import { whole } from '../listing.ts';
import { decideApproval } from './approvals.ts';
import { mapAtMost } from '../http/at-most.ts';
import { createAzureAssignments } from './assignments.ts';
import { activationRequests, activeAssignments, eligibleAssignments } from './azure-answers.ts';
import { createAzureSettings } from './policies.ts';
import { listChildren } from './child-resources.ts';
import { listAll } from '../http/azure-client.ts';
import type { ArmClient } from '../http/azure-client.ts';
import { mostScopes, scopesAtOnce } from '../look-limits.ts';
import type { ActivationRequest, ActiveAssignment, EligibleAssignment, Listing } from '../model.ts';
import type { PimOfKind } from '../pim-user.ts';
import { readRoleSettings } from './role-policy.ts';
import { kindOf, scopeKey, sdkScope } from '../scope.ts';

/** `client` carries this person's token; `personId` is their Entra object id. */
export interface AzureRolesParts {
  readonly personId: string;
  readonly client: ArmClient;
}

/** PIM for Azure resource roles as this person. Nothing is kept between calls. */
export function createAzureRoles({ personId, client }: AzureRolesParts): PimOfKind {
  return {
    listEligible: () => listEligible(client),
    listActive: (eligible) => listActive(client, personId, eligible),
    listPending: () => listPending(client, personId),
    listChildren: (scope, types) => listChildren(client, scope, types),
    readRoleSettings: (role, scope) => readRoleSettings(client, role, scope),
    validate: (draft) => validateActivation(client, personId, draft),
    activate: (requestId, draft) => sendActivation(client, personId, requestId, draft),
    deactivate: (requestId, role, scope) => sendDeactivation(client, personId, requestId, { role, scope }),
    cancel: ({ requestId, scope }) => cancelRequest(client, requestId, scope),
    readRequest: ({ requestId, scope }) => readRequest(client, requestId, scope),
    listWaitingForMyDecision: () => listWaitingFor(client, personId),
    decide: ({ approvalId }, decision) => decideApproval(client, personId, approvalId, decision),
    assignments: createAzureAssignments(client),
    settings: createAzureSettings(client, () => listEligible(client)),
  };
}

/** Every scope at once: the tenant's root. */
const everywhere = '';
const mine = { filter: 'asTarget()' };

async function listEligible(client: ArmClient): Promise<Listing<EligibleAssignment>> {
  const items = await listAll(client, (options) =>
    client.sdk.roleEligibilityScheduleInstances.listForScope(everywhere, { ...options, ...mine }));
  return whole(distinctBy(eligibleAssignments(items), ({ eligibilityScheduleId, scope }) => `${scopeKey(eligibilityScheduleId)} ${scopeKey(scope.id)}`));
}

/** The active listing takes tens of seconds at the tenant's root, and a second or two at a scope. */
async function listActive(client: ArmClient, personId: string, eligible: readonly EligibleAssignment[]): Promise<Listing<ActiveAssignment>> {
  const azure = eligible.map(({ scope }) => scope).filter((scope) => kindOf(scope) === 'azure');
  const scopes = distinctBy(azure, ({ id }) => scopeKey(id)).map(sdkScope);
  const tooMany = scopes.length > mostScopes;
  const lists = await mapAtMost(scopesAtOnce, tooMany ? [everywhere] : scopes, (scope) =>
    listAll(client, (options) => client.sdk.roleAssignmentScheduleInstances.listForScope(scope, { ...options, ...mine })));
  const held = activeAssignments(lists.flat()).filter(({ principal }) => principal.kind === 'group' || isPerson(principal.id, personId));
  const items = distinctBy(held, ({ id, scope }) => `${id.toLowerCase()} ${scopeKey(scope.id)}`);
  return { items, gaps: tooMany ? [{ kind: 'azure', why: 'tooManyScopes' }] : [] };
}

async function listPending(client: ArmClient, personId: string): Promise<Listing<ActivationRequest>> {
  const requests = await listRequests(client, mine.filter);
  return whole(requests.filter((request) => request.action === 'activate' && isPerson(request.requester.id, personId) && isUndecided(request)));
}

/** Nobody decides their own request, so it does not wait for them either. */
async function listWaitingFor(client: ArmClient, personId: string): Promise<Listing<ActivationRequest>> {
  const requests = await listRequests(client, 'asApprover()');
  return whole(requests.filter((request) =>
    request.pimStatus.toLowerCase() === 'pendingapproval' && request.approvalId !== null && !isPerson(request.requester.id, personId)));
}

async function listRequests(client: ArmClient, filter: string): Promise<readonly ActivationRequest[]> {
  const items = await listAll(client, (options) =>
    client.sdk.roleAssignmentScheduleRequests.listForScope(everywhere, { ...options, filter }));
  return distinctBy(activationRequests(items), ({ id, scope }) => `${id.toLowerCase()} ${scopeKey(scope.id)}`);
}

function isPerson(principalId: string, personId: string): boolean {
  return principalId.toLowerCase() === personId.toLowerCase();
}

function distinctBy<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
