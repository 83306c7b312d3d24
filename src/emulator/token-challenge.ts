import type { Verification } from './identity.ts';

type Failure = Extract<Verification, { ok: false }>['reason'];

/** The header of a 401. An expired token is answered as continuous access evaluation does: a client that follows it takes
 * a newer token and sends the request once more. `now` in milliseconds by the emulator's clock.
 * https://learn.microsoft.com/entra/identity-platform/claims-challenge */
export function tokenChallenge(reason: Failure, now: number): Readonly<Record<string, string>> {
  if (reason !== 'expired') {
    return { 'www-authenticate': 'Bearer error="invalid_token"' };
  }
  const claims = { access_token: { nbf: { essential: true, value: String(Math.floor(now / 1000)) } } };
  const encoded = Buffer.from(JSON.stringify(claims)).toString('base64');
  return { 'www-authenticate': `Bearer realm="", error="insufficient_claims", claims="${encoded}"` };
}
