import { expect, test } from 'vitest';
import { createWorld } from '../helpers/world.ts';
import { choicesOf, requestContributor } from './story.ts';

test('an approver\'s click makes the role active at PIM, and both cards tell it', async () => {
  await using world = await createWorld();
  const { alex, megan, requestId, status, request } = await requestContributor(world);
  for (const part of ['Alex Wilber', 'Contributor', 'rg-app', 'the deployment hangs', '1 h']) expect(request.text).toContain(part);
  expect(await world.pim.activated()).toEqual([]);

  const answer = await megan.clicks(request, 'approval.approve', { reason: 'go ahead' });
  expect(answer.status).toBe(200);
  expect((await world.pim.activated()).map(({ properties }) => properties.principalId)).toEqual([alex.account.aadObjectId]);

  const decided = await megan.waitForCard((card) => card.activityId === request.activityId && !card.verbs.includes('approval.approve'));
  expect(decided.text).toContain('Megan Bowen');
  const active = await alex.waitForCard((card) => card.activityId === status.activityId && card.verbs.includes('activation.deactivate'));
  expect(active.text).toContain('Megan Bowen');
  expect(active.text).toContain('go ahead');
  expect(await alex.waitForText('Contributor')).toContain('rg-app');

  const audit = (await world.auditOf(requestId)).map(({ action, phase, actor }) => `${actor.name}: ${action} ${phase}`);
  expect(audit).toEqual([
    'Alex Wilber: activate attempt', 'Alex Wilber: activate outcome', 'Alex Wilber: ask-approvers outcome',
    'Megan Bowen: approve attempt', 'Megan Bowen: approve outcome', 'Megan Bowen: approve outcome',
  ]);
});

test('every approver of the role\'s settings gets the card, groups expanded, guests and the requester left out', async () => {
  await using world = await createWorld();
  const diego = await world.person('Diego');
  const grady = await world.person('Grady');
  const { status, alex } = await requestContributor(world);
  const card = await diego.waitForCard((shown) => shown.verbs.includes('approval.approve'));
  expect(card.text).toContain('Alex Wilber');
  const asked = await alex.waitForCard((shown) => shown.activityId === status.activityId && shown.text.includes('Diego Siciliani'));
  expect(asked.text).toContain('Megan Bowen');
  expect(asked.text).not.toContain('Grady');
  expect(grady.cards().filter((shown) => shown.verbs.includes('approval.approve'))).toEqual([]);
});

test('every other approver\'s card changes with the decision', async () => {
  await using world = await createWorld();
  const diego = await world.person('Diego');
  const { megan, request } = await requestContributor(world);
  const diegos = await diego.waitForCard((shown) => shown.verbs.includes('approval.approve'));
  await megan.clicks(request, 'approval.approve', { reason: 'ok' });
  const changed = await diego.waitForCard((shown) => shown.activityId === diegos.activityId && !shown.verbs.includes('approval.approve'));
  expect(changed.text).toContain('Megan Bowen');
});

test('the requester is told who could not be reached', async () => {
  await using world = await createWorld();
  const { alex, status } = await requestContributor(world);
  const card = await alex.waitForCard((shown) => shown.activityId === status.activityId && /Diego Siciliani/.test(shown.text));
  expect(card.text).toMatch(/not .*(installed|reached|opened)|has not/i);
});

test('"approvals" lists what waits, also what was asked for elsewhere, and opens it', async () => {
  await using world = await createWorld();
  const { megan, alex } = await requestContributor(world);
  await megan.types('approvals');
  const list = await megan.waitForCard((shown) => shown.verbs.includes('approval.open'));
  const [choice = ''] = choicesOf(list, 'requestId');
  await megan.clicks(list, 'approval.open', { requestId: choice });
  const opened = await megan.waitForCard((shown) => shown.activityId === list.activityId && shown.verbs.includes('approval.approve'));
  await megan.clicks(opened, 'approval.approve', { reason: 'fine' });
  await alex.waitForCard('Deactivate');
  expect(await world.pim.activated()).toHaveLength(1);
});

test('the requester takes a request back, and the approver\'s card says so', async () => {
  await using world = await createWorld();
  const { alex, megan, status, request } = await requestContributor(world);
  await alex.clicks(status, 'activation.withdraw');
  await alex.waitForCard((shown) => shown.activityId === status.activityId && !shown.verbs.includes('activation.withdraw'));
  await megan.waitForCard((shown) => shown.activityId === request.activityId && !shown.verbs.includes('approval.approve'));
  await megan.clicks(request, 'approval.approve', { reason: 'too late' });
  expect(await world.pim.activated()).toEqual([]);
});

test('a click on a client that only knows Action.Submit decides as well', async () => {
  await using world = await createWorld();
  const { alex, megan, request } = await requestContributor(world);
  await megan.submits(request, 'approval.approve', { reason: 'from an old client' });
  await alex.waitForCard('Deactivate');
  expect(await world.pim.activated()).toHaveLength(1);
});

test('an approval that comes hours later gives the whole duration, from then on', async () => {
  await using world = await createWorld();
  const { alex, megan, status } = await requestContributor(world);
  await world.advance('PT3H');
  await megan.types('approvals');
  const list = await megan.waitForCard((shown) => shown.verbs.includes('approval.open'));
  const [choice = ''] = choicesOf(list, 'requestId');
  await megan.clicks(list, 'approval.open', { requestId: choice });
  await megan.clicks(megan.card(list.activityId), 'approval.approve', { reason: 'late, but fine' });
  await alex.waitForCard((shown) => shown.activityId === status.activityId && shown.verbs.includes('activation.deactivate'));
  expect(await world.pim.activated()).toHaveLength(1);
  await world.advance('PT50M');
  expect(await world.pim.activated()).toHaveLength(1);
  expect(alex.card(status.activityId).verbs).toContain('activation.deactivate');
  await world.advance('PT11M');
  await alex.waitForCard((shown) => shown.activityId === status.activityId && !shown.verbs.includes('activation.deactivate'), 20_000);
});
