import type { Pim } from './state.ts';

/** Every group that the principal is in, directly or through other groups. */
export function groupsOf(pim: Pim, principalId: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [principalId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const [group, members] of pim.state.groupMembers) {
      if (members.includes(id) && !found.has(group)) {
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
    for (const member of pim.state.groupMembers.get(id) ?? []) {
      if (!found.has(member) && member !== groupId) {
        found.add(member);
        open.push(member);
      }
    }
  }
  return [...found];
}
