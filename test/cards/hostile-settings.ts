import { roleSettingsCard } from '../../src/cards/settings.ts';
import { settingsChangeCard, type ShownOutcome } from '../../src/cards/settings-change.ts';
import { settingsDriftCard } from '../../src/cards/settings-drift.ts';
import { settingsExportCard } from '../../src/cards/settings-export.ts';
import type { ShownFault } from '../../src/cards/settings-fault-words.ts';
import { settingsFaultsCard } from '../../src/cards/settings-faults.ts';
import { settingsSavedCard } from '../../src/cards/settings-saved.ts';
import type { Locale } from '../../src/cards/texts.ts';
import type { Approver, Role, Scope } from '../../src/pim/model.ts';
import { tighten } from '../../src/pim/own-settings.ts';
import { compareSettings } from '../../src/pim/settings/compare-settings.ts';
import { printSettingsFile } from '../../src/pim/settings/print-settings-file.ts';
import type { CardSample } from './every-card.ts';
import { policy } from './every-settings-card.ts';
import { guid, readers } from './samples.ts';

/** The cards about role settings, in both languages: names are PIM's and people's, JSON is what somebody has written. */
export function hostileSettings(words: string, role: Role, scope: Scope): readonly CardSample[] {
  return (['en', 'ja'] as const).flatMap((locale) => inLanguage(locale, words, { role, scope }).map(({ name, card }) => ({ name: `${name}-${locale}`, card })));
}

function inLanguage(locale: Locale, words: string, at: { readonly role: Role; readonly scope: Scope }): readonly CardSample[] {
  const reader = readers[locale];
  const approvers: readonly Approver[] = [{ id: guid(21), name: words, kind: 'group' }, { id: guid(22), name: words, kind: 'user' }];
  const before = policy(
    { ...at, approvers, authenticationContext: { claimValue: words }, source: { scope: at.scope, lastModifiedBy: words, lastModifiedAt: null } },
    { approverIds: approvers.map(({ id }) => id), approvalOnElevation: false },
  );
  const own = tighten(null, [{
    role: at.role.name, scope: at.scope, maximumMinutes: 60, ticketRequired: true, mfaRequired: true, notifiesAdministrators: true, approverIds: [guid(21)], approvalsRequired: 2,
    tickets: [{ system: words, pattern: words, link: null }], escalateTo: [guid(22)],
  }]);
  const faults = faultsWith(words);
  // Too long a text is left out: another card, which `every-settings-card.ts` has.
  const json = words.slice(0, 1_500);
  const printed = printSettingsFile([policy({ role: { ...at.role, name: json }, scope: { ...at.scope, id: '/subscriptions/1', name: json } })]);
  return [
    { name: 'settings', card: roleSettingsCard(reader, { inquiryId: guid(1), policy: before, own, ownApprovers: approvers }) },
    ...outcomes(words).map((outcome) => ({ name: `settings-change-${outcome?.result ?? 'draft'}`, card: settingsChangeCard(reader, {
      requestId: guid(2), version: 1, state: outcome === null ? 'draft' : 'done', approvers, unchanged: 1,
      roles: [{
        policy: before, rounded: { from: words, to: words }, outcome,
        differences: compareSettings(before.settings, { elevationDuration: 'PT1H', approverIds: [words, guid(22)] }),
        notes: [{ code: 'readOnlyKept', field: 'id', given: words, present: words }],
      }],
    }) })),
    ...faults.map((fault) => ({ name: `settings-fault-${fault.reason.code}`, card: settingsFaultsCard(reader, { faults: [fault], json, inquiryId: guid(3) }) })),
    { name: 'settings-faults', card: settingsFaultsCard(reader, { faults: [...faults, ...faults], json: JSON.stringify({ [json]: json }, null, 2), inquiryId: guid(3) }) },
    { name: 'settings-export', card: settingsExportCard(reader, { json: printed, changed: null, scopes: [{ scope: at.scope, count: 1 }], gaps: [] }) },
    { name: 'settings-export-many', card: settingsExportCard(reader, { json: 'x'.repeat(30_000), changed: { json: 'x'.repeat(30_000), count: 9 }, scopes: Array.from({ length: 10 }, () => ({ scope: at.scope, count: 9 })), gaps: [] }) },
    { name: 'settings-saved', card: settingsSavedCard(reader, { name: words, count: 1, gaps: [] }) },
    { name: 'settings-drift', card: settingsDriftCard(reader, [{ role: words, scope: at.scope, why: null, drift: [{ field: 'approverIds', others: approvers }] }]) },
  ];
}

function outcomes(words: string): readonly (ShownOutcome | null)[] {
  return [null, { result: 'refused', problem: { code: 'policyRefused', rules: [words] } }];
}

function faultsWith(words: string): readonly ShownFault[] {
  const reasons: readonly ShownFault['reason'][] = [
    { code: 'notJson', found: words, expected: 'value' },
    { code: 'duplicateMember', name: words },
    { code: 'unknownField', name: words, nearest: null, known: ['approverIds'] },
    { code: 'wrongType', expected: 'a text', found: words },
    { code: 'notADuration', found: words },
    { code: 'otherUnit', found: words },
    { code: 'notAnObjectId', found: words },
    { code: 'notAScope', found: words, kind: 'azure' },
    { code: 'approverUnknown', id: words },
    { code: 'mfaAgainstContext', claimValue: words },
    { code: 'roleUnknown', role: words, scope: words },
    { code: 'inherited', scope: words },
  ];
  return reasons.map((reason) => ({ field: words, at: { line: 1, column: 1 }, reason }));
}
