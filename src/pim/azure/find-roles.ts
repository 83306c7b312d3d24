import { z } from 'zod';
import { byWords } from '../by-words.ts';
import { listAll, parseAnswer } from '../http/azure-client.ts';
import type { ArmClient } from '../http/azure-client.ts';
import { quoted } from '../http/odata.ts';
import type { Role, Scope } from '../model.ts';
import { sdkScope } from '../scope.ts';

const roleDefinition = z.object({ id: z.string(), roleName: z.string() });

/** Role definitions that apply at a scope. A full name is looked up by the service, anything less among all of them. */
export async function findRoles(client: ArmClient, scope: Scope, words: string): Promise<readonly Role[]> {
  const name = words.trim();
  const exact = name === '' ? [] : await listRoles(client, scope, `roleName eq ${quoted(name)}`);
  return exact.length > 0 ? exact : byWords(await listRoles(client, scope), name, (role) => [role.name]);
}

async function listRoles(client: ArmClient, scope: Scope, filter?: string): Promise<readonly Role[]> {
  const items = await listAll<unknown>(client, (options) =>
    client.sdk.roleDefinitions.list(sdkScope(scope), { ...options, ...(filter === undefined ? {} : { filter }) }));
  return items
    .map((item) => parseAnswer(roleDefinition, item))
    .map(({ id, roleName }) => ({ definitionId: id, name: roleName }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}
