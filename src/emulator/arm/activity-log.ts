import { mayDo } from '../access.ts';
import { guidFrom } from '../guid.ts';
import { parseTime } from '../iso-time.ts';
import { isNoticed } from '../lag.ts';
import { pageOf } from '../paging.ts';
import { pimError } from '../pim-error.ts';
import { badRequest, ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { isWithin, roleDefinitionId } from '../scopes.ts';
import type { Scope } from '../scopes.ts';
import type { ActivityEntry } from '../state.ts';
import { findPrincipal } from '../tenant.ts';
import { nameOf, provider } from './call.ts';
import type { TenantCall, TenantOperation } from './call.ts';
import { principalType, resourceId } from './resource.ts';

const values = 'providers/Microsoft.Insights/eventtypes/management/values';
const groups = 'providers/Microsoft.Management/managementGroups';

/** https://learn.microsoft.com/rest/api/monitor/activity-logs/list, and the same of a management group in a version of its own. */
export const activityLog: readonly TenantOperation[] = [
  {
    method: 'GET',
    path: `subscriptions/{subscription}/${values}`,
    apiVersions: ['2015-04-01'],
    queryOptions: ['$filter'],
    handle: (call) => list(call, `/subscriptions/${nameOf(call, 'subscription')}`),
  },
  {
    method: 'GET',
    path: `${groups}/{group}/${values}`,
    apiVersions: ['2017-03-01-preview'],
    queryOptions: ['$filter'],
    handle: (call) => list(call, `/${groups}/${nameOf(call, 'group')}`),
  },
];

const action = 'Microsoft.Insights/eventtypes/values/read';

/** What PIM did to role assignments of a subscription or management group, the newest first. */
function list(call: TenantCall, path: string): Reply {
  const scope = call.tenant.scopes.find(path);
  if (scope === undefined || !mayDo(call, call.caller.id, action, scope)) {
    throw pimError.authorizationFailed(call.caller.id, action, path);
  }
  const wanted = parseWanted(call.incoming.query.get('$filter') ?? '');
  const events = changesIn(call, scope)
    .filter(({ at }) => at >= wanted.from && at <= wanted.to && isNoticed(call, at))
    .filter((change) => wanted.resourceGroup === null || resourceGroupOf(change.scope).toLowerCase() === wanted.resourceGroup);
  const page = pageOf(events.toReversed(), call.incoming, call.pageSize);
  return ok({ ...page, value: page.value.map((change) => toEvent(call, scope, change)) });
}

interface Wanted {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** In lower case; `null`: all. */
  readonly resourceGroup: string | null;
}

const supported =
  "Supported: eventTimestamp ge '{time}', which must be there, eventTimestamp le '{time}', resourceGroupName eq '{name}' and resourceProvider eq 'Microsoft.Authorization', joined by and.";

/** Throws `Refusal` for a filter without a start, and for a term that would be ignored. */
function parseWanted(filter: string): Wanted {
  const terms = new Map(filter.split(/\s+and\s+/i).map((term) => parseTerm(term.trim())));
  const from = timeOf(terms.get('eventtimestamp ge'));
  const to = timeOf(terms.get('eventtimestamp le'));
  if (from === null) {
    throw badRequest(`The filter needs a time from which on to look. ${supported}`);
  }
  return { from, to: to ?? Infinity, resourceGroup: terms.get('resourcegroupname eq')?.toLowerCase() ?? null };
}

const knownTerms: readonly string[] = ['eventtimestamp ge', 'eventtimestamp le', 'resourcegroupname eq', 'resourceprovider eq'];

function parseTerm(term: string): readonly [string, string] {
  const [, field = '', operator = '', value = ''] = /^(\w+)\s+(\w+)\s+'([^']*)'$/.exec(term) ?? [];
  const name = `${field} ${operator}`.toLowerCase();
  if (!knownTerms.includes(name) || (field.toLowerCase() === 'resourceprovider' && value.toLowerCase() !== provider.toLowerCase())) {
    throw badRequest(`The filter term "${term}" is not supported here. ${supported}`);
  }
  return [name, value];
}

function timeOf(text: string | undefined): number | null {
  const time = text === undefined ? null : parseTime(text);
  if (text !== undefined && time === null) {
    throw badRequest(`eventTimestamp is compared with a time such as 2026-01-31T08:00:00Z, found ${text}.`);
  }
  return time;
}

/** A role assignment that PIM made or took away. */
interface Change {
  readonly verb: 'write' | 'delete';
  readonly at: number;
  readonly scope: Scope;
  readonly entry: ActivityEntry;
}

