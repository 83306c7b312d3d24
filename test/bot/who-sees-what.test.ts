import { expect, test } from 'vitest';
import { inThePortal, requestPath } from '../flows/outside-the-bot.ts';
import { requestContributor } from '../flows/story.ts';
import { createWorld, type World } from '../helpers/world.ts';

const subscription = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const scope = `${subscription}/resourceGroups/rg-app`;
const contributor = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c`;

const invoke = (verb: string, data: object): object => ({ type: 'invoke', name: 'adaptiveCard/action', text: undefined, value: { action: { verb, data } } });

/** Alex asks for Contributor on rg-app without the bot. */
async function requestInThePortal(world: World): Promise<{ readonly alexId: string; readonly requestId: string }> {
  const alexId = world.seed.people.find(({ name }) => name === 'Alex Wilber')?.id ?? '';
  const requestId = crypto.randomUUID();
  await inThePortal(world, alexId, {
    method: 'PUT',
    path: requestPath(scope, requestId),
    body: {
      properties: {
        principalId: alexId, roleDefinitionId: contributor, requestType: 'SelfActivate', justification: 'asked in the portal',
        scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT1H' } },
      },
    },
  });
  return { alexId, requestId };
}

// Guards: `wasAsked` in `openApproval` and `decideUnasked` (src/bot/approvals).
test('promise 13: whoever knows a request\'s id and is none of its approvers reads nothing of it', async () => {
  await using world = await createWorld();
  const lee = await world.person('Lee');
  const { requestId, request } = await requestContributor(world);
  const version = JSON.stringify(request.json).match(/"version":(\d+)/u)?.[1];
  expect(version).toBeDefined();
  for (const [verb, seen] of [['approval.approve', Number(version)], ['approval.deny', Number(version)], ['approval.approve', 1], ['approval.open', 1]] as const) {
    const { status, body } = await lee.sends(invoke(verb, { requestId, version: seen, reason: 'x' }));
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toMatch(/the deployment hangs|Alex Wilber|Contributor/u);
  }
  expect((await world.pim.request(requestId))?.properties.status).toBe('PendingApproval');
});

// Guard: `isMember` in `showDigest` and `startDigest` (src/bot/digest.ts).
test('who holds what is not told to a guest, neither now nor every day', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'secret incident 42' });
  const grady = await world.person('Grady');
  for (const command of ['digest now', 'digest on 09:00']) {
    await grady.types(command);
    expect(grady.lastCard().text).toContain('For members only');
    expect(grady.lastCard().text).not.toContain('secret incident 42');
  }
});

// Guard: `bringWhatWaits` (src/bot/routes.ts).
test('promise 22: an approver who opens the bot while a request waits gets its card then', async () => {
  await using world = await createWorld();
  const { alex, status } = await requestContributor(world);
  await alex.waitForCard((card) => card.activityId === status.activityId && /Diego Siciliani · not reached/u.test(card.text));
  const diego = await world.person('Diego');
  const card = await diego.waitForCard((shown) => shown.verbs.includes('approval.approve'));
  expect(card.text).toContain('the deployment hangs');
  await alex.waitForCard((shown) => shown.activityId === status.activityId && /Diego Siciliani · told/u.test(shown.text));
});

// Guard: the watch that `adoptRequest` (src/bot/approvals/adopt-request.ts) enqueues.
test('a request that was made elsewhere is watched from when an approver opens it', async () => {
  await using world = await createWorld();
  const megan = await world.person('Megan');
  const { alexId, requestId } = await requestInThePortal(world);
  await megan.types('approvals');
  const list = await megan.waitForCard((card) => card.verbs.includes('approval.open'));
  await megan.clicks(list, 'approval.open', { requestId });
  expect(megan.card(list.activityId).verbs).toContain('approval.approve');
  await inThePortal(world, alexId, { method: 'POST', path: requestPath(scope, requestId, '/cancel') });
  await world.advance('PT15S');
  await megan.waitForCard((card) => card.activityId === list.activityId && !card.verbs.includes('approval.approve'));
});

// Guard: `approversAskedAt` in `requesterCard` (src/bot/activations/show-activation.ts).
test('"nobody could be told" is not said before it is settled who is asked', async () => {
  await using world = await createWorld();
  await world.person('Megan');
  const alex = await world.person('Alex');
  await alex.types('activate Contributor on rg-app');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  const answer = await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'x' });
  expect(JSON.stringify(answer.value)).toContain('activation.withdraw');
  expect(JSON.stringify(answer.value)).not.toContain('Nobody could be told');
  await alex.waitForCard((card) => card.activityId === form.activityId && /Megan Bowen · told/u.test(card.text));
});
