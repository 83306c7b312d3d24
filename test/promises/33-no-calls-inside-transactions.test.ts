import { expect, test } from 'vitest';
import { createWorld } from '../helpers/world.ts';

// Guards: `beforeCall` (src/app.ts) throws inside a transaction; `refuseInside` (src/store/transaction-guard.ts).

test('promise 33: while PIM takes twenty seconds for one person\'s activation, another person is answered', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  const megan = await world.person('Megan');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await world.fault({ method: 'PUT', path: 'roleAssignmentScheduleRequests' }, { delay: 20_000 });
  const click = alex.clicks(form, 'activation.submit', { minutes: '30' });
  await expect.poll(async () => (await world.pim.requests()).length).toBe(1);
  await megan.types('roles');
  expect(megan.lastCard().text).toContain('Contributor');
  // Alex's request is still on its way: Megan did not wait for it.
  expect((await world.auditOf()).map(({ phase }) => phase)).toEqual(['attempt']);
  await click;
});
