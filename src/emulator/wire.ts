import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { refusalReply } from './arm/router.ts';
import type { KeyAndCertificate } from './certificate.ts';
import { parseTarget } from './incoming.ts';
import { Refusal } from './reply.ts';
import type { Reply } from './reply.ts';
import type { PimService } from './service.ts';

const largestBody = 1_048_576;
/** Microsoft's services take no longer addresses either, and nobody parses what is longer. */
const longestTarget = 16_384;

const settings = {
  // Longer than clients keep an idle connection: otherwise one is closed just as it is used again.
  keepAliveTimeout: 65_000,
  // As much as a body: beyond it the connection is cut, and nobody learns why.
  maxHeaderSize: largestBody,
};

/** An https server in front of the service; it does not listen yet. `stop` ends answers that are held back. */
export function createHttpsWire(service: PimService, tls: KeyAndCertificate, stop: AbortSignal): Server {
  return createHttpsServer({ key: tls.keyPem, cert: tls.certificatePem, ...settings }, listener('https', service, stop));
}

/** The same without encryption, for clients that cannot be told whom to trust. */
export function createHttpWire(service: PimService, stop: AbortSignal): Server {
  return createHttpServer(settings, listener('http', service, stop));
}

function listener(scheme: 'https' | 'http', service: PimService, stop: AbortSignal): RequestListener {
  return (request, response) => {
    answer({ scheme, service, request }, response, stop).catch(() => {
      // Cut off by the client, or a fault of ours: without an answer there is nothing left to say.
      response.destroy();
    });
  };
}

interface Arrival {
  readonly scheme: 'https' | 'http';
  readonly service: PimService;
  readonly request: IncomingMessage;
}

async function answer(arrival: Arrival, response: ServerResponse, stop: AbortSignal): Promise<void> {
  const body = await readBody(arrival.request);
  if (body === null) {
    send(response, refusalReply(new Refusal(413, 'RequestEntityTooLarge', 'The body of the request is too large.')));
    return;
  }
  const { reply, delayMs, drop } = await handle(arrival, body);
  if (delayMs > 0) {
    await sleep(delayMs, undefined, { signal: stop });
  }
  if (drop) {
    response.destroy();
    return;
  }
  send(response, reply);
}

async function handle({ scheme, service, request }: Arrival, body: string): ReturnType<PimService['handle']> {
  try {
    const { url = '/' } = request;
    if (url.length > longestTarget) {
      throw new Refusal(414, 'RequestUriTooLong', `The address of the request has ${url.length} characters, and must have at most ${longestTarget}.`);
    }
    const { path, query } = parseTarget(url);
    const origin = `${scheme}://${request.headers.host ?? 'localhost'}`;
    return await service.handle({ method: request.method ?? 'GET', path, query, headers: request.headers, body, origin });
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(500, 'InternalServerError', String(error));
    return { reply: refusalReply(refusal), delayMs: 0, drop: false };
  }
}

/** `null` when the body is larger than any that PIM takes; the rest of it is read and thrown away. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= largestBody) {
      chunks.push(bytes);
    }
  }
  return size > largestBody ? null : Buffer.concat(chunks).toString();
}

// Not chained: beside a bot in one process, restify's `writeHead` (it replaces every server's) answers nothing.
function send(response: ServerResponse, { status, headers = {}, body }: Reply): void {
  if (body === undefined) {
    response.writeHead(status, headers);
    response.end();
    return;
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = 'application/json; charset=utf-8';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
}
