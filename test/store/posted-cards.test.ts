import { expect, test } from 'vitest';
import type { PostedCard } from '../../src/store/posted-cards.ts';
import { listPostedCards, markGone, markOutdated, markShown, releasePostedCard, rememberPostedCard } from '../../src/store/posted-cards.ts';
import { describeOnBothEngines } from './engines.ts';
import { alex, megan, pendingActivation } from './samples.ts';

const card = (requestId: string, changes: Partial<PostedCard> = {}): PostedCard => ({
  requestId,
  personId: megan.id,
  activityId: 'activity-1',
  kind: 'approver',
  reference: { conversation: { id: 'a:1' } },
  shownVersion: 2,
  ...changes,
});

describeOnBothEngines('posted cards', (store) => {
  // Guard: `markOutdated` (src/store/posted-cards.ts).
  test('a message may show less than we thought, never more, and what shows something else by now stays so', async () => {
    const { requestId } = await pendingActivation(store);
    await rememberPostedCard(store.db, card(requestId, { shownVersion: 3 }));
    await markOutdated(store.db, card(requestId), 4);
    expect((await listPostedCards(store.db, requestId)).map(({ shownVersion }) => shownVersion)).toEqual([3]);
    await markOutdated(store.db, card(requestId), 1);
    expect((await listPostedCards(store.db, requestId)).map(({ shownVersion }) => shownVersion)).toEqual([1]);
    await releasePostedCard(store.db, card(requestId), null);
    await markOutdated(store.db, card(requestId), 0);
    expect(await store.db.selectFrom('posted_cards').select(['gone', 'shown_version']).where('request_id', '=', requestId).execute()).toEqual([{ gone: true, shown_version: 1 }]);
  });

  test('every message that shows a request is listed, and no message of another', async () => {
    const { requestId } = await pendingActivation(store);
    const other = await pendingActivation(store);
    const cards = [
      card(requestId, { personId: alex.id, kind: 'requester' }),
      card(requestId),
      card(requestId, { activityId: 'activity-2' }),
    ];
    for (const each of [...cards, card(other.requestId)]) await rememberPostedCard(store.db, each);
    expect(await listPostedCards(store.db, requestId)).toEqual(cards);
  });

  // Guard: src/store/posted-cards.ts, markShown (the WHERE of its UPDATE).
  test('promise 11: a refresh that arrives late does not take a newer card for an older one', async () => {
    const { requestId } = await pendingActivation(store);
    await rememberPostedCard(store.db, card(requestId));
    await markShown(store.db, card(requestId), 5);
    await markShown(store.db, card(requestId), 4);
    expect(await listPostedCards(store.db, requestId)).toMatchObject([{ shownVersion: 5 }]);
  });

  test('an answer in place counts as what is shown, also when it is older: a refresh is due again', async () => {
    const { requestId } = await pendingActivation(store);
    await rememberPostedCard(store.db, card(requestId));
    await markShown(store.db, card(requestId), 5);
    await rememberPostedCard(store.db, card(requestId, { shownVersion: 3 }));
    expect(await listPostedCards(store.db, requestId)).toMatchObject([{ shownVersion: 3 }]);
  });

  // Guard: src/store/posted-cards.ts, releasePostedCard.
  test('promise 12: a message that has changed to another request is refreshed for that one only', async () => {
    const first = await pendingActivation(store);
    const second = await pendingActivation(store);
    const message = { personId: alex.id, activityId: 'activity-9' };
    await rememberPostedCard(store.db, card(first.requestId, message));
    await releasePostedCard(store.db, message, second.requestId);
    await rememberPostedCard(store.db, card(second.requestId, message));
    expect(await listPostedCards(store.db, first.requestId)).toEqual([]);
    expect(await listPostedCards(store.db, second.requestId)).toMatchObject([message]);
    await releasePostedCard(store.db, message, null);
    expect(await listPostedCards(store.db, second.requestId)).toEqual([]);
  });

  test('a message that is gone is not listed any more', async () => {
    const { requestId } = await pendingActivation(store);
    await rememberPostedCard(store.db, card(requestId));
    await rememberPostedCard(store.db, card(requestId, { activityId: 'activity-2' }));
    await markGone(store.db, card(requestId));
    expect(await listPostedCards(store.db, requestId)).toMatchObject([{ activityId: 'activity-2' }]);
  });
});
