import { expect, test } from 'vitest';
import { requestContributor } from '../flows/story.ts';
import { createWorld } from '../helpers/world.ts';

// Guards: PIM takes the first decision of a stage; `canMove` (src/pim/activation-status.ts) and `moveActivation`
// (src/store/activations.ts) keep our memory in step. The state machine's property test is in test/pim/activation-status.test.ts.

test('promise 11: of an approval and a denial at once one wins, and all three cards tell the same', async () => {
  await using world = await createWorld({ limits: false });
  const diego = await world.person('Diego');
  const { alex, megan, requestId, status, request } = await requestContributor(world);
  const diegos = await diego.waitForCard((card) => card.verbs.includes('approval.approve'));
  await Promise.all([
    megan.clicks(request, 'approval.approve', { reason: 'yes' }),
    diego.clicks(diegos, 'approval.deny', { reason: 'no' }),
  ]);

  const atPim = (await world.pim.request(requestId))?.properties.status;
  expect(['Provisioned', 'Denied']).toContain(atPim);
  const winner = atPim === 'Provisioned' ? 'Megan Bowen' : 'Diego Siciliani';
  await alex.waitForCard((card) => card.activityId === status.activityId && card.text.includes(winner), 15_000);
  await megan.waitForCard((card) => card.activityId === request.activityId && card.text.includes(winner) && !card.verbs.includes('approval.approve'), 15_000);
  await diego.waitForCard((card) => card.activityId === diegos.activityId && card.text.includes(winner) && !card.verbs.includes('approval.approve'), 15_000);
  expect((await world.pim.activated()).length).toBe(atPim === 'Provisioned' ? 1 : 0);
});

test('promise 11: a withdrawal and an approval at once end in one state everywhere', async () => {
  await using world = await createWorld({ limits: false });
  const { alex, megan, requestId, status, request } = await requestContributor(world);
  await Promise.all([alex.clicks(status, 'activation.withdraw'), megan.clicks(request, 'approval.approve', { reason: 'yes' })]);
  const isActive = (await world.pim.request(requestId))?.properties.status === 'Provisioned';
  await alex.waitForCard((card) => card.activityId === status.activityId && card.verbs.includes('activation.deactivate') === isActive && !card.verbs.includes('activation.withdraw'), 20_000);
  await megan.waitForCard((card) => card.activityId === request.activityId && !card.verbs.includes('approval.approve'), 20_000);
  expect((await world.pim.activated()).length).toBe(isActive ? 1 : 0);
});
