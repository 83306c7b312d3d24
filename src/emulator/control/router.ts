import { Refusal } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { matchPath } from '../route.ts';
import { readAudit } from './audit.ts';
import type { ControlCall, ControlOperation } from './call.ts';
import { moveClock, readClock } from './clock.ts';
import { addFault, clearFaults } from './faults.ts';
import { reset } from './reset.ts';
import { keys, token } from './token.ts';

const operations: readonly ControlOperation[] = [token, keys, readClock, moveClock, reset, addFault, clearFaults, readAudit];

export function isControlPath(path: string): boolean {
  return /^\/emulator(\/|$)/i.test(path);
}

/** Answers one of the emulator's own endpoints, with errors in ARM's shape. */
export async function answerControl(call: ControlCall): Promise<Reply> {
  const { path, method } = call.incoming;
  const segments = path.split('/').slice(1);
  const fitting = operations.filter((operation) => matchPath(operation.path, segments) !== null);
  const operation = fitting.find((candidate) => candidate.method === method);
  if (operation !== undefined) {
    return operation.handle(call);
  }
  throw fitting.length > 0
    ? new Refusal(405, 'MethodNotAllowed', `The method ${method} is not allowed for ${path}.`)
    : new Refusal(404, 'NotFound', `The emulator has no endpoint ${path}.`);
}
