import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { findActivation, saveDraft } from '../../src/store/activations.ts';
import type { Store } from '../../src/store/database.ts';
import { keepInterruptedTurn, takeInterruptedTurn } from '../../src/store/interrupted-turns.ts';
import { rememberPostedCard } from '../../src/store/posted-cards.ts';
import { findStepUp, openStepUp, type StepUpRecord } from '../../src/store/step-ups.ts';
import { describeOnBothEngines } from './engines.ts';
import { alex, pendingActivation, sampleDraft } from './samples.ts';

const hour = 3_600_000;

function ago(hours: number): Date {
  return new Date(Date.now() - hours * hour);
}

async function shownDraft(store: Store, createdAt: Date): Promise<string> {
  const { requestId } = await saveDraft(store.db, sampleDraft({ createdAt }));
  await rememberPostedCard(store.db, { requestId, personId: alex.id, activityId: randomUUID(), kind: 'requester', reference: {}, shownVersion: 1 });
  return requestId;
}

async function stepUp(store: Store, createdAt: Date): Promise<StepUpRecord> {
  const { requestId } = await pendingActivation(store);
  return openStepUp(store.db, { requestId, person: alex, action: 'activate', reason: '', requestVersion: 1, stepUp: { kind: 'mfa' }, createdAt });
}

describeOnBothEngines('what is over', (store) => {
  test('a form that was not sent for a week is forgotten with its card, and a younger one is kept', async () => {
    const old = await shownDraft(store, ago(8 * 24));
    const young = await shownDraft(store, ago(6 * 24));
    await store.maintain();
    expect(await findActivation(store.db, old)).toBeNull();
    expect(await findActivation(store.db, young)).not.toBeNull();
  });

  test('an activation that was sent is kept, however old it is', async () => {
    const { requestId } = await pendingActivation(store);
    await store.db.updateTable('activations').set({ created_at: ago(1_000 * 24) }).where('request_id', '=', requestId).execute();
    await store.maintain();
    expect(await findActivation(store.db, requestId)).not.toBeNull();
  });

  test('a step-up is forgotten after a day, and one of this day is kept', async () => {
    const [old, young] = [await stepUp(store, ago(25)), await stepUp(store, ago(2))];
    await store.maintain();
    expect(await findStepUp(store.db, old.id)).toBeNull();
    expect(await findStepUp(store.db, young.id)).toEqual(young);
  });

  test('what a sign-in interrupted is forgotten after an hour, and what waits for one is kept', async () => {
    const turn = { text: 'roles', action: null, file: null, cardActivityId: null, locale: 'en', timeZone: 'UTC' };
    const [old, young] = [randomUUID(), randomUUID()];
    await keepInterruptedTurn(store.db, { ...turn, personId: old }, ago(2));
    await keepInterruptedTurn(store.db, { ...turn, personId: young }, ago(0));
    await store.maintain();
    expect(await takeInterruptedTurn(store.db, old, ago(3))).toBeNull();
    expect(await takeInterruptedTurn(store.db, young, ago(3))).toMatchObject(turn);
  });

  test('what a sign-in interrupted is taken once, in time, and the last of several', async () => {
    const turn = { personId: randomUUID(), action: { verb: 'roles.show' }, file: { name: 'a.json', read: { ok: true, text: '{}' } }, cardActivityId: '1', locale: 'ja', timeZone: 'Asia/Tokyo' };
    await keepInterruptedTurn(store.db, { ...turn, text: 'first' }, ago(0));
    await keepInterruptedTurn(store.db, { ...turn, text: 'second' }, ago(0));
    expect(await takeInterruptedTurn(store.db, turn.personId, ago(1))).toEqual({ ...turn, text: 'second' });
    expect(await takeInterruptedTurn(store.db, turn.personId, ago(1))).toBeNull();
    await keepInterruptedTurn(store.db, { ...turn, text: 'late' }, ago(2));
    expect(await takeInterruptedTurn(store.db, turn.personId, ago(1))).toBeNull();
  });
});
