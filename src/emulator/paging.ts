import type { Incoming } from './incoming.ts';
import { badRequest } from './reply.ts';

export interface Page<T> {
  readonly value: readonly T[];
  /** Absolute, at the origin that the client used; absent on the last page. */
  readonly nextLink?: string;
}

const tokenName = '$skiptoken';

/** One page of `items`. Throws `Refusal` for a token that is not from an earlier page. */
export function pageOf<T>(items: readonly T[], incoming: Incoming, size: number): Page<T> {
  const start = readToken(incoming.query.get(tokenName));
  const end = start + size;
  const value = items.slice(start, end);
  return end < items.length ? { value, nextLink: linkTo(incoming, end) } : { value };
}

function readToken(token: string | null): number {
  if (token === null) {
    return 0;
  }
  const text = Buffer.from(token, 'base64url').toString();
  if (!/^from:\d{1,9}$/.test(text)) {
    throw badRequest('The skip token is not valid.');
  }
  return Number(text.slice('from:'.length));
}

function linkTo(incoming: Incoming, start: number): string {
  const query = new URLSearchParams(incoming.query);
  query.set(tokenName, Buffer.from(`from:${start}`).toString('base64url'));
  return `${incoming.origin}${encodeURI(incoming.path)}?${query.toString()}`;
}
