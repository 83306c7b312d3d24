import { randomUUID } from 'node:crypto';

export type EntraAnswer =
  | { readonly kind: 'json'; readonly status: number; readonly body: object; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'page'; readonly status: number; readonly html: string }
  | { readonly kind: 'redirect'; readonly location: string };

interface Refused {
  readonly status: number;
  readonly error: string;
  readonly aadsts: number;
  readonly suberror?: string;
  readonly sentence: string;
}

/** Codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const refusals = {
  unknownTenant: { status: 400, error: 'invalid_request', aadsts: 90002, sentence: 'The tenant was not found.' },
  unknownClient: { status: 400, error: 'unauthorized_client', aadsts: 700016, sentence: 'The tenant has no such application.' },
  unsupportedGrant: { status: 400, error: 'unsupported_grant_type', aadsts: 70003, sentence: 'This grant type is not supported.' },
  malformed: { status: 400, error: 'invalid_request', aadsts: 900144, sentence: 'A parameter of the request is missing or malformed.' },
  wrongSecret: { status: 401, error: 'invalid_client', aadsts: 7000215, sentence: 'The client secret is wrong.' },
  wrongClientAssertion: { status: 401, error: 'invalid_client', aadsts: 700027, sentence: 'The client assertion was not signed by a registered key, or it has expired.' },
  noFederatedCredential: { status: 401, error: 'invalid_client', aadsts: 700213, sentence: 'No federated credential matches the assertion.' },
  noCredential: { status: 401, error: 'invalid_client', aadsts: 7000218, sentence: 'A client secret or a client assertion is missing.' },
  unknownScope: { status: 400, error: 'invalid_scope', aadsts: 70011, sentence: 'The scope is not valid here.' },
  notAssigned: { status: 400, error: 'invalid_grant', aadsts: 501051, sentence: 'The application has no role of this resource.' },
  wrongAssertion: { status: 400, error: 'invalid_grant', aadsts: 50013, sentence: 'The assertion is not a token of this tenant.' },
  assertionAudience: { status: 400, error: 'invalid_grant', aadsts: 500131, sentence: 'The assertion is not meant for the application that presents it.' },
  assertionExpired: { status: 400, error: 'invalid_grant', aadsts: 500133, sentence: 'The assertion has expired.' },
  revoked: { status: 400, error: 'invalid_grant', aadsts: 50173, sentence: 'The grant was revoked: a new sign-in is needed.' },
  accountDisabled: { status: 400, error: 'invalid_grant', aadsts: 50057, sentence: 'The account is disabled.' },
  consentRequired: { status: 400, error: 'invalid_grant', aadsts: 65001, suberror: 'consent_required', sentence: 'Nobody has consented to this use of the application.' },
  interactionRequired: { status: 400, error: 'invalid_grant', aadsts: 50076, suberror: 'basic_action', sentence: 'Conditional Access asks for a stronger sign-in.' },
  unknownCode: { status: 400, error: 'invalid_grant', aadsts: 9002313, sentence: 'The authorization code is not one of this service.' },
  codeExpired: { status: 400, error: 'invalid_grant', aadsts: 70008, sentence: 'The authorization code has expired.' },
  codeRedeemed: { status: 400, error: 'invalid_grant', aadsts: 54005, sentence: 'The authorization code was redeemed before.' },
  codeOfAnother: { status: 400, error: 'invalid_grant', aadsts: 70000, sentence: 'The authorization code was given to another application.' },
  wrongVerifier: { status: 400, error: 'invalid_grant', aadsts: 501481, sentence: 'The code verifier does not match the code challenge.' },
  wrongRedirectUri: { status: 400, error: 'invalid_client', aadsts: 500112, sentence: 'The redirect address is not the one of the sign-in.' },
} as const satisfies Record<string, Refused>;

export type RefusalName = keyof typeof refusals;

/** Entra says no. `claims`: what a stronger sign-in has to ask for. `error`: another error than the usual one of this refusal. */
export class EntraRefusal extends Error {
  override readonly name = 'EntraRefusal';
  readonly answer: EntraAnswer;

  constructor(refusal: RefusalName, more: { readonly claims?: string; readonly error?: string } = {}) {
    const { status, error, aadsts, sentence, ...rest }: Refused = refusals[refusal];
    const [traceId, correlationId] = [randomUUID(), randomUUID()];
    const timestamp = new Date().toISOString().replace(/T(.*)\..*/, ' $1Z');
    const description = `AADSTS${aadsts}: ${sentence} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`;
    super(description);
    const ids = { error_codes: [aadsts], timestamp, trace_id: traceId, correlation_id: correlationId };
    this.answer = { kind: 'json', status, body: { error, error_description: description, ...ids, ...rest, ...more } };
  }
}

export function json(body: object): EntraAnswer {
  return { kind: 'json', status: 200, body };
}
