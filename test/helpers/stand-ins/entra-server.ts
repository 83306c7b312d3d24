import { once } from 'node:events';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { EntraAnswer } from './entra-answers.ts';
import { EntraRefusal } from './entra-answers.ts';
import type { EntraFault } from './entra-tenant.ts';
import type { StandInTls } from './hosts.ts';

export interface EntraCall {
  readonly method: string;
  /** `https://login.microsoftonline.com`, or however the caller names it. */
  readonly origin: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
}

export interface EntraServerParts {
  readonly tls: StandInTls;
  fault(): EntraFault;
  answer(call: EntraCall): Promise<EntraAnswer>;
  /** `status` 0: the caller got no answer. */
  record(call: EntraCall, status: number): void;
}

export async function startEntraServer(parts: EntraServerParts): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const server = createServer({ key: parts.tls.keyPem, cert: parts.tls.certificatePem }, (request, response) => {
    serve(parts, request, response).catch(() => { response.destroy(); });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    origin: `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    close: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function serve(parts: EntraServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = await readCall(request);
  const fault = parts.fault();
  if (fault === 'down' || fault === 'silent') {
    parts.record(call, 0);
    if (fault === 'down') response.destroy();
    return;
  }
  const status = fault === 'none' ? write(response, await answerOf(parts, call)) : writeFault(response, fault);
  parts.record(call, status);
}

async function readCall(request: IncomingMessage): Promise<EntraCall> {
  const { method = 'GET', headers, url = '/' } = request;
  const { origin, pathname, searchParams } = new URL(url, `https://${headers.host ?? 'localhost'}`);
  return { method, origin, path: pathname, query: searchParams, form: new URLSearchParams(await text(request)) };
}

async function answerOf(parts: EntraServerParts, call: EntraCall): Promise<EntraAnswer> {
  try {
    return await parts.answer(call);
  } catch (error) {
    if (error instanceof EntraRefusal) return error.answer;
    throw error;
  }
}

function write(response: ServerResponse, answer: EntraAnswer): number {
  response.setHeader('cache-control', 'no-store');
  switch (answer.kind) {
    case 'json':
      response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(answer.body));
      return answer.status;
    case 'page':
      response.writeHead(answer.status, { 'content-type': 'text/html; charset=utf-8', 'x-frame-options': 'DENY' });
      response.end(answer.html);
      return answer.status;
    case 'redirect':
      response.writeHead(302, { location: answer.location });
      response.end();
      return 302;
  }
}

function writeFault(response: ServerResponse, fault: Exclude<EntraFault, 'none' | 'down' | 'silent'>): number {
  const error = JSON.stringify({ error: 'temporarily_unavailable', error_description: 'AADSTS90033: A transient error has occurred.', error_codes: [90033] });
  switch (fault) {
    case 'redirects': response.writeHead(307, { location: 'https://evil.example/' }).end(); break;
    case 'notJson': response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Please wait.</body></html>'); break;
    case 'huge': response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token_type: 'Bearer', expires_in: 3_600, access_token: 'x'.repeat(8 * 1024 * 1024) })); break;
    case 429: response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' }).end(error); break;
    case 500: response.writeHead(500, { 'content-type': 'application/json' }).end(error); break;
  }
  return response.statusCode;
}
