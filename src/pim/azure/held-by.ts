/** What one person holds in Azure now, also through groups: as the bot's own identity may read it. */
import { activeAssignments } from './azure-answers.ts';
import { listDigestScopes, scopesOfRound } from './digest-scopes.ts';
import { PimError } from '../errors.ts';
import { mapAtMost } from '../http/at-most.ts';
import { listAll } from '../http/azure-client.ts';
import type { ArmClient } from '../http/azure-client.ts';
import { quoted } from '../http/odata.ts';
import { gapsOf } from '../listing.ts';
import { scopesAtOnce } from '../look-limits.ts';
import type { ActiveAssignment, Gap, Listing } from '../model.ts';
import { orPimError } from '../or-pim-error.ts';
import { scopeKey, sdkScope } from '../scope.ts';

export async function listAzureHeldBy(arm: ArmClient, digestScopes: readonly string[], personId: string): Promise<Listing<ActiveAssignment>> {
  const all = await listDigestScopes(arm, digestScopes);
  const scopes = scopesOfRound(all, 0);
  const filter = `assignedTo(${quoted(personId)})`;
  const lists = await mapAtMost(scopesAtOnce, scopes, (scope) =>
    orPimError(listAll(arm, (options) => arm.sdk.roleAssignmentScheduleInstances.listForScope(sdkScope(scope), { ...options, filter })).then(activeAssignments)));
  const held = lists.flatMap((list) => (list instanceof PimError ? [] : list));
  const refused: Gap['why'][] = lists.flatMap((list) => (list instanceof PimError ? [list.code] : []));
  const why = scopes.length < all.length ? [...refused, 'tooManyScopes' as const] : refused;
  return {
    items: [...new Map(held.map((assignment) => [`${assignment.id.toLowerCase()} ${scopeKey(assignment.scope.id)}`, assignment])).values()],
    gaps: gapsOf('azure', why),
  };
}
