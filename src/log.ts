import pino from 'pino';

/** Structured log, one JSON object a line. Values under the names below never reach it. */
export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'>;

const secretNames = [
  'authorization', 'Authorization', 'token', 'access_token', 'accessToken', 'refresh_token', 'assertion',
  'password', 'appPassword', 'MicrosoftAppPassword', 'secret', 'authentication', 'claims', 'connectionString',
];
const redactedPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);

/** Errors are logged by what identifies them; the requests and answers that SDK errors drag along carry tokens. */
function errorSummary(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack } = error;
  const code = 'code' in error ? error.code : undefined;
  return { name, message, code, stack, cause: error.cause === undefined ? undefined : errorSummary(error.cause) };
}

export function createLog(level: 'debug' | 'info' | 'warn' | 'error' | 'silent', destination?: pino.DestinationStream): Log {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    redact: { paths: redactedPaths, censor: '[secret]' },
    serializers: { error: errorSummary, err: errorSummary },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
