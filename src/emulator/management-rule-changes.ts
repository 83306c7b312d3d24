import { parseDuration } from './duration.ts';
import { objectMember, objectsMember, textMember, textsMember } from './incoming.ts';
import type { Members } from './incoming.ts';
import type { ManagementRule, ManagementRuleType } from './management-rules.ts';
import type {
  ActivationRules,
  ApprovalRule,
  Approver,
  AuthenticationContextRule,
  EnablementRule,
  ExpirationRule,
  LevelRules,
  NotificationRule,
  Policy,
} from './policy.ts';
import type { Refusal } from './reply.ts';

type ParseApprover = (members: Members) => Approver;

/** How the service that is asked tells an approver, and a rule that is wrong in itself. */
export interface RuleForm {
  /** Throws `Refusal` for one that the directory does not have. */
  readonly parseApprover: ParseApprover;
  readonly refusal: (why: string) => Refusal;
}

/** What is wrong with a rule, in words that each service puts into a refusal of its own. */
class RuleFault extends Error {
  override readonly name = 'RuleFault';
}

/**
 * The policy once `members` is written to one of its rules. A member that is absent or null stays as it was. Throws
 * `Refusal`; the conflict of MFA with an authentication context shows only in the whole policy (`changePolicy`).
 */
export function withRule(policy: Policy, rule: ManagementRule, members: Members, { parseApprover, refusal }: RuleForm): Policy {
  try {
    return changed(policy, rule, members, parseApprover);
  } catch (error) {
    throw error instanceof RuleFault ? refusal(error.message) : error;
  }
}

function changed(policy: Policy, rule: ManagementRule, members: Members, parseApprover: ParseApprover): Policy {
  checkMembers(members, rule.id, [...envelope, ...ruleMembers[rule.type]]);
  switch (rule.type) {
    case 'AuthenticationContext':
      return withActivation(policy, { authenticationContext: context(policy.activation.authenticationContext, members) });
    case 'Approval':
      return withActivation(policy, { approval: approval(policy.activation.approval, objectMember(members, 'setting'), parseApprover) });
    case 'Enablement':
    case 'Expiration':
    case 'Notification':
      return { ...policy, [rule.part]: { ...policy[rule.part], ...levelRule(policy[rule.part], rule, members) } };
  }
}

/** What ARM and Graph put around a rule. */
const envelope: readonly string[] = ['id', 'ruleType', 'target'];

const ruleMembers: Readonly<Record<ManagementRuleType, readonly string[]>> = {
  Enablement: ['enabledRules'],
  Expiration: ['isExpirationRequired', 'maximumDuration'],
  Notification: ['notificationType', 'recipientType', 'isDefaultRecipientsEnabled', 'notificationLevel', 'notificationRecipients'],
  AuthenticationContext: ['isEnabled', 'claimValue'],
  Approval: ['setting'],
};

const settingMembers: readonly string[] = [
  'isApprovalRequired',
  'isApprovalRequiredForExtension',
  'isRequestorJustificationRequired',
  'approvalMode',
  'approvalStages',
];

const stageMembers: readonly string[] = [
  'approvalStageTimeOutInDays',
  'isApproverJustificationRequired',
  'escalationTimeInMinutes',
  'isEscalationEnabled',
  'primaryApprovers',
  'escalationApprovers',
];

/** A misspelt member would leave the rule as it was, without a word. Annotations such as `@odata.type` are not looked at. */
function checkMembers(members: Members, where: string, known: readonly string[]): void {
  const names = known.map((name) => name.toLowerCase());
  const unknown = [...members.keys()].find((name) => !name.includes('@') && !names.includes(name));
  if (unknown !== undefined) {
    throw new RuleFault(`${where} has no member '${unknown}', only ${known.join(', ')}.`);
  }
}

function withActivation(policy: Policy, change: Partial<ActivationRules>): Policy {
  return { ...policy, activation: { ...policy.activation, ...change } };
}

function levelRule(before: LevelRules, { type, part, recipient }: ManagementRule, members: Members): Partial<LevelRules> {
  if (type === 'Enablement') {
    return { enablement: enablement(before.enablement, part, members) };
  }
  if (type === 'Expiration') {
    return { expiration: expiration(before.expiration, members) };
  }
  const told = recipient ?? 'Admin';
  return { notifications: { ...before.notifications, [told]: notification(before.notifications[told], told, members) } };
}

const enablementRules = ['MultiFactorAuthentication', 'Justification', 'Ticketing'] as const;

/** An administrator's assignment can be asked for a justification and for MFA, not for a ticket. */
function enablement(before: EnablementRule, part: keyof Policy, members: Members): EnablementRule {
  const names = textsMember(members, 'enabledRules');
  if (names === null) {
    return before;
  }
  const wanted = new Set(names.map((name) => oneOf('enabledRules', enablementRules, name)));
  if (part === 'assignment' && wanted.has('Ticketing')) {
    throw new RuleFault("Leave Ticketing out of 'enabledRules' of Enablement_Admin_Assignment.");
  }
  return {
    mfa: wanted.has('MultiFactorAuthentication'),
    justification: wanted.has('Justification'),
    ticket: wanted.has('Ticketing'),
  };
}

