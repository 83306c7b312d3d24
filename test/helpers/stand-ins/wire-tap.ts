import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { createStandInTls, publicHosts } from './hosts.ts';
import { startProduction, type Production, type ProductionOptions } from './production.ts';

/** A request on its way. */
export interface TappedCall {
  /** The public name that was asked; `managedIdentity` for the platform's endpoint. */
  readonly host: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TapAnswer {
  readonly status: number;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string;
}

/** `null`: the call goes on to whom it is for. */
type Intercept = (call: TappedCall) => TapAnswer | null;

/** Production with somebody on all its lines: what it sends and answers is heard, and what others answer can be changed. */
export interface TappedProduction extends Production {
  /** What the bot has sent to others. */
  readonly sent: readonly TappedCall[];
  /** What the bot has answered to Teams, and to whoever else goes through `frontUrl`. */
  readonly answered: readonly TapAnswer[];
  readonly frontUrl: string;
  /** From now on. */
  intercept(how: Intercept | null): void;
}

export async function startTappedProduction(options: ProductionOptions = {}): Promise<TappedProduction> {
  await using started = new AsyncDisposableStack();
  const sent: TappedCall[] = [];
  const answered: TapAnswer[] = [];
  let intercept: Intercept | null = null;
  const production = Promise.withResolvers<Production>();
  const hear = async (call: TappedCall): Promise<TapAnswer> => {
    sent.push(call);
    return intercept?.(call) ?? forward(call, targetOf(await production.promise, call.host));
  };

  const tls = createStandInTls();
  const wire = await listen(started, https.createServer({ key: tls.keyPem, cert: tls.certificatePem }, relay(hear)));
  const identity = await listen(started, http.createServer(relay((call) => hear({ ...call, host: identityHost }))));
  const front = await listen(started, http.createServer(relay(async (call) => {
    const given = await forward(call, { origin: (await production.promise).botUrl });
    answered.push(given);
    return given;
  })));
  const env = {
    STAND_IN_HOSTS: JSON.stringify(Object.fromEntries(publicHosts.map((host) => [host, wire]))),
    NODE_EXTRA_CA_CERTS: fileOf(started, tls.caPem),
    ...((options.proof ?? 'managedIdentity') === 'managedIdentity' ? { IDENTITY_ENDPOINT: `http://127.0.0.1:${identity}/msi/token` } : {}),
  };
  const running = started.use(await startProduction({ ...options, env: { ...env, ...options.env } }));
  production.resolve(running);
  const frontUrl = `http://127.0.0.1:${front}`;
  running.teams.connect(frontUrl);
  const all = started.move();
  return { ...running, sent, answered, frontUrl, intercept: (how) => { intercept = how; }, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

export const identityHost = 'managedIdentity';

interface Target {
  readonly origin: string;
  readonly ca?: string;
}

function targetOf({ emulator, entra, tokenService, channel, teams, managedIdentity, tls: { caPem: ca } }: Production, host: string): Target {
  switch (host) {
    case 'management.azure.com':
    case 'graph.microsoft.com': return { origin: emulator.origin, ca: emulator.caPem };
    case 'login.microsoftonline.com': return { origin: entra.origin, ca };
    case 'token.botframework.com': return { origin: tokenService.origin, ca };
    case 'login.botframework.com': return { origin: channel.origin, ca };
    case 'smba.trafficmanager.net': return { origin: teams.connectorOrigin, ca };
    case identityHost: return { origin: new URL(managedIdentity?.env.IDENTITY_ENDPOINT ?? '').origin };
    default: throw new Error(`nobody stands in for ${host}`);
  }
}

/** On a free port of 127.0.0.1, which is the answer. */
async function listen(stack: AsyncDisposableStack, server: http.Server | https.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The name of a file with this text. */
function fileOf(stack: AsyncDisposableStack, content: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pim-bot-tap-'));
  stack.defer(() => { rmSync(folder, { recursive: true, force: true }); });
  const file = path.join(folder, 'ca.pem');
  writeFileSync(file, content);
  return file;
}

function relay(answerTo: (call: TappedCall) => Promise<TapAnswer>): RequestListener {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { headers, method = 'GET', url = '/' } = request;
    const host = (headers.host ?? '').replace(/:\d+$/u, '');
    const { status, headers: given = {}, body = '' } = await answerTo({ host, method, path: url, headers, body: await text(request) });
    response.writeHead(status, given).end(body);
  };
  return (request, response) => { serve(request, response).catch(() => { response.destroy(); }); };
}

function forward({ method, path, headers, body }: TappedCall, { origin, ...tls }: Target): Promise<TapAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<TapAnswer>();
  // Without a name to ask for: the certificate is good for the address, whatever the `Host` header says.
  const send = origin.startsWith('https:') ? https.request : http.request;
  const { hostname, port } = new URL(origin);
  const request = send({ hostname, port, path, method, agent: false, headers: withoutConnection(headers), servername: '', ...tls }, (response) => {
    resolve(text(response).then((body) => ({ status: response.statusCode ?? 0, headers: withoutConnection(response.headers), body })));
  });
  request.on('error', reject).end(body);
  return promise;
}

const ofTheConnection = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

function withoutConnection(headers: IncomingHttpHeaders): http.OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.has(name)));
}
