import { parseDuration } from './duration.ts';
import { isGuid } from './guid.ts';
import { invalidContent, objectMember, textMember } from './incoming.ts';
import type { Members } from './incoming.ts';
import { parseTime } from './iso-time.ts';
import type { RequestDraft } from './request-draft.ts';
import type { Expiration, RequestType } from './state.ts';

/** What the bodies of requests have in common, in ARM and in Graph. Everything throws `Refusal` for what is not well-formed. */

const requestTypes: readonly RequestType[] = [
  'AdminAssign',
  'AdminRemove',
  'AdminUpdate',
  'AdminExtend',
  'AdminRenew',
  'SelfActivate',
  'SelfDeactivate',
  'SelfExtend',
  'SelfRenew',
];

/** `requestType` in ARM, `action` in Graph. */
export function requestTypeMember(members: Members, name: string): RequestType {
  const text = requiredMember(members, name);
  const found = requestTypes.find((type) => type.toLowerCase() === text.toLowerCase());
  if (found === undefined) {
    throw invalidContent(`'${name}' must be a request type of PIM, found ${text}`);
  }
  return found;
}

/** An object id in lower case. */
export function objectIdMember(members: Members, name: string): string {
  const text = requiredMember(members, name);
  if (!isGuid(text)) {
    throw invalidContent(`'${name}' must be an object id`);
  }
  return text.toLowerCase();
}

type Terms = Pick<RequestDraft, 'justification' | 'ticket' | 'startAt' | 'expiration'>;

export function parseTerms(members: Members): Terms {
  const ticket = objectMember(members, 'ticketInfo');
  const schedule = objectMember(members, 'scheduleInfo');
  return {
    justification: textMember(members, 'justification') ?? '',
    ticket: { number: textMember(ticket, 'ticketNumber') ?? '', system: textMember(ticket, 'ticketSystem') ?? '' },
    startAt: timeMember(schedule, 'startDateTime'),
    expiration: parseExpiration(objectMember(schedule, 'expiration')),
  };
}

function parseExpiration(members: Members): Expiration {
  switch ((textMember(members, 'type') ?? 'NoExpiration').toLowerCase()) {
    case 'afterduration':
      return afterDuration(requiredMember(members, 'duration'));
    case 'afterdatetime':
      return { type: 'AfterDateTime', endAt: timeMember(members, 'endDateTime') ?? missing('endDateTime') };
    // Graph's word for no word.
    case 'notspecified':
    case 'noexpiration':
      return { type: 'NoExpiration' };
    default:
      throw invalidContent("'type' must be AfterDuration, AfterDateTime or NoExpiration");
  }
}

function afterDuration(duration: string): Expiration {
  const ms = parseDuration(duration);
  if (ms === null) {
    throw invalidContent(`'duration' must be an ISO 8601 duration, found ${duration}`);
  }
  return { type: 'AfterDuration', duration, ms };
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

/** Clients send an empty text for none. */
export function optionalMember(members: Members, name: string): string | null {
  return textMember(members, name) || null;
}

export function requiredMember(members: Members, name: string): string {
  return optionalMember(members, name) ?? missing(name);
}

function missing(name: string): never {
  throw invalidContent(`'${name}' is missing`);
}
