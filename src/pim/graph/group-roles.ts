/** Membership and ownership of groups, by PIM for groups, as one signed-in person sees them. */
import { z } from 'zod';
import { byWords } from '../by-words.ts';
import { isGuid } from '../guid.ts';
import type { GraphRolesParts } from './entra-roles.ts';
import { everyGroup, groupRole, groupScope } from './graph-answers.ts';
import { createGraphRoles } from './graph-roles.ts';
import { filterOf, startsWith } from './graph-kind.ts';
import { decideGroupApproval } from './group-approvals.ts';
import { PimError } from '../errors.ts';
import { whole } from '../listing.ts';
import { listAllRaw, parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { Listing, Role, Scope } from '../model.ts';
import type { PimOfKind } from '../pim-user.ts';

export function createGroupRoles(parts: GraphRolesParts): PimOfKind {
  const { client } = parts;
  return createGraphRoles({ kind: 'group', ...parts }, {
    decide: decideGroupApproval,
    findRoles: (_, words) => Promise.resolve(findGroupRoles(words)),
    findScopes: (words) => findScopes(client, words),
    findWidestScopes: () => Promise.resolve(whole([everyGroup])),
  });
}

export function findGroupRoles(words: string): readonly Role[] {
  return byWords([groupRole('member'), groupRole('owner')], words, ({ name }) => [name]);
}

const group = z.object({ id: z.string(), displayName: z.string().nullish() });

/** By the beginning of its name, or by its object id. A tenant has too many groups to list them all for no words. */
async function findScopes(client: AzureClient, words: string): Promise<Listing<Scope>> {
  const wanted = words.trim();
  if (wanted === '') return { items: [], gaps: [] };
  const found = isGuid(wanted) ? await groupById(client, wanted) : await groupsByName(client, wanted);
  return { items: found.map((item) => parseAnswer(group, item)).map(({ id, displayName }) => groupScope(id, displayName)), gaps: [] };
}

const select = '$select=id,displayName';

async function groupById(client: AzureClient, id: string): Promise<readonly unknown[]> {
  try {
    return [await client.send({ method: 'GET', url: `/v1.0/groups/${id}?${select}` })];
  } catch (error) {
    if (error instanceof PimError && error.code === 'notFound') return [];
    throw error;
  }
}

function groupsByName(client: AzureClient, name: string): Promise<readonly unknown[]> {
  return listAllRaw(client, `/v1.0/groups?${[...filterOf([startsWith('displayName', name)]), select, '$top=100'].join('&')}`);
}
