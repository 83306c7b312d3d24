import { formatMinutes } from '../duration.ts';
import { findPrincipal } from '../tenant.ts';
import type { Policy, Tenant } from '../tenant.ts';

/**
 * A role's settings as the seventeen rules of its role management policy, in the service's order. Only the rules for an
 * end user's activation come from the settings; those for administrators are PIM's defaults.
 * https://learn.microsoft.com/graph/identity-governance-pim-rules-overview
 */
export function policyRules(tenant: Tenant, policy: Policy): readonly object[] {
  return [
    ...adminRules('Eligibility', [], 'P365D'),
    ...adminRules('Assignment', ['Justification'], 'P180D'),
    approvalRule(tenant, policy),
    authenticationContextRule(policy),
    enablementRule('EndUser', 'Assignment', enabledRules(policy)),
    expirationRule('EndUser', 'Assignment', { isExpirationRequired: true, maximumDuration: formatMinutes(policy.maximumMinutes) }),
    notificationRule('EndUser', 'Assignment', 'Admin', policy.notifiesAdministrators),
    notificationRule('EndUser', 'Assignment', 'Requestor', policy.notifiesAdministrators),
    notificationRule('EndUser', 'Assignment', 'Approver', true),
  ];
}

type RuleCaller = 'Admin' | 'EndUser';
type Level = 'Eligibility' | 'Assignment';
type Recipient = 'Admin' | 'Requestor' | 'Approver';

function adminRules(level: Level, enabled: readonly string[], maximumDuration: string): readonly object[] {
  return [
    enablementRule('Admin', level, enabled),
    expirationRule('Admin', level, { isExpirationRequired: false, maximumDuration }),
    notificationRule('Admin', level, 'Admin', true),
    notificationRule('Admin', level, 'Requestor', true),
    notificationRule('Admin', level, 'Approver', true),
  ];
}

function enabledRules(policy: Policy): readonly string[] {
  return [
    ...(policy.mfa ? ['MultiFactorAuthentication'] : []),
    ...(policy.justification ? ['Justification'] : []),
    ...(policy.ticket ? ['Ticketing'] : []),
  ];
}

function enablementRule(caller: RuleCaller, level: Level, enabled: readonly string[]): object {
  return {
    enabledRules: enabled,
    id: `Enablement_${caller}_${level}`,
    ruleType: 'RoleManagementPolicyEnablementRule',
    target: target(caller, level),
  };
}

function expirationRule(
  caller: RuleCaller,
  level: Level,
  limits: { readonly isExpirationRequired: boolean; readonly maximumDuration: string },
): object {
  return {
    ...limits,
    id: `Expiration_${caller}_${level}`,
    ruleType: 'RoleManagementPolicyExpirationRule',
    target: target(caller, level),
  };
}

function notificationRule(caller: RuleCaller, level: Level, recipient: Recipient, isDefaultRecipientsEnabled: boolean): object {
  return {
    notificationType: 'Email',
    recipientType: recipient,
    isDefaultRecipientsEnabled,
    notificationLevel: 'All',
    notificationRecipients: [],
    id: `Notification_${recipient}_${caller}_${level}`,
    ruleType: 'RoleManagementPolicyNotificationRule',
    target: target(caller, level),
  };
}

function authenticationContextRule(policy: Policy): object {
  const [claimValue] = policy.authenticationContexts;
  return {
    isEnabled: claimValue !== undefined,
    claimValue: claimValue ?? '',
    id: 'AuthenticationContext_EndUser_Assignment',
    ruleType: 'RoleManagementPolicyAuthenticationContextRule',
    target: target('EndUser', 'Assignment'),
  };
}

function approvalRule(tenant: Tenant, policy: Policy): object {
  return {
    setting: {
      isApprovalRequired: policy.approval,
      isApprovalRequiredForExtension: false,
      isRequestorJustificationRequired: true,
      approvalMode: 'SingleStage',
      approvalStages: [
        {
          approvalStageTimeOutInDays: 1,
          isApproverJustificationRequired: true,
          escalationTimeInMinutes: 0,
          isEscalationEnabled: false,
          primaryApprovers: policy.approverIds.map((id) => approver(tenant, id)),
        },
      ],
    },
    id: 'Approval_EndUser_Assignment',
    ruleType: 'RoleManagementPolicyApprovalRule',
    target: target('EndUser', 'Assignment'),
  };
}

function approver(tenant: Tenant, id: string): object {
  const principal = findPrincipal(tenant, id);
  return { id, description: principal?.name ?? id, isBackup: false, userType: principal?.kind === 'group' ? 'Group' : 'User' };
}

function target(caller: RuleCaller, level: Level): object {
  return { caller, operations: ['All'], level, targetObjects: [], inheritableSettings: [], enforcedSettings: [] };
}
