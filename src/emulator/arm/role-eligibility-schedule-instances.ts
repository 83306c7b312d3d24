import { currentEligibilities, eligibilitiesOf } from '../eligibilities.ts';
import { pimError } from '../pim-error.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { roleDefinitionId } from '../scopes.ts';
import { findPrincipal } from '../tenant.ts';
import type { Eligibility } from '../tenant.ts';
import { nameOf, pimVersions, requireRead } from './call.ts';
import type { ArmCall, ArmOperation } from './call.ts';
import { listAtScope } from './listing.ts';
import { expandedProperties, principalType, resource, resourceId, scopeId, timestamp } from './resource.ts';

const type = 'roleEligibilityScheduleInstances';

/** Start of an eligibility whose seed entry names none. */
const sinceOnboarding = Date.UTC(2024, 0, 1);

export const roleEligibilityScheduleInstances: readonly ArmOperation[] = [
  { method: 'GET', path: type, apiVersions: pimVersions, handle: list },
  { method: 'GET', path: `${type}/{name}`, apiVersions: pimVersions, handle: get },
];

function list(call: ArmCall): Reply {
  const own = new Set(eligibilitiesOf(call, call.caller.id));
  return listAtScope(call, {
    type,
    items: currentEligibilities(call),
    scopeOf: (entry) => entry.scope,
    principalOf: (entry) => entry.principalId,
    ownFunctions: { asTarget: (entry) => own.has(entry) },
    fields: {
      principalId: (entry) => entry.principalId,
      roleDefinitionId: (entry) => entry.role.id,
      status: () => 'Provisioned',
      roleEligibilityScheduleId: (entry) => entry.name,
    },
    toResource: (entry) => toResource(call, entry),
  });
}

function get(call: ArmCall): Reply {
  const name = nameOf(call, 'name');
  const entry = currentEligibilities(call).find((candidate) => candidate.name === name && candidate.scope.id === call.scope.id);
  if (entry === undefined) {
    throw pimError.notFound(type, name);
  }
  if (!eligibilitiesOf(call, call.caller.id).includes(entry)) {
    requireRead(call, type, call.scope);
  }
  return ok(toResource(call, entry));
}

/** A permanent eligibility has no `endDateTime`; instance and schedule share their name. */
function toResource(call: ArmCall, entry: Eligibility): object {
  const { name, scope, role, principalId, startAt, endAt } = entry;
  const principal = findPrincipal(call.tenant, principalId);
  return resource(scope, type, name, {
    scope: scopeId(scope),
    roleDefinitionId: roleDefinitionId(role.id, scope),
    principalId,
    principalType: principalType(principal),
    status: 'Provisioned',
    roleEligibilityScheduleId: resourceId(scope, 'roleEligibilitySchedules', name),
    startDateTime: timestamp(startAt ?? sinceOnboarding),
    ...(endAt === null ? {} : { endDateTime: timestamp(endAt) }),
    memberType: principal?.kind === 'group' ? 'Group' : 'Direct',
    createdOn: timestamp(startAt ?? sinceOnboarding),
    expandedProperties: expandedProperties(call, scope, role, principalId),
  });
}
