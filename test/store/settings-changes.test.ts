import { expect, test } from 'vitest';
import { findSettingsChange, moveSettingsChange, saveSettingsChange, type NewSettingsChange } from '../../src/store/settings-changes.ts';
import { policy } from '../cards/every-settings-card.ts';
import { openTestStore } from '../helpers/test-store.ts';

// Guard of promises 10 and 12 for role settings: `moveSettingsChange` (src/store/settings-changes.ts) compares and sets in one statement.

const now = new Date('2026-11-23T14:05:00Z');
const draft: NewSettingsChange = {
  requestId: '5a3c0000-0000-4000-8000-000000000001', person: { id: 'nestor', name: 'Nestor Wilke' }, approvers: [], unchanged: 2, createdAt: now,
  roles: [{ policy: policy(), change: { elevationDuration: 'PT1H' }, given: {}, roundedFrom: 'PT50M', outcome: null }],
};

test('what is kept comes back as it was, with its times', async () => {
  await using store = await openTestStore();
  await saveSettingsChange(store.db, draft);
  expect(await findSettingsChange(store.db, draft.requestId)).toEqual({ ...draft, state: 'draft', version: 1, submittedAt: null });
});

test('promise 10: of twenty who saw the same draft, one moves it', async () => {
  await using store = await openTestStore();
  const seen = await saveSettingsChange(store.db, draft);
  const moved = await Promise.all(Array.from({ length: 20 }, () => moveSettingsChange(store.db, seen, { state: 'writing', submittedAt: now })));
  expect(moved.filter((change) => change !== null)).toHaveLength(1);
});

test('promise 12: who saw an earlier version, or another state, moves nothing', async () => {
  await using store = await openTestStore();
  const seen = await saveSettingsChange(store.db, draft);
  expect(await moveSettingsChange(store.db, { ...seen, version: 2 }, { state: 'writing' })).toBeNull();
  expect(await moveSettingsChange(store.db, { ...seen, state: 'writing' }, { state: 'done' })).toBeNull();
  expect(await findSettingsChange(store.db, draft.requestId)).toMatchObject({ state: 'draft', version: 1 });
});
