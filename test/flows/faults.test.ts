import { z } from 'zod';
import { expect, test } from 'vitest';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { createWorld, type World } from '../helpers/world.ts';
import { inThePortal, requestPath } from './outside-the-bot.ts';
import { requestContributor } from './story.ts';

const aWrite = { method: 'PUT', path: 'roleAssignmentScheduleRequests' };
const aRead = { method: 'GET', path: 'roleAssignmentScheduleRequests/' };

interface FormStory {
  readonly alex: FakePerson;
  readonly form: ShownCard;
}

/** Alex before the form of a role that needs no approval. */
async function openReaderForm(world: World): Promise<FormStory> {
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  return { alex, form: await alex.waitForCard((card) => card.verbs.includes('activation.submit')) };
}

/** Alex's card of an active role, after the five minutes in which PIM lets nobody end it. */
async function activateReader(world: World): Promise<FormStory> {
  const { alex, form } = await openReaderForm(world);
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  await world.advance('PT6M');
  return { alex, form: alex.card(form.activityId) };
}

/** Calls about one request, by whomever. */
async function countCalls(world: World, method: 'GET' | 'PUT'): Promise<number> {
  return (await world.pim.calls()).filter((call) => call.method === method && call.path?.includes('roleAssignmentScheduleRequests/') === true).length;
}

// Guard: `isRecent` (src/jobs/watch-activation.ts).
test('promise 15: an activation that never arrived is not sent again hours later: it has failed, and the card says so', async () => {
  await using world = await createWorld();
  const { alex, form } = await openReaderForm(world);
  await world.fault(aWrite, { status: 500 });
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  await world.advance('PT9H');
  await alex.waitForCard((card) => card.activityId === form.activityId && card.has('Not activated'));
  expect(await world.pim.requests()).toEqual([]);
});

// Guard: `readBack` (src/pim/azure/activation-requests.ts): a name that is taken and not found leaves the outcome open.
test('promise 15: an activation that PIM took and does not find yet is never called refused', async () => {
  await using world = await createWorld();
  const { alex, form } = await openReaderForm(world);
  await world.fault(aRead, { status: 404 }, 3);
  await world.fault(aWrite, { dropAfterCommit: true });
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  await world.advance('PT10S');
  await expect.poll(() => countCalls(world, 'PUT'), { timeout: 8_000 }).toBe(2);
  await expect.poll(() => countCalls(world, 'GET'), { timeout: 8_000 }).toBe(3);
  expect(alex.card(form.activityId).text).not.toContain('Not activated');
  await world.advance('PT20S');
  await alex.waitForCard((card) => card.activityId === form.activityId && card.verbs.includes('activation.deactivate'));
  expect(await world.pim.activated()).toHaveLength(1);
});

// Guard: `isOver` in `deactivateShown` (src/bot/activations/deactivate.ts).
test('a role that was given back elsewhere is shown as ended by the click on Deactivate', async () => {
  await using world = await createWorld();
  const { alex, form } = await activateReader(world);
  const [request] = await world.pim.requests();
  const { principalId = '', roleDefinitionId = '', scope = '' } = request?.properties ?? {};
  await inThePortal(world, principalId, {
    method: 'PUT',
    path: requestPath(scope, crypto.randomUUID()),
    body: { properties: { principalId, roleDefinitionId, requestType: 'SelfDeactivate' } },
  });
  await alex.clicks(form, 'activation.deactivate');
  expect(alex.card(form.activityId).text).not.toContain('Active until');
  expect(alex.card(form.activityId).verbs).not.toContain('activation.deactivate');
});

// Guard: `requireEnded` (src/bot/activations/deactivate.ts).
test('promise 15: a deactivation that PIM takes and then fails is not told as done', async () => {
  await using world = await createWorld();
  const { alex, form } = await activateReader(world);
  const [request] = await world.pim.requests();
  const properties = { ...request?.properties, requestType: 'SelfDeactivate', status: 'Failed', createdOn: world.now().toISOString() };
  await world.fault(aWrite, { status: 201, body: { id: 'x', name: crypto.randomUUID(), type: 'request', properties } });
  await alex.clicks(form, 'activation.deactivate');
  expect(await world.pim.activated()).toHaveLength(1);
  expect(alex.card(form.activityId).text).toContain('Active until');
  expect(alex.card(form.activityId).verbs).toContain('activation.deactivate');
});

const stages = z.object({ value: z.tuple([z.object({ id: z.string() })], z.unknown()) });

// Guard: `presentState` in `withdrawActivation` (src/bot/activations/follow-activation.ts).
test('promise 12: who takes a request back after it was approved elsewhere sees that it is active', async () => {
  await using world = await createWorld();
  const { alex, megan, requestId, status } = await requestContributor(world);
  const approver = megan.account.aadObjectId;
  const version = 'api-version=2021-01-01-preview';
  const { value: [stage] } = stages.parse(await inThePortal(world, approver, {
    method: 'GET', path: `/providers/Microsoft.Authorization/roleAssignmentApprovals/${requestId}/stages?${version}`,
  }));
  await inThePortal(world, approver, { method: 'PATCH', path: `${stage.id}?${version}`, body: { reviewResult: 'Approve', justification: 'portal' } });
  await alex.clicks(status, 'activation.withdraw');
  expect(alex.card(status.activityId).text).toContain('Active until');
});

