import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createAuthority, createServerCertificate } from '../../../src/emulator/certificate.ts';
import type { ArmClient, AzureClientOptions } from '../../../src/pim/http/azure-client.ts';
import { createArmClient } from '../../../src/pim/http/azure-client.ts';

/** A https server that answers whatever a test wants, however wrong, and keeps what it was asked. */
export interface WireServer extends AsyncDisposable {
  readonly origin: string;
  readonly caPem: string;
  readonly seen: readonly SeenRequest[];
}

interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string;
  /** Parsed JSON; `null` where nothing was sent. */
  readonly body: unknown;
}

export type Answer = (request: SeenRequest, response: ServerResponse) => void;

const authority = createAuthority(new Date());
const certificate = createServerCertificate(authority, new Date());

export async function startWireServer(answer: Answer): Promise<WireServer> {
  const seen: SeenRequest[] = [];
  const server = createServer({ key: certificate.keyPem, cert: certificate.certificatePem }, (incoming, response) => {
    const place = seen.push(requestOf(incoming, '')) - 1;
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const request = requestOf(incoming, Buffer.concat(chunks).toString());
      seen[place] = request;
      answer(request, response);
    });
  });
  // Connections that have not come to a request yet are known to nobody else, and would keep the server from closing.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => { sockets.add(socket.once('close', () => { sockets.delete(socket); })); });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    origin: `https://127.0.0.1:${address.port}`,
    caPem: authority.certificatePem,
    seen,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => { server.close(resolve); });
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function requestOf({ method = '', url = '', headers }: IncomingMessage, body: string): SeenRequest {
  return { method, url, authorization: headers.authorization ?? '', body: body === '' ? null : JSON.parse(body) };
}

export function answerJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** A client for a wire server, with a token that names its owner. */
export function wireClient(server: { origin: string; caPem: string }, change: Partial<AzureClientOptions> = {}): ArmClient {
  return createArmClient({
    endpoint: server.origin,
    caPem: server.caPem,
    credential: { getToken: () => Promise.resolve({ token: 'token-of-alex', expiresOnTimestamp: Date.now() + 3_600_000 }) },
    credentialScopes: 'https://management.azure.com/.default',
    timeoutMs: 2000,
    ...change,
  });
}
