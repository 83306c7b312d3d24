import type { TokenCredentialOptions } from '@azure/identity';
import { publicAuthority } from './authority.ts';
import type { Authority } from './authority.ts';
import { requireAnswer } from './entra-answer.ts';
import { readAnswer, timeLimitMs } from './limits.ts';
import { requireHost } from './network.ts';

type Policy = NonNullable<TokenCredentialOptions['additionalPolicies']>[number]['policy'];

/**
 * Options for a credential of `@azure/identity`: no redirect, few retries, each try within the limits of time and size.
 * @param authority the only host that may be asked, and whose answers must be Entra's; null for the platform's own endpoint
 * @param beforeCall as in `AppRegistration`
 */
export function boundedCalls(authority: Authority | null, beforeCall: () => void): TokenCredentialOptions & { disableInstanceDiscovery?: boolean } {
  return {
    additionalPolicies: [{ policy: boundedCall(authority, beforeCall), position: 'perRetry' }],
    redirectOptions: { maxRetries: 0 },
    retryOptions: { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1_000 },
    ...(authority === null ? {} : { authorityHost: authority.host }),
    // Which hosts belong to which cloud is asked of the public cloud, which knows nothing of another host.
    ...(authority === null || authority.host === publicAuthority.host ? {} : { disableInstanceDiscovery: true }),
    ...(authority?.caPem === undefined ? {} : { tlsOptions: { ca: authority.caPem } }),
  };
}

function boundedCall(authority: Authority | null, beforeCall: () => void): Policy {
  return {
    name: 'boundedCall',
    async sendRequest(request, next) {
      beforeCall();
      if (authority !== null) requireHost(request.url, authority);
      request.abortSignal = AbortSignal.timeout(timeLimitMs);
      request.streamResponseStatusCodes = new Set([Number.POSITIVE_INFINITY]); // every one
      const { readableStreamBody, ...response } = await next(request);
      const text = readableStreamBody === undefined ? '' : await readAnswer(readableStreamBody);
      // Thrown here, it is not tried again: only a lost connection is.
      if (authority !== null) requireAnswer({ status: response.status, text, retryAfter: response.headers.get('retry-after') });
      return { ...response, bodyAsText: text };
    },
  };
}
