import { expect, test } from 'vitest';
import { openOffer, sendOffer } from '../../../src/bot/approvals/counter-offer.ts';
import { findActivation } from '../../../src/store/activations.ts';
import { eligible, megan, production, reader, turnOf } from '../stand-in.ts';
import { openDesk } from './one-request.ts';

// Guard: `mayNarrow` (src/bot/approvals/counter-offer.ts).

const { eligibilityScheduleId } = eligible('0e110000-0000-4000-8000-000000000001', reader, production);
const below = `${production.id}/resourceGroups/rg-app`;

test.each([
  ['that PIM names', eligibilityScheduleId, { hasScope: true, state: 'denied', offer: { minutes: 60, scope: { id: below } } }],
  ['that nobody names', '', { hasScope: false, state: 'pending', offer: null }],
])('whether a narrower scope can be offered of a request made elsewhere, under an eligibility %s', async (_, id, { hasScope, ...left }) => {
  await using desk = await openDesk();
  const { requestId, version } = await desk.request('pending');
  const { db } = desk.parts.store;
  await db.updateTable('activations').set({ origin: 'elsewhere', eligibility_schedule_id: id }).where('request_id', '=', requestId).execute();
  const { card } = await openOffer(desk.parts, turnOf(megan), { requestId, version });
  expect(JSON.stringify(card).includes('"scopeId"')).toBe(hasScope);
  await sendOffer(desk.parts, turnOf(megan), { verb: 'approval.sendOffer', requestId, version, scopeId: below, reason: 'this one will do' });
  expect(await findActivation(db, requestId)).toMatchObject(left);
});
