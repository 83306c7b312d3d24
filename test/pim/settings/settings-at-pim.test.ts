import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Role, Scope } from '../../../src/pim/model.ts';
import type { PimUser } from '../../../src/pim/pim.ts';
import { isChanged } from '../../../src/pim/settings/pim-settings.ts';
import type { PimSettings } from '../../../src/pim/settings/pim-settings.ts';
import type { PrivilegedRoleSettings, SettingsChange } from '../../../src/pim/settings/privileged-role-settings.ts';
import type { RolePolicy } from '../../../src/pim/settings/role-policy.ts';
import { failureOf } from '../pim-world.ts';
import { leastDelegated } from '../graph/least-permissions.ts';
import { alex, bot, createSettingsWorld, directory, engineers, leadsGroup, megan, munich, nestor, opsLeads, places, production, rgApp } from './settings-world.ts';
import type { SettingsWorld } from './settings-world.ts';

/** An administrator and an engineer at the local PIM service, by Microsoft's client for Azure. */

let world: SettingsWorld;
let admin: PimUser;
let settings: PimSettings;

beforeAll(async () => { world = await createSettingsWorld({ pageSize: 7 }); });
afterAll(async () => { await world[Symbol.asyncDispose](); });
beforeEach(async () => {
  await world.reset();
  admin = world.person(nestor);
  ({ settings } = admin);
});

const everything: PrivilegedRoleSettings = {
  elevationDuration: 'PT1H50M', notificationToUserOnElevation: false, ticketingInfoOnElevation: true, mfaOnElevation: true, approvalOnElevation: true, approverIds: [nestor, engineers],
};
const asWritten: PrivilegedRoleSettings = { ...everything, elevationDuration: 'PT2H', approverIds: [nestor, engineers].sort() };

async function change(role: Role, scope: Scope, wanted: SettingsChange): Promise<RolePolicy> {
  expect(await settings.write(await settings.read(role, scope), wanted)).toBe('written');
  return settings.read(role, scope);
}

