import type { Role } from './roles.ts';
import { directory } from './scopes.ts';
import type { Scope } from './scopes.ts';

/**
 * A role's settings at one scope: everything that the seventeen rules of its role management policy say.
 * https://learn.microsoft.com/graph/identity-governance-pim-rules-overview
 */
export interface Policy {
  /** `…_Admin_Eligibility`: what making somebody eligible is held to. */
  readonly eligibility: LevelRules;
  /** `…_Admin_Assignment`: what an active assignment by an administrator is held to. */
  readonly assignment: LevelRules;
  /** `…_EndUser_Assignment`: what an activation is held to. */
  readonly activation: ActivationRules;
}

export interface LevelRules {
  readonly expiration: ExpirationRule;
  readonly enablement: EnablementRule;
  readonly notifications: Readonly<Record<Recipient, NotificationRule>>;
}

export interface ActivationRules extends LevelRules {
  readonly authenticationContext: AuthenticationContextRule;
  readonly approval: ApprovalRule;
}

export interface ExpirationRule {
  readonly isExpirationRequired: boolean;
  /** ISO 8601, as it was set. */
  readonly maximumDuration: string;
}

/** The three that `enabledRules` can name. */
export interface EnablementRule {
  readonly mfa: boolean;
  readonly justification: boolean;
  readonly ticket: boolean;
}

/** In the order of the rules. */
export const recipients = ['Admin', 'Requestor', 'Approver'] as const;
export type Recipient = (typeof recipients)[number];

export interface NotificationRule {
  readonly isDefaultRecipientsEnabled: boolean;
  readonly notificationLevel: 'None' | 'Critical' | 'All';
  /** Mail addresses beside the default recipients. */
  readonly notificationRecipients: readonly string[];
}

export interface AuthenticationContextRule {
  readonly isEnabled: boolean;
  /** `c1` to `c99`, or empty. */
  readonly claimValue: string;
}

/** With one stage, as PIM has it. */
export interface ApprovalRule {
  readonly isApprovalRequired: boolean;
  readonly isApprovalRequiredForExtension: boolean;
  readonly isRequestorJustificationRequired: boolean;
  readonly approvalMode: 'SingleStage' | 'Serial' | 'Parallel' | 'NoApproval';
  readonly approvalStageTimeOutInDays: number;
  readonly isApproverJustificationRequired: boolean;
  readonly escalationTimeInMinutes: number;
  readonly isEscalationEnabled: boolean;
  /** `primaryApprovers`. Without one, those who may administer the role decide. */
  readonly approvers: readonly Approver[];
  readonly escalationApprovers: readonly Approver[];
}

export interface Approver {
  /** Of a person or group. */
  readonly id: string;
  readonly isBackup: boolean;
}

const told: NotificationRule = { isDefaultRecipientsEnabled: true, notificationLevel: 'All', notificationRecipients: [] };
const notifications = { Admin: told, Requestor: told, Approver: told };

/** PIM's settings for a role that nobody has changed. */
export const defaultPolicy: Policy = {
  eligibility: {
    expiration: { isExpirationRequired: false, maximumDuration: 'P365D' },
    enablement: { mfa: false, justification: false, ticket: false },
    notifications,
  },
  assignment: {
    expiration: { isExpirationRequired: false, maximumDuration: 'P180D' },
    enablement: { mfa: false, justification: true, ticket: false },
    notifications,
  },
  activation: {
    expiration: { isExpirationRequired: true, maximumDuration: 'PT8H' },
    enablement: { mfa: false, justification: true, ticket: false },
    notifications,
    authenticationContext: { isEnabled: false, claimValue: '' },
    approval: {
      isApprovalRequired: false,
      isApprovalRequiredForExtension: false,
      isRequestorJustificationRequired: true,
      approvalMode: 'SingleStage',
      approvalStageTimeOutInDays: 1,
      isApproverJustificationRequired: true,
      escalationTimeInMinutes: 0,
      isEscalationEnabled: false,
      approvers: [],
      escalationApprovers: [],
    },
  },
};

/** Settings hold for a role at exactly one scope; those of a directory role hold in the whole directory. */
export function policyKey(role: Role, scope: Scope): string {
  return `${(scope.kind === 'entra' ? directory : scope).id.toLowerCase()}|${role.id}`;
}
