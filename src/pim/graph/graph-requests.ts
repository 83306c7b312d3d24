/**
 * Requests at Graph, which names them itself. Our own GUID travels in `customData`: by it a request is known again when
 * an answer was lost.
 */
import type { Clock } from '../../clock.ts';
import { activationState, activationWindow, beginsAsRequested, isFinal } from '../activation-status.ts';
import { foundRequest, foundRequests, sameId, unnamedIn } from './graph-answers.ts';
import type { FoundRequest } from './graph-answers.ts';
import { readNames } from './directory-names.ts';
import { PimError } from '../errors.ts';
import { isRefusal } from '../governing-settings.ts';
import { requireGuid } from '../guid.ts';
import { equals, expandOf, filterOf, pathOf, targetBody } from './graph-kind.ts';
import type { GraphRoleKind } from './graph-kind.ts';
import { listAllRaw } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import { toPimError } from '../http/to-pim-error.ts';
import type { ActivationRequest, AssignmentReference, AssignmentSide, Expiration, RequestReference, Role, Scope, Ticket } from '../model.ts';
import { mayHaveArrived, outcomeUnknown, settleCancellation } from '../request-outcome.ts';

/** One kind of role in Graph as one person; `client` carries this person's token, `personId` is their object id. */
export interface GraphPerson {
  readonly kind: GraphRoleKind;
  readonly personId: string;
  readonly client: AzureClient;
  readonly clock: Clock;
}

/** A request to be made: enough to know it again. */
export interface Intent {
  readonly side: AssignmentSide;
  readonly action: 'selfActivate' | 'selfDeactivate' | 'adminAssign' | 'adminRemove';
  readonly requestId: string;
  readonly principalId: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly justification: string;
  /** Of an activation: when it is to begin; `null`: at once. */
  readonly start?: Date | null;
}

/** What a request says beside its intent. */
export interface RequestDetails {
  readonly scheduleInfo?: object;
  readonly ticketInfo?: object;
}

const version = '/v1.0';

/** Sends a request under our GUID. Sent again, it is refused and the first one is found, whose present state is the answer. */
export async function submit(person: GraphPerson, intent: Intent, details: RequestDetails): Promise<ActivationRequest> {
  requireGuid(intent.requestId);
  const { client, kind } = person;
  const limit = client.limit();
  const body = requestBody(intent, details);
  try {
    const answer = await client.send({ method: 'POST', url: `${version}${pathOf(kind, intent.side, 'requests')}`, body }, limit);
    return calledAs(intent, foundRequest(answer, new Map()).request);
  } catch (error) {
    return calledAs(intent, await readBack(person, intent, toPimError(error, 'write'), limit));
  }
}

export function requestBody({ action, principalId, role, scope, justification, requestId }: Intent, details: RequestDetails): object {
  return { action, principalId, ...targetBody(role, scope), ...(justification === '' ? {} : { justification }), customData: requestId, ...details };
}

/** No start where there is none: PIM takes its own "now". Ours may differ, and a start ahead of PIM's clock would be a schedule. */
export function scheduleDetails(start: Date | null, expiration: Expiration, ticket: Ticket | null): RequestDetails {
  return {
    scheduleInfo: { ...(start === null ? {} : { startDateTime: start.toISOString() }), expiration: expirationOf(expiration) },
    ...ticketDetails(ticket),
  };
}

export function ticketDetails(ticket: Ticket | null): Pick<RequestDetails, 'ticketInfo'> {
  return ticket === null ? {} : { ticketInfo: { ticketNumber: ticket.number, ticketSystem: ticket.system } };
}

function expirationOf(expiration: Expiration): object {
  switch (expiration.type) {
    case 'afterDuration': return { type: 'afterDuration', duration: `PT${expiration.minutes}M` };
    case 'afterDateTime': return { type: 'afterDateTime', endDateTime: expiration.end.toISOString() };
    case 'noExpiration': return { type: 'noExpiration' };
  }
}

/** Graph names neither role nor scope in these answers; whoever asks knows them. */
function calledAs({ role, scope }: Pick<Intent, 'role' | 'scope'>, request: ActivationRequest): ActivationRequest {
  return isAt({ role, scope }, request) ? { ...request, role, scope } : request;
}

