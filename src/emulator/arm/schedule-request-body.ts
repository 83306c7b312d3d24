import { invalidContent, objectMember, textMember } from '../incoming.ts';
import type { Members } from '../incoming.ts';
import { pimError } from '../pim-error.ts';
import type { RequestDraft } from '../request-draft.ts';
import { isAssignableAt } from '../role-catalog.ts';
import type { RoleCatalog } from '../role-catalog.ts';
import type { Role } from '../roles.ts';
import { objectIdMember, optionalMember, parseTerms, requestTypeMember, requiredMember } from '../schedule-body.ts';
import { roleDefinitionId } from '../scopes.ts';
import type { Scope } from '../scopes.ts';
import type { Condition, Side } from '../state.ts';
import { scheduleTypes } from './schedule-types.ts';

/** What the path says about a request, and how the body's names of instances are understood. */
export interface RequestPlace {
  readonly name: string;
  readonly side: Side;
  readonly scope: Scope;
  readonly roles: RoleCatalog;
  /** Name of the schedule of an instance; `null`: there is no such instance. */
  readonly scheduleOf: (instanceId: string) => string | null;
}

/** The body of a create or validate call. Throws `Refusal` when it is not well-formed. */
export function parseScheduleRequest(body: Members, { name, side, scope, roles, scheduleOf }: RequestPlace): RequestDraft {
  const properties = objectMember(body, 'properties');
  const requestType = requestTypeMember(properties, 'requestType');
  const principalId = objectIdMember(properties, 'principalId');
  const role = parseRole(requiredMember(properties, 'roleDefinitionId'), scope, roles);
  const instance = optionalMember(properties, scheduleTypes[side].targetInstance);
  // An instance that is not there stands for a schedule that is not there.
  const ofInstance = instance === null ? null : (scheduleOf(instance) ?? instance);
  return {
    name,
    side,
    requestType,
    principalId,
    role,
    scope,
    ...parseTerms(properties),
    condition: parseCondition(properties),
    linked: optionalMember(properties, 'linkedRoleEligibilityScheduleId'),
    target: optionalMember(properties, scheduleTypes[side].target) ?? ofInstance,
    customData: null,
  };
}

/** Azure qualifies a role definition by the subscription of the scope; a bare id belongs to management groups. A tenant's own role is unknown outside its scopes. */
function parseRole(text: string, scope: Scope, roles: RoleCatalog): Role {
  const parts = /^(?:\/subscriptions\/[^/]+)?\/providers\/Microsoft\.Authorization\/roleDefinitions\/([^/]+)$/i.exec(text);
  const roleId = parts?.[1];
  if (roleId === undefined) {
    throw invalidContent("'roleDefinitionId' must be the full id of a role definition");
  }
  if (text.toLowerCase() !== roleDefinitionId(roleId, scope).toLowerCase()) {
    throw pimError.scopeDoesNotMatch(text, scope.id);
  }
  const role = roles.find(roleId);
  if (role?.kind !== 'azure' || !isAssignableAt(role, scope)) {
    throw pimError.roleNotFound(text);
  }
  return role;
}

function parseCondition(properties: Members): Condition | null {
  const text = optionalMember(properties, 'condition');
  return text === null ? null : { text, version: textMember(properties, 'conditionVersion') ?? '' };
}
