/** What the objects of the directory are called. */
import { z } from 'zod';
import { askAll } from './batch.ts';
import { PimError } from '../errors.ts';
import { isGuid } from '../guid.ts';
import { parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { Principal } from '../model.ts';

export const directoryObject = z.object({
  '@odata.type': z.string().nullish(),
  id: z.string(),
  displayName: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
});
export type DirectoryObject = z.infer<typeof directoryObject>;

/** By object id, in lower case. */
export type DirectoryNames = ReadonlyMap<string, DirectoryObject>;

/** Object ids whose names are wanted. */
export interface Unnamed {
  /** People, groups and applications. */
  readonly objects: readonly string[];
  readonly administrativeUnits: readonly string[];
}

/** Of `getByIds`. https://learn.microsoft.com/graph/api/directoryobject-getbyids */
const mostObjects = 1000;
/** With the objects, as many as one batch holds. */
const mostAdministrativeUnits = 19;

/**
 * Names that an answer did not give, by one call, or by none where nothing is wanted. What cannot be read goes by its id:
 * a name is a courtesy.
 */
export async function readNames(graph: AzureClient, { objects, administrativeUnits }: Unnamed, limit?: AbortSignal): Promise<DirectoryNames> {
  const ids = distinctIds(objects).slice(0, mostObjects);
  const units = distinctIds(administrativeUnits).slice(0, mostAdministrativeUnits);
  if (ids.length === 0 && units.length === 0) return new Map();
  const questions = [
    ...(ids.length === 0 ? [] : [{ method: 'POST' as const, url: getByIdsPath, body: getByIdsBody(ids) }]),
    ...units.map((id) => ({ method: 'GET' as const, url: `/directory/administrativeUnits/${id}?$select=id,displayName` })),
  ];
  try {
    const answers = (await askAll(graph, questions, limit)).flatMap((answer) => (answer instanceof PimError ? [] : objectsIn(answer.body)));
    return new Map(answers.map((object) => [object.id.toLowerCase(), object]));
  } catch (error) {
    if (error instanceof PimError) return new Map();
    throw error;
  }
}

function distinctIds(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))].filter(isGuid);
}

const objectList = z.object({ value: z.array(directoryObject) });

function objectsIn(body: unknown): readonly DirectoryObject[] {
  const list = objectList.safeParse(body).data?.value;
  return list ?? [parseAnswer(directoryObject, body)];
}

const getByIdsPath = '/directoryObjects/getByIds';

function getByIdsBody(ids: readonly string[]): object {
  return { ids, types: ['user', 'group', 'servicePrincipal'] };
}

/** A person, group or application; `null` where there is none of this id, or none that the caller may know of. */
export async function findById(graph: AzureClient, id: string): Promise<DirectoryObject | null> {
  const answer = await graph.send({ method: 'POST', kind: 'read', url: `/v1.0${getByIdsPath}`, body: getByIdsBody([id]) });
  return parseAnswer(objectList, answer).value[0] ?? null;
}

const kinds: Readonly<Record<string, Principal['kind']>> = {
  '#microsoft.graph.user': 'user',
  '#microsoft.graph.group': 'group',
  '#microsoft.graph.serviceprincipal': 'servicePrincipal',
};

/** `null`: something that nothing can be assigned to, such as a device. */
export function principalOf({ id, displayName, userPrincipalName, '@odata.type': type }: DirectoryObject): Principal | null {
  const kind = kinds[type?.toLowerCase() ?? ''];
  if (kind === undefined) return null;
  const upn = userPrincipalName ?? '';
  return { id, name: displayName || upn || id, kind, ...(kind === 'user' && upn !== '' ? { userPrincipalName: upn } : {}) };
}
