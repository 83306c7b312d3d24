import { scopesSeenBy } from '../access.ts';
import { pageOf } from '../paging.ts';
import { pimError } from '../pim-error.ts';
import { ok, Refusal } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Scope } from '../scopes.ts';
import { nameOf } from './call.ts';
import type { TenantCall, TenantOperation } from './call.ts';

const apiVersions: readonly string[] = ['2016-06-01', '2020-01-01', '2021-01-01', '2021-04-01', '2022-12-01'];

export const subscriptions: readonly TenantOperation[] = [
  { method: 'GET', path: 'subscriptions', apiVersions, handle: list },
  { method: 'GET', path: 'subscriptions/{subscription}', apiVersions, handle: get },
];

/** Subscriptions where the caller holds a role of any kind; being eligible for one is not enough. */
function list(call: TenantCall): Reply {
  const isSeen = scopesSeenBy(call, call.caller.id);
  const visible = call.tenant.scopes.all().filter((scope) => scope.type === 'subscription' && isSeen(scope));
  const page = pageOf(visible, call.incoming, call.pageSize);
  return ok({ ...page, value: page.value.map((scope) => toResource(call, scope)) });
}

function get(call: TenantCall): Reply {
  return ok(toResource(call, visibleSubscription(call, 'Microsoft.Resources/subscriptions/read')));
}

/** The subscription of the path, where the caller has any role in it. Throws `Refusal`, for the action if need be. */
export function visibleSubscription(call: TenantCall, action: string): Scope {
  const name = nameOf(call, 'subscription');
  const scope = call.tenant.scopes.find(`/subscriptions/${name}`);
  if (scope === undefined) {
    throw new Refusal(404, 'SubscriptionNotFound', `The subscription '${name}' could not be found.`);
  }
  if (!scopesSeenBy(call, call.caller.id)(scope)) {
    throw pimError.authorizationFailed(call.caller.id, action, scope.id);
  }
  return scope;
}

function toResource({ tenant }: TenantCall, { id, name }: Scope): object {
  return {
    id,
    subscriptionId: id.slice('/subscriptions/'.length),
    tenantId: tenant.id,
    displayName: name,
    state: 'Enabled',
    authorizationSource: 'RoleBased',
  };
}
