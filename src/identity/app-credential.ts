import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { ClientAssertionCredential, ClientCertificateCredential, ClientSecretCredential } from '@azure/identity';
import { PimError } from '../pim/errors.ts';
import type { AppRegistration } from './app-registration.ts';
import { publicAuthority } from './authority.ts';
import { boundedCalls } from './bounded-calls.ts';
import { entraError } from './entra-error.ts';
import { inTime } from './limits.ts';
import { managedIdentityAssertion } from './managed-identity.ts';

/** The registration's own tokens (no person), by `@azure/identity`, which keeps them. Rejects with `PimError` only. */
export function appCredential(registration: AppRegistration): TokenCredential {
  const credential = azureCredential(registration);
  return {
    async getToken(scopes, options): Promise<AccessToken> {
      const token = await inTime(credential.getToken(scopes, options)).catch((error: unknown) => {
        // The SDK does not tell what has stopped its call.
        registration.beforeCall();
        throw entraError(error);
      });
      if (token === null) throw new PimError('unexpected', 'no token was given');
      return token;
    },
  };
}

function azureCredential({ tenantId, appId, proof, authority = publicAuthority, beforeCall }: AppRegistration): TokenCredential {
  const options = boundedCalls(authority, beforeCall);
  switch (proof.kind) {
    case 'managedIdentity':
      return new ClientAssertionCredential(tenantId, appId, managedIdentityAssertion(proof.clientId, beforeCall), options);
    case 'certificate':
      return new ClientCertificateCredential(tenantId, appId, { certificate: proof.pem }, options);
    case 'secret':
      return new ClientSecretCredential(tenantId, appId, proof.value, options);
  }
}
