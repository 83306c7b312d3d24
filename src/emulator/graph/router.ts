import { randomUUID } from 'node:crypto';
import type { Caller, Verification } from '../identity.ts';
import type { Incoming } from '../incoming.ts';
import { Refusal } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { matchPath } from '../route.ts';
import type { Pim } from '../state.ts';
import { tokenChallenge } from '../token-challenge.ts';
import { batches } from './batch.ts';
import type { GraphOperation } from './call.ts';
import { directoryAudits } from './directory-audits.ts';
import { directoryObjects } from './directory-objects.ts';
import { groups } from './groups.ts';
import { nestedError, unknownError } from './pim/nested-error.ts';
import { privilegedAccess } from './pim/privileged-access.ts';
import { users } from './users.ts';

/** All that is served. */
export const graphOperations: readonly GraphOperation[] = [...users, ...groups, ...directoryObjects, ...directoryAudits, ...privilegedAccess, ...batches];
const versions: readonly string[] = ['v1.0', 'beta'];

export interface GraphContext {
  readonly pim: Pim;
  readonly verification: Verification;
  readonly incoming: Incoming;
  readonly pageSize: number;
  /** What a fault answers instead; `null`: nothing. */
  readonly refusal: Refusal | null;
  /** Refusals are told as a text inside of an `UnknownError`. */
  readonly wrapsErrors: boolean;
  /** As in `GraphCall`. */
  readonly answerItem: (item: Incoming) => Reply | null;
}

export function isGraphPath(path: string): boolean {
  return versions.includes(path.split('/')[1]?.toLowerCase() ?? '');
}

/** Answers one Microsoft Graph request. A refusal carries Graph's `innerError`. */
export function answerGraph(context: GraphContext): Reply {
  const ids = { 'request-id': randomUUID(), 'client-request-id': clientRequestId(context.incoming) };
  try {
    const reply = dispatch(context);
    return { ...reply, headers: { ...ids, ...reply.headers } };
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    const { status, code, message, headers } = context.wrapsErrors ? wrapped(error) : error;
    const innerError = { date: new Date(context.pim.now).toISOString().slice(0, 19), ...ids };
    return { status, headers: { ...ids, ...headers }, body: { error: { code, message, innerError } } };
  }
}

function wrapped({ status, code, message, headers }: Refusal): Refusal {
  return new Refusal(status, unknownError, code === unknownError ? message : nestedError(code, message), headers);
}

function dispatch({ pim, verification, refusal, ...rest }: GraphContext): Reply {
  const { incoming } = rest;
  if (refusal !== null) {
    throw refusal;
  }
  const caller = requireCaller(verification, pim.now);
  const [written = '', ...segments] = incoming.path.split('/').slice(1);
  const version = written.toLowerCase();
  const fitting = graphOperations.flatMap((operation) => {
    const names = (operation.only ?? version) === version ? matchPath(operation.path, segments) : null;
    return names === null ? [] : [{ operation, names }];
  });
  const found = fitting.find((candidate) => candidate.operation.method === incoming.method);
  if (found !== undefined) {
    return found.operation.handle({ ...pim, ...rest, caller, version, names: found.names });
  }
  throw fitting.length > 0
    ? new Refusal(405, 'Request_BadRequest', `The method ${incoming.method} is not allowed for ${incoming.path}.`)
    : notFound(incoming.path, segments);
}

/** What is in another version only is a segment that Graph does not know. */
function notFound(path: string, segments: readonly string[]): Refusal {
  const elsewhere = graphOperations.find((operation) => matchPath(operation.path, segments) !== null);
  const segment = elsewhere?.path.split('/').findLast((part) => !part.includes('{'));
  return segment === undefined
    ? new Refusal(404, 'ResourceNotFound', `Resource not found for ${path}.`)
    : new Refusal(400, 'BadRequest', `Resource not found for the segment '${segment}'.`);
}

function requireCaller(verification: Verification, now: number): Caller {
  if (verification.ok) {
    return verification.caller;
  }
  const challenge = tokenChallenge(verification.reason, now);
  switch (verification.reason) {
    case 'missing':
      throw new Refusal(401, 'InvalidAuthenticationToken', 'Access token is empty.', challenge);
    case 'expired':
      throw new Refusal(401, 'ExpiredAuthenticationToken', 'The access token has expired.', challenge);
    case 'invalid':
      throw new Refusal(401, 'InvalidAuthenticationToken', 'Access token validation failure.', challenge);
  }
}

function clientRequestId({ headers }: Incoming): string {
  const given = headers['client-request-id'];
  return typeof given === 'string' ? given : randomUUID();
}
