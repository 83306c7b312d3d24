import type { IncomingMessage } from 'node:http';
import type restify from 'restify';
import type { Page } from '../http-page.ts';
import { largestForm, refuse } from './gate.ts';

/** Serves a page under the gate's rules. What the page throws becomes a 500 without a word. */
export function pageReceiver(page: Page): (request: restify.Request, response: restify.Response) => Promise<void> {
  return async (request, response) => {
    const form = page.method === 'POST' ? await readForm(request) : new URLSearchParams();
    if (typeof form === 'number') {
      refuse(response, form);
      return;
    }
    const { params, headers, url = '' } = request;
    const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
    const answer = await page.handle({ params: { ...params }, query, form, headers });
    response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
    response.end(answer.body);
  };
}

/** A form of at most 1 KB, or the status that refuses it. How long it may take is the server's `requestTimeout`. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | 400 | 413> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Leaving the loop takes the request from its connection and does not cut that off: the sender can still read the answer.
    for await (const chunk of request) {
      const bytes: Buffer = chunk;
      size += bytes.length;
      if (size > largestForm) return 413;
      chunks.push(bytes);
    }
  } catch {
    return 400;
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
