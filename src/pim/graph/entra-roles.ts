/** Entra directory roles as one signed-in person sees them, by Microsoft Graph. */
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { decideEntraApproval } from './beta-approvals.ts';
import { byWords } from '../by-words.ts';
import { isGuid } from '../guid.ts';
import { administrativeUnitScope, wholeDirectory } from './graph-answers.ts';
import { createGraphRoles } from './graph-roles.ts';
import { whole } from '../listing.ts';
import { listAllRaw, parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { Listing, Role, Scope } from '../model.ts';
import type { PimOfKind } from '../pim-user.ts';

/** `client` carries this person's token; `personId` is their Entra object id. */
export interface GraphRolesParts {
  readonly personId: string;
  readonly client: AzureClient;
  readonly clock: Clock;
}

export function createEntraRoles(parts: GraphRolesParts): PimOfKind {
  const { client } = parts;
  return createGraphRoles({ kind: 'entra', ...parts }, {
    decide: decideEntraApproval,
    findRoles: (_, words) => findEntraRoles(client, words),
    findScopes: (words) => findScopes(client, words),
    findWidestScopes: () => Promise.resolve(whole([wholeDirectory])),
  });
}

const roleDefinition = z.object({ id: z.string(), displayName: z.string() });

export async function findEntraRoles(client: AzureClient, words: string): Promise<readonly Role[]> {
  const items = await listAllRaw(client, '/v1.0/roleManagement/directory/roleDefinitions?$select=id,displayName');
  const roles = items.map((item) => parseAnswer(roleDefinition, item)).map(({ id, displayName }) => ({ definitionId: id, name: displayName }));
  return byWords(roles.sort((a, b) => a.name.localeCompare(b.name, 'en')), words, ({ name }) => [name]);
}

/** What people call the whole directory. */
const directoryWords: ReadonlySet<string> = new Set(['directory', 'tenant', 'entra', 'entra id', 'ディレクトリ', 'テナント', '/']);

const administrativeUnit = z.object({ id: z.string(), displayName: z.string().nullish() });

async function findScopes(client: AzureClient, words: string): Promise<Listing<Scope>> {
  const wanted = words.trim().toLowerCase();
  if (directoryWords.has(wanted)) return { items: [wholeDirectory], gaps: [] };
  const items = await listAllRaw(client, '/v1.0/directory/administrativeUnits?$select=id,displayName');
  const units = items.map((item) => parseAnswer(administrativeUnit, item)).map(({ id, displayName }) => administrativeUnitScope(id, displayName));
  const byId = wanted.replace(/^\/?administrativeunits\//, '');
  if (isGuid(byId)) return { items: units.filter(({ id }) => id.toLowerCase().endsWith(`/${byId}`)), gaps: [] };
  return { items: byWords([...wanted === '' ? [wholeDirectory] : [], ...units], wanted, ({ name }) => [name]), gaps: [] };
}
