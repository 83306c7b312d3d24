import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { exchangeAudience } from './entra-registrations.ts';
import { tokenSeconds } from './entra-tokens.ts';
import type { EntraStandIn } from './entra.ts';

/** The endpoint through which an application on App Service gets the tokens of its managed identity. */
export interface ManagedIdentityStandIn extends AsyncDisposable {
  /** What the platform puts into the application's environment. */
  readonly env: { readonly IDENTITY_ENDPOINT: string; readonly IDENTITY_HEADER: string };
  /** Status and resource of every call, in order. */
  readonly asked: readonly { readonly status: number; readonly resource: string | null }[];
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Starts it on a free port of 127.0.0.1 for one user-assigned identity, which gets tokens for the exchange and nothing else.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference */
export async function startManagedIdentity({ entra, clientId }: { entra: Pick<EntraStandIn, 'managedIdentityToken'>; clientId: string }): Promise<ManagedIdentityStandIn> {
  const header = randomBytes(24).toString('base64url');
  const asked: { status: number; resource: string | null }[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const query = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams;
    const { status, body } = refusalOf(request, query, { header, clientId }) ?? await issued(entra, clientId);
    asked.push({ status, resource: query.get('resource') });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => { response.destroy(); });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    env: { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`, IDENTITY_HEADER: header },
    asked,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function refusalOf({ method, url = '', headers }: IncomingMessage, query: URLSearchParams, expected: { header: string; clientId: string }): Answer | null {
  if (method !== 'GET' || !url.startsWith('/msi/token?')) return refused(404, 'There is nothing here.');
  if (headers['x-identity-header'] !== expected.header) return refused(401, 'The identity header is missing or wrong.');
  if (query.get('api-version') !== '2019-08-01') return refused(400, 'The api-version is not supported.');
  if (query.get('client_id') !== expected.clientId) return refused(400, 'The application has no such managed identity.');
  if (query.get('resource') !== exchangeAudience) return refused(400, 'The identity has no permission for this resource.');
  return null;
}

function refused(statusCode: number, message: string): Answer {
  return { status: statusCode, body: { statusCode, message } };
}

async function issued(entra: Pick<EntraStandIn, 'managedIdentityToken'>, clientId: string): Promise<Answer> {
  const expiresOn = String(Math.floor(Date.now() / 1_000) + tokenSeconds);
  const token = await entra.managedIdentityToken(clientId);
  return { status: 200, body: { access_token: token, expires_on: expiresOn, resource: exchangeAudience, token_type: 'Bearer', client_id: clientId } };
}
