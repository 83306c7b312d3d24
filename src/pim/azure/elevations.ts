/** Who holds an activated Azure role right now, at the scopes that the bot's own identity can read and below them. */
import { activationRequests, activeAssignments } from './azure-answers.ts';
import { PimError } from '../errors.ts';
import { listDigestScopes } from './digest-scopes.ts';
import { mapAtMost } from '../http/at-most.ts';
import { listAll } from '../http/azure-client.ts';
import type { ArmClient } from '../http/azure-client.ts';
import { scopesAtOnce } from '../look-limits.ts';
import type { ActivationRequest, ActiveAssignment, Scope } from '../model.ts';
import type { Elevation, ElevationReport } from '../pim.ts';
import { scopeKey, sdkScope } from '../scope.ts';

type AzureReport = Pick<ElevationReport, 'elevations' | 'unread'>;

/** @param digestScopes ARM paths to look at beside the subscriptions that the bot can see, e.g. of management groups */
export async function listAzureElevations(arm: ArmClient, digestScopes: readonly string[]): Promise<AzureReport> {
  const scopes = await listDigestScopes(arm, digestScopes);
  const reports = await mapAtMost(scopesAtOnce, scopes, (scope) => readElevations(arm, scope));
  return {
    elevations: distinct(reports.flatMap(({ elevations }) => elevations)),
    unread: reports.flatMap(({ unread }) => unread),
  };
}

/**
 * What is activated at a scope and below it, with the reasons given: they stand in the requests, which are asked for only
 * where something is activated. A scope that cannot be read is named instead; when only the reasons cannot be read, it is
 * named and its elevations are told without them.
 */
async function readElevations(arm: ArmClient, scope: Scope): Promise<AzureReport> {
  const [instances] = await Promise.allSettled([
    listAll(arm, (options) => arm.sdk.roleAssignmentScheduleInstances.listForScope(sdkScope(scope), options)).then(activeAssignments),
  ]);
  if (instances.status === 'rejected') return { elevations: [], unread: [unreadBecause(scope, instances.reason)] };
  const activated = instances.value.filter(({ how }) => how === 'activated');
  if (activated.length === 0) return { elevations: [], unread: [] };
  const [requests] = await Promise.allSettled([
    listAll(arm, (options) => arm.sdk.roleAssignmentScheduleRequests.listForScope(sdkScope(scope), options)).then(activationRequests),
  ]);
  return requests.status === 'fulfilled'
    ? { elevations: withReasons(activated, requests.value), unread: [] }
    : { elevations: withReasons(activated, []), unread: [unreadBecause(scope, requests.reason)] };
}

function unreadBecause(scope: Scope, failure: unknown): AzureReport['unread'][number] {
  return { scope, code: failure instanceof PimError ? failure.code : 'unexpected' };
}

function withReasons(active: readonly ActiveAssignment[], requests: readonly ActivationRequest[]): readonly Elevation[] {
  const reasons = new Map(requests.map(({ id, justification }) => [id.toLowerCase(), justification]));
  return active.map((assignment) => ({ ...assignment, justification: reasons.get(assignment.requestId?.toLowerCase() ?? '') ?? '' }));
}

/** Listings of two scopes may overlap: a management group's and its subscription's. */
function distinct(elevations: readonly Elevation[]): readonly Elevation[] {
  return [...new Map(elevations.map((elevation) => [`${elevation.id.toLowerCase()} ${scopeKey(elevation.scope.id)}`, elevation])).values()];
}
