import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { activationState, failureOf as failureOfStatus } from '../../../src/pim/activation-status.ts';
import type { AssignmentDraft } from '../../../src/pim/model.ts';
import { adam, alex, app, lee, megan, production, seed } from '../pim-seed.ts';
import { createPimWorld, draftOf, eligible, failureOf, referenceTo } from '../pim-world.ts';
import type { PimWorld } from '../pim-world.ts';

/** A lock on rg-app, at the local PIM service. */

let world: PimWorld;

beforeAll(async () => { world = await createPimWorld({ seed: { ...seed, locks: [app] } }); });
afterAll(async () => { await world[Symbol.asyncDispose](); });
beforeEach(async () => { await world.control('POST', 'reset'); });

describe('where a resource is locked', () => {
  it('nothing is activated or assigned, and the refusal says so', async () => {
    const user = world.user(alex);
    const held = await eligible(user, 'Reader', production);
    const scope = { id: app, name: 'rg-app', type: 'resourceGroup' as const };
    expect(await failureOf(user.activate(randomUUID(), draftOf(held, { scope })))).toMatchObject({ code: 'resourceLocked', effect: 'none' });
    const assignment: AssignmentDraft = {
      side: 'active', principal: { id: lee, name: 'Lee Gu', kind: 'user' }, role: held.role, scope, start: null, expiration: { type: 'noExpiration' },
      justification: 'On call', ticket: null,
    };
    const admin = world.user(adam).assignments;
    expect(await failureOf(admin.assign(randomUUID(), assignment))).toMatchObject({ code: 'resourceLocked', effect: 'none' });
    expect(await admin.list({ side: 'active', when: 'alsoLater', scope, filter: {} })).toEqual([]);
  });

  it('beside it everything goes on', async () => {
    const user = world.user(alex);
    expect(await user.activate(randomUUID(), draftOf(await eligible(user, 'Reader', production)))).toMatchObject({ pimStatus: 'Provisioned' });
  });

  it('what was approved fails, and its status says why', async () => {
    const user = world.user(alex);
    const request = await user.activate(randomUUID(), draftOf(await eligible(user, 'Contributor', app)));
    await world.user(megan).decide({ approvalId: request.approvalId ?? '', scope: request.scope }, { result: 'approve', justification: 'Reviewed' });
    const after = await user.readRequest(referenceTo(request));
    expect(after?.pimStatus).toBe('FailedAsResourceIsLocked');
    expect(activationState(after?.pimStatus ?? '', { start: null, end: null }, request.createdAt)).toBe('failed');
    expect(failureOfStatus(after?.pimStatus ?? '')).toBe('resourceLocked');
  });
});
