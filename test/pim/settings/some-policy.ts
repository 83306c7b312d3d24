/** Policies as either service may have them, and settings as people may write them. */
import fc from 'fast-check';
import { printDuration } from '../../../src/pim/settings/elevation-duration.ts';
import type { PrivilegedRoleSettings } from '../../../src/pim/settings/privileged-role-settings.ts';
import { armForm, graphForm } from '../../../src/pim/settings/write-policy.ts';
import type { RuleForm } from '../../../src/pim/settings/write-policy.ts';

export type Rule = Readonly<Record<string, unknown>> & { readonly id: string };

export const forms = [['ARM', armForm], ['Graph', graphForm]] as const satisfies readonly (readonly [string, RuleForm])[];

const principals = Array.from({ length: 6 }, (_, index) => `a1e00000-0000-4000-8000-${String(index).padStart(12, '0')}`);
export const approverOf = (id: string) => ({ id, kind: Number(id.at(-1)) % 2 === 0 ? 'user' as const : 'group' as const, name: `Approver ${id.at(-1)}` });
export const everyApprover = principals.map(approverOf);

const approverIds = fc.subarray(principals);
/** Of people who write: any case, any minutes, in any order. */
const writtenIds = fc.shuffledSubarray(principals).chain((ids) => fc.tuple(...ids.map((id) => fc.constantFrom(id, id.toUpperCase()))));

export const settings: fc.Arbitrary<PrivilegedRoleSettings> = fc.record({
  elevationDuration: fc.record({ hours: fc.nat(73), minutes: fc.nat(59) }).map(({ hours, minutes }) => `PT${hours}H${hours === 0 ? Math.max(15, minutes) : minutes}M`),
  notificationToUserOnElevation: fc.boolean(),
  ticketingInfoOnElevation: fc.boolean(),
  mfaOnElevation: fc.boolean(),
  approvalOnElevation: fc.boolean(),
  approverIds: writtenIds,
});

const target = (form: RuleForm): object => (form === armForm
  ? { caller: 'EndUser', operations: ['All'], level: 'Assignment', targetObjects: null, inheritableSettings: [], enforcedSettings: [] }
  : { caller: 'EndUser', operations: ['all'], level: 'Assignment', inheritableSettings: [], enforcedSettings: [] });

/** Members that nobody here knows of. */
const more = fc.dictionary(fc.constantFrom('exceptionMembers', 'isNew', 'comment'), fc.oneof(fc.boolean(), fc.string(), fc.array(fc.nat())));

function stage(form: RuleForm): fc.Arbitrary<object> {
  const approvers = approverIds.map((ids) => ids.map((id) => ({ ...form.approver(approverOf(id)), isBackup: id === ids[0] })));
  return fc.record({
    approvalStageTimeOutInDays: fc.integer({ min: 1, max: 14 }), isApproverJustificationRequired: fc.boolean(),
    escalationTimeInMinutes: fc.nat(100), isEscalationEnabled: fc.boolean(), primaryApprovers: approvers, escalationApprovers: fc.oneof(fc.constant(null), approvers),
  });
}

const enabledRules = fc.shuffledSubarray(['MultiFactorAuthentication', 'Justification', 'Ticketing', 'SomethingNew']);
const maximum = fc.oneof(fc.integer({ min: 5, max: 6000 }).map(printDuration), fc.constantFrom('PT8H', 'PT480M', 'PT1H45M', 'P365D', 'PT7200S', 'P1W'));

const recipients = (): fc.Arbitrary<object> => fc.record({
  notificationType: fc.constant('Email'), isDefaultRecipientsEnabled: fc.boolean(), notificationLevel: fc.constantFrom('All', 'Critical', 'None'),
  notificationRecipients: fc.oneof(fc.constant(null), fc.array(fc.emailAddress(), { maxLength: 2 })),
});

/** The rules of one role, in any order, among others that are not about its activation. */
export function policy(form: RuleForm): fc.Arbitrary<readonly Rule[]> {
  const rule = (id: string, type: Parameters<RuleForm['type']>[0], members: fc.Arbitrary<object>): fc.Arbitrary<Rule> =>
    fc.tuple(members, more).map(([own, others]) => ({ ...others, ...form.type(type), ...own, id, target: target(form) }));
  const approval = fc.record({
    isApprovalRequired: fc.boolean(), isApprovalRequiredForExtension: fc.boolean(), isRequestorJustificationRequired: fc.boolean(),
    approvalMode: fc.constantFrom('SingleStage', 'Serial', 'NoApproval'), approvalStages: fc.oneof(fc.constant(null), fc.array(stage(form), { maxLength: 2 })),
  }).map((setting) => ({ setting }));
  const expiration = fc.record({ isExpirationRequired: fc.boolean(), maximumDuration: maximum });
  return fc.tuple(
    rule('Approval_EndUser_Assignment', 'Approval', approval),
    rule('Enablement_EndUser_Assignment', 'Enablement', enabledRules.map((names) => ({ enabledRules: names }))),
    rule('Expiration_EndUser_Assignment', 'Expiration', expiration),
    rule('Notification_Admin_EndUser_Assignment', 'Notification', recipients()),
    rule('Notification_Requestor_EndUser_Assignment', 'Notification', recipients()),
    rule('Notification_Approver_EndUser_Assignment', 'Notification', recipients()),
    rule('Expiration_Admin_Assignment', 'Expiration', expiration),
    rule('Enablement_Admin_Assignment', 'Enablement', enabledRules.map((names) => ({ enabledRules: names }))),
    rule('Notification_Admin_Admin_Eligibility', 'Notification', recipients()),
  ).chain((rules) => fc.shuffledSubarray(rules, { minLength: rules.length }));
}

/** As the service keeps it. */
export function written(rules: readonly Rule[], changed: readonly { readonly id: string }[]): readonly Rule[] {
  const byId = new Map(changed.map((rule) => [rule.id, rule]));
  return rules.map((rule) => ({ ...rule, ...byId.get(rule.id) }));
}
