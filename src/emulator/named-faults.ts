import { isGraphPath } from './graph/router.ts';
import { invalidContent, numberMember, objectMember, textMember } from './incoming.ts';
import type { Incoming, Members } from './incoming.ts';
import { pimError } from './pim-error.ts';
import { Refusal } from './reply.ts';

/** Refusals that Azure and Graph have a form for, so that nobody has to write it down for a fault. */
export const namedFaults: readonly string[] = ['throttle', 'claimsChallenge', 'authenticationContext', 'licenceMissing'];

type RefusalFor = (incoming: Incoming) => Refusal;

/** `null`: none of these. Throws `Refusal` for one that is written wrongly. */
export function parseNamedFault(members: Members): RefusalFor | null {
  if (members.has('throttle')) {
    const seconds = members.get('throttle') === null ? null : numberMember(members, 'throttle');
    return (incoming) => throttled(seconds, isGraphPath(incoming.path));
  }
  if (members.has('claimschallenge')) {
    const challenge = claimsChallenge(claimsOf(members));
    return () => challenge;
  }
  if (members.has('authenticationcontext')) {
    const context = textMember(members, 'authenticationContext') ?? '';
    if (!/^c[1-9]\d?$/.test(context)) {
      throw invalidContent(`'authenticationContext' must be one from c1 to c99, found ${context || 'none'}`);
    }
    const refusal = pimError.authenticationContextMissing(context);
    return () => refusal;
  }
  if (members.get('licencemissing') === true) {
    return () => pimError.licenceMissing();
  }
  return null;
}

/** `null`: without `Retry-After`. Graph tells more: https://learn.microsoft.com/graph/throttling#common-throttling-limits */
function throttled(seconds: number | null, isGraph: boolean): Refusal {
  const more = { 'x-ms-throttle-limit-percentage': '1.2', 'x-ms-throttle-scope': 'Tenant_Application/ReadWrite', 'x-ms-throttle-information': 'ResourceUnitLimitExceeded' };
  return new Refusal(429, 'TooManyRequests', 'Too many requests. Try again later.', {
    ...(seconds === null ? {} : { 'retry-after': String(seconds) }),
    ...(isGraph ? more : {}),
  });
}

/** A text is an authentication context; an object is the claims as they are. */
function claimsOf(members: Members): unknown {
  const given = members.get('claimschallenge');
  if (typeof given === 'string' && given !== '') {
    return { access_token: { acrs: { essential: true, value: given } } };
  }
  if (objectMember(members, 'claimsChallenge').size === 0) {
    throw invalidContent("'claimsChallenge' must be an authentication context such as c1, or the claims as an object");
  }
  return given;
}

/** https://learn.microsoft.com/entra/identity-platform/claims-challenge */
function claimsChallenge(claims: unknown): Refusal {
  const encoded = Buffer.from(JSON.stringify(claims)).toString('base64');
  const message = 'The access token does not carry the claims that are asked for.';
  return new Refusal(401, 'InvalidAuthenticationToken', message, {
    'www-authenticate': `Bearer realm="", error="insufficient_claims", claims="${encoded}"`,
  });
}
