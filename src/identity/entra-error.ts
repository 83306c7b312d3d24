import { z } from 'zod';
import { PimError } from '../pim/errors.ts';
import type { PimErrorCode, PimErrorDetails } from '../pim/errors.ts';
import { parseJson } from '../pim/http/json.ts';

/** What MSAL's errors have in common. Their messages repeat what the service wrote, and are left behind. */
const msalError = z.object({
  errorCode: z.string(),
  subError: z.string().catch(''),
  /** Number of the `AADSTS` code. */
  errorNo: z.union([z.string(), z.number()]).transform(String).catch(''),
  /** The challenge, JSON text. */
  claims: z.string().catch(''),
  correlationId: z.string().catch(''),
});
type MsalError = z.infer<typeof msalError>;

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const consentCodes = new Set(['65001', '90094']);

/** By OAuth's `error`, or MSAL's own; what is not here is a fault of ours. */
const codes: ReadonlyMap<string, PimErrorCode> = new Map([
  ['consent_required', 'consentRequired'],
  ['invalid_grant', 'signInRequired'],
  ['interaction_required', 'signInRequired'],
  ['login_required', 'signInRequired'],
  ['access_denied', 'signInRequired'],
  ['temporarily_unavailable', 'unavailable'],
  ['server_error', 'unavailable'],
  ['network_error', 'unavailable'],
  ['endpoints_resolution_error', 'unavailable'],
  // Only the sign-in of a step-up has a nonce: this is the answer to another one.
  ['nonce_mismatch', 'stepUpRequired'],
]);

/**
 * Turns what MSAL or `@azure/identity` threw into a `PimError` that holds codes and ids only: no request, no token, no
 * text of the service. `stepUpRequired` carries the challenge in `details.claims`.
 */
export function entraError(error: unknown): PimError {
  for (const link of causes(error)) {
    if (link instanceof PimError) return link;
    const { data } = msalError.safeParse(link);
    if (data !== undefined) return fromMsal(data);
  }
  const name = error instanceof Error && /^\w{1,60}$/.test(error.name) ? error.name : 'unknown';
  const code = name === 'CredentialUnavailableError' ? 'unavailable' : 'unexpected';
  return new PimError(code, 'no token was given', { cause: new Error(name) });
}

/** `@azure/identity` wraps MSAL's errors; five links are more than it makes. */
function causes(error: unknown): readonly unknown[] {
  const links: unknown[] = [];
  for (let link = error; link !== undefined && links.length < 5; link = link instanceof Error ? link.cause : undefined) links.push(link);
  return links;
}

function fromMsal(error: MsalError): PimError {
  const name = word(error.errorCode);
  const number = /^\d{1,9}$/.test(error.errorNo) ? ` (AADSTS${error.errorNo})` : '';
  const id = z.guid().safeParse(error.correlationId).data;
  const code = codeOf(error);
  const details: PimErrorDetails = {
    pimCode: name,
    ...(id === undefined ? {} : { azureRequestId: id }),
    ...(code === 'stepUpRequired' && error.claims !== '' ? { claims: error.claims } : {}),
    cause: new Error(`${name}${number}${id === undefined ? '' : `, correlation id ${id}`}`),
  };
  return new PimError(code, `Entra ID gave no token: ${name}${number}`, details);
}

function codeOf({ errorCode, subError, errorNo, claims }: MsalError): PimErrorCode {
  if (consentCodes.has(errorNo) || subError === 'consent_required') return 'consentRequired';
  if (claims !== '') return asksForNewSignIn(claims) ? 'signInRequired' : 'stepUpRequired';
  return codes.get(errorCode) ?? 'unexpected';
}

/** Nothing but a sign-in after a certain time: the person's sessions were revoked, or their password has changed. */
const newerThan = z.strictObject({ access_token: z.strictObject({ nbf: z.unknown() }) });

function asksForNewSignIn(claims: string): boolean {
  return newerThan.safeParse(parseJson(claims)).success;
}

/** An OAuth error is a short word; anything else is not repeated. */
function word(text: string): string {
  return /^[a-z0-9_]{1,60}$/i.test(text) ? text : 'unknown_error';
}
