import type { Incoming } from '../incoming.ts';

/** A full bucket less this request: only a fault throttles here. */
const left = { reads: 249, writes: 199, deletes: 199 } as const;
const globalFactor = 15;

/**
 * What Azure tells about its token buckets: per principal in a subscription or at the tenant, and of the subscription as
 * a whole. https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 */
export function rateLimitHeaders({ method, path }: Incoming, isThrottled: boolean): Readonly<Record<string, string>> {
  const name = 'x-ms-ratelimit-remaining';
  if (!path.toLowerCase().startsWith('/subscriptions/')) {
    const kind = method === 'GET' ? 'reads' : 'writes';
    return { [`${name}-tenant-${kind}`]: isThrottled ? '0' : String(left[kind]) };
  }
  const kind = kindOf(method);
  const all = (left[kind] + 1) * globalFactor - 1;
  return {
    [`${name}-subscription-${kind}`]: isThrottled ? '0' : String(left[kind]),
    [`${name}-subscription-global-${kind}`]: String(all),
  };
}

function kindOf(method: string): keyof typeof left {
  if (method === 'GET') {
    return 'reads';
  }
  return method === 'DELETE' ? 'deletes' : 'writes';
}
