import type { Activity, SignInUrlResponse } from 'botbuilder';
import { AuthenticationConstants, ClaimsIdentity, type BotFrameworkAuthentication, type UserTokenClient } from 'botframework-connector';
import { z } from 'zod';
import { PimError } from '../../pim/errors.ts';
import { withinTime } from '../../pim/http/within-time.ts';

/**
 * The Bot Framework's token service: it signs people in to the bot's own API by an OAuth connection, and keeps their
 * tokens, so that we keep none. A person is named by their id in Teams. All methods reject with `PimError` `unavailable`.
 * https://learn.microsoft.com/azure/bot-service/bot-builder-concept-authentication
 */
export interface TokenService {
  readonly connectionName: string;
  /** The person's token of our API, or `null` when there is none. `code`: what the sign-in page gave them to prove that it was they. */
  find(teamsUserId: string, code?: string): Promise<string | null>;
  /** Trades what Teams' client got by single sign-on for a token that is kept; `null` when it takes more than that: consent, a second factor. */
  exchange(teamsUserId: string, token: string): Promise<string | null>;
  /** What a sign-in card has to offer to the person who sent this activity. */
  signInResource(activity: Activity): Promise<SignInUrlResponse>;
  signOut(teamsUserId: string): Promise<void>;
}

const teams = 'msteams';
/** The SDK waits for ever. */
const answersWithinMs = 10_000;

export function createTokenService(
  authentication: BotFrameworkAuthentication, { appId, connectionName }: { readonly appId: string; readonly connectionName: string },
): TokenService {
  const identity = new ClaimsIdentity([{ type: AuthenticationConstants.AudienceClaim, value: appId }], true);
  const ask = <T>(question: (client: UserTokenClient) => Promise<T>): Promise<T> =>
    answered(authentication.createUserTokenClient(identity).then(question));
  return {
    connectionName,
    find: (teamsUserId, code) => ask((client: LenientClient) => client.getUserToken(teamsUserId, connectionName, teams, code)).then(tokenOf),
    exchange: (teamsUserId, token) =>
      ask((client) => client.exchangeToken(teamsUserId, connectionName, teams, { token }).catch(nullWhenRefused)).then(tokenOf),
    signInResource: (activity) => ask((client) => client.getSignInResource(connectionName, activity, '')).then(resourceOf),
    signOut: (teamsUserId) => ask((client) => client.signOutUser(teamsUserId, connectionName, teams)),
  };
}

/** The SDK's types ask for a code also where there is none; an empty one would be sent as such. */
interface LenientClient {
  getUserToken(userId: string, connectionName: string, channelId: string, code?: string): Promise<unknown>;
}

const resourceSchema = z.custom<SignInUrlResponse>((value) => typeof value === 'object' && value !== null);

function resourceOf(answer: unknown): SignInUrlResponse {
  const { data } = resourceSchema.safeParse(answer);
  if (data === undefined) throw new PimError('unavailable', 'the token service offers no sign-in');
  return data;
}

const tokenSchema = z.object({ token: z.string().min(1).max(20_000) });

/** The service answers 404 where it has none, and the SDK makes an answer of that. */
function tokenOf(answer: unknown): string | null {
  return tokenSchema.safeParse(answer).data?.token ?? null;
}

const refusalSchema = z.object({ statusCode: z.union([z.literal(400), z.literal(404), z.literal(412)]) });

function nullWhenRefused(error: unknown): null {
  if (refusalSchema.safeParse(error).success) return null;
  throw error;
}

const statusSchema = z.object({ statusCode: z.number() });

/** The SDK's errors carry the whole request with the bot's own token: of them only the status goes on. */
async function answered<T>(work: Promise<T>): Promise<T> {
  try {
    return await withinTime(work, answersWithinMs, 'the token service does not answer');
  } catch (error) {
    if (error instanceof PimError) throw error;
    const status = statusSchema.safeParse(error).data?.statusCode;
    throw new PimError('unavailable', status === undefined ? 'the token service could not be asked' : `the token service answered ${status}`);
  }
}
