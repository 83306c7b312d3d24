import { startWireServer } from '../http/wire-server.ts';
import type { WireServer } from '../http/wire-server.ts';
import { createRawClient } from '../../../src/pim/http/azure-client.ts';
import type { AzureClient, AzureClientOptions } from '../../../src/pim/http/azure-client.ts';

/** What somebody asked, by itself or as one of a batch. */
export interface GraphCall {
  readonly method: string;
  /** Without query and version. */
  readonly path: string;
  readonly version: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface GraphReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `null`: no answer, the connection is closed. */
type Handler = (call: GraphCall) => GraphReply | null;

/** By method and the end of the path, such as `GET /users/x`; the first that fits. */
export type Routes = Readonly<Record<string, GraphReply | Handler>>;

/** A https server that answers as Graph does where a test says so, 404 otherwise, and keeps what it was asked. */
export interface GraphStandIn extends AsyncDisposable {
  readonly origin: string;
  /** In order; a batch is here by its items alone. */
  readonly calls: readonly GraphCall[];
  readonly wire: WireServer;
  client(change?: Partial<AzureClientOptions>): AzureClient;
}

export async function startGraph(routes: Routes): Promise<GraphStandIn> {
  const calls: GraphCall[] = [];
  const answer = (call: GraphCall): GraphReply | null => {
    calls.push(call);
    const [, found] = Object.entries(routes).find(([route]) => `${call.method} ${call.path}`.endsWith(route.slice(route.indexOf(' ') + 1)) && route.startsWith(`${call.method} `)) ?? [];
    if (found === undefined) return { status: 404, body: refusal('Request_ResourceNotFound', `nothing at ${call.path}`) };
    return typeof found === 'function' ? found(call) : found;
  };
  const wire = await startWireServer(({ method, url, body }, response) => {
    const call = callOf(method, url, body);
    const reply = call.path === '/$batch' ? batchReply(call, answer) : answer(call);
    if (reply === null) response.socket?.destroy();
    else response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(reply.body === undefined ? '' : JSON.stringify(reply.body));
  });
  return {
    origin: wire.origin,
    calls,
    wire,
    client: (change = {}) => createRawClient({
      endpoint: wire.origin,
      caPem: wire.caPem,
      credential: { getToken: () => Promise.resolve({ token: 'token-of-alex', expiresOnTimestamp: Date.now() + 3_600_000 }) },
      credentialScopes: 'https://graph.microsoft.com/.default',
      timeoutMs: 5000,
      ...change,
    }),
    [Symbol.asyncDispose]: () => wire[Symbol.asyncDispose](),
  };
}

function callOf(method: string, url: string, body: unknown): GraphCall {
  const { pathname, searchParams } = new URL(url, 'https://graph');
  const [, version = '', ...segments] = decodeURIComponent(pathname).split('/');
  return { method, version, path: `/${segments.join('/')}`, query: searchParams, body: body ?? null };
}

interface BatchItem {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

/** The answers in reverse: Graph promises no order. */
function batchReply(batch: GraphCall, answer: (call: GraphCall) => GraphReply | null): GraphReply {
  const { requests }: { requests?: readonly BatchItem[] } = Object(batch.body);
  const responses = (requests ?? []).map(({ id, method, url, body }) => ({
    id, ...answer(callOf(method, `/${batch.version}${url}`, body)) ?? { status: 504, body: refusal('GatewayTimeout', '') },
  }));
  return { status: 200, body: { responses: responses.toReversed() } };
}

export function refusal(code: string, message: string): object {
  return { error: { code, message, innerError: { date: '2026-03-01T10:00:00', 'request-id': 'graph-request', 'client-request-id': 'ours' } } };
}

/** PIM's own error, as Graph wraps it at times. */
export function wrapped(errorCode: string, message: string): object {
  return refusal('UnknownError', JSON.stringify({ errorCode, message, instanceAnnotations: [] }));
}

export function list(items: readonly unknown[], nextLink?: string): GraphReply {
  return { status: 200, body: { '@odata.context': 'https://graph', value: items, ...(nextLink === undefined ? {} : { '@odata.nextLink': nextLink }) } };
}
