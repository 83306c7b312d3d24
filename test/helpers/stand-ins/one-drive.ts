import { once } from 'node:events';
import https from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { StandInTls } from './hosts.ts';

/** Where people's OneDrive lies. */
export const oneDriveHost = 'contoso-my.sharepoint.com';

/** `refuses`: 507. `silent`: no answer, and the connection breaks. `redirects`: 307 to another address of its own. `half`: 202, more is awaited. */
export type OneDriveFault = 'none' | 'refuses' | 'silent' | 'redirects' | 'half';

/** What Teams tells a bot of the room that it has made for a file. */
interface Room {
  readonly uploadUrl: string;
  readonly contentUrl: string;
  readonly name: string;
  readonly uniqueId: string;
  readonly fileType: string;
}

/** Stands in for people's OneDrive: its addresses let in whoever has them, once for a file that comes, for as long as it runs for a file that is there. */
export interface OneDriveStandIn extends AsyncDisposable {
  readonly port: number;
  /** Every call, in order: method, path without the query, and the headers that a stranger could learn something from. */
  readonly calls: readonly { readonly method: string; readonly path: string; readonly authorization: string | null; readonly range: string | null; readonly status: number }[];
  /** What lets in, out of every address so far. */
  readonly canaries: readonly string[];
  fault: OneDriveFault;
  /** As Teams does when a person agrees to a file. */
  makeRoom(name: string): Room;
  /** What came for this room; `null`: nothing. */
  contentOf(room: Room): string | null;
  /** As Teams does when a person attaches a file: the attachment of the message. */
  attach(name: string, content: string): object;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startOneDrive(tls: Pick<StandInTls, 'keyPem' | 'certificatePem'>): Promise<OneDriveStandIn> {
  const rooms = new Map<string, string | null>();
  const files = new Map<string, string>();
  const canaries: string[] = [];
  const calls: OneDriveStandIn['calls'][number][] = [];
  const newAddress = (path: string): { readonly url: string; readonly key: string } => {
    const secret = `tempauth-${crypto.randomUUID()}`;
    canaries.push(secret);
    const key = `${path}?tempauth=${secret}`;
    return { url: `https://${oneDriveHost}${key}`, key };
  };
  const serve = async (request: IncomingMessage): Promise<number | { readonly content: string }> => {
    const { method = '', url = '', headers } = request;
    const body = await buffer(request);
    if (method === 'GET') {
      const content = files.get(url);
      return content === undefined ? 404 : { content };
    }
    if (method !== 'PUT' || rooms.get(url) !== null) return 404;
    if (headers['content-range'] !== `bytes 0-${body.length - 1}/${body.length}`) return 416;
    rooms.set(url, body.toString());
    return 201;
  };
  const faulty = (response: ServerResponse): number | null => {
    switch (standIn.fault) {
      case 'none': return null;
      case 'refuses': return 507;
      case 'half': return 202;
      case 'silent':
        response.destroy();
        return 0;
      case 'redirects':
        response.setHeader('location', `https://${oneDriveHost}/elsewhere`);
        return 307;
    }
  };
  const server = https.createServer({ key: tls.keyPem, cert: tls.certificatePem }, (request, response) => {
    const answering = async (): Promise<void> => {
      const given = faulty(response) ?? await serve(request);
      const status = typeof given === 'number' ? given : 200;
      calls.push({ method: request.method ?? '', path: (request.url ?? '').replace(/\?.*$/u, ''), authorization: request.headers.authorization ?? null, range: request.headers['content-range'] ?? null, status });
      if (status > 0) response.writeHead(status).end(typeof given === 'number' ? '{}' : given.content);
    };
    answering().catch(() => { response.destroy(); });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const keyOf = ({ uploadUrl }: Room): string => uploadUrl.slice(`https://${oneDriveHost}`.length);
  const standIn: OneDriveStandIn = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    calls,
    canaries,
    fault: 'none',
    makeRoom(name) {
      const uniqueId = crypto.randomUUID();
      const { url, key } = newAddress(`/personal/nestor_contoso_com/_api/v2.0/drive/items/01ABC/uploadSession`);
      rooms.set(key, null);
      return { uploadUrl: url, contentUrl: `https://${oneDriveHost}/personal/nestor_contoso_com/Documents/Microsoft Teams Chat Files/${name}`, name, uniqueId, fileType: 'json' };
    },
    contentOf: (room) => rooms.get(keyOf(room)) ?? null,
    attach(name, content) {
      const { url, key } = newAddress('/personal/nestor_contoso_com/_layouts/15/download.aspx');
      files.set(key, content);
      return {
        contentType: 'application/vnd.microsoft.teams.file.download.info',
        contentUrl: `https://${oneDriveHost}/personal/nestor_contoso_com/Documents/Microsoft Teams Chat Files/${name}`,
        name,
        content: { downloadUrl: url, uniqueId: crypto.randomUUID(), fileType: 'json' },
      };
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return standIn;
}
