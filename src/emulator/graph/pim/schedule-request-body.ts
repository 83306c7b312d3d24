import { groupRoles as accessIds } from '../../group-roles.ts';
import { invalidContent } from '../../incoming.ts';
import type { Members } from '../../incoming.ts';
import { pimError } from '../../pim-error.ts';
import { badRequest } from '../../reply.ts';
import type { RequestDraft } from '../../request-draft.ts';
import type { Role } from '../../roles.ts';
import { objectIdMember, optionalMember, parseTerms, requestTypeMember, requiredMember } from '../../schedule-body.ts';
import { directoryScopeId, groupScopeId } from '../../scopes.ts';
import type { Scope } from '../../scopes.ts';
import type { RequestType, Side } from '../../state.ts';
import { resourceNotFound } from '../call.ts';
import type { GraphCall } from '../call.ts';
import type { PimBranch } from './branch.ts';

interface ParsedRequest {
  readonly draft: RequestDraft;
  readonly isValidationOnly: boolean;
}

/** The body of a request. Throws `Refusal` when it is not well-formed, or names what is not there. */
export function parseScheduleRequest(call: GraphCall, branch: PimBranch, side: Side, body: Members): ParsedRequest {
  const draft: RequestDraft = {
    name: null,
    side,
    requestType: parseAction(branch, side, requestTypeMember(body, 'action')),
    principalId: objectIdMember(body, 'principalId'),
    ...(branch.kind === 'entra' ? parseDirectoryPlace(call, body) : parseGroupPlace(call, body)),
    ...parseTerms(body),
    condition: null,
    linked: null,
    target: optionalMember(body, 'targetScheduleId'),
    customData: optionalMember(body, 'customData'),
  };
  return { draft, isValidationOnly: body.get('isvalidationonly') === true };
}

/** Eligibilities are not activated, and groups know no request of one's own to extend or renew. */
function parseAction({ kind }: PimBranch, side: Side, action: RequestType): RequestType {
  const isActivation = action === 'SelfActivate' || action === 'SelfDeactivate';
  const isOwnRenewal = action === 'SelfExtend' || action === 'SelfRenew';
  if ((side === 'eligibility' && isActivation) || (kind === 'group' && isOwnRenewal)) {
    throw invalidContent(`'action' ${action} is not offered here`);
  }
  return action;
}

interface Place {
  readonly role: Role;
  readonly scope: Scope;
}

function parseDirectoryPlace(call: GraphCall, body: Members): Place {
  if (optionalMember(body, 'appScopeId') !== null) {
    throw badRequest("This service has no scopes of applications: send 'directoryScopeId'.");
  }
  const roleId = requiredMember(body, 'roleDefinitionId');
  const role = call.tenant.roles.find(roleId);
  if (role?.kind !== 'entra') {
    throw pimError.roleNotFound(roleId);
  }
  const scopeId = requiredMember(body, 'directoryScopeId');
  return { role, scope: found(call.tenant.scopes.find(directoryScopeId(scopeId)), 'entra', scopeId) };
}

function parseGroupPlace(call: GraphCall, body: Members): Place {
  const accessId = requiredMember(body, 'accessId');
  const role = accessIds.find(({ id }) => id === accessId.toLowerCase());
  if (role === undefined) {
    throw invalidContent(`'accessId' must be ${accessIds.map(({ id }) => id).join(' or ')}, found ${accessId}`);
  }
  const groupId = objectIdMember(body, 'groupId');
  return { role, scope: found(call.tenant.scopes.find(groupScopeId(groupId)), 'group', groupId) };
}

function found(scope: Scope | undefined, kind: Scope['kind'], id: string): Scope {
  if (scope?.kind !== kind) {
    throw resourceNotFound(id);
  }
  return scope;
}
