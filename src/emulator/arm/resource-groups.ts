import { scopesSeenBy } from '../access.ts';
import { pageOf } from '../paging.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Scope } from '../scopes.ts';
import type { TenantCall, TenantOperation } from './call.ts';
import { visibleSubscription } from './subscriptions.ts';

const apiVersions: readonly string[] = ['2020-06-01', '2021-04-01', '2022-09-01'];

export const resourceGroups: readonly TenantOperation[] = [
  { method: 'GET', path: 'subscriptions/{subscription}/resourceGroups', apiVersions, handle: list },
];

/** Those where the caller has any role; 403 for who has none in the subscription. */
function list(call: TenantCall): Reply {
  const subscription = visibleSubscription(call, 'Microsoft.Resources/subscriptions/resourceGroups/read');
  const inside = call.tenant.scopes.all().filter((scope) => scope.type === 'resourcegroup' && scope.parent?.id === subscription.id);
  const page = pageOf(inside.filter(scopesSeenBy(call, call.caller.id)), call.incoming, call.pageSize);
  return ok({ ...page, value: page.value.map(toResource) });
}

/** Nobody is asked where a group lies, so all lie in one place. */
function toResource({ id, name }: Scope): object {
  const type = 'Microsoft.Resources/resourceGroups';
  return { id, name, type, location: 'westeurope', properties: { provisioningState: 'Succeeded' } };
}
