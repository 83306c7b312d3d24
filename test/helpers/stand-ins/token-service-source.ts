import { createLocalJWKSet, jwtVerify } from 'jose';
import type { EntraStandIn } from './entra.ts';
import type { TokenSource } from './token-service-operations.ts';

export interface EntraSource {
  readonly entra: Pick<EntraStandIn, 'keySet' | 'ssoToken'>;
  readonly appId: string;
  readonly tenantId: string;
  readonly connectionName: string;
}

/** The token service's side of Entra: it knows the bot by its token, and people by their tokens of the bot's API. */
export function entraTokenSource({ entra, appId, tenantId, connectionName }: EntraSource): TokenSource {
  const claimsOf = claimsReader(entra);
  return {
    appId,
    connectionName,
    verifyBotToken: botTokenCheck({ entra, appId, tenantId }),
    ownerOf: async (token) => {
      const claims = await claimsOf(token, { issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`, audience: [appId, `api://botid-${appId}`] });
      const isOurs = String(claims?.['scp']).split(' ').includes('access_as_user') && claims?.['tid'] === tenantId;
      return isOurs && typeof claims?.['oid'] === 'string' ? claims['oid'] : null;
    },
    tokenOf: (personId, how) => entra.ssoToken(personId, how),
  };
}

/** Whether a token is the bot's own for the Bot Framework: what the connector and the token service ask for. */
export function botTokenCheck({ entra, appId, tenantId }: Omit<EntraSource, 'connectionName'>): (token: string) => Promise<boolean> {
  const claimsOf = claimsReader(entra);
  return async (token) => {
    const claims = await claimsOf(token, { issuer: `https://sts.windows.net/${tenantId}/`, audience: 'https://api.botframework.com' });
    return claims?.['appid'] === appId;
  };
}

type Expected = { readonly issuer: string; readonly audience: string | string[] };

/** `null`: no valid token of this authority. */
function claimsReader({ keySet }: EntraSource['entra']): (token: string, expected: Expected) => Promise<Record<string, unknown> | null> {
  const keys = createLocalJWKSet(keySet);
  return async (token, expected) => {
    try {
      return (await jwtVerify(token, keys, { ...expected, algorithms: ['RS256'], requiredClaims: ['exp'] })).payload;
    } catch {
      return null;
    }
  };
}
