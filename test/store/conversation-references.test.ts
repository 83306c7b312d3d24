import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { RememberedConversation } from '../../src/store/conversation-references.ts';
import { findConversation, rememberConversation } from '../../src/store/conversation-references.ts';
import { describeOnBothEngines } from './engines.ts';
import { noon } from './samples.ts';

const conversation = (changes: Partial<RememberedConversation> = {}): RememberedConversation => ({
  personId: randomUUID(),
  tenantId: randomUUID(),
  reference: { conversation: { id: 'a:1' }, bot: { id: '28:bot' }, list: [1, 2] },
  serviceUrl: 'https://smba.trafficmanager.net/emea/',
  locale: 'ja-JP',
  timeZone: 'Asia/Tokyo',
  ...changes,
});

describeOnBothEngines('conversation references', (store) => {
  test('a person who has never written is not found', async () => {
    expect(await findConversation(store.db, randomUUID())).toBeNull();
  });

  test('the latest conversation wins', async () => {
    const first = conversation();
    expect(await rememberConversation(store.db, first, noon)).toBe('first');
    expect(await findConversation(store.db, first.personId)).toEqual(first);
    const second = { ...first, serviceUrl: 'https://smba.trafficmanager.net/apac/', locale: 'en-US' };
    expect(await rememberConversation(store.db, second, noon)).toBe('changed');
    expect(await findConversation(store.db, first.personId)).toEqual(second);
  });

  test('a conversation in which nothing has changed is not written again', async () => {
    const first = conversation({ timeZone: null });
    await rememberConversation(store.db, first, noon);
    const reordered = { list: [1, 2], bot: { id: '28:bot' }, conversation: { id: 'a:1' } };
    expect(await rememberConversation(store.db, { ...first, reference: reordered }, new Date())).toBe('same');
  });

  test('a turn that does not name language or time zone leaves them as they were', async () => {
    const first = conversation();
    await rememberConversation(store.db, first, noon);
    expect(await rememberConversation(store.db, { ...first, locale: null, timeZone: null }, noon)).toBe('same');
    expect(await findConversation(store.db, first.personId)).toEqual(first);
  });

  test('of many first turns at once, one is the first', async () => {
    const met = conversation();
    const meetings = await Promise.all(Array.from({ length: 10 }, () => rememberConversation(store.db, met, noon)));
    expect(meetings.filter((meeting) => meeting === 'first')).toHaveLength(1);
  });
});