describe.each(places)('the settings of %s', (_, role, scope) => {
  it('are read, with their approvers\' names and where they come from', async () => {
    const policy = await settings.read(role, scope);
    expect(policy).toMatchObject({
      role, scope,
      settings: {
        elevationDuration: 'PT4H', notificationToUserOnElevation: true, ticketingInfoOnElevation: false, mfaOnElevation: false,
        approvalOnElevation: true, approverIds: [megan, opsLeads],
      },
      approvers: [{ id: megan, kind: 'user', name: 'Megan Bowen' }, { id: opsLeads, kind: 'group', name: 'Ops leads' }],
      readOnly: { isMfaOnElevationConfigurable: true, lastGlobalAdmin: null, minElevationDuration: 'PT30M', maxElavationDuration: 'P3DT2H' },
      authenticationContext: null, justificationRequired: false, source: { scope, lastModifiedBy: null },
    });
    expect(role.definitionId.endsWith(policy.readOnly.id)).toBe(true);
  });

  it('are read as they were written, and who has written them', async () => {
    const after = await change(role, scope, everything);
    expect(after).toMatchObject({ settings: asWritten, justificationRequired: true, source: { scope, lastModifiedBy: 'Nestor Wilke' } });
    expect(after.source.lastModifiedAt).toBeInstanceOf(Date);
    // What an activation is held to is the same.
    expect(await world.person(alex).readRoleSettings(role, scope)).toMatchObject({ maximumMinutes: 120, ticketRequired: true, mfaRequired: true, approvalRequired: true, notifiesAdministrators: false });
  });

  it('that are not named stay as they are', async () => {
    const before = await settings.read(role, scope);
    for (const part of [{ elevationDuration: 'PT30M' }, { mfaOnElevation: true }, { ticketingInfoOnElevation: true }, { notificationToUserOnElevation: false }, { approverIds: [nestor] }, { approvalOnElevation: false, approverIds: [] }]) {
      await world.reset();
      expect((await change(role, scope, part)).settings).toEqual({ ...before.settings, ...part });
    }
  });

  it('cost nothing where nothing differs', async () => {
    const policy = await settings.read(role, scope);
    await world.newCalls();
    expect(await settings.write(policy, { elevationDuration: 'PT4H', approvalOnElevation: true, approverIds: [opsLeads, megan] })).toBe('written');
    expect((await world.newCalls()).filter((call) => call.startsWith('PATCH'))).toEqual([]);
  });

  it('are left alone where somebody else has changed them meanwhile', async () => {
    const policy = await settings.read(role, scope);
    await change(role, scope, { ticketingInfoOnElevation: true });
    expect(await settings.write(policy, { elevationDuration: 'PT1H' })).toBe('changedMeanwhile');
    expect((await settings.read(role, scope)).settings.elevationDuration).toBe('PT4H');
  });

  it.each<[string, SettingsChange, string]>([
    ['an approver who is none', { approverIds: [megan, 'a1e00000-0000-4000-8000-00000000000f'] }, 'a1e00000-0000-4000-8000-00000000000f is no user and no group'],
    ['an application', { approverIds: [bot] }, `${bot} is no user and no group`],
    ['nobody', { approverIds: [] }, 'approvalOnElevation needs approverIds'],
    ['approval alone', { approvalOnElevation: true, elevationDuration: 'PT1H' }, 'approvalOnElevation needs approverIds'],
    ['too long a time', { elevationDuration: 'PT75H', mfaOnElevation: true }, 'Elavation duration should be between 0.5 and 74'],
  ])('with %s are refused before anything is written', async (_what, wanted, words) => {
    const policy = await settings.read(role, scope);
    await world.newCalls();
    const failure = await failureOf(settings.write(policy, wanted));
    expect([failure.code, failure.effect]).toEqual(['invalidRequest', 'none']);
    expect(failure.message).toContain(words);
    expect((await world.newCalls()).filter((call) => call.startsWith('PATCH'))).toEqual([]);
    expect((await settings.read(role, scope)).settings).toEqual(policy.settings);
  });

  it('may be read by whoever is eligible, and changed by an administrator alone', async () => {
    const engineer = world.person(alex).settings;
    const policy = await engineer.read(role, scope);
    expect(await failureOf(engineer.write(policy, { approvalOnElevation: false }))).toMatchObject({ code: 'notPermitted', effect: 'none' });
    expect((await settings.read(role, scope)).settings.approvalOnElevation).toBe(true);
  });

  it('are written, although no answer came, where they are found so; the rest follows', async () => {
    const policy = await settings.read(role, scope);
    await world.fault({ method: 'PATCH', path: 'roleManagementPolicies' }, { dropAfterCommit: true });
    expect(await settings.write(policy, everything)).toBe('written');
    expect((await settings.read(role, scope)).settings).toEqual(asWritten);
  });

  it('may have been written or not, where no answer came and they are not found so', async () => {
    const policy = await settings.read(role, scope);
    await world.fault({ method: 'PATCH', path: 'roleManagementPolicies' }, { status: 503 });
    expect(await failureOf(settings.write(policy, everything))).toMatchObject({ code: 'outcomeUnknown', effect: 'unknown' });
    expect((await settings.read(role, scope)).settings).toEqual(policy.settings);
  });

  it('ask for a stronger sign-in where Conditional Access does', async () => {
    const policy = await settings.read(role, scope);
    const claims = Buffer.from('{"access_token":{"acrs":{"essential":true,"value":"p1"}}}').toString('base64');
    const headers = { 'www-authenticate': `Bearer error="insufficient_claims", claims="${claims}"` };
    await world.fault({ method: 'PATCH', path: 'roleManagementPolicies' }, { status: 401, headers }, 2);
    expect(await failureOf(settings.write(policy, everything))).toMatchObject({ code: 'stepUpRequired', effect: 'none' });
  });
});

describe.each(places.filter(([, , { type }]) => type !== 'resourceGroup'))('the settings of %s, written rule by rule', (_, role, scope) => {
  it('name the rules that were written before one was refused; what tightens was written first', async () => {
    const policy = await settings.read(role, scope);
    await world.fault({ method: 'PATCH', path: 'rules/Expiration' }, { status: 400, body: { error: { code: 'InvalidPolicy', message: 'The policy is invalid.' } } });
    // The longer maximum and the silence come after the approvers and MFA.
    const failure = await failureOf(settings.write(policy, { elevationDuration: 'P1D', mfaOnElevation: true, approverIds: [megan], notificationToUserOnElevation: false }));
    expect(failure).toMatchObject({ code: 'invalidRequest', effect: 'unknown', details: { pimCode: 'InvalidPolicy', written: ['Approval_EndUser_Assignment', 'Enablement_EndUser_Assignment'] } });
    expect((await settings.read(role, scope)).settings).toMatchObject({ elevationDuration: 'PT4H', mfaOnElevation: true, approverIds: [megan], notificationToUserOnElevation: true });
  });

  it('say nothing of the kind where the first was refused', async () => {
    const policy = await settings.read(role, scope);
    await world.fault({ method: 'PATCH', path: 'rules/Approval' }, { status: 400, body: { error: { code: 'InvalidPolicy', message: 'The policy is invalid.' } } });
    const failure = await failureOf(settings.write(policy, everything));
    expect(failure).toMatchObject({ code: 'invalidRequest', effect: 'none' });
    expect(failure.details.written).toBeUndefined();
    expect((await settings.read(role, scope)).settings).toEqual(policy.settings);
  });
});

