import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Store } from '../../src/store/database.ts';
import {
  beginFlow, closeStepUp, findOpenStepUp, findStepUp, isStepUpLate, openStepUp, takeFlow, type NewStepUp, type StepUpRecord,
} from '../../src/store/step-ups.ts';
import { describeOnBothEngines } from './engines.ts';
import { alex, megan, noon, pendingActivation } from './samples.ts';

// Guards: `beginFlow`, `takeFlow`, `closeStepUp` (src/store/step-ups.ts): each is one statement that compares and sets.

const minute = 60_000;

function after(minutes: number): Date {
  return new Date(noon.getTime() + minutes * minute);
}

async function sample(store: Store, changes: Partial<NewStepUp> = {}): Promise<StepUpRecord> {
  const requestId = changes.requestId ?? (await pendingActivation(store)).requestId;
  return openStepUp(store.db, {
    requestId, person: alex, action: 'activate', reason: '', requestVersion: 2,
    stepUp: { kind: 'authenticationContext', value: 'c1' }, createdAt: noon, ...changes,
  });
}

/** A sign-in begun at noon, as hashes that no other test has. */
async function begun(store: Store, record: StepUpRecord, at = noon): Promise<{ stateHash: string; cookieHash: string }> {
  const hashes = { stateHash: randomUUID(), cookieHash: randomUUID() };
  expect(await beginFlow(store.db, record.id, { ...hashes, at })).toEqual(record);
  return hashes;
}

