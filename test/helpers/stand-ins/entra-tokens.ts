import { createHash, randomUUID } from 'node:crypto';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import type { JSONWebKeySet, JWTPayload } from 'jose';

/** One signing key, and the tokens of it. */
export interface TokenSigner {
  readonly keySet: JSONWebKeySet;
  /** Signs the claims with `iat`, `nbf`, in an hour `exp`, and a `uti` by which no two tokens are the same, unless the claims have their own; one that is undefined is left out. */
  sign(claims: JWTPayload): Promise<string>;
  /** The claims of a token of ours, expired or not; null where it is no token of ours. */
  read(token: string): Promise<JWTPayload | null>;
}

export const tokenSeconds = 3_600;

export async function createSigner(now: () => number): Promise<TokenSigner> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = createHash('sha256').update(jwk.n ?? '').digest('base64url');
  const keySet = { keys: [{ ...jwk, kid, use: 'sig', alg: 'RS256' }] };
  const keys = createLocalJWKSet(keySet);
  return {
    keySet,
    sign: (claims) => {
      const iat = Math.floor(now() / 1_000);
      return new SignJWT({ iat, nbf: iat, exp: iat + tokenSeconds, uti: randomUUID(), ...claims }).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(privateKey);
    },
    read: async (token) => {
      try {
        // Expiry has an error of its own at Entra, so it is judged by the caller.
        return (await jwtVerify(token, keys, { algorithms: ['RS256'], currentDate: new Date(0), clockTolerance: Number.MAX_SAFE_INTEGER })).payload;
      } catch {
        return null;
      }
    },
  };
}

/** `exp` in the past, or none. */
export function isExpired({ exp = 0 }: JWTPayload, now: number): boolean {
  return exp * 1_000 <= now;
}
