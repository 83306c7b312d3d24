/** What directory roles and PIM for groups have in common, for one signed-in person. */
import { z } from 'zod';
import { isUndecided } from '../activation-status.ts';
import { whole } from '../listing.ts';
import { readNames } from './directory-names.ts';
import { activeAssignments, eligibleAssignments, sameId, unnamedIn, wholeDirectory } from './graph-answers.ts';
import { createGraphAssignments } from './graph-assignments.ts';
import type { Findable } from './graph-assignments.ts';
import { expandOf, pathOf } from './graph-kind.ts';
import { readGraphRoleSettings } from './graph-policy.ts';
import { cancelRequest, listRequests, readRequest, requestBody, scheduleDetails, submit } from './graph-requests.ts';
import type { GraphPerson, Intent, RequestDetails } from './graph-requests.ts';
import { createGraphSettings } from './policies.ts';
import { listAllRaw, parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { ActivationDraft, ActivationRequest, ActiveAssignment, AssignmentSide, EligibleAssignment, Listing, Principal } from '../model.ts';
import type { PimOfKind } from '../pim-user.ts';
import type { Decision } from '../pim.ts';
import { validationOutcome } from '../request-outcome.ts';

/** What differs by more than a name. */
export interface OfThisKind extends Findable {
  readonly decide: (client: AzureClient, personId: string, approvalId: string, decision: Decision) => Promise<void>;
}

/** Nothing is kept between calls. */
export function createGraphRoles(person: GraphPerson, { decide, ...findable }: OfThisKind): PimOfKind {
  const { client, personId } = person;
  return {
    listEligible: () => listEligible(person),
    listActive: () => listActive(person),
    listPending: () => listPending(person),
    listChildren: () => Promise.resolve([]),
    readRoleSettings: (role, scope) => readGraphRoleSettings(client, role, scope),
    validate: (draft) => validateActivation(person, draft),
    activate: (requestId, draft) => submit(person, activationIntent(person, requestId, draft), activationDetails(draft)),
    deactivate: (requestId, role, scope) =>
      submit(person, { side: 'active', action: 'selfDeactivate', requestId, principalId: personId, role, scope, justification: '' }, {}),
    cancel: (request) => cancelRequest(person, request),
    readRequest: (request) => readRequest(person, request),
    listWaitingForMyDecision: () => listWaitingFor(person),
    decide: ({ approvalId }, decision) => decide(client, personId, approvalId, decision),
    assignments: createGraphAssignments(person, findable),
    settings: createGraphSettings({ client, kind: person.kind, listEligible: () => listEligible(person), listRoles: () => findable.findRoles(wholeDirectory, '') }),
  };
}

async function listEligible(person: GraphPerson): Promise<Listing<EligibleAssignment>> {
  const { items, names } = await listMine(person, 'eligible');
  return whole(eligibleAssignments(items, names).map((eligible) => ({ ...eligible, heldBy: personOrGroup(person, eligible.heldBy) })));
}

async function listActive(person: GraphPerson): Promise<Listing<ActiveAssignment>> {
  const { items, names } = await listMine(person, 'active');
  return whole(activeAssignments(items, names).map((active) => ({ ...active, principal: personOrGroup(person, active.principal) })));
}

async function listMine({ client, kind, personId }: GraphPerson, side: AssignmentSide) {
  const limit = client.limit();
  const items = await listAllRaw(client, `/v1.0${pathOf(kind, side, 'instances')}/filterByCurrentUser(on='principal')?${expandOf(kind)}`, limit);
  return { items, names: await readNames(client, unnamedIn(items, personId), limit) };
}

/** What a person holds as somebody else, they hold through a group. */
function personOrGroup({ personId }: GraphPerson, principal: Principal): Principal {
  return sameId(principal.id, personId) ? principal : { ...principal, kind: 'group' };
}

async function listPending(person: GraphPerson): Promise<Listing<ActivationRequest>> {
  const requests = await listRequests(person, { on: 'principal' });
  return whole(requests.map(({ request }) => request).filter((request) => request.action === 'activate' && isUndecided(request)));
}

/** Nobody decides their own request, so it does not wait for them either. */
async function listWaitingFor(person: GraphPerson): Promise<Listing<ActivationRequest>> {
  const requests = await listRequests(person, { on: 'approver', filter: "status eq 'PendingApproval'" });
  return whole(requests.map(({ request }) => request).filter((request) =>
    request.pimStatus.toLowerCase() === 'pendingapproval' && request.approvalId !== null && !sameId(request.requester.id, person.personId)));
}

function activationIntent({ personId }: GraphPerson, requestId: string, { role, scope, start, justification }: ActivationDraft): Intent {
  return { side: 'active', action: 'selfActivate', requestId, principalId: personId, role, scope, start, justification };
}

function activationDetails({ start, minutes, ticket }: ActivationDraft): RequestDetails {
  return scheduleDetails(start, { type: 'afterDuration', minutes }, ticket);
}

const validated = z.object({ status: z.string() });

/** Graph evaluates the request and keeps nothing of it, so nothing is left open when no answer comes. */
async function validateActivation(person: GraphPerson, draft: ActivationDraft): Promise<'granted' | 'needsApproval'> {
  const { client, kind } = person;
  const body = { ...requestBody(activationIntent(person, crypto.randomUUID(), draft), activationDetails(draft)), isValidationOnly: true };
  const { status } = parseAnswer(validated, await client.send({ method: 'POST', kind: 'read', url: `/v1.0${pathOf(kind, 'active', 'requests')}`, body }));
  return validationOutcome(status);
}
