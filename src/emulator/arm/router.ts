import { randomUUID } from 'node:crypto';
import type { Caller, Verification } from '../identity.ts';
import type { Incoming } from '../incoming.ts';
import { pimError } from '../pim-error.ts';
import { Refusal } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { matchPath } from '../route.ts';
import { scopeType } from '../scopes.ts';
import type { Pim } from '../state.ts';
import { tokenChallenge } from '../token-challenge.ts';
import { activityLog } from './activity-log.ts';
import { provider } from './call.ts';
import type { ArmOperation, TenantOperation } from './call.ts';
import { eligibleChildResources } from './eligible-child-resources.ts';
import { managementGroups } from './management-groups.ts';
import { inNewerWording } from './newer-wording.ts';
import { permissions } from './permissions.ts';
import { checkedQuery } from './query-options.ts';
import { rateLimitHeaders } from './rate-limits.ts';
import { resourceGroups } from './resource-groups.ts';
import { roleAssignmentApprovals } from './role-assignment-approvals.ts';
import { roleDefinitions } from './role-definitions.ts';
import { roleManagementPolicies } from './role-management-policies.ts';
import { roleManagementPolicyAssignments } from './role-management-policy-assignments.ts';
import { roleAssignmentScheduleInstances, roleEligibilityScheduleInstances } from './schedule-instances.ts';
import { scheduleRequests } from './schedule-requests.ts';
import { roleAssignmentSchedules, roleEligibilitySchedules } from './schedules.ts';
import { subscriptions } from './subscriptions.ts';

const operations: readonly ArmOperation[] = [
  ...scheduleRequests,
  ...roleAssignmentSchedules,
  ...roleAssignmentScheduleInstances,
  ...roleEligibilitySchedules,
  ...roleEligibilityScheduleInstances,
  ...eligibleChildResources,
  ...roleManagementPolicies,
  ...roleManagementPolicyAssignments,
  ...roleDefinitions,
  ...roleAssignmentApprovals,
  ...permissions,
];

const tenantOperations: readonly TenantOperation[] = [...subscriptions, ...resourceGroups, ...managementGroups, ...activityLog];

const providerSegment = `/providers/${provider}/`.toLowerCase();

/** What the service has ready when a request arrives. */
export interface ArmContext {
  readonly pim: Pim;
  readonly verification: Verification;
  readonly incoming: Incoming;
  readonly pageSize: number;
  /** What a fault answers instead; `null`: nothing. */
  readonly refusal: Refusal | null;
  readonly newerWording: boolean;
}

/** Answers one ARM request. Every refusal becomes `{"error":{"code","message"}}`. */
export function answerArm(context: ArmContext): Reply {
  try {
    return withHeaders(dispatch(context), context.incoming);
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    return withHeaders(refusalReply(context.newerWording ? inNewerWording(error) : error), context.incoming);
  }
}

/** A refusal in ARM's shape. */
export function refusalReply({ status, code, message, headers }: Refusal): Reply {
  return { status, headers, body: { error: { code, message } } };
}

function dispatch(context: ArmContext): Reply {
  const { pim, incoming, pageSize } = context;
  if (context.refusal !== null) {
    throw context.refusal;
  }
  const caller = requireCaller(context.verification, pim.now);
  const beside = findTenantOperation(incoming);
  if (beside !== null) {
    return beside.operation.handle({ ...pim, caller, names: beside.names, incoming: checkedFor(beside.operation, incoming), pageSize });
  }
  const { operation, names, scopePath } = findOperation(incoming);
  const checked = checkedFor(operation, incoming);
  const scope = pim.tenant.scopes.find(scopePath);
  if (scope === undefined || (scopePath !== '' && scopeType(scope.id) === null)) {
    const [resourceType = ''] = operation.path.split('/');
    throw pimError.authorizationFailed(caller.id, `${provider}/${resourceType}/${verb(operation)}`, scopePath);
  }
  return operation.handle({ ...pim, caller, scope, names, incoming: checked, pageSize });
}

function requireCaller(verification: Verification, now: number): Caller {
  if (verification.ok) {
    return verification.caller;
  }
  const challenge = tokenChallenge(verification.reason, now);
  switch (verification.reason) {
    case 'missing':
      throw new Refusal(401, 'InvalidAuthenticationToken', "Authentication failed. The 'Authorization' header is missing.", challenge);
    case 'expired':
      throw new Refusal(401, 'ExpiredAuthenticationToken', 'The access token has expired.', challenge);
    case 'invalid':
      throw new Refusal(401, 'InvalidAuthenticationToken', 'The access token is invalid.', challenge);
  }
}

function findTenantOperation({ path, method }: Incoming): Pick<Found<TenantOperation>, 'operation' | 'names'> | null {
  const segments = path.split('/').slice(1);
  const fitting = tenantOperations.flatMap((operation) => {
    const names = operation.method === method ? matchPath(operation.path, segments) : null;
    return names === null ? [] : [{ operation, names }];
  });
  return fitting[0] ?? null;
}

interface Found<T> {
  readonly operation: T;
  readonly names: Readonly<Record<string, string>>;
  readonly scopePath: string;
}

function findOperation({ path, method }: Incoming): Found<ArmOperation> {
  const at = path.toLowerCase().lastIndexOf(providerSegment);
  const segments = at < 0 ? [] : path.slice(at + providerSegment.length).split('/');
  const fitting = operations.flatMap((operation) => {
    const names = matchPath(operation.path, segments);
    return names === null ? [] : [{ operation, names, scopePath: path.slice(0, at) }];
  });
  const found = fitting.find((candidate) => candidate.operation.method === method);
  if (found !== undefined) {
    return found;
  }
  throw fitting.length > 0
    ? new Refusal(405, 'MethodNotAllowed', `The method ${method} is not allowed for ${path}.`)
    : new Refusal(404, 'InvalidResourceType', `The resource type of ${path || '/'} could not be found.`);
}

function checkedFor({ apiVersions, queryOptions = [] }: ArmOperation | TenantOperation, incoming: Incoming): Incoming {
  checkApiVersion(incoming, apiVersions);
  return { ...incoming, query: checkedQuery(incoming.query, queryOptions) };
}

function checkApiVersion({ query }: Incoming, supported: readonly string[]): void {
  const given = [...query].find(([name]) => name.toLowerCase() === 'api-version')?.[1] ?? '';
  if (given === '') {
    const message = 'The api-version query parameter (?api-version=) is required for all requests.';
    throw new Refusal(400, 'MissingApiVersionParameter', message);
  }
  if (!supported.includes(given.toLowerCase())) {
    const message = `The api-version '${given}' is invalid. The supported versions are '${supported.join(',')}'.`;
    throw new Refusal(400, 'InvalidApiVersionParameter', message);
  }
}

function verb(operation: ArmOperation): string {
  return operation.method === 'GET' ? 'read' : 'write';
}

function withHeaders(reply: Reply, incoming: Incoming): Reply {
  const requestId = randomUUID();
  const correlation = incoming.headers['x-ms-correlation-request-id'];
  return {
    ...reply,
    headers: {
      'x-ms-request-id': requestId,
      'x-ms-correlation-request-id': typeof correlation === 'string' ? correlation : requestId,
      ...rateLimitHeaders(incoming, reply.status === 429),
      'cache-control': 'no-cache',
      ...reply.headers,
    },
  };
}
