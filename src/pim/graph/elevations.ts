/** Who holds an activated directory role, or an activated membership of a group, right now: as the bot's own identity may read it. */
import { gapsOf } from '../listing.ts';
import { listAllOf } from './batch.ts';
import { readNames } from './directory-names.ts';
import { PimError } from '../errors.ts';
import { activeAssignments, unnamedIn } from './graph-answers.ts';
import { equals, expandOf, filterOf, pathOf } from './graph-kind.ts';
import { listAllRaw } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { Gap } from '../model.ts';
import type { Elevation } from '../pim.ts';

/** Reasons are in the requests, which an application may only read with a permission that can also write: they are left open. */
export async function listEntraElevations(graph: AzureClient): Promise<readonly Elevation[]> {
  const limit = graph.limit();
  const query = [...filterOf(["assignmentType eq 'Activated'"]), expandOf('entra')].join('&');
  return elevationsOf(graph, await listAllRaw(graph, `/v1.0${pathOf('entra', 'active', 'instances')}?${query}`, limit), limit);
}

export interface GroupElevations {
  readonly elevations: readonly Elevation[];
  readonly gaps: readonly Gap[];
}

/** Graph lists no tenant's groups at once: each is asked for by its id, twenty in one call. One that cannot be read leaves a gap. */
export async function listGroupElevations(graph: AzureClient, groupIds: readonly string[]): Promise<GroupElevations> {
  const lists = await listAllOf(graph, groupIds.map((id) =>
    `${pathOf('group', 'active', 'instances')}?${[...filterOf([equals('groupId', id)]), expandOf('group')].join('&')}`));
  const failures = lists.filter((list) => list instanceof PimError);
  const [failure] = failures;
  if (failure !== undefined && failures.length === groupIds.length) throw failure;
  const items = lists.flatMap((list) => (list instanceof PimError ? [] : list));
  return {
    elevations: await elevationsOf(graph, items),
    gaps: gapsOf('group', failures.map(({ code }) => code)),
  };
}

async function elevationsOf(graph: AzureClient, items: readonly unknown[], limit?: AbortSignal): Promise<readonly Elevation[]> {
  const names = await readNames(graph, unnamedIn(items, ''), limit);
  return activeAssignments(items, names)
    .filter(({ how }) => how === 'activated')
    .map((assignment) => ({ ...assignment, justification: '' }));
}
