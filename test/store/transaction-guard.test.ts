import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { findActivation, saveDraft } from '../../src/store/activations.ts';
import type { Store } from '../../src/store/database.ts';
import { insideTransaction } from '../../src/store/database.ts';
import { openTestStore } from '../helpers/test-store.ts';
import { describeOnBothEngines } from './engines.ts';
import { sampleDraft } from './samples.ts';

const ping = (db: Store['db']) => sql`select 1`.execute(db);

describeOnBothEngines('transaction guard', (store) => {
  // Guard: src/store/transaction-guard.ts, insideTransaction. The callers' part is theirs to prove.
  test('promise 33: code knows that it runs inside a transaction, and only then', async () => {
    expect(insideTransaction()).toBe(false);
    const leftovers: Promise<boolean>[] = [];
    await store.transaction(async (tx) => {
      expect(insideTransaction()).toBe(true);
      await ping(tx);
      await delay(5);
      expect(insideTransaction()).toBe(true);
      leftovers.push(delay(50).then(insideTransaction));
    });
    expect(insideTransaction()).toBe(false);
    expect(await Promise.all(leftovers)).toEqual([false]);
  });

  test('code beside a transaction is not inside it', async () => {
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const transaction = store.transaction(async (tx) => {
      await ping(tx);
      started.resolve();
      await release.promise;
    });
    await started.promise;
    expect(insideTransaction()).toBe(false);
    const beside = saveDraft(store.db, sampleDraft());
    release.resolve();
    await transaction;
    expect((await beside).version).toBe(1);
  });

  // Guard: src/store/transaction-guard.ts, TransactionGuard.beforeConnection.
  test('a query on the root handle inside a transaction throws instead of waiting for ever', async () => {
    const draft = sampleDraft();
    const wrong = store.transaction(async (tx) => {
      await saveDraft(tx, draft);
      await ping(store.db);
    });
    await expect(wrong).rejects.toThrow('past the open transaction');
    expect(await findActivation(store.db, draft.requestId)).toBeNull();
  });

  test('a transaction inside a transaction throws, however it is begun', async () => {
    await expect(store.transaction(() => store.transaction(ping))).rejects.toThrow('not nested');
    await expect(store.transaction(() => store.db.transaction().execute(ping))).rejects.toThrow('past the open');
  });

  test('after a transaction that failed, the store works on', async () => {
    await expect(store.transaction((tx) => sql`select no_such_column`.execute(tx))).rejects.toThrow('no_such_column');
    await expect(ping(store.db)).resolves.toBeDefined();
    await expect(store.transaction(ping)).resolves.toBeDefined();
  });

  test('twenty-five transactions at once all commit', async () => {
    const drafts = Array.from({ length: 25 }, () => sampleDraft());
    await Promise.all(drafts.map((draft) => store.transaction((tx) => saveDraft(tx, draft))));
    for (const { requestId } of drafts) expect(await findActivation(store.db, requestId)).not.toBeNull();
  });
});

test('the handle of another database may be used inside a transaction', async () => {
  await using first = await openTestStore();
  await using second = await openTestStore();
  await first.transaction(async () => {
    await ping(second.db);
    await second.transaction(ping);
    expect(insideTransaction()).toBe(true);
  });
});
