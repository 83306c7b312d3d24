import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  findAssignmentChange, moveAssignmentChange, saveAssignmentChange, type AssignmentChange, type NewAssignmentChange,
} from '../../src/store/assignment-changes.ts';
import { findInquiry, saveInquiry } from '../../src/store/assignment-inquiries.ts';
import type { Store } from '../../src/store/database.ts';
import { listPostedCards, rememberPostedCard } from '../../src/store/posted-cards.ts';
import { versionOf } from '../../src/store/shown-requests.ts';
import { describeOnBothEngines } from './engines.ts';
import { alex, megan, noon, pendingActivation, sampleDraft } from './samples.ts';

// Guard: `moveAssignmentChange` (src/store/assignment-changes.ts): one statement that compares and sets.

const { role, scope } = sampleDraft();

function wish(changes: Partial<NewAssignmentChange> = {}): NewAssignmentChange {
  return {
    requestId: randomUUID(), person: megan, action: 'assign', side: 'eligible',
    principal: { ...alex, kind: 'user', userPrincipalName: 'alex@contoso.example' },
    role, scope, start: null, expiration: { type: 'afterDuration', minutes: 43_200 }, assumed: ['side'], justification: 'audit', ticket: { number: 'INC-4711', system: '' }, undoes: null, createdAt: noon,
    ...changes,
  };
}

function saved(store: Store, changes: Partial<NewAssignmentChange> = {}): Promise<AssignmentChange> {
  return saveAssignmentChange(store.db, wish(changes));
}

const old = new Date(Date.now() - 8 * 86_400_000);

async function shown(store: Store, requestId: string): Promise<string> {
  const activityId = randomUUID();
  await rememberPostedCard(store.db, { requestId, personId: megan.id, activityId, kind: 'administrator', reference: {}, shownVersion: 1 });
  return activityId;
}

