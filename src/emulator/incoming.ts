import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from './reply.ts';

/** A request as the handlers see it. */
export interface Incoming {
  readonly method: string;
  /** Decoded, with single slashes and none at the end. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The origin that the client used, e.g. `https://127.0.0.1:10010`. */
  readonly origin: string;
}

/** Members of a JSON object, found whatever their case: ARM takes `principalId` and `PrincipalId` alike. */
export type Members = ReadonlyMap<string, unknown>;

const noMembers: Members = new Map();

/**
 * Splits a request target, which may be a whole address as proxies have it. ARM accepts doubled slashes, and the SDK sends
 * them. Throws `Refusal` for a broken encoding.
 */
export function parseTarget(target: string): { readonly path: string; readonly query: URLSearchParams } {
  const [rawPath = '', ...rest] = target.replace(/^https?:\/\/[^/?]*/i, '').split('?');
  try {
    const path = decodeURIComponent(rawPath).replace(/\/{2,}/g, '/').replace(/\/$/, '');
    return { path, query: new URLSearchParams(rest.join('?')) };
  } catch {
    throw new Refusal(400, 'BadRequest', 'The path of the request is not encoded correctly.');
  }
}

/** The JSON object in a request's body; empty without a body. Throws `Refusal`. */
export function bodyMembers(body: string): Members {
  if (body.trim() === '') {
    return noMembers;
  }
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw invalidContent('it is not JSON');
  }
  const members = membersOf(value);
  if (members === null) {
    throw invalidContent('an object was expected');
  }
  return members;
}

/** A nested object; empty when it is absent or null. Throws `Refusal` for anything else. */
export function objectMember(members: Members, name: string): Members {
  const value = members.get(name.toLowerCase());
  const inner = value === undefined || value === null ? noMembers : membersOf(value);
  if (inner === null) {
    throw invalidContent(`'${name}' must be an object`);
  }
  return inner;
}

/** A text; `null` when it is absent or null. Throws `Refusal` for anything else. */
export function textMember(members: Members, name: string): string | null {
  const value = members.get(name.toLowerCase()) ?? null;
  if (value !== null && typeof value !== 'string') {
    throw invalidContent(`'${name}' must be a string`);
  }
  return value;
}

/** A whole number from zero on. Throws `Refusal` for anything else, and when it is absent. */
export function numberMember(members: Members, name: string): number {
  const value = members.get(name.toLowerCase());
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw invalidContent(`'${name}' must be a whole number, zero or more`);
  }
  return value;
}

/** A list of texts; `null` when it is absent or null. Throws `Refusal` for anything else. */
export function textsMember(members: Members, name: string): readonly string[] | null {
  const value = members.get(name.toLowerCase()) ?? null;
  if (value !== null && !(Array.isArray(value) && value.every((item) => typeof item === 'string'))) {
    throw invalidContent(`'${name}' must be a list of strings`);
  }
  return value;
}

/** A list of objects; empty when it is absent or null. Throws `Refusal` for anything else. */
export function objectsMember(members: Members, name: string): readonly Members[] {
  const value = members.get(name.toLowerCase()) ?? [];
  const objects = Array.isArray(value) ? value.map((item: unknown) => membersOf(item)) : [null];
  return objects.map((object) => {
    if (object === null) {
      throw invalidContent(`'${name}' must be a list of objects`);
    }
    return object;
  });
}

export function invalidContent(why: string): Refusal {
  return new Refusal(400, 'InvalidRequestContent', `The request content is invalid: ${why}.`);
}

function membersOf(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]))
    : null;
}
