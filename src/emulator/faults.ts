import { validateHeaderName, validateHeaderValue } from 'node:http';
import { parseDuration } from './duration.ts';
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
  /** No settings may allow a longer activation than this; ISO 8601. */
  | { readonly kind: 'longestActivation'; readonly duration: string }
  /** Listings are `ms` behind by the emulator's clock: without what is younger, and still with what has just been taken away. */
  | { readonly kind: 'lag'; readonly ms: number }
  /** What was taken away less than `ms` ago is in the way of a new one, and what began less than `ms` ago is not there yet. */
  | { readonly kind: 'settling'; readonly ms: number };

interface ArmedFault {
  readonly method: string | null;
  readonly path: RegExp;
  readonly faultFor: (incoming: Incoming) => Fault;
  left: number;
}

/** Bounds the work that a slow pattern can cause: the pattern comes from the caller. */
const longestPattern = 200;
const longestMatchedPath = 2_000;
const methods: readonly string[] = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'];
const mostTimes = 1_000_000;
/** Nobody waits for longer, and a timer cannot. */
const longestDelayMs = 600_000;

/** Faults to come. Each request uses up one turn of the first fault that matches it, and of no other. */
export class Faults {
  #armed: ArmedFault[] = [];

  /** Throws `Refusal` unless `body` is what `POST /emulator/faults` takes. */
  add(body: Members): void {
    checkMembers(body, 'the body', ['match', 'times', 'fault']);
    const match = objectMember(body, 'match');
    checkMembers(match, "'match'", ['method', 'path']);
    const path = parsePath(textMember(match, 'path') ?? '');
    const method = parseMethod(textMember(match, 'method'));
    const times = body.has('times') ? numberMember(body, 'times') : 1;
    if (times < 1 || times > mostTimes) {
      throw invalidContent(`'times' must be from 1 to ${mostTimes}, found ${times}`);
    }
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

/** A member that nobody reads is a fault that somebody waits for. */
function checkMembers(members: Members, where: string, known: readonly string[]): void {
  const unknown = [...members.keys()].find((name) => !known.some((candidate) => candidate.toLowerCase() === name));
  if (unknown !== undefined) {
    throw invalidContent(`${where} has no member '${unknown}', only ${known.join(', ')}`);
  }
}

function parsePath(pattern: string): RegExp {
  if (pattern === '' || pattern.length > longestPattern) {
    throw invalidContent(`'match.path' must be a regular expression of 1 to ${longestPattern} characters; '.' meets every path`);
  }
  try {
    return new RegExp(pattern, 'i');
  } catch {
    throw invalidContent(`'match.path' must be a regular expression, found ${pattern}`);
  }
}

function parseMethod(text: string | null): string | null {
  const method = text?.toUpperCase() ?? null;
  if (method !== null && !methods.includes(method)) {
    throw invalidContent(`'match.method' must be ${methods.join(', ')}, found ${text}`);
  }
  return method;
}

const plainFaults: readonly string[] = ['status', 'delay', 'dropAfterCommit', 'lag', 'settling', 'longestActivation', 'wrapErrors', 'newerWording'];
/** What comes with a `status`. */
const statusMembers: readonly string[] = ['headers', 'body', 'after'];

function parseFault(members: Members): ArmedFault['faultFor'] {
  const kinds = [...plainFaults, ...namedFaults];
  const given = kinds.filter((kind) => members.has(kind.toLowerCase()));
  if (given.length !== 1) {
    throw invalidContent(`'fault' must have ${given.length > 1 ? 'only one of ' : ''}${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}`);
  }
  checkMembers(members, "'fault'", given.includes('status') ? ['status', ...statusMembers] : given);
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
    return { kind: 'delay', ms: parseDelay(numberMember(members, 'delay')) };
  }
  const late = (['lag', 'settling'] as const).find((name) => members.has(name));
  if (late !== undefined) {
    return { kind: late, ms: numberMember(members, late) };
  }
  if (members.has('longestactivation')) {
    return { kind: 'longestActivation', duration: parseLongest(textMember(members, 'longestActivation') ?? '') };
  }
  const kind = (['dropAfterCommit', 'wrapErrors', 'newerWording'] as const).find((name) => members.get(name.toLowerCase()) === true);
  if (kind === undefined) {
    throw invalidContent(`'${[...members.keys()].join()}' of 'fault' must be true`);
  }
  return { kind };
}

function parseLongest(duration: string): string {
  if ((parseDuration(duration) ?? 0) === 0) {
    throw invalidContent(`'longestActivation' must be an ISO 8601 duration such as PT24H, found ${duration || 'none'}`);
  }
  return duration;
}

function parseDelay(ms: number): number {
  if (ms > longestDelayMs) {
    throw invalidContent(`'delay' must be at most ${longestDelayMs} milliseconds, found ${ms}`);
  }
  return ms;
}

function parseStatusFault(members: Members): Fault {
  const status = numberMember(members, 'status');
  if (status < 200 || status > 599) {
    throw invalidContent(`'status' must be from 200 to 599, found ${status}`);
  }
  const after = members.get('after') ?? false;
  if (typeof after !== 'boolean') {
    throw invalidContent("'after' must be true or false");
  }
  const headers = Object.fromEntries([...objectMember(members, 'headers')].map(([name, value]) => [name, headerValue(name, value)]));
  const plain = status < 400 ? {} : { body: { error: { code: `Fault${status}`, message: `A fault answers ${status}.` } } };
  const body = members.has('body') ? { body: members.get('body') } : plain;
  return { kind: 'status', reply: { status, headers, ...body }, after };
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
