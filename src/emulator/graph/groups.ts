import { groupsOf, transitiveMembers } from '../directory.ts';
import { lastSegment } from '../guid.ts';
import { bodyMembers, textMember } from '../incoming.ts';
import { pageOf } from '../paging.ts';
import { badRequest, ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { findPrincipal } from '../tenant.ts';
import type { Group, Principal } from '../tenant.ts';
import { contextUrl, requestDenied, requirePermission, resourceNotFound } from './call.ts';
import type { GraphCall, GraphOperation } from './call.ts';
import { checkQuery, directoryObject, odataType } from './directory-object.ts';

const userCast = 'microsoft.graph.user';

export const groups: readonly GraphOperation[] = [
  { method: 'GET', path: 'groups/{id}', handle: getGroup },
  { method: 'GET', path: 'groups/{id}/members', handle: (call) => listMembers(call, directMembers) },
  { method: 'GET', path: `groups/{id}/members/${userCast}`, handle: (call) => listUsers(call, directMembers) },
  { method: 'GET', path: 'groups/{id}/transitiveMembers', handle: (call) => listMembers(call, transitiveMembers) },
  { method: 'GET', path: `groups/{id}/transitiveMembers/${userCast}`, handle: (call) => listUsers(call, transitiveMembers) },
  { method: 'POST', path: 'groups/{id}/members/$ref', handle: addMember },
  { method: 'DELETE', path: 'groups/{id}/members/{memberId}/$ref', handle: removeMember },
];

type MembersOf = (call: GraphCall, groupId: string) => readonly string[];

function getGroup(call: GraphCall): Reply {
  requireReader(call);
  checkQuery(call, ['$select']);
  return ok({ '@odata.context': contextUrl(call, 'groups/$entity'), ...directoryObject(call, groupAt(call)) });
}

function listMembers(call: GraphCall, membersOf: MembersOf): Reply {
  const members = readMembers(call, membersOf);
  return collection(call, 'directoryObjects', members, (member) => ({
    '@odata.type': odataType(member),
    ...directoryObject(call, member),
  }));
}

/** The cast leaves out groups and applications, and the type that then goes without saying. */
function listUsers(call: GraphCall, membersOf: MembersOf): Reply {
  const people = readMembers(call, membersOf).filter((member) => member.kind === 'user');
  return collection(call, 'users', people, (person) => directoryObject(call, person));
}

/** Body `{"@odata.id": "…/directoryObjects/{id}"}`; 204. For an administrator of the seed. */
function addMember(call: GraphCall): Reply {
  requireWriter(call);
  const group = groupAt(call);
  const memberId = lastSegment(textMember(bodyMembers(call.incoming.body), '@odata.id') ?? '');
  const members = directMembers(call, group.id);
  if (findPrincipal(call.tenant, memberId) === undefined) {
    throw resourceNotFound(memberId);
  }
  if (members.includes(memberId)) {
    throw badRequest("One or more added object references already exist for the following modified properties: 'members'.");
  }
  call.state.groupMembers.set(group.id, [...members, memberId]);
  return { status: 204 };
}

/** 204. For an administrator of the seed. */
function removeMember(call: GraphCall): Reply {
  requireWriter(call);
  const group = groupAt(call);
  const memberId = (call.names['memberId'] ?? '').toLowerCase();
  const members = directMembers(call, group.id);
  if (!members.includes(memberId)) {
    throw resourceNotFound(memberId);
  }
  call.state.groupMembers.set(group.id, members.filter((id) => id !== memberId));
  return { status: 204 };
}

function readMembers(call: GraphCall, membersOf: MembersOf): readonly Principal[] {
  requireReader(call);
  checkQuery(call, ['$select', '$top', '$count', '$skiptoken']);
  return membersOf(call, groupAt(call).id).flatMap((id) => findPrincipal(call.tenant, id) ?? []);
}

function directMembers(call: GraphCall, groupId: string): readonly string[] {
  return call.state.groupMembers.get(groupId) ?? [];
}

function collection<T>(call: GraphCall, entity: string, items: readonly T[], toObject: (item: T) => object): Reply {
  const { value, nextLink } = pageOf(items, call.incoming, pageSize(call));
  return ok({
    '@odata.context': contextUrl(call, entity),
    ...(call.incoming.query.get('$count') === 'true' ? { '@odata.count': items.length } : {}),
    ...(nextLink === undefined ? {} : { '@odata.nextLink': nextLink }),
    value: value.map(toObject),
  });
}

function pageSize(call: GraphCall): number {
  const top = call.incoming.query.get('$top');
  if (top === null) {
    return call.pageSize;
  }
  const size = Number(top);
  if (!Number.isInteger(size) || size < 1 || size > 999) {
    throw badRequest('$top must be a number from 1 to 999.');
  }
  return size;
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

function requireWriter(call: GraphCall): void {
  const identities = [call.caller.id, ...groupsOf(call, call.caller.id)];
  const isAdministrator = identities.some((id) => call.tenant.administrators.includes(id));
  if (!isAdministrator && !call.caller.permissions.includes('GroupMember.ReadWrite.All')) {
    throw requestDenied();
  }
}
