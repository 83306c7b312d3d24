import { roleSettingsCard } from '../../src/cards/settings.ts';
import { settingsChangeCard, type ShownRoleChange, type ShownSettingsChange } from '../../src/cards/settings-change.ts';
import { settingsDriftCard } from '../../src/cards/settings-drift.ts';
import { settingsExportCard } from '../../src/cards/settings-export.ts';
import type { ShownFault } from '../../src/cards/settings-fault-words.ts';
import { settingsFaultsCard } from '../../src/cards/settings-faults.ts';
import { settingsSavedCard } from '../../src/cards/settings-saved.ts';
import type { Locale } from '../../src/cards/texts.ts';
import type { Approver } from '../../src/pim/model.ts';
import { tighten } from '../../src/pim/own-settings.ts';
import type { OwnEntry } from '../../src/pim/own-settings.ts';
import { notesOn } from '../../src/pim/settings/check-change.ts';
import { compareSettings } from '../../src/pim/settings/compare-settings.ts';
import { parseSettings } from '../../src/pim/settings/parse-settings-file.ts';
import { documentedDurations } from '../../src/pim/settings/privileged-role-settings.ts';
import type { PrivilegedRoleSettings, SettingsChange } from '../../src/pim/settings/privileged-role-settings.ts';
import { printSettingsFile } from '../../src/pim/settings/print-settings-file.ts';
import type { RolePolicy } from '../../src/pim/settings/role-policy.ts';
import type { CardSample } from './every-card.ts';
import { app, consentUrl, contributor, directory, guid, lee, megan, owner, production, readers, unreadEntra, userAdministrator } from './samples.ts';

const leads: Approver = { id: guid(21), name: 'Ops leads', kind: 'group' };
const meganApproves: Approver = { id: megan.id, name: megan.name, kind: 'user' };

const usualSettings: PrivilegedRoleSettings = {
  elevationDuration: 'PT2H', notificationToUserOnElevation: true, ticketingInfoOnElevation: false, mfaOnElevation: true, approvalOnElevation: true,
  approverIds: [meganApproves.id, leads.id],
};

export function policy(more: Partial<RolePolicy> = {}, settings: Partial<PrivilegedRoleSettings> = {}): RolePolicy {
  return {
    role: contributor,
    scope: app,
    settings: { ...usualSettings, ...settings },
    approvers: [meganApproves, leads],
    authenticationContext: null,
    justificationRequired: true,
    readOnly: { id: guid(1), isMfaOnElevationConfigurable: true, lastGlobalAdmin: null, ...documentedDurations },
    policyId: `${app.id}/providers/Microsoft.Authorization/roleManagementPolicies/${guid(910)}`,
    source: { scope: app, lastModifiedBy: 'Nestor Wilke', lastModifiedAt: new Date('2026-11-20T09:12:00Z') },
    ...more,
  };
}

const ownEntry: OwnEntry = {
  role: 'Contributor', scope: app, maximumMinutes: 60, ticketRequired: true, mfaRequired: false, notifiesAdministrators: false, approverIds: [leads.id], approvalsRequired: 2,
  tickets: [{ system: 'ServiceNow', pattern: String.raw`INC\d+`, link: null }], escalateTo: [lee.id],
};
const own = tighten(null, [ownEntry]);
const ownApprovers: readonly Approver[] = [leads, { id: lee.id, name: lee.name, kind: 'user' }];

export function settingsCards(locale: Locale): readonly CardSample[] {
  return [...roleCards(locale), ...changeCards(locale), ...otherCards(locale)];
}

function roleCards(locale: Locale): readonly CardSample[] {
  const inquiryId = guid(704);
  const asleep = { approvalOnElevation: false, approverIds: [] };
  const shown = {
    'usual': { policy: policy(), own: null },
    'with-own-layer': { policy: policy({}, asleep), own },
    'with-own-count': { policy: policy(), own },
    'inherited': { policy: policy({ source: { scope: production, lastModifiedBy: null, lastModifiedAt: null } }), own: null },
    'above-24-hours': { policy: policy({ authenticationContext: { claimValue: 'c1' } }, { elevationDuration: 'P1DT6H' }), own: null },
    'with-own-flags': {
      policy: policy({ source: { scope: app, lastModifiedBy: null, lastModifiedAt: new Date('2026-11-20T09:12:00Z') } }, { ...asleep, mfaOnElevation: false, notificationToUserOnElevation: false }),
      own: tighten(null, [{ ...ownEntry, tickets: [], mfaRequired: true, notifiesAdministrators: true }]),
    },
    'changed-some-time': { policy: policy({ source: { scope: app, lastModifiedBy: 'Nestor Wilke', lastModifiedAt: null } }), own: null },
    'entra': { policy: policy({ role: userAdministrator, scope: directory, source: { scope: directory, lastModifiedBy: null, lastModifiedAt: null }, justificationRequired: false }, asleep), own: null },
  };
  return Object.entries(shown).map(([name, data]) => ({ name: `settings-${name}`, card: roleSettingsCard(readers[locale], { inquiryId, ownApprovers, ...data }) }));
}

