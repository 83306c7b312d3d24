import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkActivation } from '../../src/pim/check-activation.ts';
import type { Role, RoleSettings, Scope } from '../../src/pim/model.ts';
import { entriesFor, meetsTicketRules, tighten, type Descendants, type OwnEntry } from '../../src/pim/own-settings.ts';

/** Guards: `tighten` and `entriesFor` in src/pim/own-settings.ts. */

const ids = fc.constantFrom('a1', 'b2', 'c3', 'd4');
const settings: fc.Arbitrary<RoleSettings> = fc.record({
  maximumMinutes: fc.integer({ min: 5, max: 74 * 60 }),
  justificationRequired: fc.boolean(),
  ticketRequired: fc.boolean(),
  mfaRequired: fc.boolean(),
  authenticationContext: fc.constantFrom(null, 'c1', 'c2'),
  approvalRequired: fc.boolean(),
  approvers: fc.uniqueArray(ids).map((list) => list.map((id) => ({ id, kind: 'user' as const, name: id }))),
  approverJustificationRequired: fc.boolean(),
  notifiesAdministrators: fc.boolean(),
});

const role: Role = { definitionId: '/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c', name: 'Contributor' };
const subscription: Scope = { id: '/subscriptions/5b1a2a38-5bd4-4c3d-9a35-111111111111', name: 'Production', type: 'subscription' };
const group: Scope = { id: `${subscription.id}/resourceGroups/rg-app`, name: 'rg-app', type: 'resourceGroup' };
const vault: Scope = { id: `${group.id}/providers/Microsoft.KeyVault/vaults/kv-1`, name: 'kv-1', type: 'resource' };
const management: Scope = { id: '/providers/Microsoft.Management/managementGroups/mg-1', name: 'mg-1', type: 'managementGroup' };
const directory: Scope = { id: '/', name: 'Directory', type: 'directory' };
const unit: Scope = { id: '/administrativeUnits/0f6b1a6e-0000-4000-8000-000000000001', name: 'Sales', type: 'administrativeUnit' };

const entry: fc.Arbitrary<OwnEntry> = fc.record({
  role: fc.constant('Contributor'),
  scope: fc.constantFrom(subscription, group),
  maximumMinutes: fc.option(fc.integer({ min: 30, max: 74 * 60 })),
  ticketRequired: fc.boolean(),
  mfaRequired: fc.boolean(),
  notifiesAdministrators: fc.boolean(),
  approverIds: fc.option(fc.uniqueArray(ids, { minLength: 1 })),
  approvalsRequired: fc.integer({ min: 1, max: 5 }),
  tickets: fc.array(fc.record({ system: fc.constantFrom('ServiceNow', 'Jira'), pattern: fc.constantFrom('INC\\d+', '[A-Z]+-\\d+'), link: fc.constant(null) }), { maxLength: 2 }),
  escalateTo: fc.uniqueArray(ids),
});

const nothing: OwnEntry = {
  role: 'Contributor', scope: group, maximumMinutes: null, ticketRequired: false, mfaRequired: false, notifiesAdministrators: false,
  approverIds: null, approvalsRequired: 1, tickets: [], escalateTo: [],
};

const nowhere: Descendants = () => Promise.resolve(new Set());

describe('promise 30: our settings are never looser than PIM\'s', () => {
  it('promise 30: whatever an entry says, nothing is asked for less than PIM asks for it', () => {
    fc.assert(fc.property(settings, fc.array(entry, { maxLength: 4 }), (pim, entries) => {
      const bound = tighten(pim, entries);
      expect(bound.maximumMinutes).toBeLessThanOrEqual(pim.maximumMinutes);
      for (const demand of ['justificationRequired', 'ticketRequired', 'mfaRequired', 'approvalRequired', 'approverJustificationRequired', 'notifiesAdministrators'] as const) {
        expect(bound[demand]).toBe(bound[demand] || pim[demand]);
      }
      expect(bound.authenticationContext).toBe(pim.authenticationContext);
      if (pim.approvalRequired) {
        expect(bound.heldBy).toBe('pim');
        expect(bound.approvers).toEqual([...new Map(pim.approvers.map((approver) => [approver.id, approver])).values()]);
        expect(bound.requirements).toHaveLength(1);
      }
    }));
  });

  it('promise 30: what is allowed under our settings is allowed under PIM\'s', () => {
    const input = fc.record({ minutes: fc.integer({ min: 1, max: 75 * 60 }), justification: fc.constantFrom('', 'deploy'), ticket: fc.constantFrom(null, { number: 'INC1', system: 'ServiceNow' }) });
    fc.assert(fc.property(settings, fc.array(entry, { maxLength: 4 }), input, (pim, entries, asked) => {
      const times = { now: new Date('2026-01-05T09:00:00Z'), eligibleUntil: null };
      const draft = { ...asked, start: null };
      const ours = checkActivation(tighten(pim, entries), draft, times);
      fc.pre(ours.ok);
      // A role whose own maximum is shorter than the shortest time we offer is judged by that maximum.
      fc.pre(pim.maximumMinutes >= 30);
      expect(checkActivation(pim, draft, times).ok).toBe(true);
    }), { numRuns: 500 });
  });

  it('promise 30: another entry makes nothing looser', () => {
    fc.assert(fc.property(settings, fc.array(entry, { maxLength: 3 }), entry, (pim, entries, more) => {
      const [before, after] = [tighten(pim, entries), tighten(pim, [...entries, more])];
      expect(after.maximumMinutes).toBeLessThanOrEqual(before.maximumMinutes);
      expect([after.ticketRequired, after.mfaRequired, after.approvalRequired, after.ownMfa]).toEqual(
        [before.ticketRequired || after.ticketRequired, before.mfaRequired || after.mfaRequired, before.approvalRequired || after.approvalRequired, before.ownMfa || after.ownMfa]);
      expect(after.requirements.length).toBeGreaterThanOrEqual(before.requirements.length);
      before.requirements.forEach(({ approvers, count }, index) => {
        expect(after.requirements[index]?.approvers).toEqual(approvers);
        expect(after.requirements[index]?.count).toBeGreaterThanOrEqual(count);
      });
      for (const ticket of [{ number: 'INC7', system: 'ServiceNow' }, { number: 'OPS-7', system: 'Jira' }, { number: 'x', system: 'Mail' }]) {
        if (meetsTicketRules(after.ticketLists, ticket)) expect(meetsTicketRules(before.ticketLists, ticket)).toBe(true);
      }
    }));
  });

  it('promise 30: where PIM asks for no approval, each entry\'s list has to be met, by as many as the strictest entry wants', () => {
    const bound = tighten({ ...unasked, approvalRequired: false }, [
      { ...nothing, approverIds: ['a1'], approvalsRequired: 1 }, { ...nothing, approverIds: ['b2', 'c3'] }, { ...nothing, approvalsRequired: 2 },
    ]);
    expect(bound.heldBy).toBe('bot');
    expect(bound.requirements.map(({ approvers, count }) => [approvers.map(({ id }) => id), count])).toEqual([[['a1'], 2], [['b2', 'c3'], 2]]);
  });

  it('promise 30: settings of PIM that nobody may read leave ours in force', () => {
    const bound = tighten(null, [{ ...nothing, maximumMinutes: 60, ticketRequired: true, approverIds: ['a1'] }]);
    expect(bound).toMatchObject({ pimUnread: true, maximumMinutes: 60, ticketRequired: true, heldBy: 'bot' });
  });
});

