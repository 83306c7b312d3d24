import { errors, jwtVerify, type CryptoKey } from 'jose';
import type { ChannelKeys } from './channel-keys.ts';
import { ChannelRefusal, type RefusalReason } from './channel-refusal.ts';

/** What a token of the channel must be. */
export interface ExpectedToken {
  readonly issuer: string;
  /** The bot's application id. */
  readonly audience: string;
  /** The channel that its key must be endorsed for. */
  readonly endorsement: string;
  readonly now: Date;
}

/** https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication: five minutes at most. */
const clockSkewSeconds = 5 * 60;
const bearer = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/**
 * Verifies the `Authorization` header of a request from the channel.
 * @returns the service URL that the token is for, as it is written in the token
 * @throws {ChannelRefusal} with the reason
 */
export async function verifyChannelToken(authorization: string, keys: ChannelKeys, expected: ExpectedToken): Promise<string> {
  const [, token] = bearer.exec(authorization) ?? [];
  if (token === undefined) throw new ChannelRefusal(authorization.trim() === '' ? 'noToken' : 'malformedToken');
  const { issuer, audience, endorsement, now } = expected;
  const keyOf = ({ kid }: { kid?: string }): Promise<CryptoKey> => endorsedKey(keys, kid, endorsement);
  const { payload } = await jwtVerify(token, keyOf, {
    algorithms: ['RS256'],
    issuer,
    requiredClaims: ['exp', 'aud'],
    clockTolerance: clockSkewSeconds,
    currentDate: now,
  }).catch((error: unknown) => { throw refusalOf(error); });
  // One audience, ours: a list would be a token that others hold, too.
  if (payload.aud !== audience) throw new ChannelRefusal('wrongAudience');
  const { serviceurl: serviceUrl } = payload;
  if (typeof serviceUrl !== 'string') throw new ChannelRefusal('missingClaim');
  return serviceUrl;
}

async function endorsedKey(keys: ChannelKeys, kid: string | undefined, endorsement: string): Promise<CryptoKey> {
  if (typeof kid !== 'string') throw new ChannelRefusal('unknownKey');
  const found = await keys.find(kid);
  if (found === 'unavailable') throw new ChannelRefusal('keysUnavailable');
  if (found === 'unknown') throw new ChannelRefusal('unknownKey');
  if (!found.endorsements.has(endorsement)) throw new ChannelRefusal('keyNotEndorsed');
  return found.key;
}

function refusalOf(error: unknown): ChannelRefusal {
  if (error instanceof ChannelRefusal) return error;
  if (error instanceof errors.JOSEAlgNotAllowed) return new ChannelRefusal('wrongAlgorithm');
  if (error instanceof errors.JWSSignatureVerificationFailed) return new ChannelRefusal('badSignature');
  if (error instanceof errors.JWTExpired) return new ChannelRefusal('expired');
  if (error instanceof errors.JWTClaimValidationFailed) return new ChannelRefusal(reasonOfClaim(error));
  return new ChannelRefusal('malformedToken');
}

function reasonOfClaim({ claim, reason }: errors.JWTClaimValidationFailed): RefusalReason {
  if (reason === 'missing') return 'missingClaim';
  if (claim === 'iss') return 'wrongIssuer';
  return claim === 'nbf' ? 'notYetValid' : 'malformedToken';
}
