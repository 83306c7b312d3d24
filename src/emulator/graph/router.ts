import { randomUUID } from 'node:crypto';
import type { Caller, Verification } from '../identity.ts';
import type { Incoming } from '../incoming.ts';
import { Refusal } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { matchPath } from '../route.ts';
import type { Pim } from '../state.ts';
import { tokenChallenge } from '../token-challenge.ts';
import type { GraphOperation } from './call.ts';
import { groups } from './groups.ts';
import { users } from './users.ts';

const operations: readonly GraphOperation[] = [...users, ...groups];
const versions: readonly string[] = ['v1.0', 'beta'];

export interface GraphContext {
  readonly pim: Pim;
  readonly verification: Verification;
  readonly incoming: Incoming;
  readonly pageSize: number;
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
    const { status, code, message, headers } = error;
    const innerError = { date: new Date(context.pim.now).toISOString().slice(0, 19), ...ids };
    return { status, headers: { ...ids, ...headers }, body: { error: { code, message, innerError } } };
  }
}

function dispatch({ pim, verification, incoming, pageSize }: GraphContext): Reply {
  const caller = requireCaller(verification, pim.now);
  const [version = '', ...segments] = incoming.path.split('/').slice(1);
  const fitting = operations.flatMap((operation) => {
    const names = matchPath(operation.path, segments);
    return names === null ? [] : [{ operation, names }];
  });
  const found = fitting.find((candidate) => candidate.operation.method === incoming.method);
  if (found !== undefined) {
    return found.operation.handle({ ...pim, caller, version: version.toLowerCase(), names: found.names, incoming, pageSize });
  }
  throw fitting.length > 0
    ? new Refusal(405, 'Request_BadRequest', `The method ${incoming.method} is not allowed for ${incoming.path}.`)
    : new Refusal(404, 'ResourceNotFound', `Resource not found for ${incoming.path}.`);
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
