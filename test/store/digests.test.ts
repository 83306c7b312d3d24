import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { deleteDigest, findDigest, listDigests, saveDigest } from '../../src/store/digests.ts';
import { describeOnBothEngines } from './engines.ts';
import { noon } from './samples.ts';

describeOnBothEngines('digests', (store) => {
  test('a person has one digest, and saving it again changes its time', async () => {
    const personId = randomUUID();
    expect(await findDigest(store.db, personId)).toBeNull();
    await saveDigest(store.db, { personId, time: '09:00', timeZone: 'Asia/Tokyo' }, noon);
    const later = { personId, time: '17:30', timeZone: 'Europe/Berlin' };
    await saveDigest(store.db, later, noon);
    expect(await findDigest(store.db, personId)).toEqual(later);
    expect((await listDigests(store.db)).filter((digest) => digest.personId === personId)).toEqual([later]);
  });

  test('a digest that is deleted is gone', async () => {
    const personId = randomUUID();
    await saveDigest(store.db, { personId, time: '00:00', timeZone: 'UTC' }, noon);
    expect(await deleteDigest(store.db, personId)).toBe(true);
    expect(await deleteDigest(store.db, personId)).toBe(false);
    expect(await findDigest(store.db, personId)).toBeNull();
  });

  test.each(['24:00', '9:00', '09:60', '09:00:00', ''])('%j is no time of day', async (time) => {
    await expect(saveDigest(store.db, { personId: randomUUID(), time, timeZone: 'UTC' }, noon)).rejects.toThrow(/check/);
  });
});
