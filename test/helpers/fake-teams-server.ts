import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { KeyAndCertificate } from '../../src/emulator/certificate.ts';
import { readCall, type Call } from './fake-teams-calls.ts';
import type { Fault, Faults } from './fake-teams-faults.ts';
import type { CallLimits } from './fake-teams-limits.ts';
import { perform, refused, type Answer, type Connector } from './fake-teams-operations.ts';
import { refusals, tooManyCalls } from './fake-teams-refusals.ts';

/** A call of the bot and what it was answered. */
export interface LoggedRequest extends Call {
  /** When it came, by the injected clock, in milliseconds. */
  readonly at: number;
  /** `null`: no answer was given (yet). */
  readonly status: number | null;
  /** Of the message that was made by it. */
  readonly madeActivityId: string | null;
}

export interface ConnectorServer {
  /** Its own, before the path of the service URL. */
  readonly origin: string;
  /** From now on calls are answered. */
  serve(connector: Connector): void;
  close(): Promise<void>;
}

export interface ServerParts {
  readonly basePaths: readonly string[];
  readonly faults: Faults;
  /** `null`: switched off. */
  readonly limits: CallLimits | null;
  readonly log: LoggedRequest[];
  readonly now: () => number;
  /** `null`: plain http. */
  readonly tls: KeyAndCertificate | null;
  /** Whether the call comes from the bot. */
  authorize(call: Call): boolean | Promise<boolean>;
}

export async function startConnectorServer(parts: ServerParts): Promise<ConnectorServer> {
  const { tls } = parts;
  const server = tls === null ? createServer() : https.createServer({ key: tls.keyPem, cert: tls.certificatePem });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the connector has no port');
  return {
    origin: `${tls === null ? 'http' : 'https'}://127.0.0.1:${address.port}`,
    serve(connector) {
      server.on('request', (request, response) => {
        answer(parts, connector, request, response).catch(() => { response.destroy(); });
      });
    },
    close: () => new Promise((resolve) => {
      server.close(() => { resolve(); });
      server.closeAllConnections();
    }),
  };
}

async function answer(parts: ServerParts, connector: Connector, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = await readCall(request, parts.basePaths);
  const at = parts.now();
  const logged = parts.log.push({ ...call, at, status: null, madeActivityId: null }) - 1;
  const given = await parts.authorize(call) ? outcome(parts, connector, call) : refused(refusals.unauthorized);
  if (given === 'hang') return;
  if (given === 'drop') {
    response.destroy();
    return;
  }
  parts.log[logged] = { ...call, at, status: given.status, madeActivityId: madeBy(call, given) };
  write(response, given);
}

function outcome(parts: ServerParts, connector: Connector, call: Call): Answer | 'hang' | 'drop' {
  const conversationId = threadOf(connector, call);
  const waitSeconds = parts.limits?.admit({ conversationId, roster: call.kind === 'members', at: parts.now() }) ?? null;
  if (waitSeconds !== null) return refused(tooManyCalls(waitSeconds));
  const fault = parts.faults.take(call.kind, conversationId);
  if (fault === null) return perform(connector, call);
  if (fault.how === 'dropAfterKeeping') perform(connector, call);
  return faulty(fault);
}

function faulty({ how, retryAfterSeconds = 1 }: Fault): Answer | 'hang' | 'drop' {
  switch (how) {
    case 'hang': return 'hang';
    case 'drop':
    case 'dropAfterKeeping': return 'drop';
    case 429: return refused(tooManyCalls(retryAfterSeconds));
    case 412: return refused({ status: how, code: 'PreconditionFailed', message: 'Try again.' });
    case 500:
    case 502:
    case 503:
    case 504: return refused({ status: how, code: 'ServiceError', message: 'Something is wrong with the service.' });
  }
}

/** Opening a chat counts among the messages of that chat. */
function threadOf({ conversations }: Connector, { conversationId, body }: Call): string {
  if (conversationId !== null) return conversationId;
  const members: unknown = body?.['members'];
  const first: unknown = Array.isArray(members) ? members[0] : undefined;
  const id = typeof first === 'object' && first !== null && 'id' in first ? String(first.id) : '';
  return conversations.personalOf(id)?.id ?? 'none';
}

function madeBy({ kind }: Call, { status, body }: Answer): string | null {
  if (status !== 201 || typeof body !== 'object' || body === null) return null;
  if ('activityId' in body) return String(body.activityId);
  return kind !== 'create' && 'id' in body ? String(body.id) : null;
}

function write(response: ServerResponse, { status, body, retryAfterSeconds }: Answer): void {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}
