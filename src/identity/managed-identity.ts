import { ManagedIdentityCredential } from '@azure/identity';
import { PimError } from '../pim/errors.ts';
import { boundedCalls } from './bounded-calls.ts';
import { inTime } from './limits.ts';

/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity */
const exchangeScope = 'api://AzureADTokenExchange/.default';

/**
 * A source of client assertions: tokens of the managed identity, kept by the SDK for as long as they are good. Where it
 * asks is said by the platform's environment.
 */
export function managedIdentityAssertion(clientId: string, beforeCall: () => void): () => Promise<string> {
  const credential = new ManagedIdentityCredential({ clientId, ...boundedCalls(null, beforeCall) });
  return async () => {
    try {
      const { token } = await inTime(credential.getToken(exchangeScope));
      return token;
    } catch (error) {
      // As in `appCredential`.
      beforeCall();
      if (error instanceof PimError) throw error;
      throw new PimError('unavailable', 'the managed identity gave no token', { cause: new Error(error instanceof Error ? error.name : 'unknown') });
    }
  };
}
