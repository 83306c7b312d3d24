import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Scope } from '../../../src/pim/model.ts';
import { parseSettings } from '../../../src/pim/settings/parse-settings-file.ts';
import { printSettingsFile } from '../../../src/pim/settings/print-settings-file.ts';
import { documentedDurations, roundSettings, settingFields } from '../../../src/pim/settings/privileged-role-settings.ts';
import type { PrivilegedRoleSettings } from '../../../src/pim/settings/privileged-role-settings.ts';
import type { RolePolicy } from '../../../src/pim/settings/role-policy.ts';
import { settings } from './some-policy.ts';

const places: readonly (readonly [string, string, Scope])[] = [
  ['/subscriptions/c3e00000-0000-4000-8000-000000000001/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor',
    { id: '/subscriptions/c3e00000-0000-4000-8000-000000000001/resourceGroups/rg-app', name: 'rg-app', type: 'resourceGroup' }],
  ['fe930be7-5e62-47db-91af-98c3a49a38b1', 'User "Administrator"', { id: '/', name: 'Directory', type: 'directory' }],
  ['member', 'Member', { id: 'b2e00000-0000-4000-8000-000000000001', name: 'Ops\nleads', type: 'group' }],
];

function policiesWith(all: readonly PrivilegedRoleSettings[]): readonly RolePolicy[] {
  return places.map(([definitionId, name, scope], index) => {
    const own = all[index];
    if (own === undefined) throw new Error('too few');
    return {
      role: { definitionId, name }, scope, settings: roundSettings(own), approvers: [], authenticationContext: null, justificationRequired: true, policyId: 'p',
      readOnly: { id: 'x', isMfaOnElevationConfigurable: true, lastGlobalAdmin: null, ...documentedDurations }, source: { scope, lastModifiedBy: null, lastModifiedAt: null },
    };
  });
}

it('a file of exported settings is read as the same settings, each of its own role', () => {
  fc.assert(fc.property(fc.array(settings, { minLength: 3, maxLength: 3 }), fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (all, order) => {
    const policies = policiesWith(all);
    const text = printSettingsFile(order.flatMap((index) => policies[index] ?? []));
    const reading = parseSettings(text);
    expect(reading).toMatchObject({ ok: true, form: 'roles' });
    const entries = reading.ok && reading.form === 'roles' ? reading.entries : [];
    // Azure, Entra, groups: whatever the order they came in, so that two exports can be compared.
    expect(entries.map(({ kind, role, roleId, scope, change }) => ({ kind, role, roleId, scope, change }))).toEqual([
      { kind: 'azure', role: 'Contributor', roleId: 'b24988ac-6180-42a0-ab88-20f7382dd24c', scope: places[0]?.[2].id, change: policies[0]?.settings },
      { kind: 'entra', role: 'User "Administrator"', roleId: 'fe930be7-5e62-47db-91af-98c3a49a38b1', scope: '/', change: policies[1]?.settings },
      { kind: 'group', role: 'member', roleId: null, scope: places[2]?.[2].id, change: policies[2]?.settings },
    ]);
    for (const { readOnly } of entries) expect(readOnly).toEqual({});
    expect(Object.keys(Object(JSON.parse(text)).roles[0].settings)).toEqual([...settingFields]);
  }), { numRuns: 50 });
});
