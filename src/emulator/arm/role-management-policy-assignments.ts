import { requireAdministrator } from '../administration.ts';
import { parseFilter } from '../filter.ts';
import { lastSegment } from '../guid.ts';
import { bodyMembers, objectMember, textMember } from '../incoming.ts';
import { pageOf } from '../paging.ts';
import { pimError } from '../pim-error.ts';
import { policyAt } from '../policies.ts';
import { policyGuid } from '../policy-access.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Role } from '../roles.ts';
import { roleDefinitionId } from '../scopes.ts';
import type { Scope } from '../scopes.ts';
import { nameOf, pimVersions } from './call.ts';
import type { ArmCall, ArmOperation } from './call.ts';
import { policyRules } from './policy-rules.ts';
import { expandedRole, expandedScope, resource, scopeId } from './resource.ts';
import { backToStart, lastModified, policyId, readableRoles, requireReadable } from './role-management-policies.ts';

const type = 'roleManagementPolicyAssignments';

export const roleManagementPolicyAssignments: readonly ArmOperation[] = [
  { method: 'GET', path: type, apiVersions: pimVersions, queryOptions: ['$filter'], handle: list },
  { method: 'GET', path: `${type}/{name}`, apiVersions: pimVersions, handle: get },
  { method: 'PUT', path: `${type}/{name}`, apiVersions: pimVersions, handle: put },
  { method: 'DELETE', path: `${type}/{name}`, apiVersions: pimVersions, handle: (call) => backToStart(call, roleAt(call)) },
];

/** Every role has its policy at every scope; `$filter=roleDefinitionId eq '…'` picks one. */
function list(call: ArmCall): Reply {
  const filter = parseFilter(call.incoming.query.get('$filter'), { functions: ['atScope'], fields: ['roleDefinitionId'] });
  const wanted = filter.equals.get('roledefinitionid');
  const roles = readableRoles(call, type).filter((role) => wanted === undefined || role.id === lastSegment(wanted));
  const page = pageOf(roles, call.incoming, call.pageSize);
  return ok({ ...page, value: page.value.map((role) => toResource(call, role)) });
}

function get(call: ArmCall): Reply {
  const role = roleAt(call);
  requireReadable(call, role, type);
  return ok(toResource(call, role));
}

/** A role at a scope has the one policy that PIM made for it: the only assignment that can be put is the one that is there. */
function put(call: ArmCall): Reply {
  const role = roleAt(call);
  requireAdministrator(call, call.caller, call.scope, 'policy');
  const properties = objectMember(bodyMembers(call.incoming.body), 'properties');
  if (lastSegment(textMember(properties, 'roleDefinitionId') ?? '') !== role.id) {
    throw pimError.invalidPolicy(`'roleDefinitionId' must be ${roleDefinitionId(role.id, call.scope)}.`);
  }
  if (lastSegment(textMember(properties, 'policyId') ?? '') !== policyGuid(role, call.scope)) {
    throw pimError.invalidPolicy(`'policyId' must be ${policyId(call, role)}.`);
  }
  return { status: 201, body: toResource(call, role) };
}

function roleAt(call: ArmCall): Role {
  const name = nameOf(call, 'name');
  const role = call.tenant.roles.at(call.scope).find((candidate) => assignmentName(call.scope, candidate) === name);
  if (role === undefined) {
    throw pimError.notFound(type, name);
  }
  return role;
}

function assignmentName(scope: Scope, role: Role): string {
  return `${policyGuid(role, scope)}_${role.id}`;
}

function toResource(call: ArmCall, role: Role): object {
  const { scope, tenant } = call;
  return resource(scope, type, assignmentName(scope, role), {
    scope: scopeId(scope),
    roleDefinitionId: roleDefinitionId(role.id, scope),
    policyId: policyId(call, role),
    effectiveRules: policyRules(tenant, policyAt(call, role, scope)),
    policyAssignmentProperties: {
      scope: expandedScope(scope),
      roleDefinition: expandedRole(scope, role),
      policy: { id: policyId(call, role), ...lastModified(call, role) },
    },
  });
}
