import { memberRoleId, ownerRoleId } from './group-roles.ts';
import { runningAssignments } from './schedules.ts';
import { groupScopeId } from './scopes.ts';
import type { Assignment, Pim } from './state.ts';

/** Members of a group at this moment: those of the directory, and those whom PIM has made members for a time. */
export function directMembers(pim: Pim, groupId: string): readonly string[] {
  return membersIn(pim, groupId, membershipsByPim(pim));
}

/** Owners of a group at this moment: those of the directory, and those whom PIM has made owners for a time. */
export function ownersOf(pim: Pim, groupId: string): readonly string[] {
  const madeByPim = runningAssignments(pim).filter(({ roleId, scopeId }) => roleId === ownerRoleId && scopeId === groupScopeId(groupId));
  return [...new Set([...(pim.tenant.groups.get(groupId)?.owners ?? []), ...madeByPim.map(({ principalId }) => principalId)])];
}

function membershipsByPim(pim: Pim): readonly Assignment[] {
  return runningAssignments(pim).filter((entry) => entry.roleId === memberRoleId);
}

function membersIn({ state }: Pim, groupId: string, byPim: readonly Assignment[]): readonly string[] {
  const scopeId = groupScopeId(groupId);
  const madeByPim = byPim.filter((entry) => entry.scopeId === scopeId).map((entry) => entry.principalId);
  return [...new Set([...(state.groupMembers.get(groupId) ?? []), ...madeByPim])];
}

/** Every group that the principal is in, directly or through other groups. */
export function groupsOf(pim: Pim, principalId: string): ReadonlySet<string> {
  const byPim = membershipsByPim(pim);
  const members = [...pim.tenant.groups.keys()].map((group) => [group, membersIn(pim, group, byPim)] as const);
  const found = new Set<string>();
  const open = [principalId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const [group, inIt] of members) {
      if (inIt.includes(id) && !found.has(group)) {
        found.add(group);
        open.push(group);
      }
    }
  }
  return found;
}

/** The principal and every group they are in: all ids under which they can hold a right. */
export function identitiesOf(pim: Pim, principalId: string): ReadonlySet<string> {
  return new Set([principalId, ...groupsOf(pim, principalId)]);
}

/** Members of a group and of the groups in it, each once; a group that contains itself ends the walk. */
export function transitiveMembers(pim: Pim, groupId: string): readonly string[] {
  const found = new Set<string>();
  const open = [groupId];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    for (const member of pim.tenant.groups.has(id) ? directMembers(pim, id) : []) {
      if (!found.has(member) && member !== groupId) {
        found.add(member);
        open.push(member);
      }
    }
  }
  return [...found];
}
