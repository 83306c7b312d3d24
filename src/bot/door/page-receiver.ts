import type { IncomingMessage } from 'node:http';
import type restify from 'restify';
import type { Page, PageAnswer } from '../../http-page.ts';
import { largestForm, refuse } from './gate.ts';
import { readBody } from './read-body.ts';

/** Strangers may ask for pages, and each costs questions to the database: no more of them at a time, so that turns come through. */
const mostAtOnce = 8;

/** Serves pages under the gate's rules. What a page throws becomes a 500 without a word; one too many at a time, a 503. */
export function pageReceiver(): (page: Page) => (request: restify.Request, response: restify.Response) => Promise<void> {
  let underWay = 0;
  return (page) => async (request, response) => {
    // Before it counts: whoever sends slowly holds up nobody else.
    const form = page.method === 'POST' ? await readForm(request) : new URLSearchParams();
    if (typeof form === 'number' || underWay >= mostAtOnce) {
      refuse(response, typeof form === 'number' ? form : 503);
      return;
    }
    underWay += 1;
    try {
      const { params, headers, url = '' } = request;
      const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
      send(response, await page.handle({ params: { ...params }, query, form, headers }));
    } finally {
      underWay -= 1;
    }
  };
}

function send(response: restify.Response, { status, headers, body }: PageAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** A form of at most 1 KB, or the status that refuses it. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | 400 | 413> {
  const bytes = await readBody(request, largestForm);
  if (bytes === 'tooLarge') return 413;
  return bytes === 'aborted' ? 400 : new URLSearchParams(bytes.toString());
}
