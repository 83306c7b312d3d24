import { textMember } from '../../incoming.ts';
import type { Members } from '../../incoming.ts';
import { withRule } from '../../management-rule-changes.ts';
import { contentOf, managementRules } from '../../management-rules.ts';
import type { ManagementRule } from '../../management-rules.ts';
import { pimError } from '../../pim-error.ts';
import type { Approver, Policy } from '../../policy.ts';
import type { Tenant } from '../../tenant.ts';
import type { EntityType } from '../odata-query.ts';

/** One rule of one policy. */
export interface RuleOfPolicy {
  readonly rule: ManagementRule;
  readonly policy: Policy;
  readonly tenant: Tenant;
}

export const ruleType: EntityType<RuleOfPolicy> = {
  members: {
    id: 'text',
    isExpirationRequired: 'boolean',
    maximumDuration: 'text',
    enabledRules: 'list',
    notificationType: 'text',
    recipientType: 'text',
    notificationLevel: 'text',
    isDefaultRecipientsEnabled: 'boolean',
    notificationRecipients: 'list',
    isEnabled: 'boolean',
    claimValue: 'text',
    setting: 'list',
    target: { caller: 'text', level: 'text', operations: 'list', inheritableSettings: 'list', enforcedSettings: 'list' },
  },
  toObject: ({ rule, policy, tenant }) => ({
    '@odata.type': odataType(rule),
    id: rule.id,
    ...contentOf(policy, rule, (approver) => approverForm(tenant, approver)),
    ...noEmptyContext(rule, policy),
    target: { caller: rule.caller, operations: ['all'], level: rule.level, inheritableSettings: [], enforcedSettings: [] },
  }),
};

export function rulesOf(tenant: Tenant, policy: Policy): readonly RuleOfPolicy[] {
  return managementRules.map((rule) => ({ rule, policy, tenant }));
}

/** The policy once the body of a PATCH is written to one rule. Throws `Refusal`. */
export function withPatchedRule({ rule, policy, tenant }: RuleOfPolicy, body: Members): Policy {
  const type = textMember(body, '@odata.type') ?? '';
  if (type.replace(/^#/, '').toLowerCase() !== odataType(rule).slice(1).toLowerCase()) {
    throw pimError.invalidPolicyRule(`The '@odata.type' of ${rule.id} must be ${odataType(rule)}, found ${type || 'none'}.`);
  }
  const id = textMember(body, 'id') ?? rule.id;
  if (id.toLowerCase() !== rule.id.toLowerCase()) {
    throw pimError.invalidPolicyRule(`The 'id' must be that of the path, ${rule.id}, found ${id}.`);
  }
  return withRule(policy, rule, body, { parseApprover: (approver) => parseApprover(tenant, approver), refusal: pimError.invalidPolicyRule });
}

function odataType({ type }: ManagementRule): string {
  return `#microsoft.graph.unifiedRoleManagementPolicy${type}Rule`;
}

function approverForm(tenant: Tenant, { id }: Approver): object {
  return tenant.groups.has(id)
    ? { '@odata.type': '#microsoft.graph.groupMembers', groupId: id }
    : { '@odata.type': '#microsoft.graph.singleUser', userId: id };
}

/** Graph has no empty text for no context. */
function noEmptyContext({ type }: ManagementRule, { activation }: Policy): object {
  return type === 'AuthenticationContext' && activation.authenticationContext.claimValue === '' ? { claimValue: null } : {};
}

/** The service refuses an approver that comes with a description. */
function parseApprover(tenant: Tenant, members: Members): Approver {
  if (members.has('description')) {
    throw pimError.invalidPolicy("Leave 'description' out of an approver.");
  }
  const type = (textMember(members, '@odata.type') ?? '').replace(/^#?microsoft\.graph\./i, '').toLowerCase();
  const [member, known] = type === 'groupmembers' ? (['groupId', tenant.groups] as const) : (['userId', tenant.people] as const);
  const id = textMember(members, member)?.toLowerCase() ?? '';
  if (!['groupmembers', 'singleuser'].includes(type) || !known.has(id)) {
    throw pimError.invalidPolicy('An approver must be a #microsoft.graph.singleUser with userId or a #microsoft.graph.groupMembers with groupId, of the directory.');
  }
  return { id, isBackup: members.get('isbackup') === true };
}
