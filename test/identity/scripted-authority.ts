import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { Authority } from '../../src/identity/authority.ts';
import type { StandInTls } from '../helpers/stand-ins/hosts.ts';

export interface ScriptedAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An https server that answers as it is told: what a genuine authority never says. */
export interface ScriptedAuthority extends AsyncDisposable {
  readonly authority: Authority;
  /** The path of each call. */
  readonly calls: readonly string[];
  /** How many connections are open. */
  connections(): Promise<number>;
  /** The next answers. Nothing is answered to `silent`, and not all of it to `halfway`. */
  answer: (path: string, form: URLSearchParams) => ScriptedAnswer | 'silent' | 'halfway';
}

export async function startScriptedAuthority(tls: StandInTls): Promise<ScriptedAuthority> {
  const calls: string[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path, form] = [request.url ?? '', new URLSearchParams(await text(request))];
    calls.push(path);
    const answer = authority.answer(path, form);
    if (answer === 'silent') return;
    if (answer === 'halfway') response.writeHead(200, { 'content-type': 'application/json' }).write('{');
    else response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body);
  };
  const server = createServer({ key: tls.keyPem, cert: tls.certificatePem }, (request, response) => {
    serve(request, response).catch(() => { response.destroy(); });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const authority: ScriptedAuthority = {
    authority: { host: `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, caPem: tls.caPem },
    calls,
    connections: () => promisify(server.getConnections.bind(server))(),
    answer: () => ({ status: 404, body: '{}' }),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return authority;
}

/** A token of this content, signed by nobody. */
export function unsigned(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`;
}

export function json(body: object, status = 200): ScriptedAnswer {
  return { status, body: JSON.stringify(body) };
}
