import { holdsRole } from '../../access.ts';
import { mayAdminister } from '../../administration.ts';
import { groupsOf } from '../../directory.ts';
import { findRoleByName } from '../../roles.ts';
import { directory, graphScopeId } from '../../scopes.ts';
import type { Scope } from '../../scopes.ts';
import type { GraphCall } from '../call.ts';

/** Directory roles whose holders read everybody's directory roles, and their settings. */
const roleReaders = idsOf('Global Reader', 'Security Reader', 'Security Operator', 'Security Administrator');

/** Directory roles whose holders read everybody's memberships and ownerships of groups. */
const groupReaders = idsOf(
  'Global Reader',
  'Directory Writers',
  'Groups Administrator',
  'Identity Governance Administrator',
  'User Administrator',
);

/**
 * Whether the caller reads what others hold there, and the settings. A person needs a directory role, or is an owner or
 * member of the group; an application has its permission for it, which was looked at before.
 * https://learn.microsoft.com/graph/api/resources/privilegedidentitymanagementv3-overview
 */
export function mayReadOthers(call: GraphCall, scope: Scope): boolean {
  const { caller } = call;
  if (caller.kind === 'app' || mayAdminister(call, caller, scope)) {
    return true;
  }
  if (scope.kind === 'entra') {
    return holdsRole(call, caller.id, roleReaders, scope);
  }
  return groupsOf(call, caller.id).has(graphScopeId(scope)) || holdsRole(call, caller.id, groupReaders, directory);
}

function idsOf(...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => findRoleByName('entra', name)?.id ?? []);
}
