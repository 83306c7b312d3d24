import type { Seed } from '../../src/emulator/seed.ts';
import type { PimErrorCode } from '../../src/pim/errors.ts';
import type { World } from '../helpers/world.ts';
import { alexAsks, alexLoses } from './alex-in-the-portal.ts';
import { changesRule, type RoleInThePortal } from './settings-in-the-portal.ts';

// Activations that the bot lets through and PIM refuses: what happens while the form is filled in, and what the card says then.

/** What happened, why, and what to do next. */
type Words = readonly [string, string, string];

export interface Refusal {
  /** PIM's code, or its failed rules. */
  readonly pim: string;
  readonly form: Form;
  readonly seed?: (seed: Seed) => Seed;
  /** `requestId`: the form's. */
  readonly meanwhile: (world: World, requestId: string) => Promise<unknown>;
  readonly code: PimErrorCode;
  readonly rules?: readonly string[];
  readonly told: { readonly en: Words; readonly ja: Words };
  /** Where the card leads besides "Try again": verbs, and addresses. */
  readonly leads?: readonly string[];
  /** There is no form to try again with. */
  readonly isOver?: boolean;
}

/** What Alex types, and fills in. */
interface Form {
  readonly at: RoleInThePortal;
  readonly command: string;
  readonly entered: Readonly<Record<string, string>>;
}

const production = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const rgApp = `${production}/resourceGroups/rg-app`;
const portal = 'https://portal.azure.com/#view/Microsoft_Azure_PIMCommon/CommonMenuBlade/~/quickStart';
export const consentUrl = 'https://login.microsoftonline.example/consent';

const website: Form = {
  at: { kind: 'azure', role: 'Website Contributor', scope: '/subscriptions/c3e00000-0000-4000-8000-000000000002/resourceGroups/rg-web' },
  command: 'activate Website Contributor',
  entered: { minutes: '60', justification: 'a fix of the shop', ticketNumber: 'INC-42', ticketSystem: 'ServiceNow' },
};
const reader: Form = {
  at: { kind: 'azure', role: 'Reader', scope: production }, command: 'activate Reader on Production', entered: { minutes: '30', justification: 'a look at the logs' },
};
const contributor: Form = {
  at: { kind: 'azure', role: 'Contributor', scope: rgApp }, command: 'activate Contributor on rg-app', entered: { minutes: '60', justification: 'the deployment hangs' },
};
const reports: Form = {
  at: { kind: 'entra', role: 'Reports Reader', scope: '/' }, command: 'activate Reports Reader', entered: { minutes: '60', justification: 'the monthly report' },
};
const opsLead: Form = {
  at: { kind: 'group', role: 'member', scope: 'b2e00000-0000-4000-8000-000000000001' }, command: 'activate Member on Ops leads', entered: { minutes: '60', justification: 'on call' },
};

const asksFor = ({ at }: Form, ...enabledRules: readonly string[]) => (world: World): Promise<void> =>
  changesRule(world, at, 'Enablement_EndUser_Assignment', { enabledRules });
const allows = ({ at }: Form, maximumDuration: string) => (world: World): Promise<void> =>
  changesRule(world, at, 'Expiration_EndUser_Assignment', { maximumDuration });
const wantsContext = ({ at }: Form) => (world: World): Promise<void> =>
  changesRule(world, at, 'AuthenticationContext_EndUser_Assignment', { isEnabled: true, claimValue: 'c1' });

const sending = { azure: { method: 'PUT', path: 'roleAssignmentScheduleRequests/' }, graph: { method: 'POST', path: 'ssignmentScheduleRequests$' } } as const;

/** What no state of the local service brings about: PIM's own body. */
const answers = (status: number, code: string, message: string, from: keyof typeof sending = 'azure') => (world: World): Promise<void> =>
  world.fault(sending[from], { status, body: { error: { code, message } } });

const en = "The role's settings do not allow this";
const ja = 'ロールの設定により許可されませんでした';

