import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import restify from 'restify';
import type { Page } from '../../http-page.ts';
import type { Log } from '../../log.ts';
import { refuse, refusedByHead, type Door } from './gate.ts';
import { readJsonBody } from './json-body.ts';
import { pageReceiver } from './page-receiver.ts';

/** With the limit of a body, this bounds what strangers can make us hold. */
const mostConnections = 1_000;
const readinessHoldsMs = 1_000;

const doors: readonly Door[] = [
  { method: 'POST', path: '/api/messages', takes: 'json' },
  { method: 'GET', path: '/healthz', takes: 'nothing' },
  { method: 'GET', path: '/readyz', takes: 'nothing' },
];

export interface ServerOptions {
  readonly port: number;
  readonly host: string;
  /** Whether the `Authorization` header alone would be let in: asked before a body is read. Without it, `onActivity` judges alone. */
  readonly admits?: (authorization: string) => Promise<boolean>;
  /** Answers the activity, which is parsed JSON in `request.body`; writes the response itself. */
  readonly onActivity: (request: restify.Request, response: restify.Response) => Promise<void>;
  /** Whether the bot can do its work (`/readyz`). */
  readonly isReady: () => Promise<boolean>;
  /** Served beside the bot's own paths; no token of the channel is asked for there. */
  readonly pages?: readonly Page[];
  readonly log: Log;
  /** How long a sender may take for the head and for the whole request. Default 5 and 10 seconds. */
  readonly patienceMs?: { readonly head: number; readonly request: number };
}

export interface Server {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The bot's door: `POST /api/messages`, `GET /healthz`, `GET /readyz`, and the pages. A refusal is a status without a word.
 *
 * restify creates its server without limits on slow bodies, so a server of our own listens, refuses by the head what
 * would crash or grow restify, and hands on the rest.
 * @throws {Error} one clear sentence when the port is taken
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { head, request } = options.patienceMs ?? { head: 5_000, request: 10_000 };
  const inner = createInner(options);
  const front = http.createServer({ connectionsCheckingInterval: 1_000, headersTimeout: head, requestTimeout: request });
  front.maxConnections = mostConnections;
  const open = [...doors, ...pageDoors(options.pages ?? [])];
  front.on('request', (request, response) => { receive(request, response, { inner, doors: open, log: options.log }); });
  await listen(front, options.port, options.host);
  return {
    url: `http://${options.host}:${portOf(front)}`,
    close: () => new Promise((resolve) => {
      front.close(() => { resolve(); });
      front.closeIdleConnections();
      setTimeout(() => { front.closeAllConnections(); }, 2_000).unref();
    }),
  };
}

function createInner(options: ServerOptions): restify.Server {
  // Without a name restify sends no `Server` header; an error is a status, not its message.
  const inner = restify.createServer({ name: '', handleUncaughtExceptions: false, formatters: { 'application/json': formatJson } });
  const isReady = sharedFor(readinessHoldsMs, options.isReady);
  inner.post('/api/messages', activityReceiver(options));
  inner.get('/healthz', async (_request, response) => { response.send(200, { ok: true }); });
  inner.get('/readyz', async (_request, response) => {
    const ready = await isReady();
    response.send(ready ? 200 : 503, { ready });
  });
  const serve = pageReceiver();
  for (const page of options.pages ?? []) {
    if (page.method === 'GET') inner.get(page.path, serve(page));
    else inner.post(page.path, serve(page));
  }
  inner.on('restifyError', (_request: restify.Request, _response: restify.Response, error: Error, done: () => void) => {
    options.log.warn({ error }, 'request failed');
    done();
  });
  return inner;
}

function pageDoors(pages: readonly Page[]): readonly Door[] {
  return pages.map(({ method, path }) => ({ method, path, takes: method === 'GET' ? 'nothing' : 'form' }));
}

interface Inside {
  readonly inner: restify.Server;
  readonly doors: readonly Door[];
  readonly log: Log;
}

function receive(request: IncomingMessage, response: ServerResponse, { inner, doors, log }: Inside): void {
  try {
    const refused = refusedByHead(request, doors);
    if (refused === null) inner.server.emit('request', request, response);
    else refuse(response, refused);
  } catch (error) {
    log.error({ error }, 'request failed');
    if (!response.headersSent) refuse(response, 500);
  }
}

function activityReceiver({ admits, onActivity }: ServerOptions): (request: restify.Request, response: restify.Response) => Promise<void> {
  return async (request, response) => {
    if (admits !== undefined && !await admits(soleAuthorization(request))) {
      refuse(response, 401);
      return;
    }
    const body = await readJsonBody(request);
    if (body.ok) {
      request.body = body.value;
      await onActivity(request, response);
    } else {
      refuse(response, body.status);
    }
  };
}

/** Of two, Node.js keeps the first, and whoever stands before us may have judged by the other: they count as none. */
function soleAuthorization({ headersDistinct }: IncomingMessage): string {
  const [first = '', ...others] = headersDistinct['authorization'] ?? [];
  return others.length === 0 ? first : '';
}

function formatJson(_request: restify.Request, response: restify.Response, body: unknown): string {
  const text = body instanceof Error ? '{}' : JSON.stringify(body ?? null);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  return text;
}

/** However often strangers ask, the database is asked once in this time. */
function sharedFor(ms: number, ask: () => Promise<boolean>): () => Promise<boolean> {
  let answer: Promise<boolean> | null = null;
  return () => {
    if (answer === null) {
      answer = ask();
      setTimeout(() => { answer = null; }, ms).unref();
    }
    return answer;
  };
}

function portOf(server: http.Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function listen(server: http.Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new Error(`Port ${port} is in use: stop what listens there, or choose another with PORT.`) : error);
    });
    server.listen(port, host, () => { resolve(); });
  });
}
