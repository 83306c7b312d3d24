import { describe, expect, it } from 'vitest';
import type { Approver } from '../../../src/pim/model.ts';
import { checkChange, notesOn } from '../../../src/pim/settings/check-change.ts';
import { compareSettings } from '../../../src/pim/settings/compare-settings.ts';
import { readOnlyFields, readOnlySources, settingFields } from '../../../src/pim/settings/privileged-role-settings.ts';
import type { PrivilegedRoleSettings, SettingsChange } from '../../../src/pim/settings/privileged-role-settings.ts';
import type { RolePolicy } from '../../../src/pim/settings/role-policy.ts';

const megan = 'a1e00000-0000-4000-8000-000000000002';
const leads = 'b2e00000-0000-4000-8000-000000000001';
const known: readonly Approver[] = [{ id: megan, kind: 'user', name: 'Megan Bowen' }, { id: leads, kind: 'group', name: 'Ops leads' }];

const present: PrivilegedRoleSettings = {
  elevationDuration: 'PT8H', notificationToUserOnElevation: true, ticketingInfoOnElevation: false, mfaOnElevation: false, approvalOnElevation: false, approverIds: [],
};
const scope = { id: '/', name: 'Directory', type: 'directory' } as const;

function policyWith(settings: Partial<PrivilegedRoleSettings> = {}, change: Partial<RolePolicy> = {}): RolePolicy {
  return {
    role: { definitionId: 'fe930be7-5e62-47db-91af-98c3a49a38b1', name: 'User Administrator' }, scope,
    settings: { ...present, ...settings }, approvers: [], authenticationContext: null, justificationRequired: true, policyId: 'p',
    readOnly: { id: 'fe930be7-5e62-47db-91af-98c3a49a38b1', isMfaOnElevationConfigurable: true, lastGlobalAdmin: null, minElevationDuration: 'PT30M', maxElavationDuration: 'P3DT2H' },
    source: { scope, lastModifiedBy: null, lastModifiedAt: null }, ...change,
  };
}

const faults = (policy: RolePolicy, change: SettingsChange): readonly unknown[] => checkChange(policy, change, known).map(({ field, reason }) => [field, reason.code]);

describe('a change of settings', () => {
  it.each<[SettingsChange, Partial<PrivilegedRoleSettings>, readonly unknown[]]>([
    [{ approvalOnElevation: true, approverIds: [megan, leads] }, {}, []],
    // Approvers of an earlier time are not woken by a flag alone.
    [{ approvalOnElevation: true }, { approverIds: [leads] }, [['approvalOnElevation', 'approversMissing']]],
    [{ approvalOnElevation: true, approverIds: [leads] }, { approverIds: [leads] }, []],
    // Both are set together, also where the role asks for approval already.
    [{ approvalOnElevation: true }, { approvalOnElevation: true, approverIds: [leads] }, [['approvalOnElevation', 'approversMissing']]],
    [{ approvalOnElevation: true, approverIds: [leads] }, { approvalOnElevation: true, approverIds: [leads] }, []],
    [{ approverIds: [megan] }, { approverIds: [leads] }, []],
    [{ approvalOnElevation: true }, {}, [['approvalOnElevation', 'approversMissing']]],
    [{ approvalOnElevation: true, approverIds: [] }, { approverIds: [leads] }, [['approverIds', 'approversMissing']]],
    [{ approverIds: [] }, { approvalOnElevation: true, approverIds: [leads] }, [['approverIds', 'approversMissing']]],
    [{ approverIds: [] }, { approverIds: [leads] }, []],
    // A directory role that names nobody: it stays as its export says it, and no role becomes so.
    [{ approvalOnElevation: true, approverIds: [], elevationDuration: 'PT1H' }, { approvalOnElevation: true }, []],
    [{ approvalOnElevation: true, approverIds: [] }, { approvalOnElevation: false }, [['approverIds', 'approversMissing']]],
    [{ approvalOnElevation: true, approverIds: [leads] }, { approvalOnElevation: true }, []],
    [{ approvalOnElevation: false, approverIds: [] }, { approvalOnElevation: true, approverIds: [leads] }, []],
    // What the change does not name is not judged.
    [{ mfaOnElevation: true }, { approvalOnElevation: true }, []],
    [{ approverIds: [megan.toUpperCase(), 'a1e00000-0000-4000-8000-00000000000f'] }, {}, [['approverIds', 'approverUnknown']]],
    [{ elevationDuration: 'PT14M' }, {}, [['elevationDuration', 'outOfRange']]],
    [{ elevationDuration: 'P1W' }, {}, [['elevationDuration', 'otherUnit']]],
  ])('%j of a role with %j has the faults %j', (change, settings, expected) => {
    expect(faults(policyWith(settings), change)).toEqual(expected);
  });

  it('does not turn MFA on beside an authentication context', () => {
    const policy = policyWith({}, { authenticationContext: { claimValue: 'c1' } });
    expect(checkChange(policy, { mfaOnElevation: true }, known)).toEqual([{ field: 'mfaOnElevation', reason: { code: 'mfaAgainstContext', claimValue: 'c1' } }]);
    expect(faults(policy, { mfaOnElevation: false, ticketingInfoOnElevation: true })).toEqual([]);
  });

  it('does not turn MFA off where it cannot be configured', () => {
    const policy = policyWith({ mfaOnElevation: true }, { readOnly: { ...policyWith().readOnly, isMfaOnElevationConfigurable: false } });
    expect(faults(policy, { mfaOnElevation: false })).toEqual([['mfaOnElevation', 'mfaLocked']]);
    expect(faults(policy, { mfaOnElevation: true })).toEqual([]);
  });
});

