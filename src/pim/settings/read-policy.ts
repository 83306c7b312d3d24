/** The rules of a policy, of ARM or of Graph, read as role settings. */
import type { Approver } from '../model.ts';
import { PimError } from '../errors.ts';
import { minutesOfPolicy, printDuration } from './elevation-duration.ts';
import {
  approvalRule, approverOf, authenticationContextRule, enablementRule, expirationRule, findRule, notificationRule, requireRule,
} from './policy-rules.ts';
import { approverSet } from './privileged-role-settings.ts';
import type { PrivilegedRoleSettings } from './privileged-role-settings.ts';

export interface PolicyReading {
  readonly settings: PrivilegedRoleSettings;
  /** Those of `settings.approverIds`, in the same order, with their names as far as they are told. */
  readonly approvers: readonly Approver[];
  /** `null`: none is asked for. While one is, MFA cannot be turned on beside it. */
  readonly authenticationContext: { readonly claimValue: string | null } | null;
  readonly justificationRequired: boolean;
  readonly isMfaOnElevationConfigurable: boolean;
}

/**
 * @throws {PimError} `badAnswer` where a rule that the settings stand in is missing or cannot be read: settings that are
 * guessed must not be shown, and still less be written back
 */
export function readPolicyRules(rules: readonly unknown[]): PolicyReading {
  const enablement = requireRule(rules, 'enablement', enablementRule);
  const enabled = new Set(enablement.enabledRules.map((rule) => rule.toLowerCase()));
  const notification = requireRule(rules, 'adminNotification', notificationRule);
  const context = findRule(rules, 'authenticationContext', authenticationContextRule);
  const approval = requireRule(rules, 'approval', approvalRule).setting;
  const approvers = approversIn(approval.approvalStages?.[0]?.primaryApprovers?.flatMap((entry) => approverOf(entry) ?? []) ?? []);
  const settings: PrivilegedRoleSettings = {
    elevationDuration: longestActivation(rules),
    notificationToUserOnElevation: notification.isDefaultRecipientsEnabled && notification.notificationLevel?.toLowerCase() !== 'none',
    ticketingInfoOnElevation: enabled.has('ticketing'),
    mfaOnElevation: enabled.has('multifactorauthentication'),
    approvalOnElevation: approval.isApprovalRequired,
    approverIds: approvers.map(({ id }) => id),
  };
  return {
    settings,
    approvers,
    authenticationContext: context?.isEnabled === true ? { claimValue: context.claimValue || null } : null,
    justificationRequired: enabled.has('justification'),
    isMfaOnElevationConfigurable: !enforces(enablement.target?.enforcedSettings ?? [], 'MultiFactorAuthentication'),
  };
}

function longestActivation(rules: readonly unknown[]): string {
  const minutes = minutesOfPolicy(requireRule(rules, 'expiration', expirationRule).maximumDuration);
  if (minutes === null) throw new PimError('badAnswer', 'the longest activation of the policy cannot be read');
  return printDuration(minutes);
}

function approversIn(approvers: readonly Approver[]): readonly Approver[] {
  const byId = new Map(approvers.map((approver) => [approver.id, approver]));
  return approverSet([...byId.keys()]).flatMap((id) => byId.get(id) ?? []);
}

/** https://learn.microsoft.com/graph/api/resources/unifiedrolemanagementpolicyruletarget (enforcedSettings) */
function enforces(enforcedSettings: readonly string[], setting: string): boolean {
  return enforcedSettings.some((enforced) => enforced.toLowerCase() === 'all' || enforced.toLowerCase() === setting.toLowerCase());
}
