import http from 'node:http';
import restify from 'restify';
import type { Log } from '../log.ts';

/** Teams' own activities are a few KB; a card's inputs are bounded by our schema. */
const largestBody = 256 * 1024;

export interface ServerOptions {
  readonly port: number;
  readonly host: string;
  /** Answers the activity; writes the response itself. */
  readonly onActivity: (request: restify.Request, response: restify.Response) => Promise<void>;
  /** Whether the bot can do its work (`/readyz`). */
  readonly isReady: () => Promise<boolean>;
  readonly log: Log;
}

export interface Server {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The bot's door: `POST /api/messages`, `GET /healthz`, `GET /readyz`.
 *
 * restify creates its server without limits on slow bodies, so a server of our own listens and hands each request to it;
 * a gate in front of restify's body parser refuses what crashes or grows it.
 * @throws {Error} one clear sentence when the port is taken
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const inner = restify.createServer({ name: 'pim-bot', handleUncaughtExceptions: false });
  inner.pre(refuseUnsafeBodies);
  inner.use(restify.plugins.bodyParser({ maxBodySize: largestBody, mapParams: false }));
  inner.post('/api/messages', options.onActivity);
  inner.get('/healthz', async (_request, response) => { response.send(200, { ok: true }); });
  inner.get('/readyz', async (_request, response) => {
    const ready = await options.isReady();
    response.send(ready ? 200 : 503, { ready });
  });
  inner.on('restifyError', (_request: restify.Request, _response: restify.Response, error: Error, done: () => void) => {
    options.log.warn({ error }, 'request refused');
    done();
  });

  const front = http.createServer({ connectionsCheckingInterval: 1_000, headersTimeout: 5_000, requestTimeout: 10_000 });
  front.on('request', (request, response) => inner.server.emit('request', request, response));
  await listen(front, options.port, options.host);
  const port = portOf(front);
  return {
    url: `http://${options.host}:${port}`,
    close: () => new Promise((resolve) => {
      front.close(() => { resolve(); });
      front.closeIdleConnections();
      setTimeout(() => { front.closeAllConnections(); }, 2_000).unref();
    }),
  };
}

/** restify's parser crashes on a compressed body and reads without end: such requests end here. */
function refuseUnsafeBodies(request: restify.Request, response: restify.Response, next: restify.Next): void {
  if (request.headers['content-encoding'] !== undefined) {
    response.send(415);
    next(false);
  } else if (Number(request.headers['content-length'] ?? 0) > largestBody) {
    response.send(413);
    next(false);
  } else {
    next();
  }
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