/** Looks for our request before a failure is believed. One that left the outcome open stays so when nothing is found: the request may yet arrive. */
async function readBack(person: GraphPerson, intent: Intent, failure: PimError, limit: AbortSignal): Promise<ActivationRequest> {
  if (!mayHaveArrived(failure)) throw failure;
  const unknown = failure.effect === 'unknown' ? outcomeUnknown(failure) : failure;
  const found = await findSent(person, intent, limit).catch((unread: unknown) => {
    throw failure.effect === 'unknown' ? outcomeUnknown(failure, unread) : failure;
  });
  if (found === null) throw unknown;
  return found;
}

/** Requests of the last minutes are ours to look through: longer than that, nobody waits for an answer. */
const lookBackMs = 10 * 60_000;
/** By how much PIM's clock may be behind ours. */
const clocksDifferMs = 60_000;

/**
 * By our GUID. Where the service has kept no custom data of any request for this role there, the one that was made just
 * now, or soon after `sentAt`, and says the same is ours; with several, nobody can tell. A removal that was followed by
 * a grant is an older one: what it ended has been given anew, and is still held if ours never arrived.
 */
async function findSent(person: GraphPerson, intent: Intent, limit: AbortSignal, sentAt?: Date): Promise<ActivationRequest | null> {
  const about = (await listAbout(person, intent, limit)).filter((found) => isAt(intent, found.request) && sameId(found.request.requester.id, intent.principalId));
  const alike = about.filter((found) => isMadeBy(person, intent, found));
  const ours = alike.find((found) => isOurs(found, intent));
  if (ours !== undefined) return ours.request;
  if (alike.some(({ customData }) => customData !== null)) return null;
  const now = person.clock.now();
  const candidates = alike.filter(({ action, request }) => action === intent.action.toLowerCase()
    && request.justification === intent.justification
    && (intent.start === undefined || beginsAsRequested(intent.start, request, now))
    && !(removes(intent) && about.some((other) => isGrantAfter(request, other)))
    && (sentAt === undefined ? isRecent(request, now) && (removes(intent) || isOpen(request, now)) : isMadeAfter(sentAt, request)));
  if (candidates.length > 1) throw new PimError('outcomeUnknown', 'PIM has several requests that may be this one');
  return candidates[0]?.request ?? null;
}

function isOurs({ customData, action }: FoundRequest, intent: Intent): boolean {
  return customData !== null && sameId(customData, intent.requestId) && action === intent.action.toLowerCase();
}

function isRecent({ createdAt }: ActivationRequest, now: Date): boolean {
  return now.getTime() - createdAt.getTime() < lookBackMs;
}

function isMadeAfter(sentAt: Date, { createdAt }: ActivationRequest): boolean {
  const after = createdAt.getTime() - sentAt.getTime();
  return after >= -clocksDifferMs && after < lookBackMs;
}

const removals: ReadonlySet<string> = new Set(['selfdeactivate', 'adminremove']);

function removes({ action }: Pick<FoundRequest, 'action'>): boolean {
  return removals.has(action.toLowerCase());
}

/** By PIM's own clock. */
function isGrantAfter({ createdAt }: ActivationRequest, other: FoundRequest): boolean {
  return !removes(other) && other.request.createdAt > createdAt;
}

function isOpen(request: ActivationRequest, now: Date): boolean {
  return !isFinal(activationState(request.pimStatus, activationWindow(request), now));
}

/** The requests about the same principal, whoever has made them. */
async function listAbout(person: GraphPerson, { side, action, principalId }: Intent, limit: AbortSignal): Promise<readonly FoundRequest[]> {
  if (isForOneself(action)) return listRequests(person, { on: 'principal', side }, limit);
  const url = `${version}${pathOf(person.kind, side, 'requests')}?${filterOf([equals('principalId', principalId)]).join('')}`;
  return foundRequests(await listAllRaw(person.client, url, limit), new Map());
}

/** Custom data of other people's requests proves nothing. What is asked for oneself is one's own. */
function isMadeBy({ personId }: GraphPerson, { action }: Intent, { createdById }: FoundRequest): boolean {
  return isForOneself(action) || (createdById !== null && sameId(createdById, personId));
}

function isForOneself(action: Intent['action']): boolean {
  return action === 'selfActivate' || action === 'selfDeactivate';
}

interface WhichRequests {
  readonly on: 'principal' | 'approver';
  readonly side?: AssignmentSide;
  /** Condition for `$filter`. */
  readonly filter?: string;
}

/** The person's own requests, or those that they may decide, with all names. */
export async function listRequests(person: GraphPerson, { on, side = 'active', filter }: WhichRequests, limit?: AbortSignal): Promise<readonly FoundRequest[]> {
  const { client, kind, personId } = person;
  const query = [...filterOf(filter === undefined ? [] : [filter]), expandOf(kind)].join('&');
  const items = await listAllRaw(client, `${version}${pathOf(kind, side, 'requests')}/filterByCurrentUser(on='${on}')?${query}`, limit);
  const requests = foundRequests(items, await readNames(client, unnamedIn(items, personId), limit));
  return on === 'principal' ? requests.filter(({ request }) => sameId(request.requester.id, personId)) : requests;
}

