/** What one person holds themselves of directory roles and groups now: as the bot's own identity may read it. */
import { listAllOf } from './batch.ts';
import { readNames } from './directory-names.ts';
import { PimError } from '../errors.ts';
import { activeAssignments, unnamedIn } from './graph-answers.ts';
import { equals, expandOf, filterOf, pathOf } from './graph-kind.ts';
import type { GraphRoleKind } from './graph-kind.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { ActiveAssignment, Listing } from '../model.ts';

/** Both kinds in one call. What a group of theirs holds in the directory is not among it: Graph has no filter for that. */
export async function listGraphHeldBy(graph: AzureClient, kinds: readonly GraphRoleKind[], personId: string): Promise<Listing<ActiveAssignment>> {
  const lists = await listAllOf(graph, kinds.map((kind) =>
    `${pathOf(kind, 'active', 'instances')}?${[...filterOf([equals('principalId', personId)]), expandOf(kind)].join('&')}`));
  const items = lists.flatMap((list) => (list instanceof PimError ? [] : list));
  return {
    items: activeAssignments(items, await readNames(graph, unnamedIn(items, personId))),
    gaps: kinds.flatMap((kind, index) => {
      const list = lists[index];
      return list instanceof PimError ? [{ kind, why: list.code }] : [];
    }),
  };
}
