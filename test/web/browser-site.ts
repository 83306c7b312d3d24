import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A site of somebody else's for a browser, on a port of its own. */
export interface Site extends AsyncDisposable {
  readonly origin: string;
}

/** @param respond a page, or where the browser is sent */
export async function startSite(respond: (url: URL) => { readonly page: string } | { readonly location: string }): Promise<Site> {
  const server = http.createServer((request, response) => {
    const answer = respond(new URL(request.url ?? '/', 'http://site'));
    if ('page' in answer) response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    else response.writeHead(302, { location: answer.location });
    response.end('page' in answer ? answer.page : '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    // localhost and 127.0.0.1 are two sites to a browser, and both may have secure cookies.
    origin: `http://localhost:${isInfo(address) ? address.port : 0}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function isInfo(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
