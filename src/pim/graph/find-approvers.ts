import { z } from 'zod';
import { directoryObject, principalOf } from './directory-names.ts';
import { isGuid } from '../guid.ts';
import { parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { Approver } from '../model.ts';

/** https://learn.microsoft.com/graph/api/directoryobject-getbyids */
const mostObjects = 1000;
const objects = z.object({ value: z.array(directoryObject) });

/** The users and groups among these object ids, in the order of the ids. Others, and those whom the directory does not know, are left out. */
export async function findApprovers(graph: AzureClient, ids: readonly string[]): Promise<readonly Approver[]> {
  const wanted = [...new Set(ids.map((id) => id.toLowerCase()))].filter(isGuid);
  const found = new Map<string, Approver>();
  for (let from = 0; from < wanted.length; from += mostObjects) {
    const body = { ids: wanted.slice(from, from + mostObjects), types: ['user', 'group'] };
    const answer = await graph.send({ method: 'POST', kind: 'read', url: '/v1.0/directoryObjects/getByIds', body });
    for (const object of parseAnswer(objects, answer).value) {
      const principal = principalOf(object);
      if (principal?.kind === 'user' || principal?.kind === 'group') found.set(principal.id.toLowerCase(), { id: principal.id, kind: principal.kind, name: principal.name });
    }
  }
  return wanted.flatMap((id) => found.get(id) ?? []);
}
