import type { DeactivationDraft, ScheduleRequestDraft } from '../activation-draft.ts';
import { parseDuration } from '../duration.ts';
import { isGuid } from '../guid.ts';
import { invalidContent, objectMember, textMember } from '../incoming.ts';
import type { Members } from '../incoming.ts';
import { parseTime } from '../iso-time.ts';
import { badRequest } from '../reply.ts';
import { findRoleById } from '../roles.ts';
import type { BuiltInRole } from '../roles.ts';
import { roleDefinitionId } from '../scopes.ts';
import type { Scope } from '../scopes.ts';
import type { Expiration } from '../state.ts';
import { pimError } from '../pim-error.ts';

const otherRequestTypes = ['AdminAssign', 'AdminRemove', 'AdminUpdate', 'AdminExtend', 'AdminRenew', 'SelfExtend', 'SelfRenew'];

/** The body of a create or validate call. Throws `Refusal` when it is not well-formed. */
export function parseScheduleRequest(body: Members, scope: Scope): ScheduleRequestDraft {
  const properties = objectMember(body, 'properties');
  const requestType = parseRequestType(required(properties, 'requestType'));
  const principalId = required(properties, 'principalId').toLowerCase();
  if (!isGuid(principalId)) {
    throw invalidContent("'principalId' must be an object id");
  }
  const ticket = objectMember(properties, 'ticketInfo');
  const common: Omit<DeactivationDraft, 'requestType'> = {
    principalId,
    role: parseRole(required(properties, 'roleDefinitionId'), scope),
    justification: textMember(properties, 'justification') ?? '',
    ticket: { number: textMember(ticket, 'ticketNumber') ?? '', system: textMember(ticket, 'ticketSystem') ?? '' },
  };
  if (requestType === 'SelfDeactivate') {
    return { ...common, requestType };
  }
  const schedule = objectMember(properties, 'scheduleInfo');
  return {
    ...common,
    requestType,
    startAt: timeMember(schedule, 'startDateTime'),
    expiration: parseExpiration(objectMember(schedule, 'expiration')),
    // Clients send an empty text for none.
    linked: textMember(properties, 'linkedRoleEligibilityScheduleId') || null,
  };
}

function parseRequestType(text: string): ScheduleRequestDraft['requestType'] {
  const given = text.toLowerCase();
  if (given === 'selfactivate') {
    return 'SelfActivate';
  }
  if (given === 'selfdeactivate') {
    return 'SelfDeactivate';
  }
  throw otherRequestTypes.some((type) => type.toLowerCase() === given)
    ? badRequest(`This service takes SelfActivate and SelfDeactivate; it does not offer ${text}.`)
    : invalidContent(`'requestType' must be a request type of PIM, found ${text}`);
}

/** Azure qualifies a role definition by the subscription of the scope; a bare id belongs to management groups. */
function parseRole(text: string, scope: Scope): BuiltInRole {
  const parts = /^(?:\/subscriptions\/[^/]+)?\/providers\/Microsoft\.Authorization\/roleDefinitions\/([^/]+)$/i.exec(text);
  const roleId = parts?.[1];
  if (roleId === undefined) {
    throw invalidContent("'roleDefinitionId' must be the full id of a role definition");
  }
  if (text.toLowerCase() !== roleDefinitionId(roleId, scope).toLowerCase()) {
    throw pimError.scopeDoesNotMatch(text, scope.id);
  }
  const role = findRoleById(roleId);
  if (role === undefined) {
    throw pimError.roleNotFound(text);
  }
  return role;
}

function parseExpiration(members: Members): Expiration {
  const type = (textMember(members, 'type') ?? 'NoExpiration').toLowerCase();
  if (type === 'afterduration') {
    const duration = required(members, 'duration');
    const ms = parseDuration(duration);
    if (ms === null) {
      throw invalidContent(`'duration' must be an ISO 8601 duration, found ${duration}`);
    }
    return { type: 'AfterDuration', duration, ms };
  }
  if (type === 'afterdatetime') {
    const endAt = timeMember(members, 'endDateTime');
    if (endAt === null) {
      throw invalidContent("'endDateTime' is missing");
    }
    return { type: 'AfterDateTime', endAt };
  }
  if (type === 'noexpiration') {
    return { type: 'NoExpiration' };
  }
  throw invalidContent("'type' must be AfterDuration, AfterDateTime or NoExpiration");
}

function timeMember(members: Members, name: string): number | null {
  const text = textMember(members, name);
  if (text === null) {
    return null;
  }
  const time = parseTime(text);
  if (time === null) {
    throw invalidContent(`'${name}' must be a time such as 2026-01-31T08:00:00Z, up to the year 9999, found ${text}`);
  }
  return time;
}

function required(members: Members, name: string): string {
  const text = textMember(members, name);
  if (text === null || text === '') {
    throw invalidContent(`'${name}' is missing`);
  }
  return text;
}
