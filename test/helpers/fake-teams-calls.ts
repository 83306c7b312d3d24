import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CallKind } from './fake-teams-faults.ts';
import { isJsonObject, type Json } from './fake-teams-json.ts';

/** One call of the bot to the connector. */
export interface Call {
  readonly kind: CallKind;
  readonly method: string;
  readonly path: string;
  readonly conversationId: string | null;
  /** Of the message that is changed, removed, or replied to. */
  readonly activityId: string | null;
  readonly memberId: string | null;
  readonly authorization: string | null;
  /** `null`: none, or no JSON object. */
  readonly body: Json | null;
}

/** The operations of the Bot Connector REST API, as the Bot SDK's client calls them. */
const operations: readonly (readonly [method: string, path: RegExp, kind: CallKind])[] = [
  ['POST', /^\/v3\/conversations$/u, 'create'],
  ['POST', /^\/v3\/conversations\/(?<conversation>[^/]+)\/activities(?:\/(?<activity>[^/]+))?$/u, 'send'],
  ['PUT', /^\/v3\/conversations\/(?<conversation>[^/]+)\/activities\/(?<activity>[^/]+)$/u, 'update'],
  ['DELETE', /^\/v3\/conversations\/(?<conversation>[^/]+)\/activities\/(?<activity>[^/]+)$/u, 'delete'],
  ['GET', /^\/v3\/conversations\/(?<conversation>[^/]+)\/(?:paged)?members$/u, 'members'],
  ['GET', /^\/v3\/conversations\/(?<conversation>[^/]+)\/members\/(?<member>[^/]+)$/u, 'members'],
];

/** `basePaths`: paths of service URLs, without a slash at their ends; a call that has none of them finds nothing. */
export async function readCall(request: IncomingMessage, basePaths: readonly string[]): Promise<Call> {
  const { method = '', url = '', headers } = request;
  const { pathname } = new URL(url, 'http://connector');
  const basePath = basePaths.find((base) => pathname.startsWith(`${base}/`));
  const path = basePath === undefined ? '' : pathname.slice(basePath.length);
  const body = parsed(await text(request));
  const [found] = operations.flatMap(([verb, pattern, kind]) => {
    const match = verb === method ? pattern.exec(path) : null;
    return match === null ? [] : [{ kind, groups: match.groups ?? {} }];
  });
  const groups = found?.groups ?? {};
  return {
    kind: found?.kind === 'send' && body?.['type'] === 'typing' ? 'typing' : found?.kind ?? 'unknown',
    method,
    path: pathname,
    conversationId: decoded(groups['conversation']),
    activityId: decoded(groups['activity']),
    memberId: decoded(groups['member']),
    authorization: headers.authorization ?? null,
    body,
  };
}

function decoded(part: string | undefined): string | null {
  return part === undefined ? null : decodeURIComponent(part);
}

function parsed(body: string): Json | null {
  try {
    const value: unknown = JSON.parse(body);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
