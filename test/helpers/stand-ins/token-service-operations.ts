import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ServiceTokens, TokenPlace } from './token-service-tokens.ts';

export interface TokenServiceCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | null;
  readonly body: unknown;
}

export interface TokenServiceAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** Whose tokens the service keeps, and how it tells them apart from others. */
export interface TokenSource {
  /** Of the bot. */
  readonly appId: string;
  /** Of the bot's OAuth connection. */
  readonly connectionName: string;
  /** Whether it is a valid token of the bot for the Bot Framework. */
  verifyBotToken(token: string): Promise<boolean>;
  /** The person whose valid token of the bot's API it is; `null`: nobody's. */
  ownerOf(token: string): Promise<string | null>;
  /** A token of the bot's API for this person. */
  tokenOf(personId: string, how?: { readonly expiresInSeconds: number }): Promise<string>;
}

export interface TokenServiceState {
  readonly source: TokenSource;
  readonly tokens: ServiceTokens;
  /** Sign-in links that nobody has finished. */
  readonly links: Map<string, TokenPlace>;
  readonly canaries: Set<string>;
  readonly exchanges: () => boolean;
}

const channelId = 'msteams';
/** Of every connection to Entra ID. */
const entraProviderId = '30dd229c-58e3-4a48-bdfd-91ec48eb906c';

/** The operations of the Bot Framework's token API, as the Bot SDK's client (botframework-connector, `tokenApi`) calls them. */
export async function answerTokenServiceCall(state: TokenServiceState, call: TokenServiceCall): Promise<TokenServiceAnswer> {
  const botToken = /^Bearer (\S+)$/u.exec(call.authorization ?? '')?.[1];
  if (botToken !== undefined) state.canaries.add(botToken);
  if (botToken === undefined || !await state.source.verifyBotToken(botToken)) return { status: 401 };
  switch (`${call.method} ${call.path}`) {
    case 'GET /api/usertoken/GetToken': return getToken(state, call);
    case 'POST /api/usertoken/exchange': return exchange(state, call);
    case 'DELETE /api/usertoken/SignOut': return signOut(state, call);
    case 'GET /api/usertoken/GetTokenStatus': return tokenStatus(state, call);
    case 'GET /api/botsignin/GetSignInResource': return signInResource(state, call);
    default: return { status: 404 };
  }
}

/** 404 without a body: nothing is kept for the person, or the code is not theirs. */
function getToken({ source, tokens }: TokenServiceState, { query }: TokenServiceCall): TokenServiceAnswer {
  const place = placeOf(source, query);
  if (place === null) return badArgument('userId, connectionName or channelId is missing or unknown.');
  const code = query.get('code');
  const token = code === null ? tokens.find(place) : tokens.redeem(place, code);
  return token === null ? { status: 404 } : tokenAnswer(place, token);
}

const exchangeSchema = z.object({ token: z.string().min(1) });

async function exchange(state: TokenServiceState, { query, body }: TokenServiceCall): Promise<TokenServiceAnswer> {
  const { source, tokens, canaries } = state;
  const place = placeOf(source, query);
  const asked = exchangeSchema.safeParse(body);
  if (place === null || !asked.success) return badArgument('userId, connectionName, channelId or the token is missing or unknown.');
  canaries.add(asked.data.token);
  const owner = state.exchanges() ? await source.ownerOf(asked.data.token) : null;
  if (owner === null) return badArgument('The token cannot be exchanged.');
  const token = await source.tokenOf(owner);
  canaries.add(token);
  tokens.keep(place, token);
  return tokenAnswer(place, token);
}

function signOut({ tokens }: TokenServiceState, { query }: TokenServiceCall): TokenServiceAnswer {
  const userId = query.get('userId');
  if (userId === null) return badArgument('userId is missing.');
  tokens.remove(userId, { connectionName: query.get('connectionName'), channelId: query.get('channelId') });
  return { status: 200 };
}

function tokenStatus({ source: { connectionName }, tokens }: TokenServiceState, { query }: TokenServiceCall): TokenServiceAnswer {
  const userId = query.get('userId');
  if (userId === null) return badArgument('userId is missing.');
  const hasToken = tokens.find({ userId, connectionName, channelId }) !== null;
  return { status: 200, body: [{ channelId, connectionName, hasToken, serviceProviderDisplayName: 'Azure Active Directory v2' }] };
}

const stateSchema = z.object({
  connectionName: z.string(),
  msAppId: z.string(),
  conversation: z.object({ channelId: z.string(), user: z.object({ id: z.string().min(1) }) }),
});

/** The link is bound to the person and the connection that its state names. */
function signInResource({ source, links }: TokenServiceState, { query }: TokenServiceCall): TokenServiceAnswer {
  const parsed = stateSchema.safeParse(decoded(query.get('state') ?? ''));
  if (!parsed.success || parsed.data.msAppId !== source.appId || parsed.data.connectionName !== source.connectionName) return badArgument('The state is none of this bot.');
  const { connectionName, conversation } = parsed.data;
  const id = randomBytes(16).toString('hex');
  const signInLink = `https://token.botframework.com/api/oauth/signin?signin=${id}`;
  links.set(signInLink, { userId: conversation.user.id, connectionName, channelId: conversation.channelId });
  const sasUrl = `https://token.botframework.com/api/sas/postToken?state=${id}&id=key2&hmac=${randomBytes(32).toString('base64url')}`;
  const tokenExchangeResource = { id: randomUUID(), uri: `api://botid-${source.appId}/access_as_user`, providerId: entraProviderId };
  return { status: 200, body: { signInLink, tokenExchangeResource, tokenPostResource: { sasUrl } } };
}

function placeOf({ connectionName }: TokenSource, query: URLSearchParams): TokenPlace | null {
  const userId = query.get('userId') ?? '';
  const known = query.get('connectionName') === connectionName && query.get('channelId') === channelId;
  return userId === '' || !known ? null : { userId, connectionName, channelId };
}

/** `expiration` as the token says. */
function tokenAnswer({ connectionName, channelId }: TokenPlace, token: string): TokenServiceAnswer {
  const { exp } = z.object({ exp: z.number() }).parse(decoded(token.split('.')[1] ?? ''));
  return { status: 200, body: { channelId, connectionName, token, expiration: new Date(exp * 1_000).toISOString() } };
}

function decoded(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString());
  } catch {
    return null;
  }
}

function badArgument(message: string): TokenServiceAnswer {
  return { status: 400, body: { error: { code: 'BadArgument', message } } };
}
