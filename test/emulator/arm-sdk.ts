import { AuthorizationManagementClient } from '@azure/arm-authorization';
import type { TokenCredential } from '@azure/core-auth';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { armAudience } from './emulator-client.ts';
import type { EmulatorClient, Subject } from './emulator-client.ts';
import { specsArePresent } from './spec-schema.ts';
import { validateAnswer } from './spec-validator.ts';

/** Microsoft's own client, unchanged: https, its token policy, its paging and its retries. */
export function sdkFor(control: EmulatorClient, subject: Subject): AuthorizationManagementClient {
  return sdkWith(control, {
    getToken: async () => ({ token: await control.token(subject), expiresOnTimestamp: new Date().getTime() + 60_000 }),
  });
}

export function sdkWith(control: EmulatorClient, credential: TokenCredential): AuthorizationManagementClient {
  const client = new AuthorizationManagementClient(credential, 'any', {
    endpoint: control.emulator.origin,
    credentialScopes: `${armAudience}/.default`,
    tlsOptions: { ca: control.emulator.caPem },
    retryOptions: { maxRetries: 2, retryDelayInMs: 10, maxRetryDelayInMs: 20 },
  });
  client.pipeline.addPolicy(witness(control));
  return client;
}

/** Holds every answer, as it came over the wire, against Microsoft's description; what the SDK drops is seen here. */
function witness(control: EmulatorClient): PipelinePolicy {
  return {
    name: 'specWitness',
    sendRequest: async (request, next) => {
      const response = await next(request);
      const url = request.url.slice(control.emulator.origin.length);
      if (specsArePresent && url.includes('Microsoft.Authorization')) {
        const text = response.bodyAsText ?? '';
        const body: unknown = text === '' ? undefined : JSON.parse(text);
        control.seen.push(validateAnswer({ method: request.method, url, status: response.status, body }));
      }
      return response;
    },
  };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) {
    all.push(item);
  }
  return all;
}

/** Without the leading slash, as the SDK's documentation has scopes. */
export function sdkScope(scope: string): string {
  return scope.slice(1);
}
