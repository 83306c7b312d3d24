import { parseFilter } from '../filter.ts';
import { pageOf } from '../paging.ts';
import { ok, Refusal } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { findRoleById, rolesOf } from '../roles.ts';
import type { Role } from '../roles.ts';
import { roleDefinitionId } from '../scopes.ts';
import { nameOf, provider } from './call.ts';
import type { ArmCall, ArmOperation } from './call.ts';
import { timestamp } from './resource.ts';

const type = 'roleDefinitions';
const apiVersions: readonly string[] = ['2022-04-01'];
const introduced = Date.UTC(2015, 1, 2);

/** Everybody may read what a role is. `getById` of the SDK arrives as `get` at the scope that the id names. */
export const roleDefinitions: readonly ArmOperation[] = [
  { method: 'GET', path: type, apiVersions, queryOptions: ['$filter'], handle: list },
  { method: 'GET', path: `${type}/{name}`, apiVersions, handle: get },
];

/** All roles are built in, so `atScopeAndBelow()` changes nothing. */
function list(call: ArmCall): Reply {
  const filter = parseFilter(call.incoming.query.get('$filter'), { functions: ['atScopeAndBelow'], fields: ['roleName', 'type'] });
  const roleName = filter.equals.get('rolename')?.toLowerCase();
  const wantedType = filter.equals.get('type')?.toLowerCase();
  const roles = rolesOf('azure').filter(
    (role) =>
      (roleName === undefined || role.name.toLowerCase() === roleName) &&
      (wantedType === undefined || wantedType === 'builtinrole'),
  );
  const page = pageOf(roles, call.incoming, call.pageSize);
  return ok({ ...page, value: page.value.map((role) => toResource(call, role)) });
}

function get(call: ArmCall): Reply {
  const role = findRoleById(nameOf(call, 'name'));
  if (role?.kind !== 'azure') {
    const message = `The specified role definition with ID '${call.names['name'] ?? ''}' does not exist.`;
    throw new Refusal(404, 'RoleDefinitionDoesNotExist', message);
  }
  return ok(toResource(call, role));
}

function toResource(call: ArmCall, role: Role): object {
  return {
    id: roleDefinitionId(role.id, call.scope),
    name: role.id,
    type: `${provider}/${type}`,
    properties: {
      roleName: role.name,
      type: 'BuiltInRole',
      description: '',
      assignableScopes: ['/'],
      permissions: [{ actions: role.actions, notActions: role.notActions, dataActions: [], notDataActions: [] }],
      createdOn: timestamp(introduced),
      updatedOn: timestamp(introduced),
    },
  };
}
