import { createHash, X509Certificate } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import type { AppProof } from '../../../src/identity/app-registration.ts';
import { EntraRefusal } from './entra-answers.ts';
import type { EntraTenant } from './entra-tenant.ts';
import { isExpired } from './entra-tokens.ts';

export interface Registration {
  readonly appId: string;
  readonly proof: AppProof;
  readonly redirectUris: readonly string[];
}

export const exchangeAudience = 'api://AzureADTokenExchange';

/** The object id of a managed identity, which a federated credential names as its subject. */
export function principalOf(clientId: string): string {
  const hex = createHash('sha256').update(`principal of ${clientId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Who asks, after their proof was checked. Throws `EntraRefusal`. */
export async function authenticateClient(tenant: EntraTenant, form: URLSearchParams, tokenEndpoint: string): Promise<Registration> {
  const registration = tenant.registrations.find(({ appId }) => appId === form.get('client_id'));
  if (registration === undefined) throw new EntraRefusal('unknownClient');
  const assertion = form.get('client_assertion');
  const secret = form.get('client_secret');
  if (secret !== null) {
    if (registration.proof.kind !== 'secret' || registration.proof.value !== secret) throw new EntraRefusal('wrongSecret');
    return registration;
  }
  if (assertion === null) throw new EntraRefusal('noCredential');
  tenant.canaries.push(assertion);
  if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') throw new EntraRefusal('malformed');
  await checkClientAssertion(tenant, registration, { assertion, tokenEndpoint });
  return registration;
}

async function checkClientAssertion(tenant: EntraTenant, { appId, proof }: Registration, { assertion, tokenEndpoint }: { assertion: string; tokenEndpoint: string }): Promise<void> {
  if (proof.kind === 'secret') throw new EntraRefusal('wrongClientAssertion');
  const genuine = proof.kind === 'certificate'
    ? await isSignedByCertificate(assertion, { appId, tokenEndpoint, pem: proof.pem, now: tenant.now() })
    : await isOfManagedIdentity(tenant, assertion, proof.clientId);
  if (!genuine) throw new EntraRefusal(proof.kind === 'certificate' ? 'wrongClientAssertion' : 'noFederatedCredential');
}

/** https://learn.microsoft.com/entra/identity-platform/certificate-credentials */
async function isSignedByCertificate(assertion: string, expected: { appId: string; tokenEndpoint: string; pem: string; now: number }): Promise<boolean> {
  const certificate = new X509Certificate(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(expected.pem)?.[0] ?? '');
  const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url');
  try {
    if (decodeProtectedHeader(assertion)['x5t#S256'] !== thumbprint) return false;
    await jwtVerify(assertion, certificate.publicKey, {
      algorithms: ['RS256', 'PS256'],
      issuer: expected.appId,
      subject: expected.appId,
      audience: [expected.tokenEndpoint, expected.tokenEndpoint.replace(/\/oauth2\/v2\.0\/token$/, '/v2.0')],
      requiredClaims: ['exp', 'jti'],
      currentDate: new Date(expected.now),
      clockTolerance: 300,
    });
    return true;
  } catch {
    return false;
  }
}

/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity */
async function isOfManagedIdentity(tenant: EntraTenant, assertion: string, clientId: string): Promise<boolean> {
  const claims = await tenant.signer.read(assertion);
  return claims?.aud === exchangeAudience && claims.sub === principalOf(clientId) && claims.iss === tenant.issuer && !isExpired(claims, tenant.now());
}
