/** People, groups and applications that a person means by some words. */
import { z } from 'zod';
import { askAll } from './batch.ts';
import type { BatchAnswer } from './batch.ts';
import { directoryObject, findById, principalOf } from './directory-names.ts';
import { isGuid } from '../guid.ts';
import { PimError } from '../errors.ts';
import { equals, filterOf, startsWith } from './graph-kind.ts';
import { parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { Principal } from '../model.ts';

/** Of each sort; with more than this the words are too short to mean anybody. */
const mostOfASort = 25;

/** What to look through, and what its objects are when they do not say so. */
const sorts = [
  { path: '/users', type: '#microsoft.graph.user', members: 'id,displayName,userPrincipalName', also: (words: string) => [equals('userPrincipalName', words)] },
  { path: '/groups', type: '#microsoft.graph.group', members: 'id,displayName', also: () => [] },
  { path: '/servicePrincipals', type: '#microsoft.graph.servicePrincipal', members: 'id,displayName', also: () => [] },
] as const;

/** By object id, or by the beginning of the name, people also by their user principal name. What this person may not search is left out. */
export async function findPrincipals(graph: AzureClient, words: string): Promise<readonly Principal[]> {
  const wanted = words.trim();
  if (wanted === '') return [];
  if (isGuid(wanted)) return principalById(graph, wanted);
  const answers = await askAll(graph, sorts.map(({ path, members, also }) => {
    const filter = filterOf([[startsWith('displayName', wanted), ...also(wanted)].join(' or ')]);
    return { method: 'GET', url: `${path}?${[...filter, `$select=${members}`, `$top=${mostOfASort}`].join('&')}` };
  }));
  const failures = answers.filter((answer) => answer instanceof PimError);
  const [failure] = failures.filter(({ code }) => code !== 'notPermitted' || failures.length === sorts.length);
  if (failure !== undefined) throw failure;
  return sorts.flatMap(({ type }, index) => principalsIn(answers[index], type));
}

async function principalById(graph: AzureClient, id: string): Promise<readonly Principal[]> {
  const object = await findById(graph, id);
  const principal = object === null ? null : principalOf(object);
  return principal === null ? [] : [principal];
}

const page = z.object({ value: z.array(directoryObject) });

function principalsIn(answer: BatchAnswer | undefined, type: string): readonly Principal[] {
  if (answer === undefined || answer instanceof PimError) return [];
  return parseAnswer(page, answer.body).value.flatMap((object) => principalOf({ '@odata.type': type, ...object }) ?? []);
}