const written = /^Add member to role (completed \(PIM activation\)|in PIM completed)/;
const deleted = /^Remove member from role (completed \(PIM deactivate\)|in PIM completed|\(PIM activation expired\))/;

/** A subscription has the changes in it; a management group has those to itself, as what lies in it has logs of its own. */
function changesIn({ state, tenant }: TenantCall, log: Scope): readonly Change[] {
  return state.audit.flatMap((entry) => {
    if (entry.kind !== 'activity') {
      return [];
    }
    const verb = written.test(entry.activity) ? 'write' : deleted.test(entry.activity) ? 'delete' : null;
    const scope = tenant.scopes.find(entry.scope);
    const isLogged = scope !== undefined && (log.type === 'subscription' ? isWithin(scope, log) : scope.id === log.id);
    return verb === null || !isLogged ? [] : [{ verb, at: Date.parse(entry.at), scope, entry }];
  });
}

function toEvent(call: TenantCall, log: Scope, change: Change): object {
  const { verb, at, scope, entry } = change;
  const operation = `${provider}/roleAssignments/${verb}`;
  const assignmentId = resourceId(scope, 'roleAssignments', guidFrom('assignment', assignmentName(call, entry)));
  const timestamp = new Date(at).toISOString();
  const resourceGroup = resourceGroupOf(scope);
  return {
    authorization: { action: operation, scope: assignmentId },
    caller: guidFrom('MS-PIM', call.tenant.id),
    channels: 'Operation',
    claims: { appid: pimAppId },
    correlationId: entry.request ?? entry.id,
    description: '',
    eventDataId: entry.id,
    eventName: both('EndRequest', 'End request'),
    category: both('Administrative', 'Administrative'),
    eventTimestamp: timestamp,
    id: `${assignmentId}/events/${entry.id}/ticks/${ticks(at)}`,
    level: 'Informational',
    operationId: entry.request ?? entry.id,
    operationName: both(operation, verb === 'write' ? 'Create role assignment' : 'Delete role assignment'),
    ...(resourceGroup === '' ? {} : { resourceGroupName: resourceGroup }),
    resourceProviderName: both(provider, provider),
    resourceType: both(`${provider}/roleAssignments`, `${provider}/roleAssignments`),
    resourceId: assignmentId,
    status: both('Succeeded', 'Succeeded'),
    subStatus: verb === 'write' ? both('Created', 'Created (HTTP Status Code: 201)') : both('OK', 'OK (HTTP Status Code: 200)'),
    submissionTimestamp: timestamp,
    ...(log.type === 'subscription' ? { subscriptionId: log.id.slice('/subscriptions/'.length) } : {}),
    tenantId: call.tenant.id,
    properties: eventProperties(call, change, assignmentId),
  };
}

/** Role assignments of PIM are written by PIM itself; this is its application id in every tenant. */
const pimAppId = '01fc33a7-78ba-4d2f-a4b7-768e336e890e';

/** Whose assignment it is stands in a JSON text: in the request's body when it was made, in the answer's when it went. */
function eventProperties({ tenant }: TenantCall, { verb, scope, entry }: Change, assignmentId: string): object {
  const principalId = entry.principalId ?? '';
  const type = principalType(findPrincipal(tenant, principalId));
  const role = roleDefinitionId(entry.roleId, scope);
  const common = { eventCategory: 'Administrative', entity: assignmentId, message: `${provider}/roleAssignments/${verb}` };
  if (verb === 'write') {
    const assignment = { PrincipalId: principalId, PrincipalType: type, RoleDefinitionId: role, Scope: scope.id };
    return { requestbody: JSON.stringify({ Id: lastName(assignmentId), Properties: assignment }), statusCode: 'Created', ...common };
  }
  const assignment = { roleDefinitionId: role, principalId, principalType: type, scope: scope.id };
  return { responseBody: JSON.stringify({ properties: assignment, id: assignmentId }), statusCode: 'OK', ...common };
}

/** As the schedule instances name the assignment that they come from. */
function assignmentName({ state }: TenantCall, entry: ActivityEntry): string {
  const request = entry.request === null ? undefined : state.requests.get(entry.request);
  return request?.targetName ?? entry.id;
}

function resourceGroupOf(scope: Scope): string {
  return /\/resourceGroups\/([^/]+)/i.exec(scope.id)?.[1] ?? '';
}

function both(value: string, localizedValue: string): object {
  return { value, localizedValue };
}

function lastName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** Tenths of a microsecond since the year 1. */
function ticks(at: number): string {
  return String((BigInt(at) + 62_135_596_800_000n) * 10_000n);
}
