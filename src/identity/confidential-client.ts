import { createPrivateKey, X509Certificate } from 'node:crypto';
import { ConfidentialClientApplication } from '@azure/msal-node';
import type { NodeAuthOptions } from '@azure/msal-node';
import type { AppProof, AppRegistration } from './app-registration.ts';
import { publicAuthority } from './authority.ts';
import type { Authority } from './authority.ts';
import { entraError } from './entra-error.ts';
import { inTime } from './limits.ts';
import { managedIdentityAssertion } from './managed-identity.ts';
import { EntraNetwork } from './network.ts';

/** Does one piece of work as the registration. Rejects with `PimError` only. */
export type AsRegistration = <T>(work: (client: ConfidentialClientApplication) => Promise<T>) => Promise<T>;

/**
 * The registration for MSAL, able to answer claims challenges (`cp1`). Each piece of work has a client of its own, and
 * with it an empty cache: nothing that one person was given can be found by another, and nothing grows.
 */
export function confidentialClient({ tenantId, appId, proof, authority = publicAuthority, beforeCall }: AppRegistration): AsRegistration {
  const auth: NodeAuthOptions = {
    clientId: appId,
    clientCapabilities: ['cp1'],
    ...endpoints(authority, tenantId),
    ...clientProof(proof, beforeCall),
  };
  return async (work) => {
    const network = new EntraNetwork(authority, beforeCall);
    try {
      const client = new ConfidentialClientApplication({ auth, system: { networkClient: network, disableInternalRetries: true } });
      return await inTime(work(client));
    } catch (error) {
      throw network.failure ?? entraError(error);
    }
  };
}

/** Told beforehand, so that MSAL asks nobody where they are. https://learn.microsoft.com/entra/identity-platform/v2-protocols */
function endpoints({ host }: Authority, tenantId: string): Pick<NodeAuthOptions, 'authority' | 'knownAuthorities' | 'authorityMetadata'> {
  const tenant = `${new URL(host).origin}/${tenantId}`;
  const metadata = {
    issuer: `${tenant}/v2.0`,
    authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${tenant}/oauth2/v2.0/token`,
    jwks_uri: `${tenant}/discovery/v2.0/keys`,
  };
  return { authority: tenant, knownAuthorities: [new URL(host).host], authorityMetadata: JSON.stringify(metadata) };
}

function clientProof(proof: AppProof, beforeCall: AppRegistration['beforeCall']): Pick<NodeAuthOptions, 'clientSecret' | 'clientCertificate' | 'clientAssertion'> {
  switch (proof.kind) {
    case 'managedIdentity':
      return { clientAssertion: managedIdentityAssertion(proof.clientId, beforeCall) };
    case 'certificate':
      return {
        clientCertificate: {
          thumbprintSha256: new X509Certificate(proof.pem).fingerprint256.replaceAll(':', ''),
          privateKey: createPrivateKey(proof.pem).export({ type: 'pkcs8', format: 'pem' }).toString(),
        },
      };
    case 'secret':
      return { clientSecret: proof.value };
  }
}
