import type { AccessToken, TokenCredential } from '@azure/core-auth';
import type { AuthenticationResult } from '@azure/msal-node';
import type { Clock } from '../clock.ts';
import { PimError } from '../pim/errors.ts';
import { stepUpOfClaims } from '../pim/step-up.ts';
import type { AppRegistration } from './app-registration.ts';
import { confidentialClient } from './confidential-client.ts';
import type { AsRegistration } from './confidential-client.ts';
import type { PersonToken } from './person-token.ts';
import { TokenCache } from './token-cache.ts';
import type { TokenQuestion } from './token-cache.ts';
import { ownerSchema, tokenClaims } from './token-claims.ts';

/** People's tokens for Azure Resource Manager and Graph, in exchange for their tokens for our API. */
export interface OnBehalfOf {
  /**
   * This person's own tokens. `getToken` rejects with `PimError` only: `signInRequired`, `stepUpRequired` with the
   * challenge in `details.claims`, `consentRequired`, `otherAccount`, `unavailable`, or `unexpected` where the
   * registration itself is refused. Meant for one turn: after a `forget` of this person it keeps nothing any more.
   */
  credentialFor(person: PersonToken): TokenCredential;
  /** Drops all tokens of this person, also those that are still on their way. */
  forget(personId: string): void;
}

const defaultMostTokens = 2_000;

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow */
export function createOnBehalfOf(registration: AppRegistration, { clock, mostTokens = defaultMostTokens }: { readonly clock: Clock; readonly mostTokens?: number }): OnBehalfOf {
  const asRegistration = confidentialClient(registration);
  const cache = new TokenCache({ clock, mostTokens, ask: (question) => exchange(asRegistration, question) });
  return {
    credentialFor(person) {
      const { era } = cache;
      return { getToken: (scopes, { claims } = {}) => cache.get({ person, scopes: [scopes].flat(), claims }, era) };
    },
    forget: (personId) => { cache.forget(personId); },
  };
}

async function exchange(asRegistration: AsRegistration, { person, scopes, claims }: TokenQuestion): Promise<AccessToken> {
  const result = await asRegistration((client) => client.acquireTokenOnBehalfOf({
    oboAssertion: person.assertion,
    scopes: [...scopes],
    ...(claims === undefined ? {} : { claims }),
  })).catch((error: unknown) => { throw unmet(error, claims); });
  if (result === null || result.accessToken === '' || result.expiresOn === null) throw new PimError('unavailable', 'the answer holds no token');
  requireOwner(result, person);
  return { token: result.accessToken, expiresOnTimestamp: result.expiresOn.getTime() };
}

/** A service's challenge that cannot be met on behalf of the person stays what it was: Entra words it otherwise, or asks for more beside it. */
function unmet(error: unknown, claims: string | undefined): unknown {
  const isUnmet = error instanceof PimError && error.code === 'stepUpRequired' && claims !== undefined && stepUpOfClaims(claims) !== null;
  return isUnmet ? new PimError(error.code, error.message, { ...error.details, claims }) : error;
}

/** Whatever says whose the token is, the ID token or the token itself, has to say that it is this person's. */
function requireOwner(result: AuthenticationResult, { personId, tenantId }: PersonToken): void {
  const owners = [result.idToken, result.accessToken].flatMap((token) => ownerSchema.safeParse(tokenClaims(token)).data ?? []);
  if (owners.length === 0) throw new PimError('unexpected', 'the answer does not say whose token it is');
  if (!owners.every((owner) => owner.oid === personId && owner.tid === tenantId)) {
    throw new PimError('otherAccount', 'the token that came is another person\'s');
  }
}
