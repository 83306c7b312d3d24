import type { Approver } from '../pim/model.ts';
import type { BoundSettings } from '../pim/own-settings.ts';
import { approvalsNeeded, ticketForms } from '../pim/own-settings.ts';
import { sameScope } from '../pim/scope.ts';
import { minutesOfPolicy } from '../pim/settings/elevation-duration.ts';
import { readOnlyFields, readOnlySources } from '../pim/settings/privileged-role-settings.ts';
import type { RolePolicy } from '../pim/settings/role-policy.ts';
import type { AdaptiveCard } from './adaptive-card.ts';
import { duration, exactMoment } from './moment.ts';
import { oneLine } from './plain-text.ts';
import { roleInWords, scopeInWords } from './role-words.ts';
import { settingsFrame } from './settings-frame.ts';
import type { SettingsSection } from './settings-frame.ts';
import { approversInWords, settingRows } from './settings-words.ts';
import { tones } from './status-words.ts';
import { text } from './texts.ts';
import type { Locale, Reader } from './texts.ts';
import { verbAction } from './verbs.ts';

export interface ShownRoleSettings {
  /** Under which role and scope are kept: what is changed in the JSON is about these. */
  readonly inquiryId: string;
  readonly policy: RolePolicy;
  /** What our own settings ask for, alone; `null`: none of them is about this role here. */
  readonly own: BoundSettings | null;
  /** Names of the approvers in our own settings, as far as they are known. */
  readonly ownApprovers: readonly Approver[];
}

const minutesOfADay = 1440;

/** One role's settings: in words, where they come from, and as JSON. */
export function roleSettingsCard(reader: Reader, shown: ShownRoleSettings): AdaptiveCard {
  const { locale } = reader;
  const { policy, inquiryId } = shown;
  const isOwn = sameScope(policy.scope.id, policy.source.scope.id);
  return settingsFrame(reader, {
    summary: 'settings.summary',
    tone: tones.accent,
    headline: text(locale, 'settings.title'),
    subject: roleInWords(locale, policy.role),
    place: scopeInWords(locale, policy.scope),
    sections: [
      { rows: settingRows(locale, policy.settings, policy.approvers) },
      ...ownSection(locale, shown),
      ...((minutesOfPolicy(policy.settings.elevationDuration) ?? 0) > minutesOfADay ? [{ caption: text(locale, 'settings.note.above24Hours'), style: 'warning' as const }] : []),
      { remarks: [...sourceLines(reader, policy), ...otherLines(locale, policy)] },
    ],
    json: JSON.stringify(policy.settings, null, 2),
    notes: [text(locale, isOwn ? 'settings.jsonHow' : 'settings.jsonElsewhere', { scope: scopeInWords(locale, policy.source.scope) }), ...readOnlyLines(locale, policy)],
    actions: [
      ...(isOwn ? [verbAction({ verb: 'settings.propose', inquiryId }, text(locale, 'action.showDifference'), 'positive')] : []),
      verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles')),
    ],
  });
}

function sourceLines(reader: Reader, { scope, source }: RolePolicy): readonly string[] {
  const { locale } = reader;
  const { lastModifiedBy: by, lastModifiedAt: at } = source;
  const isOwn = sameScope(scope.id, source.scope.id);
  const where = scopeInWords(locale, source.scope);
  return [
    text(locale, isOwn ? 'settings.ownSource' : 'settings.inherited', { scope: where }),
    by === null && at === null
      ? text(locale, 'settings.neverChanged')
      : text(locale, 'settings.lastChanged', { by: by === null ? text(locale, 'settings.somebody') : oneLine(by), at: at === null ? text(locale, 'settings.sometime') : exactMoment(reader, at) }),
  ];
}

/** What PIM asks for beside the six. */
function otherLines(locale: Locale, { justificationRequired, authenticationContext: context }: RolePolicy): readonly string[] {
  return [
    ...(justificationRequired ? [text(locale, 'settings.justificationRequired')] : []),
    ...(context === null ? [] : [text(locale, 'settings.context', { claim: oneLine(context.claimValue ?? '') })]),
  ];
}

function readOnlyLines(locale: Locale, { readOnly }: RolePolicy): readonly string[] {
  const values = readOnlyFields.map((field) =>
    text(locale, 'settings.readOnlyValue', { field, value: readOnlySources[field] === 'notTold' ? text(locale, 'settings.notTold') : String(readOnly[field]) }));
  return [text(locale, 'settings.readOnly', { values: values.join(text(locale, 'list.comma')) })];
}

/** Where our own settings ask for more than PIM's. */
function ownSection(locale: Locale, { policy: { settings }, own, ownApprovers }: ShownRoleSettings): readonly SettingsSection[] {
  if (own === null) return [];
  const forms = ticketForms(own.ticketLists);
  const isShorter = own.maximumMinutes < (minutesOfPolicy(settings.elevationDuration) ?? 0);
  const remarks = [
    ...(isShorter ? [text(locale, 'settings.own.maximum', { duration: duration(locale, own.maximumMinutes) })] : []),
    ...(own.mfaRequired && !settings.mfaOnElevation ? [text(locale, 'settings.own.mfa')] : []),
    ...(forms === '' ? [] : [text(locale, 'settings.own.tickets', { forms: oneLine(forms, 300) })]),
    ...(forms === '' && own.ticketRequired && !settings.ticketingInfoOnElevation ? [text(locale, 'settings.own.ticket')] : []),
    ...(own.notifiesAdministrators && !settings.notificationToUserOnElevation ? [text(locale, 'settings.own.notification')] : []),
    ...approvalRemarks(locale, own, ownApprovers, settings.approvalOnElevation),
    ...(own.escalateTo.length === 0 ? [] : [text(locale, 'settings.own.escalation', { names: approversInWords(locale, own.escalateTo.map(({ id }) => id), ownApprovers) })]),
  ];
  return remarks.length === 0 ? [] : [{ caption: text(locale, 'settings.own.title'), remarks, style: 'warning' }];
}

function approvalRemarks(locale: Locale, { requirements }: BoundSettings, names: readonly Approver[], atPim: boolean): readonly string[] {
  // Where PIM asks for approval its own approvers decide; of ours the number counts.
  if (atPim) {
    const count = Math.max(1, ...requirements.map((requirement) => requirement.count));
    return count > 1 ? [text(locale, 'settings.own.count', { count: String(count) })] : [];
  }
  if (approvalsNeeded(requirements) === 0) return [];
  return requirements.map(({ approvers, count }) =>
    text(locale, 'settings.own.approval', { count: String(count), names: approversInWords(locale, approvers.map(({ id }) => id), names) }));
}
