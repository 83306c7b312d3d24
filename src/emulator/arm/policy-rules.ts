import { invalidContent, objectMember, objectsMember, textMember } from '../incoming.ts';
import type { Members } from '../incoming.ts';
import { withRule } from '../management-rule-changes.ts';
import { contentOf, findManagementRule, managementRules } from '../management-rules.ts';
import type { ManagementRule } from '../management-rules.ts';
import { pimError } from '../pim-error.ts';
import type { Approver, Policy } from '../policy.ts';
import { findPrincipal } from '../tenant.ts';
import type { Tenant } from '../tenant.ts';

/** A role's settings as the seventeen rules of its role management policy, in the service's order. */
export function policyRules(tenant: Tenant, policy: Policy): readonly object[] {
  return managementRules.map((rule) => ({
    ...contentOf(policy, rule, (approver) => approverForm(tenant, approver)),
    id: rule.id,
    ruleType: ruleType(rule),
    target: target(rule),
  }));
}

/** The policy once the rules in the body of a PATCH are written to it: only those that it names. Throws `Refusal`. */
export function withPatchedRules(tenant: Tenant, policy: Policy, body: Members): Policy {
  const rules = objectsMember(objectMember(body, 'properties'), 'rules');
  if (rules.length === 0) {
    throw invalidContent("'properties.rules' must hold the rules to change");
  }
  return rules.reduce((changed, members) => {
    const rule = ruleOf(members);
    checkExpiration(rule, members);
    return withRule(changed, rule, members, { parseApprover: (approver) => parseApprover(tenant, approver), refusal: pimError.invalidPolicy });
  }, policy);
}

function ruleOf(members: Members): ManagementRule {
  const id = textMember(members, 'id') ?? '';
  const rule = findManagementRule(id);
  if (rule === undefined) {
    throw pimError.invalidPolicy(`'rules' must hold rules of a policy by their 'id', found ${id || 'one without'}.`);
  }
  const type = textMember(members, 'ruleType') ?? '';
  if (type.toLowerCase() !== ruleType(rule).toLowerCase()) {
    throw pimError.invalidPolicy(`The 'ruleType' of ${rule.id} must be ${ruleType(rule)}, found ${type || 'none'}.`);
  }
  return rule;
}

/** ARM has been seen to refuse a longest duration for what need not end, though it answers such pairs itself. */
function checkExpiration({ type, caller, id }: ManagementRule, members: Members): void {
  const isPermanent = members.get('isexpirationrequired') === false;
  if (type === 'Expiration' && caller === 'Admin' && isPermanent && textMember(members, 'maximumDuration') !== null) {
    throw pimError.invalidPolicy(`Leave 'maximumDuration' out of ${id} where 'isExpirationRequired' is false.`);
  }
}

function ruleType({ type }: ManagementRule): string {
  return `RoleManagementPolicy${type}Rule`;
}

function target({ caller, level }: ManagementRule): object {
  return { caller, operations: ['All'], level, targetObjects: [], inheritableSettings: [], enforcedSettings: [] };
}

function approverForm(tenant: Tenant, { id, isBackup }: Approver): object {
  const principal = findPrincipal(tenant, id);
  return { id, description: principal?.name ?? id, isBackup, userType: principal?.kind === 'group' ? 'Group' : 'User' };
}

function parseApprover(tenant: Tenant, members: Members): Approver {
  const id = textMember(members, 'id')?.toLowerCase() ?? '';
  const userType = textMember(members, 'userType') ?? '';
  const known = userType.toLowerCase() === 'group' ? tenant.groups : tenant.people;
  if (!known.has(id) || !/^(user|group)$/i.test(userType)) {
    throw pimError.invalidPolicy(`An approver must be a User or Group of the directory, found ${userType} ${id}.`);
  }
  return { id, isBackup: members.get('isbackup') === true };
}