const words = {
  held: {
    en: ['You already hold this role', 'PIM has an activation for this role and scope', 'See what is active'],
    ja: ['このロールはすでにアクティブです', '同じロールとスコープのアクティブ化が PIM にあります', 'アクティブなロールをご確認ください'],
  },
  asked: {
    en: ['This role is already requested', 'still waits at PIM', 'Wait for its decision, or withdraw it'],
    ja: ['このロールはすでに申請中です', 'PIM で決定を待っています', '決定を待つか、取り消してから'],
  },
  expiration: {
    en: [en, 'longer than the role allows', 'Ask for a shorter time'],
    ja: [ja, '期間がロールの上限を超えている', 'より短い期間で申請してください'],
  },
  justification: { en: [en, 'asks for a justification', 'Say what you need the role for'], ja: [ja, '理由の入力が必要です', 'このロールが必要な理由を入力'] },
  ticket: { en: [en, 'asks for a ticket', 'Enter ticket number and ticket system'], ja: [ja, 'チケット情報が必要です', 'チケット番号とチケット システムを入力'] },
  eligibility: { en: [en, 'no valid eligible assignment', 'Ask an administrator for an eligible assignment'], ja: [ja, '有効な対象割り当てがありません', '管理者に対象割り当てを依頼'] },
  mfa: { en: [en, 'asks for multi-factor authentication', 'Sign in with a second factor'], ja: [ja, '多要素認証が必要です', '多要素認証でサインイン'] },
  context: {
    en: ['A stronger sign-in is needed', 'asks for a stronger sign-in', 'Do it in the Azure portal'],
    ja: ['より強いサインインが必要です', '強度のサインインを求めています', 'Azure portal の Privileged Identity Management で操作'],
  },
  locked: {
    en: ['The resource is locked', 'An Azure lock keeps PIM from changing access', 'Ask the owner of the resource to lift the lock'],
    ja: ['リソースがロックされています', 'PIM がアクセス権を変更できません', 'ロックの解除を依頼'],
  },
  nameTaken: { en: ['The request was not accepted', 'another request under the same ID', 'Begin again'], ja: ['申請は受け付けられませんでした', '同じ ID の別の申請', 'はじめからやり直して'] },
  notAllowed: {
    en: ['You are not allowed to do this', 'found no right for this on your account', 'speak to an administrator'],
    ja: ['この操作は許可されていません', '権限を確認できませんでした', '管理者にご相談ください'],
  },
  unknownPerson: {
    en: ['PIM does not know this person or group', 'not found in the directory', 'Try again in a few minutes'],
    ja: ['このユーザーまたはグループが見つかりません', 'ディレクトリに見つかりませんでした', '数分後にやり直して'],
  },
  invalid: { en: ['PIM could not use the request', 'the role may have been deleted', 'Choose the role again'], ja: ['PIM が申請を処理できませんでした', 'ロールが削除されたか', 'ロールを選び直して'] },
  tooSoon: { en: ['Too early', 'takes none that is shorter', 'Try again 5 minutes after the start'], ja: ['まだ早すぎます', '5 分より短いアクティブ化はできません', '開始から 5 分たってから'] },
  licence: { en: ['A licence is missing', 'your organisation has no licence for it', 'Speak to an administrator'], ja: ['ライセンスがありません', '組織にありません', '組織の管理者にご相談ください'] },
  consent: {
    en: ['This bot may not do this for people yet', 'An administrator of your organisation has to allow that', `administrators' page: ${consentUrl}`],
    ja: ['ボットによる操作がまだ許可されていません', '全員分を許可する必要があります', `管理者用ページ: ${consentUrl}`],
  },
  busy: { en: ['PIM is busy', 'takes no more requests', 'Try again in a minute'], ja: ['PIM が混み合っています', '要求を一時的に制限', '1 分ほど待ってから'] },
  administrator: { en: [en, 'Only an administrator may make this request', 'Ask an administrator'], ja: [ja, '管理者のみが行えます', '管理者に依頼してください'] },
  day: { en: [en, 'cannot be activated on this day', 'on a day that the role allows'], ja: [ja, 'この日にはアクティブ化できません', '許可されている日に'] },
  approval: { en: [en, 'The approval settings of the role', "check the role's approvers"], ja: [ja, 'ロールの承認設定により', '承認者の確認を依頼'] },
  unknownRule: { en: [en, 'a rule that this bot does not know: MoonPhaseRule', 'Ask an administrator what it wants'], ja: [ja, 'このボットが知らない規則', '規則の内容を確認'] },
  unknown: { en: ['PIM refused the request', 'a reason that this bot does not know', 'tell the operator of this bot'], ja: ['PIM が申請を拒否しました', 'このボットが知らない理由', 'ボットの運用担当者に連絡'] },
} as const satisfies Record<string, Refusal['told']>;

