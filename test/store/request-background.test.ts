import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ActivationState } from '../../src/pim/activation-status.ts';
import type { RequestBackground } from '../../src/pim/request-background.ts';
import { findActivation, listRemembered, moveActivation, rememberPimId, saveDraft, type Activation, type NewDraft } from '../../src/store/activations.ts';
import type { Store } from '../../src/store/database.ts';
import { listEarlierActivations, readBackground, saveBackground } from '../../src/store/request-background.ts';
import { describeOnBothEngines } from './engines.ts';
import { megan, noon, pendingActivation, sampleDraft } from './samples.ts';

const later = (minutes: number): Date => new Date(noon.getTime() + minutes * 60_000);

async function activation(store: Store, state: ActivationState, submittedAt: Date, changes: Partial<NewDraft> = {}): Promise<Activation> {
  const { requestId } = await saveDraft(store.db, sampleDraft(changes));
  await moveActivation(store.db, requestId, { from: ['draft'] }, { state, submittedAt, minutes: 30 });
  const found = await findActivation(store.db, requestId);
  if (found === null) throw new Error('it was just saved');
  return found;
}

describeOnBothEngines('what approvers are told of a requester', (store) => {
  test('is kept once: the first that was gathered stays', async () => {
    const { requestId } = await pendingActivation(store);
    expect(await readBackground(store.db, requestId)).toBeNull();
    const background: RequestBackground = {
      readAt: noon.toISOString(),
      earlier: [{ scope: { id: '/subscriptions/1', name: 'Production', type: 'subscription' }, askedAt: noon.toISOString(), minutes: null, outcome: 'denied' }],
      held: [], heldBeside: 0, gaps: [{ kind: 'entra', why: 'unavailable' }],
    };
    await saveBackground(store.db, requestId, background);
    await saveBackground(store.db, requestId, { ...background, gaps: [] });
    expect(await readBackground(store.db, requestId)).toEqual(background);
    expect(await readBackground(store.db, randomUUID())).toBeNull();
  });

  test('has the last three of the same person and role of which something has come, newest first', async () => {
    const person = { id: randomUUID(), name: 'Lee Gu' };
    const role = { definitionId: '/subscriptions/1/providers/Microsoft.Authorization/roleDefinitions/ABC', name: 'Contributor' };
    const elsewhere = { definitionId: '/subscriptions/2/providers/Microsoft.Authorization/roleDefinitions/abc', name: 'Contributor' };
    for (const [minutes, state] of [[1, 'denied'], [2, 'expired'], [3, 'deactivated'], [4, 'active']] as const) {
      await activation(store, state, later(minutes), { person, role: minutes === 3 ? elsewhere : role });
    }
    await activation(store, 'submitting', later(5), { person, role });
    await activation(store, 'active', later(6), { person, role: { ...role, definitionId: 'other' } });
    await activation(store, 'active', later(7), { person: megan, role });
    const request = await activation(store, 'pending', later(8), { person, role });
    const earlier = await listEarlierActivations(store.db, request);
    expect(earlier.map(({ outcome, askedAt }) => [outcome, askedAt])).toEqual([['active', later(4)], ['deactivated', later(3)], ['expired', later(2)]].map(([outcome, at]) => [outcome, at instanceof Date ? at.toISOString() : at]));
    expect(earlier[0]).toMatchObject({ minutes: 30, scope: { name: 'rg-app' } });
  });

  test('membership of one group says nothing of another\'s', async () => {
    const person = { id: randomUUID(), name: 'Lee Gu' };
    const role = { definitionId: 'member', name: 'member' };
    const group = { id: randomUUID(), name: 'Ops leads', type: 'group' as const };
    await activation(store, 'expired', later(1), { person, role, scope: { ...group, id: randomUUID() } });
    await activation(store, 'denied', later(1), { person, role, scope: group });
    const request = await activation(store, 'pending', later(8), { person, role, scope: group });
    expect((await listEarlierActivations(store.db, request)).map(({ outcome }) => outcome)).toEqual(['denied']);
  });

  test('a request is remembered under either name, whatever the case, among thousands', async () => {
    const ours = await pendingActivation(store);
    const named = await pendingActivation(store);
    const pimId = randomUUID();
    await rememberPimId(store.db, named.requestId, pimId);
    const others = Array.from({ length: 2_100 }, () => randomUUID());
    const remembered = await listRemembered(store.db, [ours.requestId.toUpperCase(), ...others, pimId]);
    expect(remembered).toEqual(new Set([ours.requestId, named.requestId, pimId]));
    expect(await listRemembered(store.db, [])).toEqual(new Set());
  });
});
