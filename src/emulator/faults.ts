import { validateHeaderName, validateHeaderValue } from 'node:http';
import { invalidContent, numberMember, objectMember, textMember } from './incoming.ts';
import type { Incoming, Members } from './incoming.ts';
import { namedFaults, parseNamedFault } from './named-faults.ts';
import type { Refusal, Reply } from './reply.ts';

/** What a fault does to a request that it matches. */
export type Fault =
  /** Refuses it in the shape of the service that was asked; nothing is carried out. */
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  /** Answers this. With `after`, the request is carried out first and its own answer is lost. */
  | { readonly kind: 'status'; readonly reply: Reply; readonly after: boolean }
  /** The request is carried out at once and answered `ms` later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The request is carried out, and the connection is cut instead of an answer. */
  | { readonly kind: 'dropAfterCommit' }
  /** Graph tells PIM's refusal as a text inside of an error of its own. */
  | { readonly kind: 'wrapErrors' }
  /** ARM tells failed rules of a policy in its newer words. */
  | { readonly kind: 'newerWording' }
  /** Listings do not show what is younger than `ms` by the emulator's clock. */
  | { readonly kind: 'lag'; readonly ms: number };

interface ArmedFault {
  readonly method: string | null;
  readonly path: RegExp;
  readonly faultFor: (incoming: Incoming) => Fault;
  left: number;
}

/** Bounds the work that a slow pattern can cause: the pattern comes from the caller. */
const longestPattern = 200;
const longestMatchedPath = 2_000;

/** Faults to come. Each request uses up one turn of the first fault that matches it, and of no other. */
export class Faults {
  #armed: ArmedFault[] = [];

  /** Throws `Refusal` unless `body` is what `POST /emulator/faults` takes. */
  add(body: Members): void {
    const match = objectMember(body, 'match');
    const pattern = textMember(match, 'path') ?? '';
    if (pattern.length > longestPattern) {
      throw invalidContent(`'path' must have at most ${longestPattern} characters`);
    }
    const path = compile(pattern);
    const method = textMember(match, 'method')?.toUpperCase() ?? null;
    const times = body.has('times') ? numberMember(body, 'times') : 1;
    this.#armed.push({ method, path, faultFor: parseFault(objectMember(body, 'fault')), left: times });
  }

  clear(): void {
    this.#armed = [];
  }

  /** The fault for this request, and one turn of it less. */
  take(incoming: Incoming): Fault | null {
    const armed = this.#armed.find((candidate) => candidate.left > 0 && fits(candidate, incoming));
    if (armed === undefined) {
      return null;
    }
    armed.left -= 1;
    this.#armed = this.#armed.filter((candidate) => candidate.left > 0);
    return armed.faultFor(incoming);
  }
}

/** The pattern may look at the path alone, or at path and query as they read once decoded. */
function fits({ method, path }: ArmedFault, incoming: Incoming): boolean {
  if (method !== null && method !== incoming.method) {
    return false;
  }
  const query = [...incoming.query].map(([name, value]) => `${name}=${value}`).join('&');
  const targets = [incoming.path, `${incoming.path}?${query}`];
  return targets.some((target) => path.test(target.slice(0, longestMatchedPath)));
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'i');
  } catch {
    throw invalidContent(`'path' must be a regular expression, found ${pattern}`);
  }
}

function parseFault(members: Members): ArmedFault['faultFor'] {
  const refusal = parseNamedFault(members);
  if (refusal !== null) {
    return (incoming) => ({ kind: 'refusal', refusal: refusal(incoming) });
  }
  const fault = parsePlainFault(members);
  return () => fault;
}

function parsePlainFault(members: Members): Fault {
  if (members.has('status')) {
    return parseStatusFault(members);
  }
  if (members.has('delay')) {
    return { kind: 'delay', ms: numberMember(members, 'delay') };
  }
  if (members.has('lag')) {
    return { kind: 'lag', ms: numberMember(members, 'lag') };
  }
  if (members.get('dropaftercommit') === true) {
    return { kind: 'dropAfterCommit' };
  }
  if (members.get('wraperrors') === true) {
    return { kind: 'wrapErrors' };
  }
  if (members.get('newerwording') === true) {
    return { kind: 'newerWording' };
  }
  throw invalidContent(`'fault' must have status, delay, dropAfterCommit, lag, wrapErrors, newerWording, ${namedFaults.join(' or ')}`);
}

function parseStatusFault(members: Members): Fault {
  const status = numberMember(members, 'status');
  if (status < 200 || status > 599) {
    throw invalidContent("'status' must be from 200 to 599");
  }
  const headers = Object.fromEntries([...objectMember(members, 'headers')].map(([name, value]) => [name, headerValue(name, value)]));
  const plain = status < 400 ? {} : { body: { error: { code: `Fault${status}`, message: `A fault answers ${status}.` } } };
  const body = members.has('body') ? { body: members.get('body') } : plain;
  return { kind: 'status', reply: { status, headers, ...body }, after: members.get('after') === true };
}

/** Headers that tell where the body ends: a wrong one would break the connection instead of the answer. */
const framing: readonly string[] = ['content-length', 'transfer-encoding'];

function headerValue(name: string, value: unknown): string {
  if (framing.includes(name)) {
    throw invalidContent(`'headers' must leave ${name} to the service`);
  }
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw invalidContent(`the header ${name} must be a text or a number`);
  }
  try {
    validateHeaderName(name);
    validateHeaderValue(name, String(value));
  } catch {
    throw invalidContent(`'headers' must hold names and values that HTTP allows, found ${name}: ${value}`);
  }
  return String(value);
}
