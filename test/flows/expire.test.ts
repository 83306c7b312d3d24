import { expect, test } from 'vitest';
import { createWorld } from '../helpers/world.ts';
import { requestContributor } from './story.ts';

test('an activation ends by itself at PIM, and every card says so', async () => {
  await using world = await createWorld();
  const { alex, megan, status, request } = await requestContributor(world);
  await megan.clicks(request, 'approval.approve', { reason: 'ok' });
  await alex.waitForCard((card) => card.activityId === status.activityId && card.verbs.includes('activation.deactivate'));

  await world.advance('PT61M');
  const ended = await alex.waitForCard((card) => card.activityId === status.activityId && !card.verbs.includes('activation.deactivate'), 20_000);
  expect(ended.text).toMatch(/ended|expired|over/i);
  expect(await world.pim.activated()).toEqual([]);
});

test('a request that nobody decides in 24 hours ends, and both sides see it', async () => {
  await using world = await createWorld();
  const { alex, megan, status, request } = await requestContributor(world);
  await world.advance('PT24H1M');
  await alex.waitForCard((card) => card.activityId === status.activityId && !card.verbs.includes('activation.withdraw'), 20_000);
  await megan.waitForCard((card) => card.activityId === request.activityId && !card.verbs.includes('approval.approve'), 20_000);
  expect(await world.pim.activated()).toEqual([]);
});

test('a card of an ended activation does nothing when it is clicked', async () => {
  await using world = await createWorld();
  const { alex, megan, status, request } = await requestContributor(world);
  await megan.clicks(request, 'approval.approve', { reason: 'ok' });
  const active = await alex.waitForCard((card) => card.activityId === status.activityId && card.verbs.includes('activation.deactivate'));
  await world.advance('PT61M');
  await alex.waitForCard((card) => card.activityId === status.activityId && !card.verbs.includes('activation.deactivate'), 20_000);
  const before = (await world.pim.requests()).length;
  await alex.clicks(active, 'activation.deactivate');
  expect((await world.pim.requests()).length).toBe(before);
});
