/**
 * The rules of a role management policy that role settings are about, in the form of either service. Each is picked by its
 * id, which ARM and Graph share, never by its type: administrators have a rule of the same type.
 * https://learn.microsoft.com/graph/identity-governance-pim-rules-overview
 */
import { z } from 'zod';
import type { Approver } from '../model.ts';
import { PimError } from '../errors.ts';

/** A rule as the service has it, whole. */
export type PolicyRule = Readonly<Record<string, unknown>> & { readonly id: string };

export const ruleIds = {
  expiration: 'Expiration_EndUser_Assignment',
  enablement: 'Enablement_EndUser_Assignment',
  approval: 'Approval_EndUser_Assignment',
  authenticationContext: 'AuthenticationContext_EndUser_Assignment',
  adminNotification: 'Notification_Admin_EndUser_Assignment',
  requestorNotification: 'Notification_Requestor_EndUser_Assignment',
} as const;
export type RuleName = keyof typeof ruleIds;

const anyRule = z.looseObject({ id: z.string() });

export const expirationRule = z.looseObject({ ...anyRule.shape, maximumDuration: z.string() });
export const enablementRule = z.looseObject({
  ...anyRule.shape,
  enabledRules: z.array(z.string()),
  target: z.looseObject({ enforcedSettings: z.array(z.string()).nullish() }).nullish(),
});
export const authenticationContextRule = z.looseObject({ ...anyRule.shape, isEnabled: z.boolean(), claimValue: z.string().nullish() });
export const notificationRule = z.looseObject({ ...anyRule.shape, isDefaultRecipientsEnabled: z.boolean(), notificationLevel: z.string().nullish() });

/** ARM names an approver by `id` and `userType`, Graph by `userId` or `groupId`. */
const approverEntry = z.looseObject({
  id: z.string().nullish(),
  userType: z.string().nullish(),
  userId: z.string().nullish(),
  groupId: z.string().nullish(),
  description: z.string().nullish(),
});
export type ApproverEntry = z.infer<typeof approverEntry>;

const approvalStage = z.looseObject({
  primaryApprovers: z.array(approverEntry).nullish(),
  escalationApprovers: z.array(approverEntry).nullish(),
});
export type ApprovalStage = z.infer<typeof approvalStage>;

export const approvalRule = z.looseObject({
  ...anyRule.shape,
  setting: z.looseObject({
    isApprovalRequired: z.boolean(),
    approvalMode: z.string().nullish(),
    approvalStages: z.array(approvalStage).nullish(),
  }),
});

/** `null`: the policy has no such rule. */
export function findRule<T>(rules: readonly unknown[], name: RuleName, schema: z.ZodType<T>): T | null {
  const id = ruleIds[name].toLowerCase();
  const found = rules.find((rule) => anyRule.safeParse(rule).data?.id.toLowerCase() === id);
  if (found === undefined) return null;
  const read = schema.safeParse(found);
  if (read.success) return read.data;
  throw new PimError('badAnswer', `the rule ${ruleIds[name]} of the policy cannot be read`);
}

export function requireRule<T>(rules: readonly unknown[], name: RuleName, schema: z.ZodType<T>): T {
  const rule = findRule(rules, name, schema);
  if (rule === null) throw new PimError('badAnswer', `the policy has no rule ${ruleIds[name]}`);
  return rule;
}

/** `null` for an approver that no object id names, such as somebody's manager. */
export function approverOf({ id, userType, userId, groupId, description }: ApproverEntry): Approver | null {
  const objectId = (groupId || userId || id || '').toLowerCase();
  if (objectId === '') return null;
  const isGroup = Boolean(groupId) || (!userId && userType?.toLowerCase() === 'group');
  return { id: objectId, kind: isGroup ? 'group' : 'user', name: description || objectId };
}