function roleChange(change: SettingsChange, more: Partial<ShownRoleChange> = {}, before: RolePolicy = policy()): ShownRoleChange {
  return { policy: before, differences: compareSettings(before.settings, change), notes: notesOn(before, change), rounded: null, outcome: null, ...more };
}

function settingsChange(more: Partial<ShownSettingsChange> = {}): ShownSettingsChange {
  return {
    requestId: guid(705), version: 1, state: 'draft', roles: [roleChange({ elevationDuration: 'PT1H', ticketingInfoOnElevation: true })],
    approvers: [meganApproves, leads, ...ownApprovers], unchanged: 0, ...more,
  };
}

function changeCards(locale: Locale): readonly CardSample[] {
  const loosened = roleChange({ elevationDuration: 'P1DT6H', mfaOnElevation: false, approverIds: [leads.id, lee.id] }, {
    rounded: { from: 'P1DT5H50M', to: 'P1DT6H' },
    notes: [{ code: 'above24Hours' }, { code: 'justificationAdded' }, { code: 'readOnlyKept', field: 'minElevationDuration', given: 'PT1H', present: 'PT30M' }],
  });
  const second = roleChange({ mfaOnElevation: false }, {}, policy({ role: owner, scope: production }));
  const same = roleChange({}, {
    notes: [{ code: 'readOnlyKept', field: 'lastGlobalAdmin', given: 'true', present: null }], outcome: { result: 'same', problem: null },
  }, policy({ role: userAdministrator, scope: directory }));
  const changes: Readonly<Record<string, Partial<ShownSettingsChange>>> = {
    'draft': {},
    'draft-loosens': { roles: [loosened] },
    'draft-two': { roles: [roleChange({ elevationDuration: 'PT1H' }), second], unchanged: 4 },
    'draft-same': { roles: [roleChange({ elevationDuration: 'PT1H' }), same], unchanged: 2 },
    'nothing': { state: 'nothing', roles: [same] },
    'nothing-many': { state: 'nothing', roles: Array.from({ length: 90 }, () => same) },
    'writing': { state: 'writing', version: 2 },
    'written': { state: 'done', version: 3, roles: [roleChange({ elevationDuration: 'PT1H' }, { outcome: { result: 'written', problem: null } })] },
    'cancelled': { state: 'cancelled', version: 2 },
    'refused': {
      state: 'done', version: 4, roles: [
        roleChange({ elevationDuration: 'PT1H' }, { outcome: { result: 'written', problem: null } }),
        { ...second, outcome: { result: 'refused', problem: { code: 'notPermitted', rules: [] } } },
      ],
    },
    'changed-meanwhile': { state: 'done', version: 3, roles: [{ ...second, outcome: { result: 'changedMeanwhile', problem: null } }] },
    'partly': { state: 'done', version: 3, roles: [{ ...second, outcome: { result: 'partly', problem: { code: 'invalidRequest', rules: [] } } }] },
    'unknown': { state: 'done', version: 3, roles: [{ ...second, outcome: { result: 'unknown', problem: { code: 'outcomeUnknown', rules: [] } } }] },
    'not-written': { state: 'done', version: 4, roles: [{ ...second, outcome: { result: 'notWritten', problem: null } }] },
  };
  return Object.entries(changes).map(([name, more]) => ({ name: `settings-change-${name}`, card: settingsChangeCard(readers[locale], settingsChange(more)) }));
}

const faulty = `{
  "elevationDuration": "PT80H",
  "aproverIds": [],
  "mfaOnElevation": "yes",
  "approvalOnElevation": true
}`;

const at = { field: 'roles[0].settings.elevationDuration', at: { line: 3, column: 5 } };

const everyMeaning: readonly ShownFault['reason'][] = [
  { code: 'notADuration', found: '2 hours' },
  { code: 'otherUnit', found: 'P1M' },
  { code: 'notAnObjectId', found: 'megan' },
  { code: 'duplicateApprover', id: guid(11) },
  { code: 'notAScope', found: 'rg-app', kind: 'azure' },
  { code: 'notAScope', found: 'tenant', kind: 'entra' },
  { code: 'notAScope', found: 'Ops leads', kind: 'group' },
  { code: 'duplicateRole' },
  { code: 'approversMissing' },
  { code: 'approverUnknown', id: guid(99) },
  { code: 'mfaLocked' },
  { code: 'mfaAgainstContext', claimValue: 'c1' },
];

