import type { TokenCredential } from '@azure/core-auth';
import { PimError } from '../../pim/errors.ts';
import type { ListingCache } from '../../pim/cached-listings.ts';
import type { PimUser } from '../../pim/pim.ts';

/** Where people's tokens come from: Teams single sign-on in production, the local PIM's identity endpoint in the embedded stack. */
export interface PeopleTokens {
  /**
   * A credential that answers with this person's own tokens; `null` when the person has to sign in first.
   * @throws {PimError} `otherAccount`, `consentRequired`, `stepUpRequired`, `unavailable`
   */
  credentialOf(personId: string): Promise<TokenCredential | null>;
  /** What the person signs in as, for a sign-in page to begin with. */
  loginHintOf(personId: string): Promise<string | null>;
  /** Drops what is kept of the person's tokens. */
  forget(personId: string): void;
}

export interface SignIn {
  /**
   * PIM as this person.
   * @throws {PimError} as `credentialOf`, and `signInRequired`
   */
  pimOf(personId: string): Promise<PimUser>;
  /** PIM as this person, with the token of one stronger sign-in. */
  pimWith(personId: string, credential: TokenCredential): PimUser;
  forget(personId: string): void;
}

export interface SignInParts {
  readonly tokens: PeopleTokens;
  readonly createPimUser: (personId: string, credential: TokenCredential) => PimUser;
  readonly listings: ListingCache;
}

export function createSignIn({ tokens, createPimUser, listings }: SignInParts): SignIn {
  return {
    async pimOf(personId) {
      const credential = await tokens.credentialOf(personId);
      if (credential === null) throw new PimError('signInRequired', 'There is no token of this person.');
      return listings.of(createPimUser(personId, credential));
    },
    pimWith: (personId, credential) => listings.beside(createPimUser(personId, credential)),
    forget: (personId) => {
      tokens.forget(personId);
      listings.forget(personId);
    },
  };
}
