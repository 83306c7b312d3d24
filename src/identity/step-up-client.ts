import type { AccessToken, TokenCredential } from '@azure/core-auth';
import type { AuthenticationResult } from '@azure/msal-node';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { PimError } from '../pim/errors.ts';
import { claimsOfStepUp, fulfilsStepUp } from '../pim/step-up.ts';
import type { StepUp } from '../pim/step-up.ts';
import type { AppRegistration } from './app-registration.ts';
import { confidentialClient } from './confidential-client.ts';
import { ownerSchema, tokenClaims } from './token-claims.ts';

export interface StepUpClient {
  /** Where the browser goes. `codeChallenge` is the SHA-256 of the verifier, in base64url. */
  signInUrl(ask: StepUpAsk): Promise<string>;
  /**
   * Exchanges what the browser came back with; a code works once.
   * @throws {PimError} `stepUpRequired` for a sign-in that is not what was asked for, `otherAccount` for one of another
   * tenant; otherwise as on-behalf-of
   */
  redeem(answer: StepUpAnswer): Promise<SteppedUp>;
}

export interface StepUpAsk {
  readonly state: string;
  readonly nonce: string;
  readonly codeChallenge: string;
  readonly stepUp: StepUp;
  readonly loginHint: string | null;
  /** What the token is for: one resource, e.g. `https://management.azure.com/.default`. */
  readonly scope: string;
}

export interface StepUpAnswer {
  readonly code: string;
  readonly codeVerifier: string;
  readonly nonce: string;
  readonly stepUp: StepUp;
  /** As in the ask. */
  readonly scope: string;
}

/** Who has signed in, and their one token: nothing renews it, and nothing else keeps it. */
export interface SteppedUp {
  /** Entra object id, in lower case. */
  readonly personId: string;
  readonly tenantId: string;
  readonly credential: TokenCredential;
}

export interface StepUpOptions {
  readonly redirectUri: string;
  readonly clock: Clock;
}

/**
 * A stronger sign-in in the browser: authorization code with PKCE, by a registration of its own.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
export function createStepUpClient(registration: AppRegistration, { redirectUri, clock }: StepUpOptions): StepUpClient {
  const asRegistration = confidentialClient(registration);
  return {
    signInUrl: ({ state, nonce, codeChallenge, stepUp, loginHint, scope }) => asRegistration((client) => client.getAuthCodeUrl({
      redirectUri, scopes: [scope], state, nonce, codeChallenge, codeChallengeMethod: 'S256', responseMode: 'query',
      claims: claimsOfStepUp(stepUp),
      ...(loginHint === null ? {} : { loginHint }),
    })),
    async redeem({ code, codeVerifier, nonce, stepUp, scope }) {
      const result = await asRegistration((client) => client.acquireTokenByCode({
        redirectUri, scopes: [scope], code, codeVerifier, nonce, claims: claimsOfStepUp(stepUp),
      }));
      const token = checkedToken(result, { registration, resource: resourceOf(scope), stepUp });
      const credential = oneToken({ token: result.accessToken, expiresOnTimestamp: token.exp * 1_000 }, scope, clock);
      return { personId: token.oid, tenantId: token.tid, credential };
    },
  };
}

const texts = z.union([z.array(z.string()), z.string().transform((text) => [text])]).default([]);
const idTokenSchema = ownerSchema.extend({ aud: z.string() });
const accessTokenSchema = ownerSchema.extend({ aud: z.string(), exp: z.number(), acrs: texts, amr: texts });
type AccessTokenClaims = z.infer<typeof accessTokenSchema>;

interface Expected {
  readonly registration: AppRegistration;
  readonly resource: string;
  readonly stepUp: StepUp;
}

/** Both tokens have come from Entra itself over TLS; MSAL has compared the nonce. */
function checkedToken(result: AuthenticationResult, { registration, resource, stepUp }: Expected): AccessTokenClaims {
  const id = idTokenSchema.safeParse(tokenClaims(result.idToken)).data;
  const access = accessTokenSchema.safeParse(tokenClaims(result.accessToken)).data;
  if (id === undefined || access === undefined) throw insufficient('a token is missing or cannot be read');
  if (id.tid !== registration.tenantId.toLowerCase()) throw new PimError('otherAccount', 'the sign-in is of another tenant');
  if (id.aud.toLowerCase() !== registration.appId.toLowerCase()) throw insufficient('the ID token is for another application');
  if (access.oid !== id.oid || access.tid !== id.tid) throw insufficient('the tokens are of two people');
  if (!audiences(resource).includes(access.aud.replace(/\/$/, ''))) throw insufficient('the token is for another service');
  if (!fulfilsStepUp(stepUp, access)) throw insufficient('the token does not meet the challenge');
  return access;
}

function insufficient(why: string): PimError {
  return new PimError('stepUpRequired', `the sign-in was not what was asked for: ${why}`);
}

/** `https://management.azure.com/.default` → `https://management.azure.com` */
function resourceOf(scope: string): string {
  return scope.replace(/\/[^/]*$/, '');
}

/** Azure Resource Manager goes by two names, Graph by its own and by its application id. */
const otherNames: Readonly<Record<string, string>> = {
  'https://management.azure.com': 'https://management.core.windows.net',
  'https://graph.microsoft.com': '00000003-0000-0000-c000-000000000000',
};

function audiences(resource: string): readonly string[] {
  return [resource, otherNames[resource] ?? resource];
}

/** A credential for one token. A further challenge is for its holder to answer: it rejects with `stepUpRequired`. */
function oneToken({ token, expiresOnTimestamp }: AccessToken, scope: string, clock: Clock): TokenCredential {
  return {
    async getToken(asked, { claims } = {}): Promise<AccessToken> {
      if (claims !== undefined) throw new PimError('stepUpRequired', 'the service asks for yet another sign-in', { claims });
      if (clock.now().getTime() >= expiresOnTimestamp) throw new PimError('stepUpRequired', 'the token has expired');
      if ([asked].flat().some((other) => other !== scope)) throw new PimError('unexpected', 'the token is for another service');
      return { token, expiresOnTimestamp };
    },
  };
}
