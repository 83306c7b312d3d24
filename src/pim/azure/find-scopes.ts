/**
 * Scopes that a person can see, by their words. Azure looks none of them up by name, so subscriptions and management
 * groups are listed, and resource groups in each subscription.
 */
import { z } from 'zod';
import { byWords } from '../by-words.ts';
import { PimError } from '../errors.ts';
import { isGuid } from '../guid.ts';
import { mapAtMost } from '../http/at-most.ts';
import { listAllRaw, parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { Gap, Listing, Scope } from '../model.ts';
import { lastSegment, parseScope } from '../scope.ts';

const subscriptionsAtOnce = 4;
const mostSubscriptions = 20;

/**
 * An ARM path means itself. A GUID names a subscription or a management group, never a resource group; and a tenant has
 * too many resource groups to list them all for no words.
 */
export async function findScopes(client: AzureClient, words: string): Promise<Listing<Scope>> {
  const wanted = words.trim();
  const typed = parseScope(wanted);
  if (typed !== null) return { items: [typed], gaps: [] };
  if (wanted.startsWith('/')) return { items: [], gaps: [] }; // a path, but none of Azure's
  const [managementGroups, subscriptions] = await Promise.all([attempt(listManagementGroups(client)), attempt(listSubscriptions(client))]);
  if (subscriptions.failure !== null && managementGroups.failure !== null) throw subscriptions.failure;
  const searched = wanted === '' || isGuid(wanted) ? [] : subscriptions.items;
  const resourceGroups = await mapAtMost(subscriptionsAtOnce, searched.slice(0, mostSubscriptions), (scope) => attempt(listResourceGroups(client, scope)));
  const attempts = [managementGroups, subscriptions, ...resourceGroups];
  const failures = attempts.flatMap(({ failure }) => (failure === null ? [] : [failure.code]));
  return {
    items: byWords(attempts.flatMap(({ items }) => items), wanted, ({ id, name }) => [name, lastSegment(id)]),
    gaps: gapsOf([...failures, ...(searched.length > mostSubscriptions ? ['tooManyScopes' as const] : [])]),
  };
}

interface Attempt {
  readonly items: readonly Scope[];
  readonly failure: PimError | null;
}

/** One listing that fails does not hide the others. */
async function attempt(listing: Promise<readonly Scope[]>): Promise<Attempt> {
  try {
    return { items: await listing, failure: null };
  } catch (failure) {
    if (!(failure instanceof PimError)) throw failure;
    return { items: [], failure };
  }
}

function gapsOf(reasons: readonly Gap['why'][]): readonly Gap[] {
  return [...new Set(reasons)].map((why) => ({ kind: 'azure', why }));
}

const subscription = z.object({ id: z.string(), displayName: z.string().nullish() });

/** Where the caller holds a role of any kind. */
export async function listSubscriptions(client: AzureClient): Promise<readonly Scope[]> {
  const items = await listAllRaw(client, '/subscriptions?api-version=2022-12-01');
  return items.flatMap((item) => {
    const { id, displayName } = parseAnswer(subscription, item);
    return parseScope(id, displayName ?? undefined) ?? [];
  });
}

const managementGroup = z.object({ id: z.string(), properties: z.object({ displayName: z.string().nullish() }).nullish() });

async function listManagementGroups(client: AzureClient): Promise<readonly Scope[]> {
  const items = await listAllRaw(client, '/providers/Microsoft.Management/managementGroups?api-version=2020-05-01');
  return items.flatMap((item) => {
    const { id, properties } = parseAnswer(managementGroup, item);
    return parseScope(id, properties?.displayName ?? undefined) ?? [];
  });
}

const resourceGroup = z.object({ id: z.string() });

async function listResourceGroups(client: AzureClient, { id }: Scope): Promise<readonly Scope[]> {
  const items = await listAllRaw(client, `${encodeURI(id)}/resourcegroups?api-version=2021-04-01`);
  return items.flatMap((item) => parseScope(parseAnswer(resourceGroup, item).id) ?? []);
}