describe('what an administrator should know of a change', () => {
  it('is that today\'s PIM may refuse more than a day', () => {
    expect(notesOn(policyWith(), { elevationDuration: 'P1D' })).toEqual([]);
    expect(notesOn(policyWith(), { elevationDuration: 'P1DT30M' })).toEqual([{ code: 'above24Hours' }]);
    expect(notesOn(policyWith({ elevationDuration: 'P2D' }), { elevationDuration: 'PT48H' })).toEqual([]);
  });

  it('is that a justification will be asked for', () => {
    const policy = policyWith({}, { justificationRequired: false });
    expect(notesOn(policy, { ticketingInfoOnElevation: true })).toEqual([{ code: 'justificationAdded' }]);
    expect(notesOn(policy, { ticketingInfoOnElevation: false, approvalOnElevation: false })).toEqual([]);
  });

  it('is that what cannot be written keeps its value', () => {
    const given = { id: policyWith().readOnly.id.toUpperCase(), isMfaOnElevationConfigurable: false, lastGlobalAdmin: true, maxElavationDuration: 'P1D', minElevationDuration: 'PT30M' };
    expect(notesOn(policyWith(), {}, given)).toEqual([
      { code: 'readOnlyKept', field: 'isMfaOnElevationConfigurable', given: 'false', present: 'true' },
      { code: 'readOnlyKept', field: 'lastGlobalAdmin', given: 'true', present: null },
      { code: 'readOnlyKept', field: 'maxElavationDuration', given: 'P1D', present: 'P3DT2H' },
    ]);
  });
});

describe('the difference', () => {
  it('is told field by field, in the fields\' order, with what makes the role easier to activate', () => {
    expect(compareSettings({ ...present, approverIds: [leads] }, { approverIds: [megan], mfaOnElevation: true, elevationDuration: 'PT12H', notificationToUserOnElevation: false })).toEqual([
      { field: 'elevationDuration', before: 'PT8H', after: 'PT12H', loosens: true },
      { field: 'notificationToUserOnElevation', before: true, after: false, loosens: true },
      { field: 'mfaOnElevation', before: false, after: true, loosens: false },
      { field: 'approverIds', before: [leads], after: [megan], added: [megan], removed: [leads], loosens: true },
    ]);
  });

  it('is none between two ways of saying the same', () => {
    const before = { ...present, approverIds: [megan, leads] };
    expect(compareSettings(before, before)).toEqual([]);
    expect(compareSettings(before, { elevationDuration: 'PT480M', approverIds: [leads.toUpperCase(), megan, leads] })).toEqual([]);
    expect(compareSettings({ ...before, elevationDuration: 'PT1H45M' }, { elevationDuration: 'PT1H45M' })).toMatchObject([{ before: 'PT1H45M', after: 'PT2H' }]);
  });
});

it('what is never written is none of the six, and each has a source that is told', () => {
  expect(Object.keys(readOnlySources)).toEqual([...readOnlyFields]);
  expect(settingFields.filter((field) => Object.hasOwn(readOnlySources, field))).toEqual([]);
});
