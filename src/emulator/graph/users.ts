import { groupsOf } from '../directory.ts';
import { bodyMembers, invalidContent } from '../incoming.ts';
import { badRequest, ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Group, Person } from '../tenant.ts';
import { contextUrl, requirePermission, resourceNotFound } from './call.ts';
import type { GraphCall, GraphOperation } from './call.ts';
import { directoryObjectType, groupType, userType } from './directory-object.ts';
import { collectionReply, entityReply } from './odata.ts';

const groupCast = 'microsoft.graph.group';
const readers: readonly string[] = ['User.Read.All', 'User.ReadBasic.All', 'User.ReadWrite.All', 'Directory.Read.All'];
const memberOfReaders: readonly string[] = [...readers, 'GroupMember.Read.All', 'Group.Read.All'];

export const users: readonly GraphOperation[] = [
  { method: 'GET', path: 'users', handle: listUsers },
  { method: 'GET', path: 'me', handle: (call) => getUser(call, me(call)) },
  { method: 'GET', path: 'users/{id}', handle: (call) => getUser(call, userAt(call, readers)) },
  { method: 'GET', path: 'me/transitiveMemberOf', handle: (call) => listMemberOf(call, me(call)) },
  { method: 'GET', path: `me/transitiveMemberOf/${groupCast}`, handle: (call) => listGroups(call, me(call)) },
  { method: 'GET', path: 'users/{id}/transitiveMemberOf', handle: (call) => listMemberOf(call, userAt(call, memberOfReaders)) },
  { method: 'GET', path: `users/{id}/transitiveMemberOf/${groupCast}`, handle: (call) => listGroups(call, userAt(call, memberOfReaders)) },
  { method: 'POST', path: 'me/getMemberGroups', handle: (call) => getMemberGroups(call, me(call)) },
  { method: 'POST', path: 'users/{id}/getMemberGroups', handle: (call) => getMemberGroups(call, userAt(call, memberOfReaders)) },
];

function listUsers(call: GraphCall): Reply {
  requirePermission(call, ...readers);
  return collectionReply(call, 'users', userType, [...call.tenant.people.values()]);
}

function getUser(call: GraphCall, person: Person): Reply {
  return entityReply(call, 'users/$entity', userType, person);
}

/** Groups only: what else Graph counts here, roles and administrative units, this service shows elsewhere. */
function listMemberOf(call: GraphCall, person: Person): Reply {
  return collectionReply(call, 'directoryObjects', directoryObjectType, groupsWith(call, person));
}

function listGroups(call: GraphCall, person: Person): Reply {
  return collectionReply(call, 'groups', groupType, groupsWith(call, person));
}

/** Body `{"securityEnabledOnly": true}`. Every group here is one for security. */
function getMemberGroups(call: GraphCall, person: Person): Reply {
  if (typeof bodyMembers(call.incoming.body).get('securityenabledonly') !== 'boolean') {
    throw invalidContent("'securityEnabledOnly' must be true or false");
  }
  const context = contextUrl(call, 'Collection(Edm.String)');
  return ok({ '@odata.context': context, value: groupsWith(call, person).map(({ id }) => id) });
}

function groupsWith(call: GraphCall, person: Person): readonly Group[] {
  return [...groupsOf(call, person.id)].flatMap((id) => call.tenant.groups.get(id) ?? []);
}

function me(call: GraphCall): Person {
  if (call.caller.kind === 'app') {
    throw badRequest('/me request is only valid with delegated authentication flow.');
  }
  return found(call.tenant.people.get(call.caller.id), call.caller.id);
}

/** By object id or user principal name. */
function userAt(call: GraphCall, permissions: readonly string[]): Person {
  requirePermission(call, ...permissions);
  const wanted = (call.names['id'] ?? '').toLowerCase();
  const people = [...call.tenant.people.values()];
  return found(
    people.find(({ id, userPrincipalName }) => id === wanted || userPrincipalName.toLowerCase() === wanted),
    wanted,
  );
}

function found(person: Person | undefined, wanted: string): Person {
  if (person === undefined) {
    throw resourceNotFound(wanted);
  }
  return person;
}
