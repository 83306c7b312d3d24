import { recipients } from './policy.ts';
import type { ApprovalRule, Approver, EnablementRule, Policy, Recipient } from './policy.ts';

/** What the seventeen rules of a role management policy say, whichever service asks. ARM and Graph each add their envelope. */
export type ManagementRuleType = 'Enablement' | 'Expiration' | 'Notification' | 'Approval' | 'AuthenticationContext';

export interface ManagementRule {
  /** e.g. `Expiration_EndUser_Assignment`; the same in ARM and Graph. */
  readonly id: string;
  readonly type: ManagementRuleType;
  /** Where the policy keeps it. */
  readonly part: keyof Policy;
  readonly caller: 'Admin' | 'EndUser';
  readonly level: 'Eligibility' | 'Assignment';
  /** Of a notification rule; `null` for any other. */
  readonly recipient: Recipient | null;
}

const targets = {
  eligibility: { caller: 'Admin', level: 'Eligibility' },
  assignment: { caller: 'Admin', level: 'Assignment' },
  activation: { caller: 'EndUser', level: 'Assignment' },
} as const;

/** In the service's order. https://learn.microsoft.com/graph/identity-governance-pim-rules-overview */
export const managementRules: readonly ManagementRule[] = [
  ...levelRules('eligibility'),
  ...levelRules('assignment'),
  rule('Approval', 'activation'),
  rule('AuthenticationContext', 'activation'),
  ...levelRules('activation'),
];

function levelRules(part: keyof Policy): readonly ManagementRule[] {
  return [rule('Enablement', part), rule('Expiration', part), ...recipients.map((recipient) => rule('Notification', part, recipient))];
}

function rule(type: ManagementRuleType, part: keyof Policy, recipient: Recipient | null = null): ManagementRule {
  const { caller, level } = targets[part];
  const id = [type, ...(recipient === null ? [] : [recipient]), caller, level].join('_');
  return { id, type, part, caller, level, recipient };
}

export function findManagementRule(id: string): ManagementRule | undefined {
  return managementRules.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
}

/** What a rule says, without its id, type and target. Approvers look different in ARM and in Graph. */
export function contentOf(policy: Policy, { type, part, recipient }: ManagementRule, toApprover: (approver: Approver) => object): object {
  const { enablement, expiration, notifications } = policy[part];
  switch (type) {
    case 'Enablement':
      return { enabledRules: enabledRules(enablement) };
    case 'Expiration':
      return expiration;
    case 'Notification':
      return { notificationType: 'Email', recipientType: recipient, ...notifications[recipient ?? 'Admin'] };
    case 'AuthenticationContext':
      return policy.activation.authenticationContext;
    case 'Approval':
      return { setting: approvalSetting(policy.activation.approval, toApprover) };
  }
}

function enabledRules({ mfa, justification, ticket }: EnablementRule): readonly string[] {
  return [...(mfa ? ['MultiFactorAuthentication'] : []), ...(justification ? ['Justification'] : []), ...(ticket ? ['Ticketing'] : [])];
}

function approvalSetting(approval: ApprovalRule, toApprover: (approver: Approver) => object): object {
  return {
    isApprovalRequired: approval.isApprovalRequired,
    isApprovalRequiredForExtension: approval.isApprovalRequiredForExtension,
    isRequestorJustificationRequired: approval.isRequestorJustificationRequired,
    approvalMode: approval.approvalMode,
    approvalStages: [
      {
        approvalStageTimeOutInDays: approval.approvalStageTimeOutInDays,
        isApproverJustificationRequired: approval.isApproverJustificationRequired,
        escalationTimeInMinutes: approval.escalationTimeInMinutes,
        isEscalationEnabled: approval.isEscalationEnabled,
        primaryApprovers: approval.approvers.map(toApprover),
        escalationApprovers: approval.escalationApprovers.map(toApprover),
      },
    ],
  };
}
