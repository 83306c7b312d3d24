/** PIM as the bot's own identity sees it: read-only, at the scopes where it holds Reader. */
import { z } from 'zod';
import { readRequest } from './azure/activation-requests.ts';
import { expandApprovers } from './graph/approvers.ts';
import { mapAtMost } from './http/at-most.ts';
import { activationRequests, activeAssignments } from './azure/azure-answers.ts';
import { listAll, listAllRaw, parseAnswer } from './http/azure-client.ts';
import type { ArmClient, AzureClient } from './http/azure-client.ts';
import { PimError } from './errors.ts';
import { readMember } from './graph/directory.ts';
import type { ActivationRequest, ActiveAssignment, Scope } from './model.ts';
import type { Elevation, ElevationReport, PimReader } from './pim.ts';
import { readRoleSettings } from './azure/role-policy.ts';
import { isBelow, parseScope, sameScope, scopeKey, sdkScope } from './scope.ts';

/** Both clients carry the bot's own token. */
export interface PimReaderParts {
  readonly arm: ArmClient;
  readonly graph: AzureClient;
  /** ARM paths to look at beside the subscriptions that the bot can see, e.g. of management groups. */
  readonly digestScopes?: readonly string[];
}

export function createPimReader({ arm, graph, digestScopes = [] }: PimReaderParts): PimReader {
  return {
    listElevations: () => asTheBot(listElevations(arm, digestScopes)),
    readRoleSettings: (role, scope) => asTheBot(readRoleSettings(arm, role, scope)),
    readRequest: (requestId, scope) => asTheBot(readRequest(arm, requestId, scope)),
    expandApprovers: (approvers) => expandApprovers(graph, approvers),
    readMember: (personId) => asTheBot(readMember(graph, personId)),
  };
}

/** No person can sign in for the bot: a token of its own that is refused is an outage to everybody else. */
async function asTheBot<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof PimError) || (error.code !== 'signInRequired' && error.code !== 'stepUpRequired')) throw error;
    throw new PimError('unavailable', `the bot's own identity was refused: ${error.message}`, { ...error.details, cause: error });
  }
}

const scopesAtOnce = 4;

async function listElevations(arm: ArmClient, digestScopes: readonly string[]): Promise<ElevationReport> {
  const scopes = topmost([...await listSubscriptions(arm), ...digestScopes.map(configuredScope)]);
  const reports = await mapAtMost(scopesAtOnce, scopes, (scope) => readElevations(arm, scope));
  return {
    elevations: distinct(reports.flatMap(({ elevations }) => elevations)),
    unread: reports.flatMap(({ unread }) => unread),
  };
}

const subscription = z.object({ id: z.string(), displayName: z.string().nullish() });

/** ARM lists the subscriptions in which the caller holds a role. */
async function listSubscriptions(arm: ArmClient): Promise<readonly Scope[]> {
  const items = await listAllRaw(arm, '/subscriptions?api-version=2022-12-01');
  return items.flatMap((item) => {
    const { id, displayName } = parseAnswer(subscription, item);
    return parseScope(id, displayName ?? undefined) ?? [];
  });
}

function configuredScope(path: string): Scope {
  const scope = parseScope(path);
  if (scope === null) throw new PimError('invalidRequest', `not the path of a scope: ${path}`);
  return scope;
}

/** A listing covers what lies below its scope, so a scope below another is not asked for again. */
function topmost(scopes: readonly Scope[]): readonly Scope[] {
  return scopes.filter((scope, index) =>
    !scopes.some((other) => isBelow(scope.id, other.id)) && scopes.findIndex(({ id }) => sameScope(id, scope.id)) === index);
}

/**
 * What is activated at a scope and below it, with the reasons given. A scope that cannot be read is named instead; when
 * only the reasons cannot be read, it is named and its elevations are told without them.
 */
async function readElevations(arm: ArmClient, scope: Scope): Promise<ElevationReport> {
  const [instances, requests] = await Promise.allSettled([
    listAll(arm, (options) => arm.sdk.roleAssignmentScheduleInstances.listForScope(sdkScope(scope), options)).then(activeAssignments),
    listAll(arm, (options) => arm.sdk.roleAssignmentScheduleRequests.listForScope(sdkScope(scope), options)).then(activationRequests),
  ]);
  const active = instances.status === 'fulfilled' ? instances.value : [];
  const reasons = requests.status === 'fulfilled' ? requests.value : [];
  const failure = [instances, requests].find((outcome) => outcome.status === 'rejected');
  return {
    elevations: withReasons(active.filter(({ how }) => how === 'activated'), reasons),
    unread: failure === undefined ? [] : [{ scope, code: codeOf(failure.reason) }],
  };
}

function codeOf(failure: unknown): string {
  return failure instanceof PimError ? failure.code : 'unexpected';
}

function withReasons(active: readonly ActiveAssignment[], requests: readonly ActivationRequest[]): readonly Elevation[] {
  const reasons = new Map(requests.map(({ id, justification }) => [id.toLowerCase(), justification]));
  return active.map((assignment) => ({ ...assignment, justification: reasons.get(assignment.requestId?.toLowerCase() ?? '') ?? '' }));
}

/** Listings of two scopes may overlap: a management group's and its subscription's. */
function distinct(elevations: readonly Elevation[]): readonly Elevation[] {
  return [...new Map(elevations.map((elevation) => [`${elevation.id.toLowerCase()} ${scopeKey(elevation.scope.id)}`, elevation])).values()];
}
