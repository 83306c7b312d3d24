import { describe, expect, it } from 'vitest';
import { PimError } from '../../src/pim/errors.ts';
import type { Role, RoleSettings, Scope } from '../../src/pim/model.ts';
import { createOwnLayer, type OwnLayer } from '../../src/pim/own-layer.ts';
import type { OwnEntry } from '../../src/pim/own-settings.ts';

// Guard of promise 30: `createOwnLayer` (src/pim/own-layer.ts).

const role: Role = { definitionId: 'b24988ac-6180-42a0-ab88-20f7382dd24c', name: 'Contributor' };
const subscription: Scope = { id: '/subscriptions/c3e00000-0000-4000-8000-00000000000a', name: 'Production', type: 'subscription' };
const management: Scope = { id: '/providers/Microsoft.Management/managementGroups/contoso', name: 'contoso', type: 'managementGroup' };
const entry: OwnEntry = {
  role: 'Contributor', scope: management, maximumMinutes: 60, ticketRequired: false, mfaRequired: false, notifiesAdministrators: false,
  approverIds: null, approvalsRequired: 1, tickets: [], escalateTo: [],
};
const pim: RoleSettings = {
  maximumMinutes: 480, justificationRequired: false, ticketRequired: false, mfaRequired: false, authenticationContext: null,
  approvalRequired: false, approvers: [], approverJustificationRequired: false, notifiesAdministrators: false,
};

interface Hierarchy {
  readonly layer: OwnLayer;
  asked: number;
  seconds: number;
  below: readonly string[] | Error;
}

function hierarchyOf(below: Hierarchy['below'], entries: readonly OwnEntry[] = [entry]): Hierarchy {
  const hierarchy: Hierarchy = {
    asked: 0, seconds: 0, below,
    layer: createOwnLayer({
      entries,
      clock: { now: () => new Date(Date.UTC(2026, 2, 1) + hierarchy.seconds * 1_000) },
      listDescendants: async () => {
        hierarchy.asked += 1;
        if (hierarchy.below instanceof Error) throw hierarchy.below;
        return hierarchy.below;
      },
    }),
  };
  return hierarchy;
}

const maximumAt = async ({ layer }: Hierarchy, scope: Scope): Promise<number | undefined> =>
  (await layer.bind(pim, { role, scope }))?.maximumMinutes;

describe('promise 30: our settings for a management group', () => {
  it('bind what lies below it, in any spelling, and nothing else', async () => {
    const hierarchy = hierarchyOf([subscription.id.toUpperCase()]);
    expect(await maximumAt(hierarchy, subscription)).toBe(60);
    expect(await maximumAt(hierarchy, { ...subscription, id: '/subscriptions/another' })).toBe(480);
  });

  it('bind everything where the hierarchy cannot be read', async () => {
    expect(await maximumAt(hierarchyOf(new PimError('notPermitted', 'it may not be read')), subscription)).toBe(60);
  });

  it('are not guessed after a fault that is not one of PIM', async () => {
    await expect(maximumAt(hierarchyOf(new TypeError('broken')), subscription)).rejects.toThrow('broken');
  });

  it('bind within ten minutes what has been moved below it', async () => {
    const hierarchy = hierarchyOf([]);
    expect(await maximumAt(hierarchy, subscription)).toBe(480);
    Object.assign(hierarchy, { below: [subscription.id], seconds: 599 });
    expect([await maximumAt(hierarchy, subscription), hierarchy.asked]).toEqual([480, 1]);
    hierarchy.seconds = 600;
    expect([await maximumAt(hierarchy, subscription), hierarchy.asked]).toEqual([60, 2]);
  });

  it('are asked about again after half a minute where the hierarchy could not be read', async () => {
    const hierarchy = hierarchyOf(new PimError('unavailable', 'it answers nothing'));
    await maximumAt(hierarchy, subscription);
    Object.assign(hierarchy, { below: [], seconds: 29 });
    expect([await maximumAt(hierarchy, subscription), hierarchy.asked]).toEqual([60, 1]);
    hierarchy.seconds = 30;
    expect([await maximumAt(hierarchy, subscription), hierarchy.asked]).toEqual([480, 2]);
  });
});

describe('where nobody may read PIM’s settings', () => {
  it('ours are all that is known, and without ours nothing is', async () => {
    const { layer } = hierarchyOf([subscription.id]);
    expect(layer.entries).toEqual([entry]);
    expect(await layer.bind(null, { role, scope: subscription })).toMatchObject({ pimUnread: true, maximumMinutes: 60 });
    expect(await hierarchyOf([], []).layer.bind(null, { role, scope: subscription })).toBeNull();
    expect(await hierarchyOf([], []).layer.bind(pim, { role, scope: subscription })).toMatchObject({ pimUnread: false, maximumMinutes: 480 });
  });
});
