import { holdsRole } from '../access.ts';
import { directMembers, groupsOf, ownersOf, transitiveMembers } from '../directory.ts';
import { ownerRoleId } from '../group-roles.ts';
import { lastSegment } from '../guid.ts';
import { bodyMembers, textMember } from '../incoming.ts';
import { badRequest } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { groupScopeId } from '../scopes.ts';
import { findPrincipal } from '../tenant.ts';
import type { Group, Principal } from '../tenant.ts';
import { requestDenied, requirePermission, resourceNotFound } from './call.ts';
import type { GraphCall, GraphOperation } from './call.ts';
import { directoryObjectType, groupType, userType } from './directory-object.ts';
import { collectionReply, entityReply } from './odata.ts';

const userCast = 'microsoft.graph.user';

export const groups: readonly GraphOperation[] = [
  { method: 'GET', path: 'groups', handle: listGroups },
  { method: 'GET', path: 'groups/{id}', handle: getGroup },
  { method: 'GET', path: 'groups/{id}/members', handle: (call) => listMembers(call, directMembers) },
  { method: 'GET', path: `groups/{id}/members/${userCast}`, handle: (call) => listUsers(call, directMembers) },
  { method: 'GET', path: 'groups/{id}/transitiveMembers', handle: (call) => listMembers(call, transitiveMembers) },
  { method: 'GET', path: `groups/{id}/transitiveMembers/${userCast}`, handle: (call) => listUsers(call, transitiveMembers) },
  { method: 'GET', path: 'groups/{id}/owners', handle: (call) => listMembers(call, ownersOf) },
  { method: 'POST', path: 'groups/{id}/members/$ref', handle: addMember },
  { method: 'DELETE', path: 'groups/{id}/members/{memberId}/$ref', handle: removeMember },
];

type MembersOf = (call: GraphCall, groupId: string) => readonly string[];

function listGroups(call: GraphCall): Reply {
  requireReader(call);
  return collectionReply(call, 'groups', groupType, [...call.tenant.groups.values()]);
}

function getGroup(call: GraphCall): Reply {
  requireReader(call);
  return entityReply(call, 'groups/$entity', groupType, groupAt(call));
}

function listMembers(call: GraphCall, membersOf: MembersOf): Reply {
  return collectionReply(call, 'directoryObjects', directoryObjectType, readMembers(call, membersOf));
}

/** The cast leaves out groups and applications, and the type that then goes without saying. */
function listUsers(call: GraphCall, membersOf: MembersOf): Reply {
  const people = readMembers(call, membersOf).filter((member) => member.kind === 'user');
  return collectionReply(call, 'users', userType, people);
}

/** Body `{"@odata.id": "…/directoryObjects/{id}"}`; 204. */
function addMember(call: GraphCall): Reply {
  const group = groupAt(call);
  requireWriter(call, group);
  const memberId = lastSegment(textMember(bodyMembers(call.incoming.body), '@odata.id') ?? '');
  const members = ownMembers(call, group.id);
  if (findPrincipal(call.tenant, memberId) === undefined) {
    throw resourceNotFound(memberId);
  }
  if (members.includes(memberId)) {
    throw badRequest("One or more added object references already exist for the following modified properties: 'members'.");
  }
  call.state.groupMembers.set(group.id, [...members, memberId]);
  return { status: 204 };
}

/** 204. A membership that PIM has given for a time is taken back through PIM only. */
function removeMember(call: GraphCall): Reply {
  const group = groupAt(call);
  requireWriter(call, group);
  const memberId = (call.names['memberId'] ?? '').toLowerCase();
  const members = ownMembers(call, group.id);
  if (!members.includes(memberId)) {
    throw resourceNotFound(memberId);
  }
  call.state.groupMembers.set(group.id, members.filter((id) => id !== memberId));
  return { status: 204 };
}

function readMembers(call: GraphCall, membersOf: MembersOf): readonly Principal[] {
  requireReader(call);
  return membersOf(call, groupAt(call).id).flatMap((id) => findPrincipal(call.tenant, id) ?? []);
}

/** Those whom the directory itself has in the group. */
function ownMembers(call: GraphCall, groupId: string): readonly string[] {
  return call.state.groupMembers.get(groupId) ?? [];
}

function groupAt(call: GraphCall): Group {
  const id = call.names['id'] ?? '';
  const group = call.tenant.groups.get(id.toLowerCase());
  if (group === undefined) {
    throw resourceNotFound(id);
  }
  return group;
}

function requireReader(call: GraphCall): void {
  requirePermission(call, 'GroupMember.Read.All', 'GroupMember.ReadWrite.All', 'Group.Read.All', 'Directory.Read.All');
}

/** An administrator of the seed, or an owner of the group; an application by its permission. */
function requireWriter(call: GraphCall, group: Group): void {
  const { caller, tenant } = call;
  const identities = [caller.id, ...groupsOf(call, caller.id)];
  const isAdministrator = identities.some((id) => tenant.administrators.includes(id));
  const scope = tenant.scopes.find(groupScopeId(group.id));
  const isOwner = scope !== undefined && holdsRole(call, caller.id, [ownerRoleId], scope);
  if (!isAdministrator && !isOwner && !caller.permissions.includes('GroupMember.ReadWrite.All')) {
    throw requestDenied();
  }
}
