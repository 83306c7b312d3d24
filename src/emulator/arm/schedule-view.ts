import { identitiesOf } from '../directory.ts';
import { isNoticed } from '../lag.ts';
import { pimError } from '../pim-error.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { isWithin, roleDefinitionId } from '../scopes.ts';
import { findPrincipal } from '../tenant.ts';
import { nameOf, pimVersions, requireRead } from './call.ts';
import type { ArmCall, ArmOperation } from './call.ts';
import { listAtScope } from './listing.ts';
import { conditionMembers, expandedProperties, principalType, resource, scopeId, timestamp } from './resource.ts';
import type { ShownSchedule } from '../shown-schedules.ts';

/** One resource type of schedules or instances: what it shows, and what it has beside what all of them have. */
export interface ScheduleView {
  readonly type: string;
  /** Resource type whose `read` allows to see what others hold. */
  readonly readableAs: string;
  readonly shownIn: (call: ArmCall) => readonly ShownSchedule[];
  readonly nameOf: (shown: ShownSchedule) => string;
  /** Since when there is something to see (a `lag` fault hides what is young). */
  readonly since: (shown: ShownSchedule) => number;
  readonly ownMembers: (call: ArmCall, shown: ShownSchedule) => object;
  /** Fields for `eq` beside those that all have. */
  readonly ownFields: Readonly<Record<string, (shown: ShownSchedule) => string>>;
}

export function scheduleOperations(view: ScheduleView): readonly ArmOperation[] {
  return [
    { method: 'GET', path: view.type, apiVersions: pimVersions, queryOptions: ['$filter'], handle: (call) => list(call, view) },
    { method: 'GET', path: `${view.type}/{name}`, apiVersions: pimVersions, handle: (call) => get(call, view) },
  ];
}

function list(call: ArmCall, view: ScheduleView): Reply {
  const identities = identitiesOf(call, call.caller.id);
  return listAtScope(call, {
    readableAs: view.readableAs,
    items: view.shownIn(call).filter((shown) => isNoticed(call, view.since(shown))),
    scopeOf: (shown) => shown.scope,
    principalOf: (shown) => shown.principalId,
    ownFunctions: { asTarget: (shown) => identities.has(shown.principalId) },
    fields: {
      principalId: (shown) => shown.principalId,
      roleDefinitionId: (shown) => shown.role.id,
      status: (shown) => shown.status,
      ...view.ownFields,
    },
    toResource: (shown) => toResource(call, view, shown),
  });
}

/** Shown to who holds it, themselves or through a group, and to who reads the scope. By its name it does not lag. */
function get(call: ArmCall, view: ScheduleView): Reply {
  const name = nameOf(call, 'name');
  const found = view.shownIn({ ...call, lagMs: 0 }).find((shown) => view.nameOf(shown) === name && shown.scope.id === call.scope.id);
  if (found === undefined) {
    throw pimError.notFound(view.type, name);
  }
  if (!identitiesOf(call, call.caller.id).has(found.principalId)) {
    requireRead(call, view.readableAs, call.scope);
  }
  return ok(toResource(call, view, found));
}

function toResource(call: ArmCall, view: ScheduleView, shown: ShownSchedule): object {
  const { scope, role, principalId, startAt, endAt } = shown;
  return resource(scope, view.type, view.nameOf(shown), {
    scope: scopeId(scope),
    roleDefinitionId: roleDefinitionId(role.id, scope),
    principalId,
    principalType: principalType(findPrincipal(call.tenant, principalId)),
    ...view.ownMembers(call, shown),
    memberType: memberType(call, shown),
    status: shown.status,
    startDateTime: timestamp(startAt),
    ...(endAt === null ? {} : { endDateTime: timestamp(endAt) }),
    ...conditionMembers(shown.condition),
    createdOn: timestamp(shown.createdAt),
    expandedProperties: expandedProperties(call, scope, role, principalId),
  });
}

/** `Inherited`: it lies above the scope that was asked for. */
function memberType(call: ArmCall, { principalId, scope }: ShownSchedule): 'Group' | 'Inherited' | 'Direct' {
  if (call.tenant.groups.has(principalId)) {
    return 'Group';
  }
  return scope.id !== call.scope.id && isWithin(call.scope, scope) ? 'Inherited' : 'Direct';
}