const everyForm: readonly ShownFault['reason'][] = [
  { code: 'notJson', found: null, expected: 'value' },
  ...(['name', 'colon', 'comma', 'closingBrace', 'closingBracket', 'quotation', 'end', 'other'] as const).map((expected) => ({ code: 'notJson', found: '}', expected } as const)),
  { code: 'tooDeep' },
  { code: 'duplicateMember', name: 'approverIds' },
  { code: 'unknownField', name: 'colour', nearest: null, known: ['elevationDuration', 'approverIds'] },
  { code: 'missingField', name: 'scope' },
  ...['a text', 'a list', 'an object', 'a number'].map((expected) => ({ code: 'wrongType', expected, found: 'true' } as const)),
  { code: 'notOneOf', values: ['azure', 'entra', 'group'] },
];

function changedOf(policies: readonly RolePolicy[]): { json: string; count: number } {
  return { json: printSettingsFile(policies), count: policies.length };
}

function otherCards(locale: Locale): readonly CardSample[] {
  const reader = readers[locale];
  const read = parseSettings(faulty);
  const broken = parseSettings('{ "mfaOnElevation": true, }');
  const policies = [policy(), policy({ role: owner, scope: production, approvers: [] })];
  const scopes = [{ scope: app, count: 1 }, { scope: production, count: 1 }];
  const many = Array.from({ length: 90 }, (_, index) => policy({ scope: { ...app, id: `${app.id}-${index}`, name: `rg-${index}` } }));
  const placed = [
    { field: 'roles[0].settings', at: { line: 7, column: 7 }, reason: { code: 'roleUnknown', role: 'Contributer', scope: 'rg-app' } },
    { field: 'roles[1].settings', at: { line: 16, column: 7 }, reason: { code: 'inherited', scope: 'Production' } },
    { field: 'roles[2].settings', at: { line: 25, column: 7 }, reason: { code: 'unread', why: 'notPermitted' } },
  ] as const;
  const drifting = [
    { role: 'Contributor', scope: app, why: null, drift: [{ field: 'elevationDuration', atPim: 480, ours: 60 }, { field: 'mfaOnElevation' }, { field: 'approverIds', others: [meganApproves] }] },
    { role: 'Owner', scope: production, why: null, drift: [] },
    { role: 'User Administrator', scope: directory, why: 'notPermitted', drift: null },
  ] as const;
  const inquiryId = guid(706);
  return [
    { name: 'settings-faults', card: settingsFaultsCard(reader, { faults: read.ok ? [] : read.faults, json: faulty, inquiryId }) },
    { name: 'settings-faults-no-json', card: settingsFaultsCard(reader, { faults: broken.ok ? [] : broken.faults, json: '{ "mfaOnElevation": true, }', inquiryId }) },
    { name: 'settings-faults-of-a-file', card: settingsFaultsCard(reader, { faults: placed, json: 'x'.repeat(20_000), inquiryId }) },
    { name: 'settings-faults-of-meaning', card: settingsFaultsCard(reader, { faults: everyMeaning.map((reason) => ({ ...at, reason })), json: faulty, inquiryId }) },
    { name: 'settings-faults-of-form', card: settingsFaultsCard(reader, { faults: everyForm.map((reason) => ({ ...at, reason })), json: faulty, inquiryId }) },
    { name: 'settings-export', card: settingsExportCard(reader, { json: printSettingsFile(policies), changed: changedOf(policies), scopes, gaps: unreadEntra, consentUrl }) },
    { name: 'settings-export-changed', card: settingsExportCard(reader, { json: printSettingsFile(many), changed: changedOf(policies), scopes: many.slice(0, 2).map(({ scope }) => ({ scope, count: 45 })), gaps: [] }) },
    { name: 'settings-export-too-large', card: settingsExportCard(reader, { json: printSettingsFile(many), changed: changedOf(many), scopes: many.map(({ scope }) => ({ scope, count: 1 })), gaps: [{ kind: 'azure', why: 'tooManyScopes' }], consentUrl: null }) },
    { name: 'settings-export-unread', card: settingsExportCard(reader, { json: printSettingsFile([]), changed: null, scopes: [], gaps: unreadEntra, consentUrl }) },
    { name: 'settings-saved', card: settingsSavedCard(reader, { name: 'role-settings.json', count: 12, gaps: [] }) },
    { name: 'settings-saved-not-all', card: settingsSavedCard(reader, { name: 'role-settings 1.json', count: 12, gaps: [...unreadEntra, { kind: 'azure', why: 'tooManyScopes' }], consentUrl }) },
    { name: 'settings-drift', card: settingsDriftCard(reader, drifting) },
    { name: 'settings-drift-no-approvers', card: settingsDriftCard(reader, [{ role: 'User Administrator', scope: directory, why: null, drift: [{ field: 'approverIds', others: [] }] }]) },
    { name: 'settings-drift-none', card: settingsDriftCard(reader, drifting.slice(1, 2)) },
    { name: 'settings-drift-unread', card: settingsDriftCard(reader, drifting.slice(1)) },
    { name: 'settings-drift-no-layer', card: settingsDriftCard(reader, []) },
  ];
}
