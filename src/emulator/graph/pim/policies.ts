import { lastPolicyChange, policyAt } from '../../policies.ts';
import { policyGuid, rolesEligibleAt } from '../../policy-access.ts';
import { badRequest } from '../../reply.ts';
import type { Role } from '../../roles.ts';
import { directory, graphScopeId, groupScopeId } from '../../scopes.ts';
import type { Scope } from '../../scopes.ts';
import { findPrincipal } from '../../tenant.ts';
import { requestDenied, resourceNotFound } from '../call.ts';
import type { GraphCall } from '../call.ts';
import { parseCondition } from '../odata-filter.ts';
import type { EntityMembers } from '../odata-filter.ts';
import { toMany } from '../odata-query.ts';
import type { EntityType } from '../odata-query.ts';
import { equations } from './collection.ts';
import { pimPermissions, requireGranted } from './permissions.ts';
import { rulesOf, ruleType } from './policy-rules.ts';
import { mayReadOthers } from './readers.ts';
import { time } from './schedules.ts';

/** What `scopeType` can be. Directory roles are found by either of two words; a role has one policy in the whole directory. */
type PolicyScopeType = 'DirectoryRole' | 'Directory' | 'Group';

/** The policy of a role, as it was asked for. */
export interface PolicyOfRole {
  readonly role: Role;
  readonly scope: Scope;
  readonly scopeType: PolicyScopeType;
}

/** `DirectoryRole_{tenantId}_{guid}`, `Group_{groupId}_{guid}` */
export function policyIdOf(call: GraphCall, { role, scope, scopeType }: PolicyOfRole): string {
  return [scopeType, scopeType === 'Group' ? graphScopeId(scope) : call.tenant.id, policyGuid(role, scope)].join('_');
}

const scopeMembers = { scopeId: 'text', scopeType: 'text' } as const;

export function policyType(call: GraphCall): EntityType<PolicyOfRole> {
  const rules = toMany(ruleType, ({ role, scope }: PolicyOfRole) => rulesOf(call.tenant, policyAt(call, role, scope)));
  return {
    members: {
      id: 'text',
      displayName: 'text',
      description: 'text',
      isOrganizationDefault: 'boolean',
      ...scopeMembers,
      lastModifiedDateTime: 'time',
      lastModifiedBy: { id: 'text', displayName: 'text' },
    },
    toObject: (policy) => {
      const { scope, scopeType } = policy;
      const scopeId = graphScopeId(scope);
      const about = { displayName: scopeType, description: scopeType, isOrganizationDefault: false, scopeId, scopeType };
      return { id: policyIdOf(call, policy), ...about, ...lastModified(call, policy) };
    },
    navigations: { rules, effectiveRules: rules },
  };
}

/** `null` where the policy is as it was at the start. */
function lastModified(call: GraphCall, { role, scope }: PolicyOfRole): object {
  const change = lastPolicyChange(call, role, scope);
  if (change === null) {
    return { lastModifiedDateTime: null, lastModifiedBy: { id: null, displayName: null } };
  }
  const displayName = findPrincipal(call.tenant, change.changedBy)?.name ?? null;
  return { lastModifiedDateTime: time(change.changedAt), lastModifiedBy: { id: change.changedBy, displayName } };
}

/** The policies that a list is about. Throws `Refusal` where its filter does not name a scope, or the caller may see none. */
export function listedPolicies(call: GraphCall, members: EntityMembers): readonly PolicyOfRole[] {
  const filter = call.incoming.query.get('$filter') ?? call.incoming.query.get('filter');
  const asked = equations(filter === null ? null : parseCondition(filter, members));
  const place = findPlace(call, asked.get('scopeId'), asked.get('scopeType'));
  requireGranted(call, pimPermissions[place.scope.kind === 'group' ? 'group' : 'entra'].readPolicies);
  const roles = readableRoles(call, place.scope);
  const named = call.tenant.roles.find(asked.get('roleDefinitionId') ?? '');
  if (roles.length === 0 || (named?.kind === place.scope.kind && !roles.includes(named))) {
    throw requestDenied();
  }
  return roles.map((role) => ({ role, ...place }));
}

function findPlace(call: GraphCall, scopeId: string | undefined, scopeType: string | undefined): Omit<PolicyOfRole, 'role'> {
  if (scopeId === '/' && (scopeType === 'directoryrole' || scopeType === 'directory')) {
    return { scope: directory, scopeType: scopeType === 'directory' ? 'Directory' : 'DirectoryRole' };
  }
  if (scopeId === undefined || scopeType !== 'group') {
    const forms = "scopeId eq '/' and scopeType eq 'DirectoryRole', or scopeId eq '{groupId}' and scopeType eq 'Group'";
    throw badRequest(`A $filter on scopeId and scopeType is required: ${forms}.`);
  }
  const scope = call.tenant.scopes.find(groupScopeId(scopeId));
  if (scope?.type !== 'group') {
    throw resourceNotFound(scopeId);
  }
  return { scope, scopeType: 'Group' };
}

/** Whoever reads what others hold there sees all; a person who is merely eligible sees what they could activate. */
function readableRoles(call: GraphCall, scope: Scope): readonly Role[] {
  return mayReadOthers(call, scope) ? call.tenant.roles.at(scope) : rolesEligibleSomewhereIn(call, scope);
}

/** A directory role that is eligible in an administrative unit has the policy of the directory. */
function rolesEligibleSomewhereIn(call: GraphCall, scope: Scope): readonly Role[] {
  const scopes = scope === directory ? call.tenant.scopes.all().filter(({ kind }) => kind === 'entra') : [scope];
  const eligible = new Set(scopes.flatMap((at) => rolesEligibleAt(call, call.caller.id, at)));
  return call.tenant.roles.at(scope).filter((role) => eligible.has(role));
}

/** The policy that a path names. Throws `Refusal`. */
export function policyAtPath(call: GraphCall): PolicyOfRole {
  const id = call.names['id'] ?? '';
  const [, prefix = '', place = '', guid = ''] = /^(DirectoryRole|Directory|Group)_([0-9a-f-]{36})_([0-9a-f-]{36})$/i.exec(id) ?? [];
  const scopeType = (['DirectoryRole', 'Directory', 'Group'] as const).find((known) => known.toLowerCase() === prefix.toLowerCase());
  const scope = scopeType === 'Group' ? call.tenant.scopes.find(groupScopeId(place)) : place.toLowerCase() === call.tenant.id ? directory : undefined;
  const role = scope && call.tenant.roles.at(scope).find((candidate) => policyGuid(candidate, scope) === guid.toLowerCase());
  if (scopeType === undefined || scope === undefined || role === undefined) {
    throw resourceNotFound(id);
  }
  return { role, scope, scopeType };
}

/** As above, for a caller who may read it. */
export function readablePolicyAtPath(call: GraphCall): PolicyOfRole {
  const policy = policyAtPath(call);
  requireGranted(call, pimPermissions[policy.scopeType === 'Group' ? 'group' : 'entra'].readPolicies);
  if (!readableRoles(call, policy.scope).includes(policy.role)) {
    throw requestDenied();
  }
  return policy;
}
