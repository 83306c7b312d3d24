import pino from 'pino';
import { withoutTokens } from './without-tokens.ts';

/** Structured log, one JSON object a line. Values under the names below never reach it. */
export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'>;

const secretNames = [
  'authorization', 'Authorization', 'token', 'access_token', 'accessToken', 'refresh_token', 'assertion',
  'password', 'appPassword', 'MicrosoftAppPassword', 'secret', 'authentication', 'claims', 'connectionString',
];
const redactedPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);

/** Errors are logged by what identifies them; the requests and answers that SDK errors drag along carry tokens. */
function errorSummary(error: unknown, depth = 1): unknown {
  if (!(error instanceof Error)) return { thrown: typeof error };
  const { name, message, stack = '', cause } = error;
  const summary = { name, message: withoutTokens(message), code: codeOf(error), stack: withoutTokens(stack) };
  return cause === undefined || depth === mostCauses ? summary : { ...summary, cause: errorSummary(cause, depth + 1) };
}

/** SDKs take it over from what a service answered. */
function codeOf(error: Error): string | number | undefined {
  if (!('code' in error)) return undefined;
  return typeof error.code === 'string' ? withoutTokens(error.code) : typeof error.code === 'number' ? error.code : undefined;
}

/** A chain of causes may lead back to its beginning. */
const mostCauses = 5;

export function createLog(level: 'debug' | 'info' | 'warn' | 'error' | 'silent', destination?: pino.DestinationStream): Log {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    redact: { paths: redactedPaths, censor: '[secret]' },
    serializers: { error: (error: unknown) => errorSummary(error), err: (error: unknown) => errorSummary(error) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
