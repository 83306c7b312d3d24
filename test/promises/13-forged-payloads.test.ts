import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWorld } from '../helpers/world.ts';
import { requestContributor } from '../flows/story.ts';

// Guards: `parseVerb` (src/cards/verbs.ts) knows no role, scope or person; `submitActivation` (src/bot/activations/activate.ts) takes
// them from the stored form of the authenticated person; `chooseRole` looks the choice up among PIM's own list.

const invoke = (value: unknown): object => ({ type: 'invoke', name: 'adaptiveCard/action', text: undefined, value });

test('promise 13: role, scope, person and duration in a forged payload change nothing', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
  await alex.clicks(form, 'activation.submit', {
    minutes: '30', justification: 'x', role: 'Owner', roleDefinitionId: owner, scope: '/', directoryScopeId: '/', personId: 'other', principalId: 'other',
    eligibilityScheduleId: 'other', state: 'active', settings: '{"maximumMinutes":9999}', maximumMinutes: '9999',
  });
  await alex.waitForCard('Deactivate');
  const [request] = await world.pim.requests();
  expect(request?.properties).toMatchObject({ principalId: alex.account.aadObjectId, scheduleInfo: { expiration: { duration: 'PT30M' } } });
  expect(request?.properties.roleDefinitionId).toMatch(/acdd72a7-3385-48ef-bd42-f606fba81ae7$/);
  expect(request?.properties.scope).toMatch(/^\/subscriptions\/[0-9a-f-]+$/);
});

// Guard: `findTarget` (src/bot/activations/activation-form.ts): a scope is one that PIM names to this person, or none.
test('promise 13: a forged scope is refused, and nothing reaches PIM', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  for (const scopeId of ['/', '/subscriptions/other', '/subscriptions/c3e00000-0000-4000-8000-000000000002']) {
    await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'x', scopeId });
    expect(alex.card(form.activityId).text).toContain('does not offer this scope');
  }
  expect(await world.pim.requests()).toEqual([]);
});

test('promise 13: somebody else\'s form, request or eligibility is refused whoever sends it', async () => {
  await using world = await createWorld();
  const lee = await world.person('Lee');
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  const answer = await lee.clicks(form, 'activation.submit', { minutes: '30' });
  expect(JSON.stringify(answer.value)).toMatch(/somebody else/i);
  expect(await world.pim.requests()).toEqual([]);
  await lee.sends(invoke({ action: { verb: 'activation.choose', data: { eligibleId: 'c0ffee00-0000-4000-8000-000000000000' } } }));
  expect(lee.cards().some((card) => card.verbs.includes('activation.submit'))).toBe(false);
});

test('promise 13: a stranger who copies a request\'s id can neither check, withdraw nor deactivate it', async () => {
  await using world = await createWorld();
  const lee = await world.person('Lee');
  const { requestId } = await requestContributor(world);
  for (const verb of ['activation.check', 'activation.withdraw', 'activation.deactivate', 'approval.approve', 'approval.open']) {
    await lee.sends(invoke({ action: { verb, data: { requestId, version: 3, reason: 'x' } } }));
  }
  expect((await world.pim.request(requestId))?.properties.status).toBe('PendingApproval');
  expect(lee.cards().some((card) => card.text.includes('the deployment hangs'))).toBe(false);
});

test('promise 13: whatever an invoke carries, the answer is a card and nothing reaches PIM', async () => {
  await using world = await createWorld({ limits: false });
  const alex = await world.person('Alex');
  const verb = fc.constantFrom('activation.submit', 'activation.validate', 'activation.choose', 'approval.approve', 'activation.deactivate', 'active.deactivate', 'approval.open', 'inquiry.choose', 'assignments.take', 'assignment.confirm', 'assignment.undo', '', 'x');
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.record({ action: fc.record({ verb, data: fc.dictionary(fc.constantFrom('requestId', 'version', 'minutes', 'scopeId', 'eligibleId', 'activeId', 'reason', 'inquiryId', 'choice', 'assignment', '__proto__'), fc.jsonValue({ maxDepth: 2 })) }) }),
  );
  await fc.assert(fc.asyncProperty(value, async (sent) => {
    const answer = await alex.sends(invoke(sent));
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.body)).toContain('"type":"AdaptiveCard"');
  }), { numRuns: 150 });
  expect(await world.pim.requests()).toEqual([]);
}, 120_000);
