import { bodyMembers, invalidContent, textsMember } from '../incoming.ts';
import type { Reply } from '../reply.ts';
import { directoryScopeId } from '../scopes.ts';
import type { Scope } from '../scopes.ts';
import { findPrincipal } from '../tenant.ts';
import { requirePermission, resourceNotFound } from './call.ts';
import type { GraphCall, GraphOperation } from './call.ts';
import { administrativeUnitType, directoryObjectType, servicePrincipalType, typeName } from './directory-object.ts';
import type { DirectoryObject } from './directory-object.ts';
import { collectionReply, entityReply } from './odata.ts';

export const directoryObjects: readonly GraphOperation[] = [
  { method: 'POST', path: 'directoryObjects/getByIds', handle: getByIds },
  { method: 'GET', path: 'servicePrincipals', handle: listServicePrincipals },
  { method: 'GET', path: 'servicePrincipals/{id}', handle: getServicePrincipal },
  { method: 'GET', path: 'directory/administrativeUnits', handle: listAdministrativeUnits },
  { method: 'GET', path: 'directory/administrativeUnits/{id}', handle: getAdministrativeUnit },
];

const mostIds = 1000;

/** Body `{"ids": […], "types"?: ["user", "group", …]}`. Ids that nobody has are left out. */
function getByIds(call: GraphCall): Reply {
  requirePermission(call, 'Directory.Read.All', 'User.Read.All', 'User.ReadBasic.All', 'GroupMember.Read.All', 'Group.Read.All');
  const body = bodyMembers(call.incoming.body);
  const ids = textsMember(body, 'ids');
  if (ids === null || ids.length > mostIds) {
    throw invalidContent(`'ids' must be a list of at most ${mostIds} object ids`);
  }
  const types = (textsMember(body, 'types') ?? ['directoryObject']).map((type) => type.toLowerCase());
  const found = [...new Set(ids.map((id) => id.toLowerCase()))].flatMap((id) => findObject(call, id) ?? []);
  const wanted = found.filter((object) => types.includes('directoryobject') || types.includes(typeName(object).toLowerCase()));
  // All on one page: a link to the next one could not tell the ids.
  return collectionReply({ ...call, pageSize: mostIds }, 'directoryObjects', directoryObjectType, wanted);
}

/** By its object id in lower case. */
function findObject({ tenant }: GraphCall, id: string): DirectoryObject | null {
  const unit = tenant.scopes.find(directoryScopeId(`/administrativeUnits/${id}`));
  return findPrincipal(tenant, id) ?? (unit === undefined ? null : { kind: 'administrativeUnit', scope: unit });
}

function listServicePrincipals(call: GraphCall): Reply {
  requirePermission(call, 'Application.Read.All', 'Directory.Read.All');
  return collectionReply(call, 'servicePrincipals', servicePrincipalType, [...call.tenant.apps.values()]);
}

function getServicePrincipal(call: GraphCall): Reply {
  requirePermission(call, 'Application.Read.All', 'Directory.Read.All');
  const id = call.names['id'] ?? '';
  const app = call.tenant.apps.get(id.toLowerCase());
  if (app === undefined) {
    throw resourceNotFound(id);
  }
  return entityReply(call, 'servicePrincipals/$entity', servicePrincipalType, app);
}

function listAdministrativeUnits(call: GraphCall): Reply {
  return collectionReply(call, 'directory/administrativeUnits', administrativeUnitType, administrativeUnits(call));
}

function getAdministrativeUnit(call: GraphCall): Reply {
  const id = call.names['id'] ?? '';
  const unit = administrativeUnits(call).find((scope) => scope.id.toLowerCase().endsWith(`/${id.toLowerCase()}`));
  if (unit === undefined) {
    throw resourceNotFound(id);
  }
  return entityReply(call, 'directory/administrativeUnits/$entity', administrativeUnitType, unit);
}

function administrativeUnits(call: GraphCall): readonly Scope[] {
  requirePermission(call, 'AdministrativeUnit.Read.All', 'Directory.Read.All');
  return call.tenant.scopes.all().filter((scope) => scope.type === 'administrativeunit');
}