describeOnBothEngines('step-ups', (store) => {
  test('a step-up is found by its id, which is 256 bits, with everything that was asked for', async () => {
    const { requestId } = await pendingActivation(store);
    const offer = { formId: randomUUID(), by: megan, reason: 'no', minutes: 30, scope: { id: '/subscriptions/1', name: 'One', type: 'subscription' as const } };
    const asked: NewStepUp = { requestId, person: megan, action: 'deny', reason: '<b>"no"</b>', requestVersion: 7, stepUp: { kind: 'mfa' }, offer, createdAt: noon };
    const record = await openStepUp(store.db, asked);
    expect(record).toEqual({ ...asked, id: record.id, state: 'open' });
    expect(Buffer.from(record.id, 'base64url')).toHaveLength(32);
    expect(await findStepUp(store.db, record.id)).toEqual(record);
    expect(await findStepUp(store.db, `${record.id}x`)).toBeNull();
  });

  test('opening it again gives a new id, and the old one and its sign-in are dead', async () => {
    const first = await sample(store);
    const flow = await begun(store, first);
    const second = await sample(store, { requestId: first.requestId, requestVersion: 3 });
    expect(second.id).not.toBe(first.id);
    expect(await findStepUp(store.db, first.id)).toBeNull();
    expect(await takeFlow(store.db, flow.stateHash, noon)).toEqual({ kind: 'unknown' });
    expect(await beginFlow(store.db, first.id, { stateHash: 'x', cookieHash: 'y', at: noon })).toBeNull();
    expect(await closeStepUp(store.db, first.id, 'carriedOut')).toBeNull();
    await begun(store, second);
  });

  test('a closed one opens again', async () => {
    const first = await sample(store);
    await closeStepUp(store.db, first.id, 'carriedOut');
    expect((await sample(store, { requestId: first.requestId })).state).toBe('open');
  });

  test('twenty at once open one', async () => {
    const { requestId } = await pendingActivation(store);
    const opened = await Promise.all(Array.from({ length: 20 }, () => sample(store, { requestId })));
    const found = await Promise.all(opened.map(({ id }) => findStepUp(store.db, id)));
    expect(found.filter((record) => record !== null)).toHaveLength(1);
  });

  test('people and actions of one request keep apart', async () => {
    const { requestId } = await pendingActivation(store);
    const mine = await sample(store, { requestId });
    const approve = await sample(store, { requestId, person: megan, action: 'approve' });
    const deny = await sample(store, { requestId, person: megan, action: 'deny', createdAt: after(1) });
    for (const record of [mine, approve, deny]) expect(await findStepUp(store.db, record.id)).toEqual(record);
    expect(await findOpenStepUp(store.db, { requestId, personId: alex.id, at: after(2) })).toEqual(mine);
    expect(await findOpenStepUp(store.db, { requestId, personId: megan.id, at: after(2) })).toEqual(deny);
    await closeStepUp(store.db, deny.id, 'cancelled');
    expect(await findOpenStepUp(store.db, { requestId, personId: megan.id, at: after(2) })).toEqual(approve);
    expect(await findOpenStepUp(store.db, { requestId, personId: randomUUID(), at: after(2) })).toBeNull();
  });

  test('after an hour it is not offered, and no sign-in begins', async () => {
    const record = await sample(store);
    const flow = { stateHash: randomUUID(), cookieHash: randomUUID() };
    expect([isStepUpLate(record, after(59)), isStepUpLate(record, after(60))]).toEqual([false, true]);
    expect(await findOpenStepUp(store.db, { requestId: record.requestId, personId: alex.id, at: after(60) })).toBeNull();
    expect(await beginFlow(store.db, record.id, { ...flow, at: after(60) })).toBeNull();
    expect(await beginFlow(store.db, record.id, { ...flow, at: after(59) })).toEqual(record);
  });

  test('ten sign-ins are begun for one step-up, however many are asked for at once', async () => {
    const record = await sample(store);
    const tries = await Promise.all(Array.from({ length: 25 }, () =>
      beginFlow(store.db, record.id, { stateHash: randomUUID(), cookieHash: randomUUID(), at: noon })));
    expect(tries.filter((begun) => begun !== null)).toHaveLength(10);
  });

  test('a sign-in that is begun again is the only one', async () => {
    const record = await sample(store);
    const first = await begun(store, record);
    const second = await begun(store, record);
    expect(await takeFlow(store.db, first.stateHash, noon)).toEqual({ kind: 'unknown' });
    expect(await takeFlow(store.db, second.stateHash, noon)).toEqual({ kind: 'taken', record, cookieHash: second.cookieHash });
  });

  test('promise 16: of twenty who come back with the same state at once, one takes the sign-in, and nobody takes it later', async () => {
    const record = await sample(store);
    const { stateHash, cookieHash } = await begun(store, record);
    const taken = await Promise.all(Array.from({ length: 20 }, () => takeFlow(store.db, stateHash, noon)));
    expect(taken.filter(({ kind }) => kind === 'taken')).toEqual([{ kind: 'taken', record, cookieHash }]);
    expect(taken.filter(({ kind }) => kind === 'unknown')).toHaveLength(19);
    expect(await takeFlow(store.db, stateHash, noon)).toEqual({ kind: 'unknown' });
  });

  test('promise 16: a sign-in is taken within five minutes', async () => {
    const record = await sample(store);
    const { stateHash } = await begun(store, record);
    expect(await takeFlow(store.db, stateHash, after(5))).toEqual({ kind: 'late' });
    expect(await takeFlow(store.db, stateHash, new Date(after(5).getTime() - 1))).toMatchObject({ kind: 'taken' });
  });

  test('a sign-in that was begun within the hour ends after it', async () => {
    const record = await sample(store);
    const { stateHash } = await begun(store, record, after(58));
    expect(await takeFlow(store.db, stateHash, after(61))).toMatchObject({ kind: 'taken' });
  });

  test.each(['carriedOut', 'cancelled'] as const)('one that is %s begins and ends no sign-in', async (state) => {
    const record = await sample(store);
    const { stateHash } = await begun(store, record);
    expect(await closeStepUp(store.db, record.id, state)).toEqual({ ...record, state });
    expect(await findOpenStepUp(store.db, { requestId: record.requestId, personId: alex.id, at: noon })).toBeNull();
    expect(await takeFlow(store.db, stateHash, noon)).toEqual({ kind: 'unknown' });
    expect(await beginFlow(store.db, record.id, { stateHash: 'x', cookieHash: 'y', at: noon })).toBeNull();
  });

  test('promise 16: of twenty who close it at once, one does', async () => {
    const record = await sample(store);
    const closed = await Promise.all(Array.from({ length: 20 }, () => closeStepUp(store.db, record.id, 'carriedOut')));
    expect(closed.filter((one) => one !== null)).toHaveLength(1);
  });

  test('there is no step-up for a request that is not remembered', async () => {
    await expect(sample(store, { requestId: randomUUID() })).rejects.toThrow(/foreign key/);
  });
});
