import { expect, test } from 'vitest';
import { listAskedApprovers, recordAskedApprovers, setAskOutcome } from '../../src/store/approvals.ts';
import { describeOnBothEngines } from './engines.ts';
import { alex, megan, noon, pendingActivation } from './samples.ts';

describeOnBothEngines('asked approvers', (store) => {
  test('a person is asked once for each request, however often the approvers are read', async () => {
    const { requestId } = await pendingActivation(store);
    expect(await recordAskedApprovers(store.db, requestId, [megan], noon)).toEqual([megan]);
    expect(await recordAskedApprovers(store.db, requestId, [megan, alex], noon)).toEqual([alex]);
    expect(await recordAskedApprovers(store.db, requestId, [], noon)).toEqual([]);
    const asked = await listAskedApprovers(store.db, requestId);
    expect(asked).toEqual([
      { approver: alex, outcome: 'queued', detail: null, at: noon, escalated: false },
      { approver: megan, outcome: 'queued', detail: null, at: noon, escalated: false },
    ]);
  });

  test('two readers at once do not ask the same person twice', async () => {
    const { requestId } = await pendingActivation(store);
    const asked = await Promise.all(
      Array.from({ length: 10 }, () => recordAskedApprovers(store.db, requestId, [alex, megan], noon)),
    );
    expect(asked.flat()).toHaveLength(2);
  });

  test('what came of asking is kept for that person alone', async () => {
    const { requestId } = await pendingActivation(store);
    await recordAskedApprovers(store.db, requestId, [alex, megan], noon);
    const at = new Date(noon.getTime() + 60_000);
    await setAskOutcome(store.db, { requestId, approverId: megan.id }, { outcome: 'blocked', detail: '403', at });
    expect(await listAskedApprovers(store.db, requestId)).toEqual([
      { approver: alex, outcome: 'queued', detail: null, at: noon, escalated: false },
      { approver: megan, outcome: 'blocked', detail: '403', at, escalated: false },
    ]);
  });

  test('nobody is asked about a request that is not remembered', async () => {
    const unknown = '99999999-9999-4999-8999-999999999999';
    await expect(recordAskedApprovers(store.db, unknown, [megan], noon)).rejects.toThrow(/foreign key/);
  });
});
