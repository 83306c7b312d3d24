import { decodeJwt } from 'jose';

/** The claims of a token, its signature not checked; null where it cannot be read. Never says what stands in it. */
export function tokenClaims(token: string): unknown {
  try {
    return decodeJwt(token);
  } catch {
    return null;
  }
}
