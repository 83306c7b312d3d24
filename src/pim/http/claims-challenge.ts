/**
 * What a service wants the next token to carry, as the JSON text that a sign-in takes for `claims`.
 * https://learn.microsoft.com/entra/identity-platform/claims-challenge
 */
import { isJsonObject } from './json.ts';

/** From the message of PIM's `RoleAssignmentRequestAcrsValidationFailed`: `&claims=` and URL-encoded JSON. */
export function claimsFromMessage(message: string): string | undefined {
  const encoded = /[?&]claims=([^&\s"]+)/.exec(message)?.[1];
  if (encoded === undefined) return undefined;
  try {
    return claimsObject(decodeURIComponent(encoded));
  } catch {
    return undefined; // a broken percent sign
  }
}

/** From a 401's `WWW-Authenticate: Bearer …, claims="<base64>"`, as Conditional Access sends it. */
export function claimsFromChallenge(header: string | undefined): string | undefined {
  const encoded = /\bclaims="([^"]+)"/i.exec(header ?? '')?.[1];
  return encoded === undefined ? undefined : claimsObject(Buffer.from(encoded, 'base64').toString('utf8'));
}

/** A challenge is a JSON object or it is none: what is passed on to a sign-in has at least that shape. */
function claimsObject(text: string): string | undefined {
  return isJsonObject(text) ? text : undefined;
}
