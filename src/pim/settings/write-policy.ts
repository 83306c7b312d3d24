/**
 * Role settings written into the rules that a policy has: the rules that change, each whole, with everything else in them
 * as it was (further approval stages, who is told beside the default recipients, what else is asked for).
 */
import { isDeepStrictEqual } from 'node:util';
import { PimError } from '../errors.ts';
import type { Approver } from '../model.ts';
import { compareSettings } from './compare-settings.ts';
import type { SettingDifference } from './compare-settings.ts';
import { approvalRule, approverOf, enablementRule, expirationRule, findRule, notificationRule, requireRule } from './policy-rules.ts';
import type { ApprovalStage, ApproverEntry, PolicyRule, RuleName } from './policy-rules.ts';
import { roundSettings } from './privileged-role-settings.ts';
import type { PrivilegedRoleSettings, SettingField, SettingsChange } from './privileged-role-settings.ts';
import { readPolicyRules } from './read-policy.ts';

/** How a service writes what is not the same in both. */
export interface RuleForm {
  /** The member that tells a rule's type. */
  readonly type: (type: RuleType) => Readonly<Record<string, string>>;
  readonly approver: (approver: Approver) => ApproverEntry;
  /** An approver that is there, as the service takes it back. */
  readonly sentBack: (entry: ApproverEntry) => ApproverEntry;
  readonly emptyStage: ApprovalStage;
}

type RuleType = 'Approval' | 'Enablement' | 'Expiration' | 'Notification';

/** One stage of a day, as PIM makes it. */
const stage = { approvalStageTimeOutInDays: 1, isApproverJustificationRequired: true, escalationTimeInMinutes: 0, isEscalationEnabled: false };

/** https://learn.microsoft.com/rest/api/authorization/role-management-policies/update */
export const armForm: RuleForm = {
  type: (type) => ({ ruleType: `RoleManagementPolicy${type}Rule` }),
  approver: ({ id, kind, name }) => ({ id, description: name, isBackup: false, userType: kind === 'group' ? 'Group' : 'User' }),
  sentBack: (entry) => entry,
  emptyStage: stage,
};

/** https://learn.microsoft.com/graph/api/unifiedrolemanagementpolicyrule-update. It takes no description of an approver. */
export const graphForm: RuleForm = {
  type: (type) => ({ '@odata.type': `#microsoft.graph.unifiedRoleManagementPolicy${type}Rule` }),
  approver: ({ id, kind }) =>
    (kind === 'group' ? { '@odata.type': '#microsoft.graph.groupMembers', groupId: id } : { '@odata.type': '#microsoft.graph.singleUser', userId: id }),
  sentBack: (entry) => Object.fromEntries(Object.entries(entry).filter(([name]) => name !== 'description')),
  emptyStage: { ...stage, escalationApprovers: [] },
};

interface Writing {
  readonly form: RuleForm;
  readonly rules: readonly unknown[];
  readonly after: PrivilegedRoleSettings;
  /** What is known of those whom the change names. */
  readonly approvers: readonly Approver[];
}

/** The rules behind some fields: none is written while none of these fields differs. */
interface Part {
  readonly fields: readonly SettingField[];
  readonly write: (writing: Writing) => readonly PolicyRule[];
}

const parts: readonly Part[] = [
  { fields: ['approvalOnElevation', 'approverIds'], write: (writing) => [approval(writing)] },
  { fields: ['ticketingInfoOnElevation', 'mfaOnElevation'], write: (writing) => [enablement(writing)] },
  { fields: ['elevationDuration'], write: (writing) => [expiration(writing)] },
  { fields: ['notificationToUserOnElevation'], write: (writing) => [...notification(writing, 'adminNotification'), ...notification(writing, 'requestorNotification')] },
];

/**
 * The rules that the change makes different. What tightens comes before what loosens: where only the first of them are
 * written, the role is never less guarded than before and after.
 *
 * @param approvers users and groups among which are all that the change adds
 */
