import type { IncomingMessage } from 'node:http';

/** Path → the one method it takes. */
export type Paths = ReadonlyMap<string, 'GET' | 'POST'>;

/** Teams' own activities are a few KB; a card's inputs are bounded by our schema. */
export const largestBody = 256 * 1024;

const json = /^application\/json\s*(?:;|$)/i;

/**
 * What a request is answered before anything reads its body, by its head alone; null lets it through.
 * restify's parser dies of a compressed body and reads on without end, and its router is asked nothing about strange addresses.
 */
export function refusedByHead({ method, url = '', headers }: IncomingMessage, paths: Paths): number | null {
  const expected = paths.get(url.split('?', 1)[0] ?? '');
  if (expected === undefined) return 404;
  if (method !== expected) return 405;
  if (headers['content-encoding'] !== undefined) return 415;
  if (Number(headers['content-length'] ?? 0) > largestBody) return 413;
  if (method === 'POST' && !json.test(headers['content-type'] ?? '')) return 415;
  return null;
}