// Guards: `recordDecision` (src/bot/approvals/decide-at-pim.ts) before the reading back; `checking` in `approverCard` (src/bot/activations/show-activation.ts).
test.each([
  { fault: 'out of reach', status: 503, times: 6 },
  { fault: 'behind', status: 404, times: 2 },
])('promise 15: an approval that PIM took stays the approver\'s when its effect cannot be read: PIM is $fault', async ({ status: code, times }) => {
  await using world = await createWorld();
  const { alex, megan, requestId, status, request } = await requestContributor(world);
  await world.fault(aRead, { status: code }, times);
  const answer = await megan.clicks(request, 'approval.approve', { reason: 'go' });
  expect(JSON.stringify(answer.value)).not.toContain('Nothing was done');
  expect(megan.card(request.activityId).verbs).not.toContain('approval.deny');

  await world.advance('PT20S');
  const active = await alex.waitForCard((card) => card.activityId === status.activityId && card.verbs.includes('activation.deactivate'), 15_000);
  expect(active.text).toContain('Megan Bowen');
  await megan.waitForCard((card) => card.activityId === request.activityId && card.has('Approved'));
  const outcome = (await world.auditOf(requestId)).find(({ phase, details }) => phase === 'outcome' && details['to'] === 'active');
  expect(outcome?.actor.name).toBe('Megan Bowen');
});

// Guard: `rememberDecision` (src/store/activations.ts), called before the effect is read by `decideAtPim` (src/bot/approvals/decide-at-pim.ts).
test('promise 11: a loser who reads the outcome first does not take the winner\'s place', async () => {
  await using world = await createWorld({ limits: false });
  const diego = await world.person('Diego');
  const { alex, megan, requestId, status, request } = await requestContributor(world);
  const diegos = await diego.waitForCard((card) => card.verbs.includes('approval.approve'));
  await world.fault({ method: 'GET', path: `roleAssignmentScheduleRequests/${requestId}` }, { delay: 1_500 });
  const approval = megan.clicks(request, 'approval.approve', { reason: 'yes' });
  await expect.poll(async () => (await world.pim.request(requestId))?.properties.status, { interval: 100 }).toBe('Provisioned');
  await diego.clicks(diegos, 'approval.deny', { reason: 'no' });
  await approval;

  const active = await alex.waitForCard((card) => card.activityId === status.activityId && card.verbs.includes('activation.deactivate'));
  expect(active.text).toContain('Megan Bowen');
  expect(active.text).not.toContain('Diego Siciliani');
  const outcomes = (await world.auditOf(requestId)).filter(({ phase, details }) => phase === 'outcome' && details['to'] === 'active');
  expect(outcomes.map(({ actor, action }) => `${actor.name} ${action}`)).toEqual(['Megan Bowen approve']);
});

// Guard: `unreadable` with `RetryLater` in `findApprovers` (src/jobs/find-approvers.ts), `passing` in src/pim/graph/approvers.ts.
test('promise 22: a group that cannot be read at first is asked for again, and its members get the card', async () => {
  await using world = await createWorld();
  const diego = await world.person('Diego');
  await world.fault({ path: 'transitiveMembers' }, { status: 503 }, 3);
  await requestContributor(world);
  expect(diego.cards().some((card) => card.verbs.includes('approval.approve'))).toBe(false);
  await world.advance('PT1M');
  await diego.waitForCard((card) => card.verbs.includes('approval.approve'));
});

// Guard: `unsureWatchSeconds` in `watchActivation` (src/jobs/watch-activation.ts).
test('a request that PIM does not tell about is asked for less and less often', async () => {
  await using world = await createWorld();
  const { alex, form } = await openReaderForm(world);
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  const before = await countCalls(world, 'GET');
  await world.fault(aRead, { status: 400 }, 1_000);
  await world.advance('PT31M');
  await expect.poll(() => countCalls(world, 'GET'), { timeout: 8_000 }).toBe(before + 1);
  await new Promise((resolve) => { setTimeout(resolve, 4_000); });
  expect(await countCalls(world, 'GET')).toBe(before + 1);
  expect(alex.card(form.activityId).text).toContain('Active until');
});

// Guard: `recordExpiry` through `concludeFromAbsence` (src/jobs/watch-activation.ts).
test('a request that PIM has forgotten ends at the time that PIM named', async () => {
  await using world = await createWorld();
  const { alex, form } = await openReaderForm(world);
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  await world.fault(aRead, { status: 404 }, 1_000);
  await world.advance('PT31M');
  await alex.waitForCard((card) => card.activityId === form.activityId && card.has('Ended'));
});

// Guard: `asTheBot` (src/pim/reader.ts).
test('promise 24: a refused token of the bot\'s own is an outage: nobody is asked to sign in for it', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await world.fault({ path: '^/subscriptions$' }, { status: 401 }, 5);
  await alex.types('digest now');
  expect(alex.lastCard().text).toContain('PIM does not answer');
  expect(alex.lastCard().text).not.toMatch(/sign in/i);
});
