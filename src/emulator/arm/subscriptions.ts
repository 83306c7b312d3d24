import { seesScope } from '../access.ts';
import type { Caller } from '../identity.ts';
import type { Incoming } from '../incoming.ts';
import { pageOf } from '../paging.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Pim } from '../state.ts';

export const subscriptionVersions: readonly string[] = ['2016-06-01', '2020-01-01', '2021-01-01', '2022-12-01'];

/** Subscriptions where the caller holds a role of any kind; being eligible for one is not enough. */
export function listSubscriptions(pim: Pim, caller: Caller, incoming: Incoming, pageSize: number): Reply {
  const visible = pim.tenant.scopes.all().filter((scope) => scope.type === 'subscription' && seesScope(pim, caller.id, scope));
  const page = pageOf(visible, incoming, pageSize);
  const value = page.value.map(({ id, name }) => ({
    id,
    subscriptionId: id.slice('/subscriptions/'.length),
    tenantId: pim.tenant.id,
    displayName: name,
    state: 'Enabled',
    authorizationSource: 'RoleBased',
  }));
  return ok({ ...page, value });
}
