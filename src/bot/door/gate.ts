import type { IncomingMessage, ServerResponse } from 'node:http';

/** One thing that can be asked of the server. */
export interface Door {
  readonly method: 'GET' | 'POST';
  /** A segment that begins with a colon stands for any one of up to 128 letters, digits, `_` and `-`. */
  readonly path: string;
  readonly takes: 'nothing' | 'json' | 'form';
}

/** Teams' own activities are a few KB; a card's inputs are bounded by our schema. */
export const largestBody = 256 * 1024;
export const largestForm = 1024;
const longestQuery = 8 * 1024;

const largest: Readonly<Record<Door['takes'], number>> = { nothing: 0, json: largestBody, form: largestForm };
const contentType: Readonly<Record<Door['takes'], RegExp>> = {
  nothing: /^/,
  json: /^application\/json\s*(?:;|$)/i,
  form: /^application\/x-www-form-urlencoded\s*(?:;|$)/i,
};
const parameter = /^[\w-]{1,128}$/;

/**
 * What a request is answered before anything reads its body, by its head alone; null lets it through.
 * restify's parser dies of a compressed body and reads on without end, and its router is asked nothing about strange addresses.
 */
// Stryker disable next-line StringLiteral: no address is as little a door's as a strange one.
export function refusedByHead({ method, url = '', headers }: IncomingMessage, doors: readonly Door[]): number | null {
  const at = url.indexOf('?');
  // Stryker disable next-line StringLiteral: of a query its length counts, and a short one is as good as none.
  const [path, query] = at === -1 ? [url, ''] : [url.slice(0, at), url.slice(at)];
  const there = doorsAt(path, doors);
  if (there.length === 0) return 404;
  const door = there.find((one) => one.method === method);
  if (door === undefined) return 405;
  if (query.length > longestQuery) return 414;
  if (headers['content-encoding'] !== undefined) return 415;
  if (Number(headers['content-length'] ?? 0) > largest[door.takes]) return 413;
  if (door.takes === 'nothing' && headers['transfer-encoding'] !== undefined) return 413;
  // Stryker disable next-line StringLiteral: none is as little a type of ours as another one.
  return contentType[door.takes].test(headers['content-type'] ?? '') ? null : 415;
}

/** An address of its own comes before one with a parameter. */
function doorsAt(path: string, doors: readonly Door[]): readonly Door[] {
  const own = doors.filter((door) => door.path === path && !path.includes(':'));
  return own.length > 0 ? own : doors.filter((door) => fits(path.split('/'), door.path.split('/')));
}

function fits(given: readonly string[], pattern: readonly string[]): boolean {
  if (given.length !== pattern.length) return false;
  // Stryker disable next-line StringLiteral: there are as many as in the pattern.
  return pattern.every((segment, at) => segment.startsWith(':') ? parameter.test(given[at] ?? '') : segment === given[at]);
}

/** What is still coming in stays unread beyond the buffers; the connection ends with its time. */
export function refuse(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.end();
}
