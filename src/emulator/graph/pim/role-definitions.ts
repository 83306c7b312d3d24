import type { Reply } from '../../reply.ts';
import type { Role } from '../../roles.ts';
import { resourceNotFound } from '../call.ts';
import type { GraphCall, GraphOperation } from '../call.ts';
import type { EntityType } from '../odata-query.ts';
import { collectionReply, entityReply } from '../odata.ts';
import { requireGranted, roleDefinitionReaders } from './permissions.ts';

const path = 'roleManagement/directory/roleDefinitions';

export const roleDefinitions: readonly GraphOperation[] = [
  { method: 'GET', path, handle: list },
  { method: 'GET', path: `${path}/{id}`, handle: get },
];

/** What a directory role lets its holder do is not played. */
export const roleDefinitionType: EntityType<Role> = {
  members: {
    id: 'text',
    description: 'text',
    displayName: 'text',
    isBuiltIn: 'boolean',
    isEnabled: 'boolean',
    resourceScopes: 'list',
    templateId: 'text',
    version: 'text',
    rolePermissions: 'list',
  },
  toObject: ({ id, name, custom }) => ({
    id,
    description: custom?.description ?? name,
    displayName: name,
    isBuiltIn: custom === null,
    isEnabled: true,
    resourceScopes: ['/'],
    templateId: id,
    version: '1',
    rolePermissions: [],
  }),
};

function list(call: GraphCall): Reply {
  requireGranted(call, roleDefinitionReaders);
  return collectionReply(call, path, roleDefinitionType, call.tenant.roles.of('entra'));
}

function get(call: GraphCall): Reply {
  requireGranted(call, roleDefinitionReaders);
  const id = call.names['id'] ?? '';
  const role = call.tenant.roles.find(id);
  if (role?.kind !== 'entra') {
    throw resourceNotFound(id);
  }
  return entityReply(call, `${path}/$entity`, roleDefinitionType, role);
}
