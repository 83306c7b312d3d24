import { expect, test } from 'vitest';
import { requestContributor } from '../flows/story.ts';
import { createWorld } from '../helpers/world.ts';

// Guards: `decideApproval` (src/bot/approvals/decide-approval.ts) and `submitActivation` (src/bot/activations/activate.ts) compare state and version.

test('promise 12: after the decision every button of the old card shows how things stand, and changes nothing', async () => {
  await using world = await createWorld();
  const { megan, requestId, request } = await requestContributor(world);
  await megan.clicks(request, 'approval.deny', { reason: 'no' });
  for (const verb of ['approval.approve', 'approval.deny']) {
    const answer = await megan.clicks(request, verb, { reason: 'again' });
    expect(JSON.stringify(answer.value)).toContain('Megan Bowen');
    expect(JSON.stringify(answer.value)).not.toContain('approval.approve');
  }
  expect((await world.pim.request(requestId))?.properties.status).toBe('Denied');
  expect((await world.auditOf(requestId)).filter(({ action, phase }) => action === 'approve' && phase === 'attempt')).toEqual([]);
});

test('promise 12: a card of an earlier version is answered with the present one', async () => {
  await using world = await createWorld();
  const { megan, requestId } = await requestContributor(world);
  const answer = await megan.sends({ type: 'invoke', name: 'adaptiveCard/action', text: undefined, value: { action: { verb: 'approval.approve', data: { requestId, version: 1, reason: 'x' } } } });
  expect(JSON.stringify(answer.body)).toContain('approval.approve');
  expect((await world.pim.request(requestId))?.properties.status).toBe('PendingApproval');
});

test('promise 12: a form that was sent does not send again when its copy is clicked later', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  await world.advance('PT31M');
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  expect((await world.pim.requests()).filter(({ properties }) => properties.requestType === 'SelfActivate')).toHaveLength(1);
  expect(await world.pim.activated()).toEqual([]);
});

test('promise 12: a card that has been turned into another request\'s is left alone when the first request ends', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  await alex.types('roles');
  const roles = alex.lastCard();
  await world.advance('PT31M');
  const ended = await alex.waitForCard((card) => card.activityId === form.activityId && card.verbs.includes('activation.choose'), 20_000);
  await alex.clicks(ended, 'activation.choose');
  const next = alex.card(form.activityId);
  expect(next.verbs).toContain('activation.submit');
  expect(roles.activityId).not.toBe(form.activityId);
});
