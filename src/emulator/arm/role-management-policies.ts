import { requireAdministrator } from '../administration.ts';
import { parseFilter } from '../filter.ts';
import { bodyMembers } from '../incoming.ts';
import { sinceOnboarding } from '../initial-state.ts';
import { pageOf } from '../paging.ts';
import { pimError } from '../pim-error.ts';
import { changePolicy, lastPolicyChange, policyAt, resetPolicy } from '../policies.ts';
import { policyGuid, rolesEligibleAt } from '../policy-access.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Role } from '../roles.ts';
import { findPrincipal } from '../tenant.ts';
import { mayRead, nameOf, pimVersions, provider } from './call.ts';
import type { ArmCall, ArmOperation } from './call.ts';
import { policyRules, withPatchedRules } from './policy-rules.ts';
import { expandedScope, principalType, resource, resourceId, scopeId, timestamp } from './resource.ts';

const type = 'roleManagementPolicies';

/** Every role has a policy at every scope. */
export const roleManagementPolicies: readonly ArmOperation[] = [
  { method: 'GET', path: type, apiVersions: pimVersions, queryOptions: ['$filter'], handle: list },
  { method: 'GET', path: `${type}/{name}`, apiVersions: pimVersions, handle: get },
  { method: 'PATCH', path: `${type}/{name}`, apiVersions: pimVersions, handle: patch },
  { method: 'DELETE', path: `${type}/{name}`, apiVersions: pimVersions, handle: remove },
];

function list(call: ArmCall): Reply {
  parseFilter(call.incoming.query.get('$filter'), { functions: ['atScope'], fields: [] });
  const page = pageOf(readableRoles(call, type), call.incoming, call.pageSize);
  return ok({ ...page, value: page.value.map((role) => toResource(call, role)) });
}

function get(call: ArmCall): Reply {
  const role = roleAt(call);
  requireReadable(call, role, type);
  return ok(toResource(call, role));
}

/** Body `{"properties": {"rules": […]}}` with the rules to change; 200 with the whole policy. */
function patch(call: ArmCall): Reply {
  const role = roleAt(call);
  requireAdministrator(call, call.caller, call.scope, 'policy');
  const policy = withPatchedRules(call.tenant, policyAt(call, role, call.scope), bodyMembers(call.incoming.body));
  changePolicy(call, { role, scope: call.scope }, policy, call.caller);
  return ok(toResource(call, role));
}

/** A policy cannot be absent: it goes back to what it was at the start. 204 where nobody had changed it. */
function remove(call: ArmCall): Reply {
  return backToStart(call, roleAt(call));
}

export function backToStart(call: ArmCall, role: Role): Reply {
  requireAdministrator(call, call.caller, call.scope, 'policy');
  if (lastPolicyChange(call, role, call.scope) === null) {
    return { status: 204 };
  }
  resetPolicy(call, { role, scope: call.scope }, call.caller);
  return { status: 200 };
}

function roleAt(call: ArmCall): Role {
  const name = nameOf(call, 'name');
  const role = call.tenant.roles.at(call.scope).find((candidate) => policyGuid(candidate, call.scope) === name);
  if (role === undefined) {
    throw pimError.notFound(type, name);
  }
  return role;
}

/** Whoever reads the scope sees all; a person who is merely eligible sees the roles that they could activate there. */
export function readableRoles(call: ArmCall, resourceType: string): readonly Role[] {
  if (call.scope.type !== 'tenant' && mayRead(call, resourceType, call.scope)) {
    return call.tenant.roles.at(call.scope);
  }
  const entitled = rolesEligibleAt(call, call.caller.id, call.scope);
  if (entitled.length === 0) {
    throw notReadable(call, resourceType);
  }
  return entitled;
}

export function requireReadable(call: ArmCall, role: Role, resourceType: string): void {
  if (!readableRoles(call, resourceType).includes(role)) {
    throw notReadable(call, resourceType);
  }
}

function notReadable(call: ArmCall, resourceType: string): Error {
  return pimError.authorizationFailed(call.caller.id, `${provider}/${resourceType}/read`, call.scope.id);
}

export function policyId(call: ArmCall, role: Role): string {
  return resourceId(call.scope, type, policyGuid(role, call.scope));
}

/** Nobody is named where the policy is as it was at the start. */
export function lastModified(call: ArmCall, role: Role): object {
  const change = lastPolicyChange(call, role, call.scope);
  const principal = change === null ? undefined : findPrincipal(call.tenant, change.changedBy);
  const email = principal?.kind === 'user' ? { email: principal.userPrincipalName } : {};
  return {
    lastModifiedBy:
      principal === undefined
        ? { displayName: '' }
        : { id: principal.id, displayName: principal.name, type: principalType(principal), ...email },
    lastModifiedDateTime: timestamp(change?.changedAt ?? sinceOnboarding),
  };
}

function toResource(call: ArmCall, role: Role): object {
  const { scope, tenant } = call;
  const rules = policyRules(tenant, policyAt(call, role, scope));
  return resource(scope, type, policyGuid(role, scope), {
    scope: scopeId(scope),
    isOrganizationDefault: false,
    ...lastModified(call, role),
    rules,
    effectiveRules: rules,
    policyProperties: { scope: expandedScope(scope) },
  });
}