const policy = 'RoleAssignmentRequestPolicyValidationFailed';
const failed = (rules: string): string => `The following policy rules failed: ${rules}`;

/** Brought about by what somebody does at PIM meanwhile. */
export const provoked: readonly Refusal[] = [
  { pim: 'RoleAssignmentExists', form: reader, meanwhile: (world) => alexAsks(world, reader.at), code: 'alreadyActive', told: words.held, leads: ['active.show'] },
  { pim: 'PendingRoleAssignmentRequest', form: contributor, meanwhile: (world) => alexAsks(world, contributor.at), code: 'alreadyRequested', told: words.asked, leads: ['roles.show'] },
  {
    pim: 'RoleAssignmentRequestExists', form: contributor,
    meanwhile: (world, requestId) => alexAsks(world, { ...reader.at, scope: rgApp }, requestId), code: 'requestNameTaken', told: words.nameTaken,
  },
  { pim: 'ExpirationRule', form: website, meanwhile: allows(website, 'PT30M'), code: 'policyRefused', rules: ['ExpirationRule'], told: words.expiration },
  {
    pim: 'JustificationRule', form: { ...reader, entered: { minutes: '30', justification: '' } },
    meanwhile: asksFor(reader, 'Justification'), code: 'policyRefused', rules: ['JustificationRule'], told: words.justification,
  },
  { pim: 'TicketingRule', form: reader, meanwhile: asksFor(reader, 'Ticketing'), code: 'policyRefused', rules: ['TicketingRule'], told: words.ticket },
  { pim: 'MfaRule', form: website, meanwhile: asksFor(website, 'Justification', 'Ticketing', 'MultiFactorAuthentication'), code: 'policyRefused', rules: ['MfaRule'], told: words.mfa, leads: [portal] },
  { pim: 'EligibilityRule', form: website, meanwhile: (world) => alexLoses(world, website.at, 'Eligibility'), code: 'policyRefused', rules: ['EligibilityRule'], told: words.eligibility, isOver: true },
  { pim: 'RoleAssignmentRequestAcrsValidationFailed', form: website, meanwhile: wantsContext(website), code: 'stepUpRequired', told: words.context, leads: [portal] },
  {
    pim: 'ResourceIsLocked', form: website, seed: (seed) => ({ ...seed, locks: [website.at.scope] }),
    meanwhile: () => Promise.resolve(), code: 'resourceLocked', told: words.locked,
  },
  { pim: 'ExpirationRule of an Entra role', form: reports, meanwhile: allows(reports, 'PT30M'), code: 'policyRefused', rules: ['ExpirationRule'], told: words.expiration },
  { pim: 'TicketingRule of a group', form: opsLead, meanwhile: asksFor(opsLead, 'Justification', 'Ticketing'), code: 'policyRefused', rules: ['TicketingRule'], told: words.ticket },
  {
    pim: 'ExpirationRule in the newer words', form: website, code: 'policyRefused', rules: ['ExpirationRule'], told: words.expiration,
    meanwhile: async (world) => { await allows(website, 'PT30M')(world); await world.fault(sending.azure, { newerWording: true }); },
  },
  {
    pim: 'ExpirationRule inside of an UnknownError', form: reports, code: 'policyRefused', rules: ['ExpirationRule'], told: words.expiration,
    meanwhile: async (world) => { await allows(reports, 'PT30M')(world); await world.fault(sending.graph, { wrapErrors: true }); },
  },
  { pim: 'AadPremiumLicenseRequired', form: website, meanwhile: (world) => world.fault(sending.azure, { licenceMissing: true }), code: 'licenceMissing', told: words.licence },
  { pim: 'AadPremiumLicenseRequired of Graph', form: reports, meanwhile: (world) => world.fault(sending.graph, { licenceMissing: true }), code: 'licenceMissing', told: words.licence },
  { pim: 'TooManyRequests', form: website, meanwhile: (world) => world.fault(sending.azure, { throttle: 30 }), code: 'throttled', told: words.busy },
];

