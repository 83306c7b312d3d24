import { describe, expect, it } from 'vitest';
import type { RoleSettings, Scope } from '../../src/pim/model.ts';
import { approvalsNeeded, entriesFor, tighten, unreadSettings, type OwnEntry, type TicketRule } from '../../src/pim/own-settings.ts';

// Guards of promise 30: `tighten` and `entriesFor` (src/pim/own-settings.ts), by what one entry alone asks for.

const group: Scope = { id: '/subscriptions/s1/resourceGroups/rg-app', name: 'rg-app', type: 'resourceGroup' };
const entry: OwnEntry = {
  role: 'Contributor', scope: group, maximumMinutes: null, ticketRequired: false, mfaRequired: false, notifiesAdministrators: false,
  approverIds: null, approvalsRequired: 1, tickets: [], escalateTo: [],
};
const pim: RoleSettings = {
  maximumMinutes: 480, justificationRequired: false, ticketRequired: false, mfaRequired: false, authenticationContext: null,
  approvalRequired: false, approvers: [], approverJustificationRequired: false, notifiesAdministrators: false,
};
const incident: TicketRule = { system: 'ServiceNow', pattern: 'INC\\d+', link: 'https://itsm.example/{number}?again={number}' };

const unbound = {
  ...pim, pimUnread: false, heldBy: null, asksApproval: false, requirements: [], ownMfa: false, ticketLists: [], escalateTo: [],
};
const listOf = (...ids: readonly string[]): object[] => ids.map((id) => ({ id, kind: 'unknown', name: id }));

describe('promise 30: an entry of ours', () => {
  it('that asks for nothing changes nothing', () => {
    expect(tighten(pim, [])).toEqual(unbound);
    expect(tighten(pim, [entry])).toEqual(unbound);
  });

  it.each<[string, Partial<OwnEntry>, object]>([
    ['a shorter time', { maximumMinutes: 60 }, { maximumMinutes: 60 }],
    ['a ticket', { ticketRequired: true }, { ticketRequired: true }],
    ['a ticket of a form', { tickets: [incident] }, { ticketRequired: true, ticketLists: [[incident]] }],
    ['a second factor', { mfaRequired: true }, { mfaRequired: true, ownMfa: true }],
    ['a notification', { notifiesAdministrators: true }, { notifiesAdministrators: true }],
    ['somebody to be asked later', { escalateTo: ['e5', 'e5'] }, { escalateTo: listOf('e5') }],
    ['an approval', { approverIds: ['a1', 'a1'], approvalsRequired: 2 }, {
      approvalRequired: true, asksApproval: true, heldBy: 'bot', approvers: listOf('a1'), requirements: [{ approvers: listOf('a1'), count: 2, escalateTo: [] }],
    }],
  ])('that asks for %s asks for that alone, beside others that do not', (_, change, more) => {
    expect(tighten(pim, [entry, { ...entry, ...change }, entry])).toEqual({ ...unbound, ...more });
  });

  it('that asks for several approvals of its own list leaves the other list’s number alone', () => {
    const bound = tighten(pim, [{ ...entry, approverIds: ['a1'], approvalsRequired: 3 }, { ...entry, approverIds: ['b2'] }]);
    expect(bound.requirements.map(({ count }) => count)).toEqual([3, 1]);
    expect(approvalsNeeded(bound.requirements)).toBe(4);
  });

  it('leaves whom PIM asks, and says how many of them', () => {
    const asking = { ...pim, approvalRequired: true, approvers: [{ id: 'p9', kind: 'user' as const, name: 'Pat' }] };
    const bound = tighten(asking, [{ ...entry, approverIds: ['a1'], approvalsRequired: 2 }]);
    expect(bound).toMatchObject({ heldBy: 'pim', asksApproval: true, approvers: asking.approvers, requirements: [{ approvers: asking.approvers, count: 2, escalateTo: [] }] });
  });

  it('is all that binds where nobody may read PIM’s settings', () => {
    expect(unreadSettings).toEqual({ ...pim, maximumMinutes: expect.any(Number) });
    expect(tighten(null, [])).toEqual({ ...unbound, pimUnread: true, maximumMinutes: expect.any(Number) });
  });

  it('at a subscription binds nothing elsewhere, whatever nobody can say of management groups', async () => {
    const elsewhere: Scope = { id: '/subscriptions/s2/resourceGroups/rg-app', name: 'rg-app', type: 'resourceGroup' };
    expect(await entriesFor([entry], { role: { definitionId: 'x', name: 'Contributor' }, scope: elsewhere }, () => Promise.resolve(null))).toEqual([]);
  });

  it('binds a role whose name nobody has told', async () => {
    const id = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
    const bindsRole = async (name: string, definitionId = `/providers/Microsoft.Authorization/roleDefinitions/${id}`): Promise<boolean> =>
      (await entriesFor([entry], { role: { definitionId, name }, scope: group }, () => Promise.resolve(null))).length === 1;
    expect(await bindsRole(id.toUpperCase())).toBe(true);
    expect(await bindsRole(' Contributor ')).toBe(true);
    expect(await bindsRole('Reader')).toBe(false);
    expect(await bindsRole('owner', 'owner')).toBe(false);
  });
});
