import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import { refuseCallsInside } from '../../store/database.ts';
import { isFileAddress } from './file-address.ts';

/** `notToTeams`: the address is none of OneDrive's, and nothing was sent. */
export type SaveOutcome = 'saved' | 'notToTeams' | 'failed';

/** One try at an address, without redirects. Rejects when nothing answers in time. */
export type Put = (url: string, body: Buffer, signal: AbortSignal) => Promise<{ readonly statusCode?: number | undefined; destroy(): unknown }>;

const timeLimitMs = 20_000;

/** The file is there. 202 would ask for more of it. https://learn.microsoft.com/graph/api/driveitem-createuploadsession#upload-bytes-to-the-upload-session */
const complete: ReadonlySet<number | undefined> = new Set([200, 201]);

/** Puts a whole file to where Teams has made room for it. */
export async function saveFile(uploadUrl: string, content: string, put: Put = putOnce): Promise<SaveOutcome> {
  if (!isFileAddress(uploadUrl)) return 'notToTeams';
  refuseCallsInside();
  try {
    const response = await put(uploadUrl, Buffer.from(content), AbortSignal.timeout(timeLimitMs));
    response.destroy();
    return complete.has(response.statusCode) ? 'saved' : 'failed';
  } catch {
    return 'failed';
  }
}

function putOnce(url: string, body: Buffer, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { 'content-type': 'application/json', 'content-length': body.length, 'content-range': `bytes 0-${body.length - 1}/${body.length}` };
  https.request(url, { method: 'PUT', signal, agent: false, headers }, resolve).on('error', reject).end(body);
  return promise;
}
