import type { PimErrorCode } from '../../src/pim/errors.ts';
import { noticeCard } from '../../src/cards/notice.ts';
import type { Notice, NoticeKey } from '../../src/cards/notice.ts';
import { problemCard } from '../../src/cards/problem.ts';
import type { Locale } from '../../src/cards/texts.ts';
import type { CardSample } from './every-card.ts';
import { consentUrl, readers } from './samples.ts';

// As records, so that a new code or notice does not compile before it is shown here.
const codes: Readonly<Record<PimErrorCode, true>> = {
  alreadyActive: true,
  alreadyRequested: true,
  requestNameTaken: true,
  notActive: true,
  tooSoon: true,
  policyRefused: true,
  stepUpRequired: true,
  notPermitted: true,
  alreadyDecided: true,
  notFound: true,
  resourceLocked: true,
  principalUnknown: true,
  licenceMissing: true,
  onlyInPortal: true,
  invalidRequest: true,
  signInRequired: true,
  otherAccount: true,
  consentRequired: true,
  throttled: true,
  unavailable: true,
  outcomeUnknown: true,
  badAnswer: true,
  unexpected: true,
};

/** The rules that PIM is known to name, and one that it is not. */
export const rules = [
  'ExpirationRule',
  'JustificationRule',
  'EligibilityRule',
  'TicketingRule',
  'MfaRule',
  'AdminRequestRule',
  'ActivationDayRule',
  'ApprovalRule',
  'MoonPhaseRule',
] as const;

const notices: Readonly<Record<NoticeKey, readonly Notice[]>> = {
  unknownCommand: [
    { key: 'unknownCommand', params: { typed: 'actvate', nearest: 'activate' } },
    { key: 'unknownCommand', params: { typed: 'sing a song', nearest: null } },
  ],
  personalChatOnly: [{ key: 'personalChatOnly' }],
  notYourCard: [{ key: 'notYourCard' }],
  membersOnly: [{ key: 'membersOnly' }],
  settingsHow: [{ key: 'settingsHow' }],
  settingsApplyHow: [{ key: 'settingsApplyHow' }],
  settingsTooMany: [{ key: 'settingsTooMany' }],
  'settingsFile.notFromTeams': [{ key: 'settingsFile.notFromTeams' }],
  'settingsFile.tooLarge': [{ key: 'settingsFile.tooLarge' }],
  'settingsFile.unreadable': [{ key: 'settingsFile.unreadable' }],
  'settingsFile.declined': [{ key: 'settingsFile.declined' }],
  'settingsFile.notToTeams': [{ key: 'settingsFile.notToTeams' }],
  'settingsFile.failed': [{ key: 'settingsFile.failed' }],
  settingsSame: [{ key: 'settingsSame' }],
  settingsNoneToExport: [{ key: 'settingsNoneToExport' }],
  signedOut: [{ key: 'signedOut' }],
  signedIn: [{ key: 'signedIn' }],
  signInFailed: [{ key: 'signInFailed' }],
  outOfDate: [{ key: 'outOfDate' }],
  notUnderstood: [{ key: 'notUnderstood' }],
  internalError: [{ key: 'internalError', params: { reference: '0f3c-77a1' } }],
  storeUnavailable: [{ key: 'storeUnavailable' }],
  noSuchActive: [{ key: 'noSuchActive', params: { asked: 'Owner' } }],
  deactivated: [{ key: 'deactivated', params: { role: 'Contributor', scope: 'rg-app' } }],
  noLongerEligible: [{ key: 'noLongerEligible' }],
  noSuchRequest: [{ key: 'noSuchRequest' }],
  approverReasonMissing: [{ key: 'approverReasonMissing' }],
  ownRequest: [{ key: 'ownRequest' }],
  notYourDecision: [{ key: 'notYourDecision' }],
  noLongerApprover: [{ key: 'noLongerApprover' }],
  checkingWithPim: [{ key: 'checkingWithPim' }],
  digestTime: [{ key: 'digestTime' }],
  assignHow: [{ key: 'assignHow' }],
  unassignHow: [{ key: 'unassignHow' }],
  ticketTooLong: [{ key: 'ticketTooLong' }],
  listHow: [{ key: 'listHow' }],
  'assignWhen.unreadable': [{ key: 'assignWhen.unreadable', params: { typed: 'the cows come home' } }],
  'assignWhen.past': [{ key: 'assignWhen.past', params: { typed: '2020-01-01' } }],
  'assignWhen.endsBeforeStart': [{ key: 'assignWhen.endsBeforeStart', params: { typed: 'tomorrow' } }],
  'assignWhen.tooLong': [{ key: 'assignWhen.tooLong', params: { typed: '9999-12-31' } }],
  'nothingFound.principal': [{ key: 'nothingFound.principal', params: { asked: 'alexx' } }],
  'nothingFound.scope': [{ key: 'nothingFound.scope', params: { asked: 'rg-nowhere' } }],
  'nothingFound.role': [{ key: 'nothingFound.role', params: { asked: 'Wizard' } }],
  nothingToTake: [{ key: 'nothingToTake', params: { person: 'Alex Wilber', asked: 'Owner · rg-app' } }],
  mayNotReadAssignments: [{ key: 'mayNotReadAssignments' }],
};

export function problemCards(locale: Locale): readonly CardSample[] {
  const reader = readers[locale];
  const azureRequestId = '7c2f6d0e-5b1a-4f0e-9d53-0a1b2c3d4e5f';
  return [
    ...Object.keys(codes).filter(isCode).map((code) => ({
      name: `problem-${kebab(code)}`,
      card: problemCard(reader, { problem: { code, rules: [], azureRequestId } }),
    })),
    { name: 'problem-throttled-minutes', card: problemCard(reader, { problem: { code: 'throttled', rules: [], azureRequestId, retryAfterMs: 300_000 } }) },
    { name: 'problem-throttled-hours', card: problemCard(reader, { problem: { code: 'throttled', rules: [], azureRequestId: null, retryAfterMs: 9_000_000 } }) },
    { name: 'problem-consent-required-page', card: problemCard(reader, { problem: { code: 'consentRequired', rules: [], azureRequestId: null }, consentUrl }) },
    ...rules.map((rule) => ({
      name: `problem-rule-${kebab(rule)}`,
      card: problemCard(reader, { problem: { code: 'policyRefused', rules: [rule], azureRequestId: null } }),
    })),
    {
      name: 'problem-rules-two',
      card: problemCard(reader, { problem: { code: 'policyRefused', rules: ['ExpirationRule', 'JustificationRule'], azureRequestId } }),
    },
    ...Object.values(notices).flatMap((variants) =>
      variants.map((notice, index) => ({
        name: `notice-${kebab(notice.key)}${index === 0 ? '' : `-${index + 1}`}`,
        card: noticeCard(reader, notice),
      })),
    ),
  ];
}

function isCode(name: string): name is PimErrorCode {
  return name in codes;
}

function kebab(name: string): string {
  return name.replaceAll('.', '-').replaceAll(/(?!^)[A-Z]/gu, (letter) => `-${letter}`).toLowerCase();
}
