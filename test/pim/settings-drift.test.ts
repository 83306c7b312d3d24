import { describe, expect, it } from 'vitest';
import { PimError } from '../../src/pim/errors.ts';
import type { Approver, Role, RoleSettings, Scope } from '../../src/pim/model.ts';
import type { OwnEntry } from '../../src/pim/own-settings.ts';
import { readDrift, type ComparedEntry, type Drift, type SettingsSource } from '../../src/pim/settings-drift.ts';

// Guards: `driftOf`, `approvalDrift` and `roleOf` (src/pim/settings-drift.ts).

const megan: Approver = { id: 'a1e00000-0000-4000-8000-000000000002', kind: 'user', name: 'Megan Bowen' };
const leads: Approver = { id: 'b2e00000-0000-4000-8000-000000000001', kind: 'group', name: 'Ops leads' };
const roleId = 'fe930be7-5e62-47db-91af-98c3a49a38b1';
const directory: Scope = { id: '/', name: 'Directory', type: 'directory' };
const role: Role = { definitionId: roleId, name: 'User Administrator' };

/** Asks for nothing. */
const ours: OwnEntry = {
  role: roleId, scope: directory, maximumMinutes: null, ticketRequired: false, mfaRequired: false, notifiesAdministrators: false,
  approverIds: null, approvalsRequired: 1, tickets: [], escalateTo: [],
};
const loose: RoleSettings = {
  maximumMinutes: 480, justificationRequired: false, ticketRequired: false, mfaRequired: false, authenticationContext: null, approvalRequired: false,
  approvers: [], approverJustificationRequired: false, notifiesAdministrators: false,
};
const tickets = [{ system: 'ServiceNow', pattern: 'INC\\d+', link: null }];

interface Given {
  readonly entry: Partial<OwnEntry>;
  readonly pim?: Partial<RoleSettings>;
  readonly source?: Partial<SettingsSource>;
}

async function compared({ entry, pim = {}, source = {} }: Given): Promise<ComparedEntry> {
  const [first] = await readDrift([{ ...ours, ...entry }], { findRoles: async () => [role], readRoleSettings: async () => ({ ...loose, ...pim }), ...source });
  if (first === undefined) throw new Error('nothing was compared');
  return first;
}

describe('where PIM asks for less than our own settings', () => {
  it.each<[string, Partial<OwnEntry>, Partial<RoleSettings>, readonly Drift[]]>([
    ['nothing that we ask for', {}, {}, []],
    ['a longer maximum', { maximumMinutes: 60 }, { maximumMinutes: 61 }, [{ field: 'elevationDuration', atPim: 61, ours: 60 }]],
    ['the same maximum', { maximumMinutes: 60 }, { maximumMinutes: 60 }, []],
    ['a shorter maximum', { maximumMinutes: 60 }, { maximumMinutes: 30 }, []],
    ['no word to administrators', { notifiesAdministrators: true }, {}, [{ field: 'notificationToUserOnElevation' }]],
    ['a word to administrators', { notifiesAdministrators: true }, { notifiesAdministrators: true }, []],
    ['no ticket', { ticketRequired: true }, {}, [{ field: 'ticketingInfoOnElevation' }]],
    ['no ticket, where we have a form for it', { tickets }, {}, [{ field: 'ticketingInfoOnElevation' }]],
    ['a ticket', { ticketRequired: true, tickets }, { ticketRequired: true }, []],
    ['no MFA', { mfaRequired: true }, {}, [{ field: 'mfaOnElevation' }]],
    ['MFA', { mfaRequired: true }, { mfaRequired: true }, []],
    ['no approval', { approverIds: [megan.id] }, {}, [{ field: 'approvalOnElevation' }]],
    ['no approval, with approvers of an earlier time', { approverIds: [megan.id] }, { approvers: [leads] }, [{ field: 'approvalOnElevation' }]],
    ['approval by our approvers', { approverIds: [leads.id, megan.id] }, { approvalRequired: true, approvers: [megan, leads] }, []],
    ['approval by some of ours', { approverIds: [leads.id, megan.id] }, { approvalRequired: true, approvers: [megan] }, []],
    ['approval by ours, written otherwise', { approverIds: [megan.id.toUpperCase()] }, { approvalRequired: true, approvers: [megan] }, []],
    ['approval by others, too', { approverIds: [megan.id] }, { approvalRequired: true, approvers: [megan, leads] }, [{ field: 'approverIds', others: [leads] }]],
    ['approval by its default approvers', { approverIds: [megan.id] }, { approvalRequired: true, approvers: [] }, [{ field: 'approverIds', others: [] }]],
    ['approval by its default approvers, where we want none', { approverIds: null }, { approvalRequired: true, approvers: [] }, []],
  ])('PIM has %s', async (_, entry, pim, drift) => {
    expect(await compared({ entry, pim })).toEqual({ role: 'User Administrator', scope: directory, drift, why: null });
  });

  it('every field is told, in the order of the fields', async () => {
    const { drift } = await compared({ entry: { maximumMinutes: 60, notifiesAdministrators: true, ticketRequired: true, mfaRequired: true, approverIds: [megan.id] }, pim: { approvalRequired: true, approvers: [leads] } });
    expect(drift?.map(({ field }) => field)).toEqual(['elevationDuration', 'notificationToUserOnElevation', 'ticketingInfoOnElevation', 'mfaOnElevation', 'approverIds']);
  });
});

describe('what an entry is compared with', () => {
  it.each<[string, Partial<OwnEntry>, Role]>([
    ['the role of its id', { role: roleId.toUpperCase() }, role],
    ['the role of its name, in other letters', { role: ' user administrator ' }, role],
    ['a group\'s role, by itself', { role: 'Member', scope: { id: leads.id, name: leads.name, type: 'group' } }, { definitionId: 'member', name: 'member' }],
  ])('is %s', async (_, entry, expected) => {
    const read: Role[] = [];
    await compared({ entry, source: { findRoles: async () => [{ definitionId: 'x', name: 'User Administrators' }, role], readRoleSettings: async (one) => { read.push(one); return loose; } } });
    expect(read).toEqual([expected]);
  });

  it('is read by the role\'s id where its name is not told', async () => {
    const refused: SettingsSource['findRoles'] = async () => { throw new PimError('notPermitted', 'may not'); };
    expect(await compared({ entry: { mfaRequired: true }, source: { findRoles: refused } })).toMatchObject({ role: roleId, drift: [{ field: 'mfaOnElevation' }] });
  });

  it('is not there, or cannot be read: it is no agreement', async () => {
    expect(await compared({ entry: { role: 'Reader' } })).toEqual({ role: 'Reader', scope: directory, drift: null, why: 'notFound' });
    expect(await compared({ entry: {}, source: { readRoleSettings: async () => { throw new PimError('unavailable', 'no answer'); } } })).toEqual({ role: roleId, scope: directory, drift: null, why: 'unavailable' });
  });

  it('is each entry\'s own: one that cannot be read hides no other', async () => {
    const entries = [{ ...ours, role: 'Reader' }, { ...ours, mfaRequired: true }];
    const both = await readDrift(entries, { findRoles: async () => [role], readRoleSettings: async () => loose });
    expect(both.map(({ drift }) => drift)).toEqual([null, [{ field: 'mfaOnElevation' }]]);
  });
});
