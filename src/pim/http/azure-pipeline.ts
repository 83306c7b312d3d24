/**
 * What every call to ARM and Graph goes through, beside the SDK's own policies:
 * own origin → before-call hook → bounded retries of reads → person's token → what comes back, without that token.
 */
import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import { bearerTokenAuthenticationPolicyName, redirectPolicyName, retryPolicy } from '@azure/core-rest-pipeline';
import type { Pipeline, PipelinePolicy, RetryInformation, RetryModifiers, RetryStrategy, TlsSettings } from '@azure/core-rest-pipeline';
import { PimError } from '../errors.ts';
import { retryAfterMs } from './to-pim-error.ts';
import { withinTime } from './within-time.ts';

const readRetries = 2;
const firstRetryDelayMs = 200;
/** A service that asks for a longer pause than this is not waited for: the caller is told, with the pause. */
const longestPauseMs = 1000;

/** Puts our policies into a client's pipeline and takes out what would follow a redirect or repeat a write. */
export function securePipeline(pipeline: Pipeline, endpoint: string, beforeCall: (() => void) | undefined): void {
  pipeline.removePolicy({ name: redirectPolicyName });
  pipeline.removePolicy({ name: 'defaultRetryPolicy' });
  pipeline.addPolicy(retryPolicy([briefRetriesOfReads()], { maxRetries: readRetries }), { phase: 'Retry' });
  const beforeToken = { beforePolicies: [bearerTokenAuthenticationPolicyName] };
  pipeline.addPolicy(ownOriginPolicy(endpoint), beforeToken);
  pipeline.addPolicy(beforeCallPolicy(beforeCall), beforeToken);
  pipeline.addPolicy(tokenNotRepeated, { afterPhase: 'Sign' });
}

/** A service that quotes what it was sent would put the token into errors, and by them into what is logged and stored, whole or cut off. */
const tokenNotRepeated: PipelinePolicy = {
  name: 'tokenNotRepeated',
  async sendRequest(request, next) {
    const response = await next(request);
    const [, token = ''] = (request.headers.get('authorization') ?? '').split(' ');
    if (token === '') return response;
    for (const [name, value] of response.headers) if (value.includes(token)) response.headers.set(name, value.replaceAll(token, '[token]'));
    const { bodyAsText } = response;
    return typeof bodyAsText === 'string' && bodyAsText.includes(token) ? { ...response, bodyAsText: bodyAsText.replaceAll(token, '[token]') } : response;
  },
};

/** A token goes to the service it is for and nowhere else, whatever a `nextLink` says. */
function ownOriginPolicy(endpoint: string): PipelinePolicy {
  const own = new URL(endpoint).origin;
  return {
    name: 'ownOriginPolicy',
    async sendRequest(request, next) {
      if (URL.parse(request.url)?.origin !== own) throw new PimError('badAnswer', 'the answer points to another host; it was not asked');
      return next(request);
    },
  };
}

function beforeCallPolicy(beforeCall: (() => void) | undefined): PipelinePolicy {
  return {
    name: 'beforeCallPolicy',
    async sendRequest(request, next) {
      try {
        beforeCall?.();
      } catch (cause) {
        throw new PimError('unexpected', `the call was not made: ${cause instanceof Error ? cause.message : ''}`, { cause });
      }
      return next(request);
    },
  };
}

/** Writes are never repeated: what became of them is read back by their GUID. */
function briefRetriesOfReads(): RetryStrategy {
  return {
    name: 'briefRetriesOfReads',
    retry(attempt) {
      const request = attempt.response?.request ?? attempt.responseError?.request;
      return request?.method === 'GET' && mayPass(attempt) ? pause(attempt) : { skipStrategy: true };
    },
  };
}

const passingSocketErrors = new Set(['ECONNRESET', 'ETIMEDOUT', 'EAI_AGAIN', 'EPIPE']);

function mayPass({ response, responseError }: RetryInformation): boolean {
  if (response === undefined) return passingSocketErrors.has(responseError?.code ?? '');
  const { status } = response;
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

function pause({ response, retryCount }: RetryInformation): RetryModifiers {
  const asked = retryAfterMs(response?.headers.get('retry-after'), response?.headers.get('date'));
  if (asked === undefined && response?.status === 429) return { skipStrategy: true };
  const retryAfterInMs = asked ?? firstRetryDelayMs * 2 ** retryCount;
  return retryAfterInMs > longestPauseMs ? { skipStrategy: true } : { retryAfterInMs };
}

/**
 * The credential, with its failures told apart: nothing was sent yet, so they are never an unknown outcome. Without a
 * usable token `signInRequired`; where Entra itself does not answer, `unavailable`.
 *
 * Keeping tokens is the credential's business. The SDK keeps them too and renews them behind the caller's back, where a
 * failure ends in an unhandled rejection: an expiry in the past makes it ask, and wait, each time.
 */
export function guardedCredential(credential: TokenCredential, timeoutMs: number): TokenCredential {
  return {
    async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken> {
      const token = await withinTime(credential.getToken(scopes, options), timeoutMs, 'no token came in time').catch((cause: unknown) => {
        throw tokenError(cause);
      });
      if (token === null) throw new PimError('signInRequired', 'there is no token for this person');
      return { token: token.token, expiresOnTimestamp: 0 };
    },
  };
}

/** Errors of `@azure/identity` in which Entra said no, rather than nothing. */
const refusedSignIn = new Set(['AuthenticationError', 'AggregateAuthenticationError', 'AuthenticationRequiredError', 'CredentialUnavailableError']);

function tokenError(cause: unknown): PimError {
  if (cause instanceof PimError) return cause;
  const refused = cause instanceof Error && refusedSignIn.has(cause.name) && !(statusOf(cause) >= 500);
  return new PimError(refused ? 'signInRequired' : 'unavailable', 'no token was given', { cause });
}

function statusOf(error: Error): number {
  return 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 0;
}

/** Connections are kept and shared by the identity of this object, so there is one per certificate authority. */
const tlsByCa = new Map<string, TlsSettings>();

export function tlsSettings(caPem: string | undefined): { tlsOptions?: TlsSettings } {
  if (caPem === undefined) return {};
  const tlsOptions = tlsByCa.get(caPem) ?? { ca: caPem };
  tlsByCa.set(caPem, tlsOptions);
  return { tlsOptions };
}