/** Brought about by no state of the local service. */
export const played: readonly Refusal[] = [
  { pim: 'InvalidRoleAssignmentId', form: website, meanwhile: answers(400, 'InvalidRoleAssignmentId', ''), code: 'alreadyActive', told: words.held, leads: ['active.show'] },
  { pim: 'RoleAssignmentExists in plain words', form: website, meanwhile: answers(400, 'BadRequest', 'The role assignment already exists.'), code: 'alreadyActive', told: words.held, leads: ['active.show'] },
  { pim: 'ActiveDurationTooShort', form: website, meanwhile: answers(400, 'ActiveDurationTooShort', 'The Active duration is too short. Miniumum Required is 5 minutes.'), code: 'tooSoon', told: words.tooSoon },
  { pim: 'SubjectNotFound', form: website, meanwhile: answers(400, 'SubjectNotFound', 'The subject is not found.'), code: 'principalUnknown', told: words.unknownPerson },
  { pim: 'InsufficientPermissions', form: website, meanwhile: answers(400, 'InsufficientPermissions', 'The requestor does not have permissions for this request.'), code: 'notPermitted', told: words.notAllowed },
  { pim: 'AuthorizationFailed', form: website, meanwhile: answers(403, 'AuthorizationFailed', 'The client does not have authorization to perform action.'), code: 'notPermitted', told: words.notAllowed },
  { pim: 'Authorization_RequestDenied', form: reports, meanwhile: answers(403, 'Authorization_RequestDenied', 'Insufficient privileges.', 'graph'), code: 'notPermitted', told: words.notAllowed },
  { pim: 'RoleDefinitionDoesNotExist', form: website, meanwhile: answers(404, 'RoleDefinitionDoesNotExist', ''), code: 'invalidRequest', told: words.invalid },
  { pim: 'RoleNotFound', form: website, meanwhile: answers(400, 'RoleNotFound', 'The role is not found.'), code: 'invalidRequest', told: words.invalid },
  { pim: 'ScopeDoesNotMatchRoleDefinition', form: website, meanwhile: answers(400, 'ScopeDoesNotMatchRoleDefinition', ''), code: 'invalidRequest', told: words.invalid },
  {
    pim: 'PermissionScopeNotGranted', form: reports, code: 'consentRequired', told: words.consent, leads: [consentUrl],
    meanwhile: answers(403, 'UnknownError', JSON.stringify({ errorCode: 'PermissionScopeNotGranted', message: 'Authorization failed due to missing permission scope.', instanceAnnotations: [] }), 'graph'),
  },
  { pim: 'AdminRequestRule', form: website, meanwhile: answers(400, policy, failed('["AdminRequestRule"]')), code: 'policyRefused', rules: ['AdminRequestRule'], told: words.administrator },
  { pim: 'ActivationDayRule', form: website, meanwhile: answers(400, policy, failed('["ActivationDayRule"]')), code: 'policyRefused', rules: ['ActivationDayRule'], told: words.day },
  { pim: 'ApprovalRule', form: website, meanwhile: answers(400, policy, failed('["ApprovalRule"]')), code: 'policyRefused', rules: ['ApprovalRule'], told: words.approval },
  { pim: 'a rule that nobody knows', form: website, meanwhile: answers(400, policy, failed('["MoonPhaseRule"]')), code: 'policyRefused', rules: ['MoonPhaseRule'], told: words.unknownRule },
  { pim: 'a code that nobody knows', form: website, meanwhile: answers(400, 'MoonPhaseWrong', 'Wait for the full moon.'), code: 'unexpected', told: words.unknown },
];
