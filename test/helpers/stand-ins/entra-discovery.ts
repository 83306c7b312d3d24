import type { EntraAnswer } from './entra-answers.ts';
import { json } from './entra-answers.ts';

/** https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc */
export function openIdConfiguration(origin: string, tenantId: string): EntraAnswer {
  const base = `${origin}/${tenantId}`;
  return json({
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    response_modes_supported: ['query'],
    response_types_supported: ['code'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    code_challenge_methods_supported: ['S256'],
  });
}

/** One cloud, whose only name is the one that was asked. */
export function instanceDiscovery(origin: string, tenantId: string): EntraAnswer {
  const { host } = new URL(origin);
  return json({
    'tenant_discovery_endpoint': `${origin}/${tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    'metadata': [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  });
}
