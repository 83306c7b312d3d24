import { expect, test } from 'vitest';
import { recordTold } from '../../src/store/told.ts';
import { describeOnBothEngines } from './engines.ts';
import { alex, megan, pendingActivation } from './samples.ts';

describeOnBothEngines('who was told', (store) => {
  test('each is told some news of a request once, and other news, or of another request, all the same', async () => {
    const [{ requestId }, other] = [await pendingActivation(store), await pendingActivation(store)];
    expect(await recordTold(store.db, requestId, 'activated', [megan.id])).toEqual([megan.id]);
    expect(await recordTold(store.db, requestId, 'activated', [megan.id, alex.id, alex.id])).toEqual([alex.id]);
    expect(await recordTold(store.db, requestId, 'activated', [])).toEqual([]);
    expect(await recordTold(store.db, requestId, 'escalated', [megan.id])).toEqual([megan.id]);
    expect(await recordTold(store.db, other.requestId, 'activated', [megan.id])).toEqual([megan.id]);
  });
});