export function changedRules(form: RuleForm, rules: readonly unknown[], change: SettingsChange, approvers: readonly Approver[]): readonly PolicyRule[] {
  const before = readPolicyRules(rules).settings;
  const differences = compareSettings(before, change);
  const writing: Writing = { form, rules, approvers, after: { ...before, ...roundSettings(change) } };
  return parts
    .map(({ fields, write }) => ({ write, changed: differences.filter(({ field }) => fields.includes(field)) }))
    .filter(({ changed }) => changed.length > 0)
    .toSorted((a, b) => Number(loosens(a.changed)) - Number(loosens(b.changed)))
    .flatMap(({ write }) => write(writing))
    .filter((rule) => !rules.some((present) => isDeepStrictEqual(present, rule)));
}

/** Approvers that change while approval stays on make nothing easier by themselves. */
function loosens(changed: readonly SettingDifference[]): boolean {
  return changed.some((difference) => difference.loosens && difference.field !== 'approverIds');
}

function expiration({ form, rules, after }: Writing): PolicyRule {
  const present = requireRule(rules, 'expiration', expirationRule);
  return { ...present, ...form.type('Expiration'), isExpirationRequired: true, maximumDuration: after.elevationDuration };
}

/** A justification was always asked for by the API whose settings these are. */
function enablement({ form, rules, after }: Writing): PolicyRule {
  const present = requireRule(rules, 'enablement', enablementRule);
  const wanted = new Map([['MultiFactorAuthentication', after.mfaOnElevation], ['Justification', true], ['Ticketing', after.ticketingInfoOnElevation]]);
  const asked = [...wanted].filter(([, on]) => on).map(([name]) => name);
  const others = present.enabledRules.filter((rule) => ![...wanted.keys()].some((name) => name.toLowerCase() === rule.toLowerCase()));
  return { ...present, ...form.type('Enablement'), enabledRules: [...asked, ...others] };
}

function notification({ form, rules, after }: Writing, name: RuleName): readonly PolicyRule[] {
  const present = findRule(rules, name, notificationRule);
  if (present === null) return [];
  const isDefaultRecipientsEnabled = after.notificationToUserOnElevation;
  return [{ ...present, ...form.type('Notification'), isDefaultRecipientsEnabled, notificationLevel: 'All', notificationType: 'Email' }];
}

function approval(writing: Writing): PolicyRule {
  const { form, rules, after } = writing;
  const present = requireRule(rules, 'approval', approvalRule);
  const [first = form.emptyStage, ...rest] = present.setting.approvalStages ?? [];
  const approvalStages = [withApprovers(writing, first), ...rest].map((entry) => sentBack(form, entry));
  const { approvalMode } = present.setting;
  const mode = after.approvalOnElevation && (approvalMode ?? 'NoApproval').toLowerCase() === 'noapproval' ? { approvalMode: 'SingleStage' } : {};
  return { ...present, ...form.type('Approval'), setting: { ...present.setting, isApprovalRequired: after.approvalOnElevation, ...mode, approvalStages } };
}

/** An approver that stays keeps whatever is said of them; one whom no object id names goes, because the list says who may approve. */
function withApprovers({ form, after, approvers }: Writing, { primaryApprovers, ...stage }: ApprovalStage): ApprovalStage {
  const present = new Map((primaryApprovers ?? []).flatMap((entry) => {
    const approver = approverOf(entry);
    return approver === null ? [] : [[approver.id, entry] as const];
  }));
  const known = new Map(approvers.map((approver) => [approver.id.toLowerCase(), approver]));
  return { ...stage, primaryApprovers: after.approverIds.map((id) => present.get(id) ?? form.approver(requireApprover(known.get(id), id))) };
}

function requireApprover(approver: Approver | undefined, id: string): Approver {
  if (approver === undefined) throw new PimError('principalUnknown', `${id} is no user and no group of the directory`);
  return { ...approver, id };
}

function sentBack({ sentBack }: RuleForm, stage: ApprovalStage): ApprovalStage {
  const { primaryApprovers, escalationApprovers } = stage;
  return {
    ...stage,
    ...(primaryApprovers ? { primaryApprovers: primaryApprovers.map(sentBack) } : {}),
    ...(escalationApprovers ? { escalationApprovers: escalationApprovers.map(sentBack) } : {}),
  };
}
