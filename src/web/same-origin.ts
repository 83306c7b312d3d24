import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a form was sent from a page of ours. `Sec-Fetch-Site` is what counts: the page's own `no-referrer` makes
 * browsers send `Origin: null`. Those that do not know that header yet have to name our origin.
 * https://fetch.spec.whatwg.org/#append-a-request-origin-header
 */
export function isSameOrigin(headers: IncomingHttpHeaders, publicUrl: string): boolean {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site === undefined) return origin === publicUrl;
  return site === 'same-origin' && (origin === undefined || origin === 'null' || origin === publicUrl);
}