const unasked: RoleSettings = {
  maximumMinutes: 480, justificationRequired: true, ticketRequired: false, mfaRequired: false, authenticationContext: null,
  approvalRequired: false, approvers: [], approverJustificationRequired: false, notifiesAdministrators: false,
};

describe('promise 30: an entry binds its scope and everything below it', () => {
  const found = async (bound: Scope, scope: Scope, descendants: Descendants = nowhere, named = 'Contributor'): Promise<boolean> =>
    (await entriesFor([{ ...nothing, role: named, scope: bound }], { role, scope }, descendants)).length === 1;

  it.each([
    ['the scope itself, in other letters', { ...group, id: group.id.toUpperCase() }, group, true],
    ['a resource group below its subscription', subscription, group, true],
    ['a resource below its subscription', subscription, vault, true],
    ['no subscription above its resource group', group, subscription, false],
    ['no group whose name only begins alike', group, { ...group, id: `${group.id}-2` }, false],
    ['an administrative unit below the directory', directory, unit, true],
    ['no directory above its unit', unit, directory, false],
    ['no Azure scope below the directory', directory, subscription, false],
  ])('promise 30: %s', async (_, bound, scope, expected) => {
    expect(await found(bound, scope)).toBe(expected);
  });

  it('promise 30: a management group binds what the hierarchy says, and everything where nobody can say', async () => {
    const holding: Descendants = () => Promise.resolve(new Set([subscription.id.toLowerCase()]));
    expect(await found(management, vault, holding)).toBe(true);
    expect(await found(management, { ...subscription, id: '/subscriptions/another' }, holding)).toBe(false);
    expect(await found(management, vault, () => Promise.resolve(null))).toBe(true);
    const below: Scope = { ...management, id: '/providers/Microsoft.Management/managementGroups/mg-2' };
    expect(await found(management, below, holding)).toBe(false);
    expect(await found(management, below, () => Promise.resolve(new Set([below.id.toLowerCase()])))).toBe(true);
    const alike: Scope = { id: `${below.id}/providers/Microsoft.Billing${subscription.id}`, name: 'alike', type: 'resource' };
    expect(await found(management, alike, holding)).toBe(false);
  });

  it.each([
    ['by its name in other letters', ' contributor ', true],
    ['by its GUID', 'B24988AC-6180-42A0-AB88-20F7382DD24C', true],
    ['by its full id', role.definitionId, true],
    ['not by another GUID', 'b24988ac-6180-42a0-ab88-20f7382dd24d', false],
    ['not by a part of its name', 'Contrib', false],
  ])('promise 30: a role is named %s', async (_, named, expected) => {
    expect(await found(group, group, nowhere, named)).toBe(expected);
  });

  it.each([
    ['itself', management.id],
    ['something of its own', `${management.id}/providers/Microsoft.Authorization/policyAssignments/p-1`],
    ['a subscription, by the path under the group', `${management.id}/subscriptions/5b1a2a38-5bd4-4c3d-9a35-111111111111`],
    ['something of a management group below it', '/providers/Microsoft.Management/managementGroups/mg-below/providers/Microsoft.Authorization/policyAssignments/p-1'],
  ])('promise 30: an entry at a management group binds %s', async (_, id) => {
    const below: Descendants = () => Promise.resolve(new Set(['/providers/microsoft.management/managementgroups/mg-below']));
    const bound = { ...nothing, scope: management };
    expect(await entriesFor([bound], { role, scope: { id, name: 'x', type: id === management.id ? 'managementGroup' : 'resource' } }, below)).toEqual([bound]);
    const elsewhere: Scope = { id: '/providers/Microsoft.Management/managementGroups/mg-12/providers/Microsoft.Authorization/policyAssignments/p-1', name: 'x', type: 'resource' };
    expect(await entriesFor([bound], { role, scope: elsewhere }, below)).toEqual([]);
  });
});
