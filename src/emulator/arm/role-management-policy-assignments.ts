import { eligibilitiesOf } from '../eligibilities.ts';
import { parseFilter } from '../filter.ts';
import { guidFrom, lastSegment } from '../guid.ts';
import { pageOf } from '../paging.ts';
import { pimError } from '../pim-error.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { builtInRoles } from '../roles.ts';
import type { BuiltInRole } from '../roles.ts';
import { isWithin, roleDefinitionId } from '../scopes.ts';
import type { Scope } from '../scopes.ts';
import { policyAt } from '../tenant.ts';
import { mayRead, nameOf, pimVersions, provider } from './call.ts';
import type { ArmCall, ArmOperation } from './call.ts';
import { policyRules } from './policy-rules.ts';
import { expandedRole, expandedScope, resource, resourceId, scopeId, timestamp } from './resource.ts';

const type = 'roleManagementPolicyAssignments';

/** Settings come from the seed; nobody changes them while the service runs. */
const lastModified = Date.UTC(2024, 0, 1);

export const roleManagementPolicyAssignments: readonly ArmOperation[] = [
  { method: 'GET', path: type, apiVersions: pimVersions, handle: list },
  { method: 'GET', path: `${type}/{name}`, apiVersions: pimVersions, handle: get },
];

/** Every role has a policy at every scope; `$filter=roleDefinitionId eq '…'` picks one. */
function list(call: ArmCall): Reply {
  const filter = parseFilter(call.incoming.query.get('$filter'), { functions: ['atScope'], fields: ['roleDefinitionId'] });
  const wanted = filter.equals.get('roledefinitionid');
  const readable = readableRoles(call);
  const roles = readable.filter((role) => wanted === undefined || role.id === lastSegment(wanted));
  const page = pageOf(roles, call.incoming, call.pageSize);
  return ok({ ...page, value: page.value.map((role) => toResource(call, role)) });
}

function get(call: ArmCall): Reply {
  const name = nameOf(call, 'name');
  const role = builtInRoles.find((candidate) => assignmentName(call.scope, candidate) === name);
  if (role === undefined) {
    throw pimError.notFound(type, name);
  }
  if (!readableRoles(call).includes(role)) {
    throw refusal(call);
  }
  return ok(toResource(call, role));
}

/** Whoever reads the scope sees all; a person who is merely eligible sees the roles they could activate there. */
function readableRoles(call: ArmCall): readonly BuiltInRole[] {
  if (call.scope.type !== 'tenant' && mayRead(call, type, call.scope)) {
    return builtInRoles;
  }
  const entitled = eligibilitiesOf(call, call.caller.id).filter((entry) => isWithin(call.scope, entry.scope));
  if (entitled.length === 0) {
    throw refusal(call);
  }
  return builtInRoles.filter((role) => entitled.some((entry) => entry.role.id === role.id));
}

function refusal(call: ArmCall): Error {
  return pimError.authorizationFailed(call.caller.id, `${provider}/${type}/read`, call.scope.id);
}

function policyName(scope: Scope, role: BuiltInRole): string {
  return guidFrom('policy', scope.id, role.id);
}

function assignmentName(scope: Scope, role: BuiltInRole): string {
  return `${policyName(scope, role)}_${role.id}`;
}

function toResource(call: ArmCall, role: BuiltInRole): object {
  const { scope, tenant } = call;
  const policyId = resourceId(scope, 'roleManagementPolicies', policyName(scope, role));
  return resource(scope, type, assignmentName(scope, role), {
    scope: scopeId(scope),
    roleDefinitionId: roleDefinitionId(role.id, scope),
    policyId,
    effectiveRules: policyRules(tenant, policyAt(tenant, role, scope)),
    policyAssignmentProperties: {
      scope: expandedScope(scope),
      roleDefinition: expandedRole(scope, role),
      policy: { id: policyId, lastModifiedBy: { displayName: '' }, lastModifiedDateTime: timestamp(lastModified) },
    },
  });
}
