import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardElement, CardFrame } from './adaptive-card.ts';
import { frame } from './frame.ts';
import { oneLine } from './plain-text.ts';
import template from './templates/notice.json' with { type: 'json' };
import { pieces, text } from './texts.ts';
import type { Reader, TextKey, TextPiece } from './texts.ts';
import { verbAction } from './verbs.ts';

/** The notices that have something to fill in. `null`: not known. */
interface NoticeParams {
  readonly unknownCommand: { readonly typed: string; readonly nearest: string | null };
  readonly internalError: { readonly reference: string };
  readonly deactivated: { readonly role: string; readonly scope: string };
  readonly noSuchActive: { readonly asked: string };
  readonly 'assignWhen.unreadable': { readonly typed: string };
  readonly 'assignWhen.past': { readonly typed: string };
  readonly 'assignWhen.endsBeforeStart': { readonly typed: string };
  readonly 'assignWhen.tooLong': { readonly typed: string };
  readonly 'nothingFound.principal': { readonly asked: string };
  readonly 'nothingFound.scope': { readonly asked: string };
  readonly 'nothingFound.role': { readonly asked: string };
  readonly nothingToTake: { readonly person: string; readonly asked: string };
}

type FixedNoticeKey =
  | 'personalChatOnly'
  | 'notYourCard'
  | 'outOfDate'
  | 'notUnderstood' // a card sent something that is none of our verbs
  | 'storeUnavailable'
  | 'noLongerEligible'
  | 'noSuchRequest'
  | 'approverReasonMissing'
  | 'ownRequest'
  | 'notYourDecision'
  | 'noLongerApprover' // who was asked, and has lost the right since then
  | 'checkingWithPim'
  | 'membersOnly' // guests and external people are served nothing
  | 'signedOut'
  | 'signedIn'
  | 'signInFailed'
  | 'assignHow' // without a role or a person
  | 'unassignHow'
  | 'ticketTooLong'
  | 'listHow'
  | 'mayNotReadAssignments'
  | 'settingsHow' // without a role
  | 'settingsApplyHow' // without JSON, or one role's settings without the role
  | 'settingsTooMany'
  | 'settingsFile.notFromTeams'
  | 'settingsFile.tooLarge'
  | 'settingsFile.unreadable'
  | 'settingsFile.declined' // the file that `settings export` offered
  | 'settingsFile.notToTeams'
  | 'settingsFile.failed'
  | 'settingsSame'
  | 'settingsNoneToExport'
  | 'digestTime'; // "digest on" without a readable time of day

export type NoticeKey = FixedNoticeKey | keyof NoticeParams;

export type Notice =
  | { readonly key: FixedNoticeKey; readonly params?: Readonly<Record<string, never>> }
  | { [Key in keyof NoticeParams]: { readonly key: Key; readonly params: NoticeParams[Key] } }[keyof NoticeParams];

interface NoticeData extends CardFrame {
  readonly title: string;
  readonly sentence: readonly TextPiece[];
  readonly next: string;
}

const fill: (data: NoticeData) => AdaptiveCard = cardTemplate(template);

/** A short answer that is not about one activation: what is the matter, and what to do next. */
export function noticeCard(reader: Reader, notice: Notice): AdaptiveCard {
  const { locale } = reader;
  const { body, params } = sentence(notice);
  return fill({
    ...frame(reader, 'notice.summary', actions(reader, notice.key)),
    title: text(locale, `notice.${notice.key}.title`),
    sentence: pieces(locale, body, params),
    next: text(locale, `notice.${notice.key}.next`),
  });
}

interface Sentence {
  readonly body: TextKey;
  readonly params: Readonly<Record<string, string>>;
}

function sentence(notice: Notice): Sentence {
  if (notice.key === 'unknownCommand') return unknownCommand(notice.params);
  return { body: `notice.${notice.key}.body`, params: shownParams(notice.params ?? {}) };
}

function unknownCommand({ typed, nearest }: NoticeParams['unknownCommand']): Sentence {
  return nearest === null
    ? { body: 'notice.unknownCommand.body', params: shownParams({ typed }) }
    : { body: 'notice.unknownCommand.bodyNear', params: shownParams({ typed, nearest }) };
}

function shownParams(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, oneLine(value)]));
}

/** Whoever asks for their roles is asked to sign in first, where that is what is missing. */
const waysOn = {
  roles: { verb: 'roles.show', title: 'action.showRoles' },
  approvals: { verb: 'approvals.show', title: 'action.showApprovals' },
  active: { verb: 'active.show', title: 'action.showActive' },
  signIn: { verb: 'roles.show', title: 'action.signIn' },
  tryAgain: { verb: 'roles.show', title: 'action.tryAgain' },
} as const;

type WayOn = keyof typeof waysOn | 'none';

/** A group chat's notice has no buttons: nothing personal may be shown there. */
const wayOn: Readonly<Record<NoticeKey, WayOn>> = {
  unknownCommand: 'roles',
  personalChatOnly: 'none',
  notYourCard: 'roles',
  outOfDate: 'roles',
  notUnderstood: 'roles',
  internalError: 'roles',
  storeUnavailable: 'none',
  noSuchActive: 'active',
  noLongerEligible: 'roles',
  noSuchRequest: 'roles',
  approverReasonMissing: 'approvals',
  membersOnly: 'none',
  signedOut: 'signIn',
  signedIn: 'roles',
  signInFailed: 'tryAgain',
  ownRequest: 'approvals',
  notYourDecision: 'approvals',
  noLongerApprover: 'approvals',
  checkingWithPim: 'roles',
  deactivated: 'roles',
  assignHow: 'none',
  ticketTooLong: 'none',
  unassignHow: 'none',
  listHow: 'none',
  mayNotReadAssignments: 'roles',
  settingsHow: 'none',
  settingsApplyHow: 'none',
  settingsTooMany: 'none',
  'settingsFile.notFromTeams': 'none',
  'settingsFile.tooLarge': 'none',
  'settingsFile.unreadable': 'none',
  'settingsFile.declined': 'roles',
  'settingsFile.notToTeams': 'none',
  'settingsFile.failed': 'none',
  settingsSame: 'roles',
  settingsNoneToExport: 'roles',
  'assignWhen.unreadable': 'none',
  'assignWhen.past': 'none',
  'assignWhen.endsBeforeStart': 'none',
  'assignWhen.tooLong': 'none',
  'nothingFound.principal': 'none',
  'nothingFound.scope': 'none',
  'nothingFound.role': 'none',
  nothingToTake: 'none',
  digestTime: 'none',
};

function actions({ locale }: Reader, key: NoticeKey): readonly CardElement[] {
  const way = wayOn[key];
  if (way === 'none') return [];
  const { verb, title } = waysOn[way];
  return [verbAction({ verb }, text(locale, title))];
}
