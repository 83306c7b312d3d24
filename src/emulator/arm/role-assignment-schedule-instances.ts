import { guidFrom } from '../guid.ts';
import { pimError } from '../pim-error.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { findRoleById } from '../roles.ts';
import type { BuiltInRole } from '../roles.ts';
import { roleDefinitionId } from '../scopes.ts';
import type { Scope } from '../scopes.ts';
import type { Activation } from '../state.ts';
import { findPrincipal } from '../tenant.ts';
import type { Eligibility } from '../tenant.ts';
import { nameOf, pimVersions, requireRead } from './call.ts';
import type { ArmCall, ArmOperation } from './call.ts';
import { listAtScope } from './listing.ts';
import { expandedProperties, principalType, resource, resourceId, scopeId, timestamp } from './resource.ts';

const type = 'roleAssignmentScheduleInstances';

export const roleAssignmentScheduleInstances: readonly ArmOperation[] = [
  { method: 'GET', path: type, apiVersions: pimVersions, handle: list },
  { method: 'GET', path: `${type}/{name}`, apiVersions: pimVersions, handle: get },
];

/** An activation that runs, with its references resolved. */
interface Instance {
  readonly name: string;
  readonly activation: Activation;
  readonly scope: Scope;
  readonly role: BuiltInRole;
  readonly eligibility: Eligibility | undefined;
}

function list(call: ArmCall): Reply {
  return listAtScope(call, {
    type,
    items: runningInstances(call).filter((instance) => instance.activation.startAt <= call.visibleUntil),
    scopeOf: (instance) => instance.scope,
    principalOf: (instance) => instance.activation.principalId,
    ownFunctions: { asTarget: (instance) => instance.activation.principalId === call.caller.id },
    fields: {
      principalId: (instance) => instance.activation.principalId,
      roleDefinitionId: (instance) => instance.role.id,
      status: () => 'Provisioned',
      roleAssignmentScheduleId: (instance) => instance.activation.requestName,
    },
    toResource: (instance) => toResource(call, instance),
  });
}

function get(call: ArmCall): Reply {
  const name = nameOf(call, 'name');
  const instance = runningInstances(call).find((candidate) => candidate.name === name && candidate.scope.id === call.scope.id);
  if (instance === undefined) {
    throw pimError.notFound(type, name);
  }
  if (instance.activation.principalId !== call.caller.id) {
    requireRead(call, type, call.scope);
  }
  return ok(toResource(call, instance));
}

function runningInstances(call: ArmCall): readonly Instance[] {
  return [...call.state.activations.values()].flatMap((activation) => {
    const scope = call.tenant.scopes.find(activation.scopeId);
    const role = findRoleById(activation.roleId);
    if (activation.endedAt !== null || scope === undefined || role === undefined) {
      return [];
    }
    const eligibility = call.tenant.eligibilities.find((entry) => entry.name === activation.eligibilityName);
    return [{ name: guidFrom('instance', activation.requestName), activation, scope, role, eligibility }];
  });
}

function toResource(call: ArmCall, { name, activation, scope, role, eligibility }: Instance): object {
  const { principalId, requestName, startAt, endAt } = activation;
  return resource(scope, type, name, {
    scope: scopeId(scope),
    roleDefinitionId: roleDefinitionId(role.id, scope),
    principalId,
    principalType: principalType(findPrincipal(call.tenant, principalId)),
    roleAssignmentScheduleId: resourceId(scope, 'roleAssignmentSchedules', requestName),
    originRoleAssignmentId: resourceId(scope, 'roleAssignments', guidFrom('assignment', requestName)),
    status: 'Provisioned',
    startDateTime: timestamp(startAt),
    endDateTime: timestamp(endAt),
    ...linkTo(eligibility),
    assignmentType: 'Activated',
    memberType: 'Direct',
    createdOn: timestamp(startAt),
    expandedProperties: expandedProperties(call, scope, role, principalId),
  });
}

function linkTo(eligibility: Eligibility | undefined): object {
  if (eligibility === undefined) {
    return {};
  }
  const { scope, name } = eligibility;
  return {
    linkedRoleEligibilityScheduleId: resourceId(scope, 'roleEligibilitySchedules', name),
    linkedRoleEligibilityScheduleInstanceId: resourceId(scope, 'roleEligibilityScheduleInstances', name),
  };
}
