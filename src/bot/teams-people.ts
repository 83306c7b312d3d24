import type { OnBehalfOf } from '../identity/on-behalf-of.ts';
import { readPersonToken, type PersonToken } from '../identity/person-token.ts';
import { PimError } from '../pim/errors.ts';
import type { PeopleTokens } from './sign-in/sign-in.ts';
import type { TokenService } from './sign-in/token-service.ts';

export interface TeamsPeopleParts {
  readonly tenantId: string;
  /** What a token of our API may name as its audience: the app id, and `api://botid-{app id}`. */
  readonly audiences: readonly string[];
  readonly tokenService: TokenService;
  readonly onBehalfOf: OnBehalfOf;
  /** What the first token is for: what is missing is told before anything is begun. */
  readonly firstScope: string;
  /** The id that the person has in Teams; `null` when the bot has never met them. */
  teamsUserIdOf(personId: string): Promise<string | null>;
}

/**
 * Production's people: Teams' single sign-on gives a token of our own API, which the token service keeps, and Entra gives
 * one token per service for it, on behalf of the person.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow
 */
export function teamsPeople(parts: TeamsPeopleParts): PeopleTokens {
  return {
    credentialOf: async (personId) => {
      const person = await personTokenOf(parts, personId);
      if (person === null) return null;
      const credential = parts.onBehalfOf.credentialFor(person);
      await credential.getToken(parts.firstScope);
      return credential;
    },
    loginHintOf: async (personId) => (await personTokenOf(parts, personId))?.loginHint ?? null,
    forget: (personId) => { parts.onBehalfOf.forget(personId); },
  };
}

/** The token service is asked each time: who has signed out is signed out at once, in every replica. */
async function personTokenOf(parts: TeamsPeopleParts, personId: string): Promise<PersonToken | null> {
  const { tokenService, onBehalfOf } = parts;
  const teamsUserId = await parts.teamsUserIdOf(personId);
  const token = teamsUserId === null ? null : await tokenService.find(teamsUserId);
  if (teamsUserId === null || token === null) return null;
  try {
    return requirePerson(token, { personId, ...parts });
  } catch (error) {
    // A token of somebody else must not stay where this person's is looked for.
    onBehalfOf.forget(personId);
    if (error instanceof PimError && error.code === 'otherAccount') await tokenService.signOut(teamsUserId);
    throw error;
  }
}

/**
 * The token's owner has to be the person whom the channel names (promise 7): a sign-in page may have been completed with
 * another account.
 * @throws {PimError} `otherAccount`, or `signInRequired` when it is no usable token of our API
 */
export function requirePerson(
  token: string, { personId, tenantId, audiences }: { readonly personId: string; readonly tenantId: string; readonly audiences: readonly string[] },
): PersonToken {
  const person = readPersonToken(token, { tenantId, audiences });
  if (person.personId !== personId) throw new PimError('otherAccount', 'The sign-in was made with another account.');
  return person;
}

