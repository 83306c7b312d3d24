import { decodeJwt } from 'jose';
import { z } from 'zod';

const lowerGuid = z.guid().toLowerCase();
/** Whose token it is. */
export const ownerSchema = z.object({ oid: lowerGuid, tid: lowerGuid });

/** The claims of a token, its signature not checked; null where it cannot be read. Never says what stands in it. */
export function tokenClaims(token: string): unknown {
  try {
    return decodeJwt(token);
  } catch {
    return null;
  }
}
