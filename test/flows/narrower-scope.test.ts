import { expect, test } from 'vitest';
import type { Seed } from '../../src/emulator/seed.ts';
import { createWorld } from '../helpers/world.ts';
import { choicesOf } from './story.ts';

const production = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const rgApp = `${production}/resourceGroups/rg-app`;
const rgLogs = `${production}/resourceGroups/rg-logs`;
const alexId = 'a1e00000-0000-4000-8000-000000000001';
const leeId = 'a1e00000-0000-4000-8000-000000000004';
const diegoId = 'a1e00000-0000-4000-8000-000000000005';

/** Alex may read logs at the whole subscription; at one resource group of it that takes a ticket and Diego's approval. */
function withLogs(seed: Seed): Seed {
  const asks = { elevationDuration: 'PT1H', notificationToUserOnElevation: false, ticketingInfoOnElevation: true, mfaOnElevation: false, approvalOnElevation: true, approverIds: [diegoId] };
  return {
    ...seed,
    scopes: [...seed.scopes ?? [], { id: rgLogs }],
    eligible: [...seed.eligible ?? [], { kind: 'azure', principalId: alexId, role: 'Log Analytics Reader', scope: production }],
    settings: [...seed.settings ?? [], { kind: 'azure', role: 'Log Analytics Reader', scope: rgLogs, settings: asks, justification: true }],
  };
}

test('"activate Reader on rg-app" works with an eligibility at the subscription, and PIM grants it there only', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on rg-app for 30 min because of a look at the logs');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  expect(form.text).toContain('Resource group rg-app');
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'a look at the logs' });
  const active = await alex.waitForCard('Deactivate');
  expect(active.text).toContain('Resource group rg-app');
  expect((await world.pim.activated()).map(({ properties }) => properties.scope)).toEqual([rgApp]);

  await alex.types('active');
  expect((await alex.waitForCard((card) => card.verbs.includes('active.deactivate'))).text).toContain('Resource group rg-app');
  await world.advance('PT6M');
  await alex.types('deactivate Reader on rg-app');
  await alex.waitForCard((card) => card.activityId === active.activityId && !card.verbs.includes('activation.deactivate'));
  expect(await world.pim.activated()).toEqual([]);
});

test('the form offers the scopes below, and the chosen one is asked for', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  expect(choicesOf(form, 'scopeId')).toEqual([production, rgApp]);
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'logs', scopeId: rgApp });
  await alex.waitForCard('Deactivate');
  expect((await world.pim.activated()).map(({ properties }) => properties.scope)).toEqual([rgApp]);
});

test('at a scope below, the stricter settings of both scopes count, and those whom either names are asked', async () => {
  await using world = await createWorld({ changeSeed: withLogs });
  const diego = await world.person('Diego');
  const alex = await world.person('Alex');
  await alex.types('activate Log Analytics Reader on Production');
  const whole = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  expect(whole.inputs).not.toContain('ticketNumber');
  await alex.clicks(whole, 'activation.submit', { minutes: '120', justification: 'an alert', scopeId: rgLogs });
  const again = alex.card(whole.activityId);
  expect(again.text).toMatch(/at most 1 h/u);
  expect(again.text).toMatch(/asks for a ticket number/u);
  expect(await world.pim.requests()).toEqual([]);

  await alex.clicks(again, 'activation.submit', { minutes: '60', justification: 'an alert', scopeId: rgLogs, ticketNumber: 'INC42', ticketSystem: 'ServiceNow' });
  const status = await alex.waitForCard((card) => card.activityId === whole.activityId && card.verbs.includes('activation.withdraw'));
  const request = await diego.waitForCard((card) => card.verbs.includes('approval.approve'));
  expect(request.text).toContain('Resource group rg-logs');
  await diego.clicks(request, 'approval.approve', { reason: 'fine' });
  await alex.waitForCard((card) => card.activityId === status.activityId && card.verbs.includes('activation.deactivate'));
  expect((await world.pim.activated()).map(({ properties }) => properties.scope)).toEqual([rgLogs]);
});

// Guard: `readGoverningSettings` in `presentSettings` (src/jobs/find-approvers.ts).
test('where only the eligibility\'s scope asks for approval, its approvers are asked about a scope below', async () => {
  await using world = await createWorld();
  const diego = await world.person('Diego');
  const alex = await world.person('Alex');
  await alex.types('activate Owner on rg-web');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  expect(form.text).toContain('Ops leads (group)');
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'hand over' });
  const request = await diego.waitForCard((card) => card.verbs.includes('approval.approve'));
  expect(request.text).toContain('Resource group rg-web');
  await diego.clicks(request, 'approval.approve', { reason: 'fine' });
  await alex.waitForCard((card) => card.activityId === form.activityId && card.verbs.includes('activation.deactivate'));
});

test('"Check with PIM" says what PIM would do and leaves nothing behind', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.validate'));
  await alex.clicks(form, 'activation.validate', { minutes: '30', justification: 'logs', scopeId: rgApp });
  expect(alex.card(form.activityId).text).toContain('PIM would grant this at once');
  await alex.types('activate Contributor on rg-app');
  const second = await alex.waitForCard((card) => card.activityId !== form.activityId && card.verbs.includes('activation.validate'));
  await alex.clicks(second, 'activation.validate', { minutes: '60', justification: 'the deployment hangs' });
  const checked = alex.card(second.activityId);
  expect(checked.text).toContain('PIM would ask for approval');
  expect(JSON.stringify(checked.json)).toContain('the deployment hangs');
  await alex.types('activate Key Vault Administrator');
  const third = await alex.waitForCard((card) => card.text.includes('Key Vault Administrator') && card.verbs.includes('activation.validate'));
  await alex.clicks(third, 'activation.validate', { minutes: '30', justification: 'rotate a key' });
  expect(alex.card(third.activityId).text).toMatch(/multi-factor authentication[^]*second factor/iu);
  expect(await world.pim.requests()).toEqual([]);
  expect(await world.auditOf()).toEqual([]);
});

test('while the scopes below cannot be read, the whole can be activated all the same', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await world.fault({ method: 'GET', path: 'eligibleChildResources' }, { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } }, 50);
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  expect(form.text).toContain('only the whole is offered');
  expect(form.inputs).not.toContain('scopeId');
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  await alex.waitForCard('Deactivate');
  expect((await world.pim.activated()).map(({ properties }) => properties.scope)).toEqual([production]);

  await alex.types('activate Monitoring Reader on rg-app');
  expect((await alex.waitForCard((card) => card.text.includes('Azure resources could not be read'))).verbs).toContain('activation.choose');
});

test('a resource group is reached from the management group that somebody is eligible at', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Monitoring Reader on rg-web');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  expect(form.text).toContain('Resource group rg-web');
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'an alert', scopeId: choicesOf(form, 'scopeId')[1] ?? '' });
  await alex.waitForCard('Deactivate');
  expect((await world.pim.activated()).map(({ properties }) => properties.scope)).toEqual(['/subscriptions/c3e00000-0000-4000-8000-000000000002/resourceGroups/rg-web']);
});

test('somebody who is not eligible above finds nothing below', async () => {
  await using world = await createWorld({ changeSeed: (seed) => ({ ...seed, eligible: (seed.eligible ?? []).filter(({ principalId }) => principalId !== leeId) }) });
  const lee = await world.person('Lee');
  await lee.types('activate Reader on rg-app');
  expect((await lee.waitForCard((card) => card.verbs.includes('roles.show'))).verbs).not.toContain('activation.submit');
});
