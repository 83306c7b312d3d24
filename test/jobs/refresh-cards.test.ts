import { expect, test } from 'vitest';
import type { BotParts } from '../../src/bot/parts.ts';
import { refreshCards } from '../../src/jobs/refresh-cards.ts';
import { moveActivation } from '../../src/store/activations.ts';
import { listPostedCards, releasePostedCard } from '../../src/store/posted-cards.ts';
import { openDesk } from '../bot/approvals/one-request.ts';
import { megan } from '../bot/stand-in.ts';

// Guard: `recordShown` (src/jobs/refresh-cards.ts).
test('a message in which somebody has opened something else is left alone, also where the request has moved while it was being changed', async () => {
  await using desk = await openDesk();
  const { requestId } = await desk.request('pending');
  const { db } = desk.parts.store;
  await moveActivation(db, requestId, { from: ['pending'] }, { state: 'active' });
  let updates = 0;
  const parts: BotParts = {
    ...desk.parts,
    messenger: {
      ...desk.parts.messenger,
      updateCard: async (_to, activityId) => {
        updates += 1;
        await releasePostedCard(db, { personId: megan.id, activityId }, null);
        await moveActivation(db, requestId, { from: ['active'] }, { state: 'deactivated' });
        return { outcome: 'sent', activityId };
      },
    },
  };
  await refreshCards(parts, requestId);
  expect(updates).toBe(1);
  expect(await listPostedCards(db, requestId)).toEqual([]);
  await refreshCards(parts, requestId);
  expect(updates).toBe(1);
});
