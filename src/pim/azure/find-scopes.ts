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
import { gapsOf } from '../listing.ts';
import { mostScopes, scopesAtOnce } from '../look-limits.ts';
import type { Gap, Listing, Scope } from '../model.ts';
import { orPimError } from '../or-pim-error.ts';
import { lastSegment, parseScope, scopeKey } from '../scope.ts';

/**
 * An ARM path means itself. A GUID names a subscription or a management group, never a resource group; and a tenant has
 * too many resource groups to list them all for no words.
 */
export async function findScopes(client: AzureClient, words: string): Promise<Listing<Scope>> {
  const wanted = words.trim();
  const typed = parseScope(wanted);
  if (typed !== null) return { items: [typed], gaps: [] };
  if (wanted.startsWith('/')) return { items: [], gaps: [] }; // a path, but none of Azure's
  const { managementGroups, subscriptions } = await listContainers(client);
  const searched = wanted === '' || isGuid(wanted) ? [] : itemsOf(subscriptions);
  const resourceGroups = await mapAtMost(scopesAtOnce, searched.slice(0, mostScopes), (scope) => orPimError(listResourceGroups(client, scope)));
  const answers = [managementGroups, subscriptions, ...resourceGroups];
  return {
    items: byWords(answers.flatMap(itemsOf), wanted, ({ id, name }) => [name, lastSegment(id)]),
    gaps: gapsOf('azure', [...failuresOf(answers), ...(searched.length > mostScopes ? ['tooManyScopes' as const] : [])]),
  };
}

/**
 * Management groups and subscriptions that lie below no other that the person can see: whatever is listed at them and below
 * is all there is. A path does not tell what a management group holds; Azure does.
 */
export async function findWidestScopes(client: AzureClient): Promise<Listing<Scope>> {
  const { managementGroups, subscriptions } = await listContainers(client);
  const below = await keysBelow(client, itemsOf(managementGroups));
  const answers = [managementGroups, subscriptions];
  return { items: answers.flatMap(itemsOf).filter(({ id }) => !below.has(scopeKey(id))), gaps: gapsOf('azure', failuresOf(answers)) };
}

/** One listing that fails does not hide the others. */
type Answer = readonly Scope[] | PimError;

async function listContainers(client: AzureClient): Promise<{ readonly managementGroups: Answer; readonly subscriptions: Answer }> {
  const [managementGroups, subscriptions] = await Promise.all([orPimError(listManagementGroups(client)), orPimError(listSubscriptions(client))]);
  if (subscriptions instanceof PimError && managementGroups instanceof PimError) throw subscriptions;
  return { managementGroups, subscriptions };
}

function itemsOf(answer: Answer): readonly Scope[] {
  return answer instanceof PimError ? [] : answer;
}

function failuresOf(answers: readonly Answer[]): readonly Gap['why'][] {
  return answers.flatMap((answer) => (answer instanceof PimError ? [answer.code] : []));
}

/** Of one that lies below another nothing more is asked. Where Azure does not tell, nothing counts as below: it is read twice then. */
async function keysBelow(client: AzureClient, managementGroups: readonly Scope[]): Promise<ReadonlySet<string>> {
  const below = new Set<string>();
  await mapAtMost(scopesAtOnce, managementGroups.slice(0, mostScopes), async (group) => {
    if (below.has(scopeKey(group.id))) return;
    for (const { id } of itemsOf(await orPimError(listDescendants(client, group)))) below.add(scopeKey(id));
  });
  return below;
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
const managementGroupVersion = 'api-version=2020-05-01';

async function listManagementGroups(client: AzureClient): Promise<readonly Scope[]> {
  return managementGroupsIn(await listAllRaw(client, `/providers/Microsoft.Management/managementGroups?${managementGroupVersion}`));
}

/** Management groups and subscriptions, on every level. https://learn.microsoft.com/rest/api/managementgroups/management-groups/get-descendants */
export async function listDescendants(client: AzureClient, { id }: Scope): Promise<readonly Scope[]> {
  return managementGroupsIn(await listAllRaw(client, `${encodeURI(id)}/descendants?${managementGroupVersion}`));
}

function managementGroupsIn(items: readonly unknown[]): readonly Scope[] {
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
