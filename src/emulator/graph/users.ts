import { badRequest, ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Person } from '../tenant.ts';
import { contextUrl, requirePermission, resourceNotFound } from './call.ts';
import type { GraphCall, GraphOperation } from './call.ts';
import { checkQuery, directoryObject } from './directory-object.ts';

export const users: readonly GraphOperation[] = [
  { method: 'GET', path: 'users/{id}', handle: getUser },
  { method: 'GET', path: 'me', handle: getMe },
];

/** By object id or user principal name. */
function getUser(call: GraphCall): Reply {
  requirePermission(call, 'User.Read.All', 'User.ReadBasic.All', 'Directory.Read.All');
  const wanted = (call.names['id'] ?? '').toLowerCase();
  const person = [...call.tenant.people.values()].find(
    (candidate) => candidate.id === wanted || candidate.userPrincipalName.toLowerCase() === wanted,
  );
  return answer(call, person, wanted);
}

function getMe(call: GraphCall): Reply {
  if (call.caller.kind === 'app') {
    throw badRequest('/me request is only valid with delegated authentication flow.');
  }
  return answer(call, call.tenant.people.get(call.caller.id), call.caller.id);
}

function answer(call: GraphCall, person: Person | undefined, wanted: string): Reply {
  checkQuery(call, ['$select']);
  if (person === undefined) {
    throw resourceNotFound(wanted);
  }
  return ok({ '@odata.context': contextUrl(call, 'users/$entity'), ...directoryObject(call, person) });
}
