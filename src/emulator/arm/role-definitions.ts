import { parseFilter } from '../filter.ts';
import { sinceOnboarding } from '../initial-state.ts';
import { pageOf } from '../paging.ts';
import { ok, Refusal } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { isAssignableAt } from '../role-catalog.ts';
import type { Role } from '../roles.ts';
import { isWithin, roleDefinitionId } from '../scopes.ts';
import type { Scope } from '../scopes.ts';
import { nameOf, provider } from './call.ts';
import type { ArmCall, ArmOperation } from './call.ts';
import { roleType, scopeId, timestamp } from './resource.ts';

const type = 'roleDefinitions';
const apiVersions: readonly string[] = ['2022-04-01'];
const introduced = Date.UTC(2015, 1, 2);

/** Everybody may read what a role is. `getById` of the SDK arrives as `get` at the scope that the id names. */
export const roleDefinitions: readonly ArmOperation[] = [
  { method: 'GET', path: type, apiVersions, queryOptions: ['$filter'], handle: list },
  { method: 'GET', path: `${type}/{name}`, apiVersions, handle: get },
];

/** Those that can be assigned at the scope; with `atScopeAndBelow()` also those of what lies below it. */
function list(call: ArmCall): Reply {
  const filter = parseFilter(call.incoming.query.get('$filter'), { functions: ['atScopeAndBelow'], fields: ['roleName', 'type'] });
  const roleName = filter.equals.get('rolename')?.toLowerCase();
  const wantedType = filter.equals.get('type')?.toLowerCase();
  const isBelowAsked = filter.functions.has('atscopeandbelow');
  const roles = call.tenant.roles.of('azure').filter(
    (role) =>
      (isAssignableAt(role, call.scope) || (isBelowAsked && isAssignableBelow(role, call.scope))) &&
      (roleName === undefined || role.name.toLowerCase() === roleName) &&
      (wantedType === undefined || wantedType === roleType(role).toLowerCase()),
  );
  const page = pageOf(roles, call.incoming, call.pageSize);
  return ok({ ...page, value: page.value.map((role) => toResource(call, role)) });
}

function get(call: ArmCall): Reply {
  const role = call.tenant.roles.find(nameOf(call, 'name'));
  if (role?.kind !== 'azure' || !(isAssignableAt(role, call.scope) || isAssignableBelow(role, call.scope))) {
    const message = `The specified role definition with ID '${call.names['name'] ?? ''}' does not exist.`;
    throw new Refusal(404, 'RoleDefinitionDoesNotExist', message);
  }
  return ok(toResource(call, role));
}

/** Everything lies below the tenant root, where any definition is found by its id alone. */
function isAssignableBelow({ custom }: Role, scope: Scope): boolean {
  return custom?.assignableScopes.some((assignable) => isWithin(assignable, scope)) ?? false;
}

function toResource(call: ArmCall, role: Role): object {
  const since = timestamp(role.custom === null ? introduced : sinceOnboarding);
  return {
    id: roleDefinitionId(role.id, call.scope),
    name: role.id,
    type: `${provider}/${type}`,
    properties: {
      roleName: role.name,
      type: roleType(role),
      description: role.custom?.description ?? '',
      assignableScopes: role.custom?.assignableScopes.map(scopeId) ?? ['/'],
      permissions: [{ actions: role.actions, notActions: role.notActions, dataActions: [], notDataActions: [] }],
      createdOn: since,
      updatedOn: since,
    },
  };
}