function expiration(before: ExpirationRule, members: Members): ExpirationRule {
  const maximumDuration = textMember(members, 'maximumDuration') ?? before.maximumDuration;
  if ((parseDuration(maximumDuration) ?? 0) === 0) {
    throw new RuleFault(`'maximumDuration' must be an ISO 8601 duration such as PT8H, found ${maximumDuration}.`);
  }
  return { isExpirationRequired: flag(members, 'isExpirationRequired', before.isExpirationRequired), maximumDuration };
}

const notificationLevels = ['None', 'Critical', 'All'] as const;

function notification(before: NotificationRule, recipient: string, members: Members): NotificationRule {
  oneOf('notificationType', ['Email'], textMember(members, 'notificationType') ?? 'Email');
  oneOf('recipientType', [recipient], textMember(members, 'recipientType') ?? recipient);
  return {
    isDefaultRecipientsEnabled: flag(members, 'isDefaultRecipientsEnabled', before.isDefaultRecipientsEnabled),
    notificationLevel: oneOf('notificationLevel', notificationLevels, textMember(members, 'notificationLevel') ?? before.notificationLevel),
    notificationRecipients: textsMember(members, 'notificationRecipients') ?? before.notificationRecipients,
  };
}

function context(before: AuthenticationContextRule, members: Members): AuthenticationContextRule {
  const isEnabled = flag(members, 'isEnabled', before.isEnabled);
  const claimValue = textMember(members, 'claimValue') ?? before.claimValue;
  if (!/^c[1-9]\d?$/.test(claimValue) && (isEnabled || claimValue !== '')) {
    throw new RuleFault(`'claimValue' must be an authentication context from c1 to c99, found ${claimValue || 'none'}.`);
  }
  return { isEnabled, claimValue };
}

const approvalModes = ['SingleStage', 'Serial', 'Parallel', 'NoApproval'] as const;

function approval(before: ApprovalRule, setting: Members, parseApprover: ParseApprover): ApprovalRule {
  checkMembers(setting, "'setting'", settingMembers);
  const stages = objectsMember(setting, 'approvalStages');
  if (stages.length > 1) {
    throw new RuleFault(`'approvalStages' must hold one stage, found ${stages.length}.`);
  }
  return {
    isApprovalRequired: flag(setting, 'isApprovalRequired', before.isApprovalRequired),
    isApprovalRequiredForExtension: flag(setting, 'isApprovalRequiredForExtension', before.isApprovalRequiredForExtension),
    isRequestorJustificationRequired: flag(setting, 'isRequestorJustificationRequired', before.isRequestorJustificationRequired),
    approvalMode: oneOf('approvalMode', approvalModes, textMember(setting, 'approvalMode') ?? before.approvalMode),
    ...stageRule(before, stages[0] ?? noStage(setting), parseApprover),
  };
}

const noMembers: Members = new Map();
const nobody: Members = new Map([['primaryapprovers', []], ['escalationapprovers', []]]);

/** A list without a stage names no approver. */
function noStage(setting: Members): Members {
  return (setting.get('approvalstages') ?? null) === null ? noMembers : nobody;
}

type StageRule = Omit<
  ApprovalRule,
  'isApprovalRequired' | 'isApprovalRequiredForExtension' | 'isRequestorJustificationRequired' | 'approvalMode'
>;

function stageRule(before: ApprovalRule, stage: Members, parseApprover: ParseApprover): StageRule {
  checkMembers(stage, "An item of 'approvalStages'", stageMembers);
  const approvers = (name: string): readonly Approver[] | null =>
    (stage.get(name.toLowerCase()) ?? null) === null ? null : objectsMember(stage, name).map(parseApprover);
  return {
    approvalStageTimeOutInDays: wholeNumber(stage, 'approvalStageTimeOutInDays', before.approvalStageTimeOutInDays),
    isApproverJustificationRequired: flag(stage, 'isApproverJustificationRequired', before.isApproverJustificationRequired),
    escalationTimeInMinutes: wholeNumber(stage, 'escalationTimeInMinutes', before.escalationTimeInMinutes),
    isEscalationEnabled: flag(stage, 'isEscalationEnabled', before.isEscalationEnabled),
    approvers: approvers('primaryApprovers') ?? before.approvers,
    escalationApprovers: approvers('escalationApprovers') ?? before.escalationApprovers,
  };
}

function flag(members: Members, name: string, before: boolean): boolean {
  const value = members.get(name.toLowerCase()) ?? before;
  if (typeof value !== 'boolean') {
    throw new RuleFault(`'${name}' must be true or false.`);
  }
  return value;
}

function wholeNumber(members: Members, name: string, before: number): number {
  const value = members.get(name.toLowerCase()) ?? before;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw new RuleFault(`'${name}' must be a whole number, zero or more.`);
  }
  return value;
}

/** The known spelling of a value, whatever its case. */
function oneOf<T extends string>(name: string, known: readonly T[], value: string): T {
  const found = known.find((candidate) => candidate.toLowerCase() === value.toLowerCase());
  if (found === undefined) {
    throw new RuleFault(`'${name}' must be ${known.join(' or ')}, found ${value}.`);
  }
  return found;
}
