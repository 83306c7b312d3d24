import { requireAdministrator } from '../../administration.ts';
import { bodyMembers } from '../../incoming.ts';
import { findManagementRule } from '../../management-rules.ts';
import { changePolicy, policyAt } from '../../policies.ts';
import type { Reply } from '../../reply.ts';
import { resourceNotFound } from '../call.ts';
import type { GraphCall, GraphOperation } from '../call.ts';
import type { EntityType } from '../odata-query.ts';
import { toOne } from '../odata-query.ts';
import { collectionReply, entityReply } from '../odata.ts';
import { pimPermissions, requireGranted } from './permissions.ts';
import { listedPolicies, policyAtPath, policyIdOf, policyType, readablePolicyAtPath } from './policies.ts';
import type { PolicyOfRole } from './policies.ts';
import { rulesOf, ruleType, withPatchedRule } from './policy-rules.ts';
import type { RuleOfPolicy } from './policy-rules.ts';
import { graphScopeId } from '../../scopes.ts';

const policies = 'policies/roleManagementPolicies';
const assignments = 'policies/roleManagementPolicyAssignments';

export const roleManagementPolicies: readonly GraphOperation[] = [
  { method: 'GET', path: policies, handle: listPolicies },
  { method: 'GET', path: `${policies}/{id}`, handle: getPolicy },
  { method: 'GET', path: `${policies}/{id}/rules`, handle: listRules },
  { method: 'GET', path: `${policies}/{id}/rules/{ruleId}`, handle: getRule },
  { method: 'PATCH', path: `${policies}/{id}/rules/{ruleId}`, handle: patchRule },
  { method: 'GET', path: assignments, handle: listAssignments },
  { method: 'GET', path: `${assignments}/{id}`, handle: getAssignment },
];

function listPolicies(call: GraphCall): Reply {
  const type = policyType(call);
  return collectionReply(call, policies, type, listedPolicies(call, type.members));
}

function getPolicy(call: GraphCall): Reply {
  return entityReply(call, `${policies}/$entity`, policyType(call), readablePolicyAtPath(call));
}

function listRules(call: GraphCall): Reply {
  const policy = readablePolicyAtPath(call);
  return collectionReply(call, rulesContext(call, policy), ruleType, rulesOf(call.tenant, policyAt(call, policy.role, policy.scope)));
}

function getRule(call: GraphCall): Reply {
  const policy = readablePolicyAtPath(call);
  return entityReply(call, `${rulesContext(call, policy)}/$entity`, ruleType, ruleAt(call, policy));
}

/** 204. One rule at a time; what the body leaves out stays as it was. */
function patchRule(call: GraphCall): Reply {
  const target = policyAtPath(call);
  requireGranted(call, pimPermissions[target.scopeType === 'Group' ? 'group' : 'entra'].writePolicies);
  requireAdministrator(call, call.caller, target.scope, 'policy');
  changePolicy(call, target, withPatchedRule(ruleAt(call, target), bodyMembers(call.incoming.body)), call.caller);
  return { status: 204 };
}

function ruleAt(call: GraphCall, { role, scope }: PolicyOfRole): RuleOfPolicy {
  const id = call.names['ruleId'] ?? '';
  const rule = findManagementRule(id);
  if (rule === undefined) {
    throw resourceNotFound(id);
  }
  return { rule, policy: policyAt(call, role, scope), tenant: call.tenant };
}

function rulesContext(call: GraphCall, policy: PolicyOfRole): string {
  return `${policies}('${policyIdOf(call, policy)}')/rules`;
}

function listAssignments(call: GraphCall): Reply {
  const type = assignmentType(call);
  return collectionReply(call, assignments, type, listedPolicies(call, type.members));
}

/** Its id is that of the policy, with the role behind it. */
function getAssignment(call: GraphCall): Reply {
  const id = call.names['id'] ?? '';
  const [, policyId = '', roleId = ''] = /^(.*)_([^_]*)$/.exec(id) ?? [];
  const policy = readablePolicyAtPath({ ...call, names: { ...call.names, id: policyId } });
  if (policy.role.id !== roleId.toLowerCase()) {
    throw resourceNotFound(id);
  }
  return entityReply(call, `${assignments}/$entity`, assignmentType(call), policy);
}

function assignmentType(call: GraphCall): EntityType<PolicyOfRole> {
  return {
    members: { id: 'text', policyId: 'text', scopeId: 'text', scopeType: 'text', roleDefinitionId: 'text' },
    toObject: (policy) => {
      const policyId = policyIdOf(call, policy);
      const { role, scope, scopeType } = policy;
      return { id: `${policyId}_${role.id}`, policyId, scopeId: graphScopeId(scope), scopeType, roleDefinitionId: role.id };
    },
    navigations: { policy: toOne(policyType(call), (policy: PolicyOfRole) => policy) },
  };
}