/** What an administrator has sent, by PIM's id or else by our GUID; `null` when PIM has no such request. */
export async function readMade(person: GraphPerson, intent: Intent, { pimId, sentAt }: Pick<AssignmentReference, 'pimId' | 'sentAt'>): Promise<ActivationRequest | null> {
  requireGuid(intent.requestId);
  const limit = person.client.limit();
  const { side } = intent;
  const findListed = async (): Promise<ActivationRequest | null> =>
    (await listAbout(person, intent, limit)).find((found) => isMadeBy(person, intent, found) && pimId !== null && sameId(found.request.id, pimId))?.request ?? null;
  const request = pimId === null ? await findSent(person, intent, limit, sentAt) : await readById(person, { side, pimId, findListed }, limit);
  return request === null ? null : calledAs(intent, request);
}

/** `null` when PIM has no such request. */
export async function readRequest(person: GraphPerson, reference: RequestReference, limit: AbortSignal = person.client.limit()): Promise<ActivationRequest | null> {
  const { pimId } = reference;
  const request = pimId === null
    ? await findOwn(person, reference, limit)
    : await readById(person, { side: 'active', pimId, findListed: () => findListed(person, pimId, limit) }, limit);
  return request === null ? null : calledAs(reference, request);
}

interface ById {
  readonly side: AssignmentSide;
  readonly pimId: string;
  readonly findListed: () => Promise<ActivationRequest | null>;
}

/** Not everybody may read a request by its id; whoever has made it, and whoever may decide it, finds it in a list. */
async function readById({ client, kind }: GraphPerson, { side, pimId, findListed }: ById, limit: AbortSignal): Promise<ActivationRequest | null> {
  requireGuid(pimId);
  try {
    const answer = await client.send({ method: 'GET', url: `${version}${pathOf(kind, side, 'requests')}/${pimId}?${expandOf(kind)}` }, limit);
    return foundRequest(answer, new Map()).request;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const found = await findListed();
    if (found === null && error.code !== 'notFound') throw error;
    return found;
  }
}

async function findListed(person: GraphPerson, pimId: string, limit: AbortSignal): Promise<ActivationRequest | null> {
  for (const on of ['principal', 'approver'] as const) {
    const found = (await listRequests(person, { on }, limit)).find(({ request }) => sameId(request.id, pimId));
    if (found !== undefined) return found.request;
  }
  return null;
}

/** By our GUID, of which PIM has said nothing yet. @throws {PimError} `outcomeUnknown` where one without any GUID may be ours */
async function findOwn(person: GraphPerson, reference: RequestReference, limit: AbortSignal): Promise<ActivationRequest | null> {
  requireGuid(reference.requestId);
  const alike = (await listRequests(person, { on: 'principal' }, limit)).filter(({ request }) => isAt(reference, request));
  const ours = alike.find(({ customData }) => customData !== null && sameId(customData, reference.requestId));
  if (ours !== undefined) return ours.request;
  const now = person.clock.now();
  const nameless = alike.every(({ customData }) => customData === null);
  if (nameless && alike.some(({ request }) => request.action === 'activate' && isOpen(request, now))) {
    throw new PimError('outcomeUnknown', 'PIM does not say which of its requests is this one');
  }
  return null;
}

function isAt({ role, scope }: Pick<Intent, 'role' | 'scope'>, request: ActivationRequest): boolean {
  return sameId(request.role.definitionId, role.definitionId) && sameId(request.scope.id, scope.id);
}

/** Taking it back again succeeds; one that was decided meanwhile is `alreadyDecided`. */
export async function cancelRequest(person: GraphPerson, reference: RequestReference): Promise<void> {
  const { client, kind } = person;
  const limit = client.limit();
  const id = reference.pimId ?? (await findOwn(person, reference, limit))?.id;
  if (id === undefined) throw new PimError('notFound', 'PIM has no such request');
  requireGuid(id);
  try {
    await client.send({ method: 'POST', url: `${version}${pathOf(kind, 'active', 'requests')}/${id}/cancel` }, limit);
  } catch (error) {
    await settleCancellation(toPimError(error, 'write'), () => readRequest(person, { ...reference, pimId: id }, limit));
  }
}
