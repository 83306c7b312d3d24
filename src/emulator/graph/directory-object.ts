import type { Scope } from '../scopes.ts';
import { graphScopeId } from '../scopes.ts';
import type { App, Group, Person, Principal } from '../tenant.ts';
import type { EntityType } from './odata-query.ts';

/** What may be asked of people, groups, applications and administrative units, and what Graph answers about them. */

const userMembers = {
  id: 'text',
  displayName: 'text',
  userPrincipalName: 'text',
  mail: 'text',
  userType: 'text',
  accountEnabled: 'boolean',
} as const;

const groupMembers = {
  id: 'text',
  displayName: 'text',
  description: 'text',
  mailEnabled: 'boolean',
  securityEnabled: 'boolean',
} as const;

const servicePrincipalMembers = {
  id: 'text',
  displayName: 'text',
  appId: 'text',
  servicePrincipalType: 'text',
  accountEnabled: 'boolean',
} as const;

export const userType: EntityType<Person> = {
  members: userMembers,
  toObject: ({ id, name, userPrincipalName, userType: type, accountEnabled }) => ({
    id,
    displayName: name,
    userPrincipalName,
    mail: userPrincipalName,
    userType: type,
    accountEnabled,
  }),
};

export const groupType: EntityType<Group> = {
  members: groupMembers,
  toObject: ({ id, name }) => ({ id, displayName: name, description: null, mailEnabled: false, securityEnabled: true }),
};

export const servicePrincipalType: EntityType<App> = {
  members: servicePrincipalMembers,
  toObject: ({ id, name }) => ({
    id,
    displayName: name,
    appId: id,
    servicePrincipalType: 'Application',
    accountEnabled: true,
  }),
};

/** Whatever has an object id. */
export type DirectoryObject = Principal | { readonly kind: 'administrativeUnit'; readonly scope: Scope };

const administrativeUnitMembers = { id: 'text', displayName: 'text', description: 'text', visibility: 'text' } as const;

export const administrativeUnitType: EntityType<Scope> = {
  members: administrativeUnitMembers,
  toObject: (scope) => ({
    id: graphScopeId(scope).slice('/administrativeUnits/'.length),
    displayName: scope.name,
    description: null,
    visibility: null,
  }),
};

/** One of a list of mixed objects: it tells its type. */
export const directoryObjectType: EntityType<DirectoryObject> = {
  members: { ...administrativeUnitMembers, ...servicePrincipalMembers, ...groupMembers, ...userMembers },
  toObject: (object) => ({ '@odata.type': `#microsoft.graph.${typeName(object)}`, ...propertiesOf(object) }),
};

/** As Graph spells it. */
export function typeName({ kind }: DirectoryObject): string {
  return kind === 'app' ? 'servicePrincipal' : kind;
}

function propertiesOf(object: DirectoryObject): object {
  switch (object.kind) {
    case 'user':
      return userType.toObject(object);
    case 'group':
      return groupType.toObject(object);
    case 'app':
      return servicePrincipalType.toObject(object);
    case 'administrativeUnit':
      return administrativeUnitType.toObject(object.scope);
  }
}
