import { z } from 'zod';
import { listAll, parseAnswer } from '../http/azure-client.ts';
import type { ArmClient } from '../http/azure-client.ts';
import type { ChildType, Scope } from '../model.ts';
import { parseScope, sdkScope } from '../scope.ts';

const resourceTypes: Readonly<Record<ChildType, string>> = { subscription: 'Subscription', resourceGroup: 'ResourceGroup' };

const child = z.object({ id: z.string(), name: z.string().nullish() });

/**
 * Scopes below one that the person is eligible at, where they may activate the role instead. No types: all there are.
 * https://learn.microsoft.com/rest/api/authorization/eligible-child-resources/get
 */
export async function listChildren(client: ArmClient, scope: Scope, types: readonly ChildType[] = []): Promise<readonly Scope[]> {
  if (scope.type === 'resource') return [];
  const filter = types.map((type) => `resourceType eq '${resourceTypes[type]}'`).join(' or ');
  const items = await listAll<unknown>(client, (options) =>
    client.sdk.eligibleChildResources.list(sdkScope(scope), { ...options, ...(filter === '' ? {} : { filter }) }));
  return items.flatMap((item) => {
    const { id, name } = parseAnswer(child, item);
    return parseScope(id, name ?? undefined) ?? [];
  });
}
