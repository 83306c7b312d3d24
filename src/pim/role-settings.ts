/**
 * A role management policy, read as the settings of a role.
 * Rule ids: https://learn.microsoft.com/graph/identity-governance-pim-rules-overview (the same in ARM).
 */
import { distinctById } from './distinct-by-id.ts';
import { Duration } from 'luxon';
import { z } from 'zod';
import { shortestActivationMinutes } from './check-activation.ts';
import type { Approver, RoleSettings } from './model.ts';

const anyRule = z.looseObject({ id: z.string() });

const expirationRule = z.object({ maximumDuration: z.string() });
const enablementRule = z.object({ enabledRules: z.array(z.string()) });
const authenticationContextRule = z.object({ isEnabled: z.boolean(), claimValue: z.string().nullish() });
const notificationRule = z.object({ isDefaultRecipientsEnabled: z.boolean(), notificationLevel: z.string().nullish() });

const description = z.string().nullish();
/** ARM's form, and Graph's two. */
const approverSet = z.union([
  z.object({ id: z.string(), userType: z.string().nullish(), description })
    .transform(({ id, userType, description }) => approver(id, userType?.toLowerCase() === 'group' ? 'group' : 'user', description)),
  z.object({ userId: z.string(), description }).transform(({ userId, description }) => approver(userId, 'user', description)),
  z.object({ groupId: z.string(), description }).transform(({ groupId, description }) => approver(groupId, 'group', description)),
]);
const approvalStage = z.object({
  isApproverJustificationRequired: z.boolean().nullish(),
  primaryApprovers: z.array(approverSet).nullish(),
});
const approvalRule = z.object({
  setting: z.object({ isApprovalRequired: z.boolean(), approvalStages: z.array(approvalStage).nullish() }),
});

/**
 * Reads the `effectiveRules` of a policy assignment. Rules are picked by their *id*: there is one expiration rule for
 * administrators and one for people, and only the latter limits an activation. A rule that is missing or cannot be read
 * counts as the strictest one; a rule that we do not know is passed over.
 */
export function roleSettingsFromRules(effectiveRules: readonly unknown[]): RoleSettings {
  const rules = rulesById(effectiveRules);
  const enabled = rules.read('Enablement_EndUser_Assignment', enablementRule)?.enabledRules.map((rule) => rule.toLowerCase());
  const context = rules.read('AuthenticationContext_EndUser_Assignment', authenticationContextRule);
  const notification = rules.read('Notification_Admin_EndUser_Assignment', notificationRule);
  return {
    maximumMinutes: wholeMinutes(rules.read('Expiration_EndUser_Assignment', expirationRule)?.maximumDuration),
    justificationRequired: enabled?.includes('justification') ?? true,
    ticketRequired: enabled?.includes('ticketing') ?? true,
    mfaRequired: enabled?.includes('multifactorauthentication') ?? true,
    authenticationContext: context?.isEnabled === true ? (context.claimValue ?? null) : null,
    ...approvalSettings(rules.read('Approval_EndUser_Assignment', approvalRule)),
    notifiesAdministrators:
      notification === null || (notification.isDefaultRecipientsEnabled && notification.notificationLevel !== 'None'),
  };
}

interface RulesById {
  read<T>(id: string, schema: z.ZodType<T>): T | null;
}

function rulesById(effectiveRules: readonly unknown[]): RulesById {
  const byId = new Map<string, unknown>();
  for (const candidate of effectiveRules) {
    const rule = anyRule.safeParse(candidate);
    if (rule.success) byId.set(rule.data.id.toLowerCase(), rule.data);
  }
  return { read: (id, schema) => schema.safeParse(byId.get(id.toLowerCase())).data ?? null };
}

type ApprovalSettings = Pick<RoleSettings, 'approvalRequired' | 'approvers' | 'approverJustificationRequired'>;

function approvalSettings(rule: z.infer<typeof approvalRule> | null): ApprovalSettings {
  if (rule === null) return { approvalRequired: true, approvers: [], approverJustificationRequired: true };
  const stages = rule.setting.approvalStages ?? [];
  return {
    approvalRequired: rule.setting.isApprovalRequired,
    approvers: distinctById(stages.flatMap((stage) => stage.primaryApprovers ?? [])),
    approverJustificationRequired: stages.some((stage) => stage.isApproverJustificationRequired ?? true),
  };
}

function approver(id: string, kind: Approver['kind'], description: string | null | undefined): Approver {
  return { id, kind, name: description || id };
}

/** ISO 8601 to whole minutes, never rounded up; what cannot be read counts as the shortest activation that we offer. */
function wholeMinutes(iso: string | undefined): number {
  const duration = Duration.fromISO(iso ?? '');
  const minutes = duration.isValid ? Math.floor(duration.as('minutes')) : 0;
  return minutes > 0 ? minutes : shortestActivationMinutes;
}
