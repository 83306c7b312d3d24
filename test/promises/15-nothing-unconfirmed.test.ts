import { expect, test } from 'vitest';
import { createWorld } from '../helpers/world.ts';

// Guards: `deliverInPlace` (src/bot/deliver.ts) answers "checking" after 2.5 s; `sendActivation` (src/bot/activations/send-activation.ts)
// leaves an open outcome open; `watchActivation` (src/jobs/watch-activation.ts) reads it back.

const put = { method: 'PUT', path: 'roleAssignmentScheduleRequests' };

test('promise 15: a PIM that commits and never answers is "checking" first, and the truth later', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await world.fault(put, { delay: 8_000 });
  const began = performance.now();
  const answer = await alex.clicks(form, 'activation.submit', { minutes: '30' });
  expect(answer.status).toBe(200);
  expect(performance.now() - began).toBeLessThan(6_000);
  expect(JSON.stringify(answer.value)).toMatch(/checking/i);
  expect(JSON.stringify(answer.value)).not.toContain('activation.deactivate');
  await alex.waitForCard((card) => card.activityId === form.activityId && card.verbs.includes('activation.deactivate'), 20_000);
  expect(await world.pim.requests()).toHaveLength(1);
});

test.each([
  ['the connection breaks after the commit', { dropAfterCommit: true }],
  ['PIM answers 500 before the commit', { status: 500 }],
  ['PIM answers 503 with something that is not JSON', { status: 503, body: '<html>' }],
])('promise 15: when %s the activation ends up once at PIM and right on the card', async (_what, fault) => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await world.fault(put, fault);
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  await alex.waitForCard((card) => card.activityId === form.activityId && card.verbs.includes('activation.deactivate'), 30_000);
  expect((await world.pim.requests()).map(({ properties }) => properties.status)).toEqual(['Provisioned']);
});

test('promise 15: while PIM is out of reach the card says that it is being checked, never that it is active', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await world.fault({ path: 'roleAssignmentScheduleRequests' }, { status: 500 }, 1_000);
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  const card = await alex.waitForCard((shown) => shown.activityId === form.activityId && shown.verbs.includes('activation.check'), 20_000);
  expect(card.verbs).not.toContain('activation.deactivate');
  expect((await world.auditOf()).filter(({ phase, details }) => phase === 'outcome' && details['result'] !== 'unknown')).toEqual([]);
});
