import { once } from 'node:events';
import https from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { decodeJwt } from 'jose';
import type { StandInTls } from './hosts.ts';
import { answerTokenServiceCall, type TokenServiceCall, type TokenServiceState, type TokenSource } from './token-service-operations.ts';
import { ServiceTokens } from './token-service-tokens.ts';

/** `down`: 503. `silent`: no answer. `redirects`: 307 to a stranger. */
export type TokenServiceFault = 'none' | 'down' | 'silent' | 'notJson' | 'redirects';

export interface TokenServiceRequest {
  readonly method: string;
  readonly path: string;
  readonly userId: string | null;
  readonly connectionName: string | null;
  readonly hasCode: boolean;
  /** 0: no answer was given. */
  readonly status: number;
}

/** Stands in for token.botframework.com: keeps people's tokens of the bot's own API by their id in Teams. */
export interface TokenServiceStandIn extends AsyncDisposable {
  /** `https://127.0.0.1:port` */
  readonly origin: string;
  /** Every call, in the order of the answers. */
  readonly requests: readonly TokenServiceRequest[];
  /** Every token that was presented, kept or given. */
  readonly canaries: readonly string[];
  fault: TokenServiceFault;
  /** Whether a token of single sign-on is enough. Otherwise Entra wants more (consent, a second factor), and it is refused. */
  exchanges: boolean;
  /** Goes through the sign-in page with this person's account. The code that the page shows at its end; a link is good once. */
  signInAs(link: string, personId: string): Promise<string>;
  tokensOf(userId: string): readonly string[];
  /** Their tokens are gone, as at the end of their time. */
  forget(userId: string): void;
  /** What is kept of them has expired, and is handed out all the same. */
  expire(userId: string): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startTokenService({ tls, source }: { tls: StandInTls; source: TokenSource }): Promise<TokenServiceStandIn> {
  const requests: TokenServiceRequest[] = [];
  const state: TokenServiceState = { source, tokens: new ServiceTokens(), links: new Map(), canaries: new Set(), exchanges: () => standIn.exchanges };
  const server = https.createServer({ key: tls.keyPem, cert: tls.certificatePem }, (request, response) => {
    const answering = async (): Promise<void> => {
      const call = await readCall(request);
      requests.push(logged(call, await serve(state, standIn.fault, call, response)));
    };
    answering().catch(() => { response.destroy(); });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const newToken = async (...ask: Parameters<TokenSource['tokenOf']>): Promise<string> => {
    const token = await source.tokenOf(...ask);
    state.canaries.add(token);
    return token;
  };
  const standIn: TokenServiceStandIn = {
    origin: `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    requests,
    get canaries() { return [...state.canaries]; },
    fault: 'none',
    exchanges: true,
    signInAs: async (link, personId) => {
      const place = state.links.get(link);
      if (place === undefined) throw new Error(`this is no open sign-in link: ${link}`);
      state.links.delete(link);
      return state.tokens.putAside(place, await newToken(personId));
    },
    tokensOf: (userId) => state.tokens.of(userId).map(({ token }) => token),
    forget: (userId) => { state.tokens.remove(userId, { connectionName: null, channelId: null }); },
    expire: async (userId) => {
      for (const { token, ...place } of state.tokens.of(userId)) {
        state.tokens.keep(place, await newToken(String(decodeJwt(token)['oid']), { expiresInSeconds: -60 }));
      }
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return standIn;
}

async function readCall(request: IncomingMessage): Promise<TokenServiceCall> {
  const { method = 'GET', url = '/', headers } = request;
  const { pathname, searchParams } = new URL(url, 'https://token.botframework.com');
  return { method, path: pathname, query: searchParams, authorization: headers.authorization ?? null, body: parsed(await text(request)) };
}

/** The status that was answered; 0: none. */
async function serve(state: TokenServiceState, fault: TokenServiceFault, call: TokenServiceCall, response: ServerResponse): Promise<number> {
  switch (fault) {
    case 'silent': return 0;
    case 'redirects': response.writeHead(307, { location: 'https://evil.example/' }).end(); break;
    case 'notJson': response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Please wait.</body></html>'); break;
    case 'down': write(response, 503, { error: { code: 'ServiceError', message: 'Something is wrong with the service.' } }); break;
    case 'none': {
      const { status, body } = await answerTokenServiceCall(state, call);
      write(response, status, body);
    }
  }
  return response.statusCode;
}

function write(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

function logged({ method, path, query }: TokenServiceCall, status: number): TokenServiceRequest {
  return { method, path, userId: query.get('userId'), connectionName: query.get('connectionName'), hasCode: query.has('code'), status };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