describe('settings that lie elsewhere', () => {
  it('are shown in an administrative unit as the directory\'s, and changed there alone', async () => {
    const [, [, role] = []] = places;
    if (role === undefined) throw new Error('no role');
    const policy = await settings.read(role, munich);
    expect(policy).toMatchObject({ scope: munich, source: { scope: directory } });
    expect((await failureOf(settings.write(policy, { approvalOnElevation: false }))).message).toContain('the settings come from Directory');
  });
});

describe('MFA', () => {
  it.each<[string, Scope]>([['Reader', production], ['Security Reader', directory]])('is not turned on for %s while an authentication context is asked for', async (name, scope) => {
    const role = (await admin.assignments.findRoles(scope, name)).find((role) => role.name === name);
    if (role === undefined) throw new Error(name);
    const policy = await settings.read(role, scope);
    expect(policy.authenticationContext).toEqual({ claimValue: 'c1' });
    expect(await failureOf(settings.write(policy, { mfaOnElevation: true }))).toMatchObject({ code: 'invalidRequest', effect: 'none', message: expect.stringContaining('authentication context (c1)') });
  });
});

describe('the list of settings', () => {
  const names = (policies: readonly RolePolicy[]): readonly string[] => policies.map(({ role, scope }) => `${role.name} at ${scope.name}`);

  it('has every role at the scopes that are named, of their kinds alone', async () => {
    const { items, gaps } = await settings.list({ scopes: [rgApp, directory, munich, leadsGroup] });
    expect(gaps).toEqual([]);
    expect(names(items)).toEqual(expect.arrayContaining(['Contributor at rg-app', 'Reader at rg-app', 'User Administrator at Directory', 'Member at Ops leads', 'Owner at Ops leads']));
    expect(new Set(names(items)).size).toBe(items.length);
    for (const [, role, scope] of places) {
      const read = await settings.read(role, scope);
      expect(items.find((policy) => policy.role.name === role.name && policy.scope.id === scope.id)).toEqual(read);
    }
    expect(names((await settings.list({ scopes: [leadsGroup] })).items)).toEqual(['Member at Ops leads', 'Owner at Ops leads']);
  });

  it('looks, without a scope, wherever the person sees something, and says where there may be more', async () => {
    const { items, gaps } = await settings.list();
    expect(new Set(names(items.filter(isChanged)))).toEqual(new Set(['Reader at Production', 'Security Reader at Directory', 'User Administrator at Directory', 'Member at Ops leads']));
    expect(gaps).toEqual([{ kind: 'group', why: 'tooManyScopes' }]);
    const engineers = await world.person(alex).settings.list();
    expect(names(engineers.items.filter(isChanged))).toEqual(['Contributor at rg-app', 'User Administrator at Directory', 'Member at Ops leads']);
  });

  it('tells what somebody has changed from what nobody has touched', async () => {
    const [[, role, scope]] = [places[0] ?? ['', { definitionId: '', name: '' }, rgApp]];
    await change(role, scope, { elevationDuration: 'PT8H', approvalOnElevation: false, approverIds: [] });
    // PIM's own settings again, but by somebody's hand.
    const { items } = await settings.list({ scopes: [rgApp] });
    expect(names(items.filter(isChanged))).toEqual(['Contributor at rg-app']);
    expect(items.length).toBeGreaterThan(5);
  });

  it('has a gap for what cannot be read, and hides nothing else', async () => {
    const { items, gaps } = await world.person(nestor, leastDelegated.filter((permission) => !permission.endsWith('.AzureADGroup'))).settings.list({ scopes: [rgApp, directory, leadsGroup] });
    expect(names(items)).toEqual(expect.arrayContaining(['Contributor at rg-app', 'User Administrator at Directory']));
    expect(gaps.map(({ kind }) => kind)).toEqual(['group']);
  });
});

describe('approvers', () => {
  it('are users and groups: nothing else under an id is one', async () => {
    expect(await settings.findApprovers([opsLeads.toUpperCase(), bot, nestor, 'a1e00000-0000-4000-8000-00000000000f', 'x', nestor])).toEqual([
      { id: opsLeads, kind: 'group', name: 'Ops leads' }, { id: nestor, kind: 'user', name: 'Nestor Wilke' },
    ]);
  });
});
