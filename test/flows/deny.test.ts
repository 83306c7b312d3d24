import { expect, test } from 'vitest';
import { createWorld } from '../helpers/world.ts';
import { requestContributor } from './story.ts';

test('a denial ends the request at PIM, and the requester reads who denied it and why', async () => {
  await using world = await createWorld();
  const { alex, megan, requestId, status, request } = await requestContributor(world);
  await megan.clicks(request, 'approval.deny', { reason: 'use the runbook instead' });

  const denied = await alex.waitForCard((card) => card.activityId === status.activityId && card.text.includes('use the runbook instead'));
  expect(denied.text).toContain('Megan Bowen');
  expect(denied.verbs).not.toContain('activation.deactivate');
  expect((await world.pim.request(requestId))?.properties.status).toBe('Denied');
  expect(await world.pim.activated()).toEqual([]);
  await alex.waitForText('Contributor');
});

test('a denial without the reason that the role asks for is not sent to PIM', async () => {
  await using world = await createWorld();
  const { megan, requestId, request } = await requestContributor(world);
  await megan.clicks(request, 'approval.deny', { reason: '   ' });
  expect((await world.pim.request(requestId))?.properties.status).toBe('PendingApproval');
  const [open] = megan.cards().filter((card) => card.activityId === request.activityId);
  expect(open?.verbs).toContain('approval.deny');
});

test('after a denial the same role can be asked for again', async () => {
  await using world = await createWorld();
  const first = await requestContributor(world);
  await first.megan.clicks(first.request, 'approval.deny', { reason: 'not now' });
  await first.alex.waitForCard((card) => card.activityId === first.status.activityId && card.text.includes('not now'));
  await first.alex.types('activate Contributor on rg-app');
  const form = await first.alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await first.alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'now it is night' });
  await first.alex.waitForCard((card) => card.activityId === form.activityId && card.verbs.includes('activation.withdraw'));
});
