import { expect, test } from 'vitest';
import { requestContributor } from '../flows/story.ts';
import { createWorld } from '../helpers/world.ts';

// Guards: `moveActivation` (src/store/activations.ts) lets one click send the draft; PIM's request bears the form's GUID
// (`sendActivation` in src/bot/activations/send-activation.ts). Crashes at each step: test/flows/restart.test.ts.

test('promise 10: a hundred parallel clicks on one form make one request at PIM', async () => {
  await using world = await createWorld({ limits: false });
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  const answers = await Promise.all(Array.from({ length: 100 }, () => alex.clicks(form, 'activation.submit', { minutes: '30' })));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(await world.pim.requests()).toHaveLength(1);
  const puts = (await world.pim.calls()).filter(({ method, path }) => method === 'PUT' && path?.includes('roleAssignmentScheduleRequests') === true);
  expect(puts).toHaveLength(1);
  expect((await world.auditOf()).filter(({ phase }) => phase === 'attempt')).toHaveLength(1);
});

test.each(['sameId', 'newId'] as const)('promise 10: a click that Teams delivers again with %s has no second effect', async (how) => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  const again = await alex.redelivers(how);
  expect(again.status).toBe(200);
  expect(JSON.stringify(again.body)).toContain('activation.deactivate');
  expect(await world.pim.requests()).toHaveLength(1);
});

test('promise 10: thirty parallel approvals by one approver are one decision', async () => {
  await using world = await createWorld({ limits: false });
  const { alex, megan, requestId, request } = await requestContributor(world);
  await Promise.all(Array.from({ length: 30 }, () => megan.clicks(request, 'approval.approve', { reason: 'ok' })));
  await alex.waitForCard('Deactivate');
  expect(await world.pim.activated()).toHaveLength(1);
  const approved = (await world.auditOf(requestId)).filter(({ action, phase, details }) => action === 'approve' && phase === 'outcome' && 'to' in details);
  expect(approved).toHaveLength(1);
});
