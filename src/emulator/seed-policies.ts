import { formatMinutes, roundElevationDuration } from './duration.ts';
import { defaultPolicy, policyKey } from './policy.ts';
import type { ActivationRules, NotificationRule, Policy } from './policy.ts';
import { resolveTarget } from './seed-targets.ts';
import type { Places } from './seed-targets.ts';
import type { SeedSettings } from './seed.ts';

/** The policies that a seed's `settings` stand for, by `policyKey`. */
export function seedPolicies(entries: readonly SeedSettings[], places: Places): ReadonlyMap<string, Policy> {
  return new Map(
    entries.map((entry) => {
      const { role, scope } = resolveTarget(entry, places);
      return [policyKey(role, scope), { ...defaultPolicy, activation: activationRules(entry) }];
    }),
  );
}

/** What is not named stays as PIM has it. */
function activationRules({ settings: asks, justification, authenticationContext }: SeedSettings): ActivationRules {
  const { expiration, enablement, notifications, approval } = defaultPolicy.activation;
  const minutes = roundElevationDuration(asks.elevationDuration ?? '');
  const told: NotificationRule = {
    ...notifications.Admin,
    isDefaultRecipientsEnabled: asks.notificationToUserOnElevation ?? notifications.Admin.isDefaultRecipientsEnabled,
  };
  return {
    expiration: minutes === null ? expiration : { ...expiration, maximumDuration: formatMinutes(minutes) },
    enablement: {
      mfa: asks.mfaOnElevation ?? enablement.mfa,
      justification: justification ?? enablement.justification,
      ticket: asks.ticketingInfoOnElevation ?? enablement.ticket,
    },
    notifications: { ...notifications, Admin: told, Requestor: told },
    authenticationContext: { isEnabled: authenticationContext !== undefined, claimValue: authenticationContext ?? '' },
    approval: {
      ...approval,
      isApprovalRequired: asks.approvalOnElevation ?? approval.isApprovalRequired,
      approvers: (asks.approverIds ?? []).map((id) => ({ id: id.toLowerCase(), isBackup: false })),
    },
  };
}