describeOnBothEngines('what administrators change', (store) => {
  test('everything that was meant is found again, as a draft of version 1', async () => {
    const { requestId, ...meant } = wish();
    const expected = { ...meant, requestId, pimId: null, state: 'draft', version: 1, pimStatus: null, problem: null, submittedAt: null, beginsAt: null, endsAt: null };
    expect(await saveAssignmentChange(store.db, { requestId, ...meant })).toEqual(expected);
    expect(await findAssignmentChange(store.db, requestId)).toEqual(expected);
    expect(await findAssignmentChange(store.db, randomUUID())).toBeNull();
  });

  test.each<Partial<NewAssignmentChange>>([
    { expiration: { type: 'afterDateTime', end: noon }, start: noon },
    { expiration: { type: 'noExpiration' } },
    { principal: { id: megan.id, name: 'Ops leads', kind: 'group' }, side: 'active', assumed: [] },
    { action: 'unassign', undoes: randomUUID(), justification: '', scope: { id: '/', name: 'Directory', type: 'directory' } },
  ])('%j is remembered as it is', async (changes) => {
    expect(await saved(store, changes)).toMatchObject(changes);
  });

  test('a GUID names one change', async () => {
    const { requestId } = await saved(store);
    await expect(saved(store, { requestId })).rejects.toThrow(/duplicate key/);
  });

  test('promise 10: of twenty who send the same draft at once, one does', async () => {
    const { requestId } = await saved(store);
    const moves = await Promise.all(Array.from({ length: 20 }, () =>
      moveAssignmentChange(store.db, requestId, { from: 'draft', fromVersion: 1 }, { state: 'submitting', justification: 'x', submittedAt: noon })));
    expect(moves.filter((moved) => moved !== null)).toMatchObject([{ state: 'submitting', version: 2, justification: 'x', submittedAt: noon }]);
  });

  test('promise 12: a draft is not moved from another state or version than the card showed', async () => {
    const { requestId } = await saved(store);
    expect(await moveAssignmentChange(store.db, requestId, { from: 'draft', fromVersion: 2 }, { state: 'submitting' })).toBeNull();
    expect(await moveAssignmentChange(store.db, requestId, { from: 'submitting' }, { state: 'assigned' })).toBeNull();
    expect(await moveAssignmentChange(store.db, randomUUID(), { from: 'draft' }, { state: 'submitting' })).toBeNull();
    await moveAssignmentChange(store.db, requestId, { from: 'draft' }, { state: 'cancelled' });
    expect(await moveAssignmentChange(store.db, requestId, { from: 'draft', fromVersion: 1 }, { state: 'submitting' })).toBeNull();
  });

  test('a move keeps what it does not name', async () => {
    const { requestId } = await saved(store);
    await moveAssignmentChange(store.db, requestId, { from: 'draft' }, { state: 'submitting', submittedAt: noon });
    const problem = { code: 'policyRefused', rules: ['ExpirationRule'] } as const;
    const moved = await moveAssignmentChange(store.db, requestId, { from: 'submitting' }, { state: 'failed', problem, pimId: 'ABC', pimStatus: 'Failed', beginsAt: noon });
    expect(moved).toMatchObject({ justification: 'audit', submittedAt: noon, problem, pimId: 'abc', pimStatus: 'Failed', beginsAt: noon, endsAt: null, version: 3 });
  });

  test('cards are told the version of a change as of an activation', async () => {
    const { requestId } = await saved(store);
    const activation = await pendingActivation(store);
    await moveAssignmentChange(store.db, requestId, { from: 'draft' }, { state: 'submitting' });
    expect(await versionOf(store.db, requestId)).toBe(2);
    expect(await versionOf(store.db, activation.requestId)).toBe(activation.version);
    expect(await versionOf(store.db, randomUUID())).toBeNull();
  });

  test('an administrator\'s card is remembered', async () => {
    const { requestId } = await saved(store);
    const activityId = await shown(store, requestId);
    expect(await listPostedCards(store.db, requestId)).toMatchObject([{ kind: 'administrator', activityId }]);
  });

  test('what was never sent is forgotten after a week with its card, and what was sent is kept', async () => {
    const [forgotten, cancelled, sent, young] = [await saved(store, { createdAt: old }), await saved(store, { createdAt: old }), await saved(store, { createdAt: old }), await saved(store, { createdAt: new Date() })];
    await shown(store, forgotten.requestId);
    await moveAssignmentChange(store.db, cancelled.requestId, { from: 'draft' }, { state: 'cancelled' });
    await moveAssignmentChange(store.db, sent.requestId, { from: 'draft' }, { state: 'submitting' });
    await store.maintain();
    const left = await Promise.all([forgotten, cancelled, sent, young].map(({ requestId }) => findAssignmentChange(store.db, requestId)));
    expect(left.map((change) => change?.state ?? null)).toEqual([null, null, 'submitting', 'draft']);
    expect(await listPostedCards(store.db, forgotten.requestId)).toEqual([]);
  });
});

describeOnBothEngines('questions about assignments', (store) => {
  const inquiry = { command: { name: 'whoIs', principal: '"><at>' }, chosen: {}, question: { candidates: [alex, megan] } };

  test('a question is found by its id, with whose it is', async () => {
    const stored = { inquiryId: randomUUID(), personId: megan.id, inquiry };
    await saveInquiry(store.db, stored, noon);
    expect(await findInquiry(store.db, stored.inquiryId)).toEqual(stored);
    expect(await findInquiry(store.db, randomUUID())).toBeNull();
  });

  test('it is forgotten after a week', async () => {
    const [gone, kept] = [randomUUID(), randomUUID()];
    await saveInquiry(store.db, { inquiryId: gone, personId: megan.id, inquiry }, old);
    await saveInquiry(store.db, { inquiryId: kept, personId: megan.id, inquiry }, new Date());
    await store.maintain();
    expect(await findInquiry(store.db, gone)).toBeNull();
    expect(await findInquiry(store.db, kept)).not.toBeNull();
  });
});
