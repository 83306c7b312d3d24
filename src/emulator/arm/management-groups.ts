import { mayDo } from '../access.ts';
import { lastSegment } from '../guid.ts';
import { pageOf } from '../paging.ts';
import { pimError } from '../pim-error.ts';
import { badRequest, ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { isWithin } from '../scopes.ts';
import type { Scope } from '../scopes.ts';
import { nameOf } from './call.ts';
import type { TenantCall, TenantOperation } from './call.ts';

const apiVersions: readonly string[] = ['2020-02-01', '2020-05-01', '2021-04-01', '2023-04-01'];
const path = 'providers/Microsoft.Management/managementGroups';
const type = 'Microsoft.Management/managementGroups';

/** https://learn.microsoft.com/rest/api/managementgroups/management-groups */
export const managementGroups: readonly TenantOperation[] = [
  { method: 'GET', path, apiVersions, handle: list },
  { method: 'GET', path: `${path}/{group}/descendants`, apiVersions, queryOptions: ['$top'], handle: listDescendants },
];

/** Those where the caller's roles let them read, there or from above. */
function list(call: TenantCall): Reply {
  const readable = call.tenant.scopes.all().filter((scope) => scope.type === 'managementgroup' && mayRead(call, scope));
  const page = pageOf(readable, call.incoming, call.pageSize);
  return ok({ ...page, value: page.value.map((scope) => toResource(call, scope)) });
}

/** Management groups and subscriptions below it, on every level. */
function listDescendants(call: TenantCall): Reply {
  const group = call.tenant.scopes.find(`/${path}/${nameOf(call, 'group')}`);
  if (group === undefined || !mayRead(call, group)) {
    throw pimError.authorizationFailed(call.caller.id, `${type}/descendants/read`, call.incoming.path.replace(/\/descendants$/i, ''));
  }
  const below = call.tenant.scopes.all().filter(
    (scope) => (scope.type === 'managementgroup' || scope.type === 'subscription') && scope.id !== group.id && isWithin(scope, group),
  );
  const page = pageOf(below, call.incoming, pageSize(call));
  return ok({ ...page, value: page.value.map(toDescendant) });
}

function mayRead(call: TenantCall, scope: Scope): boolean {
  return mayDo(call, call.caller.id, `${type}/read`, scope);
}

function pageSize({ incoming, pageSize: usual }: TenantCall): number {
  const top = incoming.query.get('$top');
  if (top !== null && !/^[1-9]\d{0,3}$/.test(top)) {
    throw badRequest('$top must be a number from 1 to 9999.');
  }
  return top === null ? usual : Number(top);
}

function toResource({ tenant }: TenantCall, { id, name }: Scope): object {
  return { id, type, name: nameIn(id), properties: { tenantId: tenant.id, displayName: name } };
}

function toDescendant({ id, name, type: scopeType, parent }: Scope): object {
  return {
    id,
    type: scopeType === 'subscription' ? '/subscriptions' : type,
    name: scopeType === 'subscription' ? lastSegment(id) : nameIn(id),
    properties: { displayName: name, parent: { id: parent?.id ?? '' } },
  };
}

function nameIn(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
