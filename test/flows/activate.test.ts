import { expect, test } from 'vitest';
import { createWorld } from '../helpers/world.ts';
import { choicesOf } from './story.ts';

test('a role without approval is active as soon as PIM says so, and only then', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');

  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard('Activate');
  expect(form.text).toContain('Reader');
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'reading the logs' });

  const card = await alex.waitForCard('Deactivate');
  expect(card.activityId).toBe(form.activityId);
  expect(card.text).toContain('reading the logs');
  const [active] = await world.pim.activated();
  expect(active?.properties).toMatchObject({ principalId: alex.account.aadObjectId, assignmentType: 'Activated' });

  const audit = await world.auditOf();
  expect(audit.map(({ action, phase }) => `${action} ${phase}`)).toEqual(['activate attempt', 'activate outcome']);
  expect(audit[0]?.actor).toEqual({ id: alex.account.aadObjectId, name: 'Alex Wilber' });
});

test('what was typed is prefilled: role, scope, duration and reason', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Contributor on rg-app for 90 min because the pipeline hangs');
  const form = await alex.waitForCard('Contributor');
  const values = JSON.stringify(form.json);
  expect(values).toContain('"value":"90"');
  expect(values).toContain('the pipeline hangs');
  expect(form.text).toContain('rg-app');
});

test('an ambiguous name offers the candidates, and a choice leads to the form', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Contributor');
  const choice = await alex.waitForCard('rg-web');
  expect(choice.text).toContain('rg-app');
  const [first = ''] = choicesOf(choice, 'eligibleId');
  await alex.clicks(choice, 'activation.choose', { eligibleId: first });
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  expect(form.activityId).toBe(choice.activityId);
});

test('an unknown name leads to the nearest', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Contributer on rg-app');
  const choice = await alex.waitForCard((card) => card.verbs.includes('activation.choose'));
  expect(choice.text).toContain('Contributor');
});

test('the form asks for a ticket only where the role does, and a missing one comes back with the input kept', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Website Contributor');
  const form = await alex.waitForCard((card) => card.inputs.includes('ticketNumber'));
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'a fix', ticketNumber: '', ticketSystem: 'ServiceNow' });
  const again = await alex.waitForCard((card) => card.activityId === form.activityId && card.text.includes('icket'));
  expect(JSON.stringify(again.json)).toContain('ServiceNow');
  expect(again.verbs).toContain('activation.submit');
  expect(await world.pim.activated()).toEqual([]);

  await alex.clicks(again, 'activation.submit', { minutes: '60', justification: 'a fix', ticketNumber: 'INC42', ticketSystem: 'ServiceNow' });
  await alex.waitForCard('Deactivate');
  expect(await world.pim.activated()).toHaveLength(1);
});

test('a duration beyond the maximum is refused by the bot with the limit, and nothing is sent', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '480', justification: 'long' });
  const again = await alex.waitForCard((card) => card.verbs.includes('activation.submit') && card.text.includes('30 min'));
  expect(again.activityId).toBe(form.activityId);
  expect(await world.pim.requests()).toEqual([]);
});

test('a role that needs MFA fails with PIM\'s reason and the next step', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Key Vault Administrator');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'rotate a key' });
  const failed = await alex.waitForCard((card) => card.activityId === form.activityId && /multi-?factor|MFA/i.test(card.text) && !card.verbs.includes('activation.submit'));
  expect(failed.text).toMatch(/rotate a key/);
  expect(await world.pim.activated()).toEqual([]);
});

test('the settings of a role that cannot be read leave every field on the form, and PIM judges', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await world.fault({ method: 'GET', path: 'roleManagementPolicyAssignments' }, { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } }, 2);
  await alex.types('activate Contributor on rg-app');
  const form = await alex.waitForCard((card) => card.inputs.includes('ticketNumber'));
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'x' });
  await alex.waitForCard('Withdraw');
});

test('"roles" shows what is eligible, active and pending', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  await alex.clicks(await alex.waitForCard((card) => card.verbs.includes('activation.submit')), 'activation.submit', { minutes: '30' });
  await alex.types('activate Contributor on rg-app');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'waiting' });
  await alex.waitForCard('Withdraw');

  await alex.types('roles');
  const roles = await alex.waitForCard((card) => card.text.includes('Monitoring Reader'));
  for (const name of ['Reader', 'Contributor', 'Owner', 'rg-web', 'Platform engineers']) expect(roles.text).toContain(name);
});

test('an activation ends early by "deactivate", after PIM\'s five minutes', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  await alex.clicks(await alex.waitForCard((card) => card.verbs.includes('activation.submit')), 'activation.submit', { minutes: '30' });
  const active = await alex.waitForCard('Deactivate');

  await alex.clicks(active, 'activation.deactivate');
  await alex.waitForCard((card) => /5 minutes/.test(card.text));
  expect(await world.pim.activated()).toHaveLength(1);

  await world.advance('PT6M');
  await alex.types('deactivate Reader');
  await alex.waitForCard((card) => card.activityId === active.activityId && !card.verbs.includes('activation.deactivate'));
  expect(await world.pim.activated()).toEqual([]);
});

test('somebody who is eligible for nothing is told what to do', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  await nestor.types('roles');
  const card = await nestor.waitForCard((shown) => shown.text.toLowerCase().includes('eligible'));
  expect(card.text).toMatch(/administrator/i);
});

test('a chat in Japanese gets Japanese cards and understands Japanese commands', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex', { locale: 'ja-JP', timeZone: 'Asia/Tokyo' });
  await alex.types('アクティブ化 Reader 30分 理由 調査');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  expect(form.text).toMatch(/アクティブ化/);
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: '調査' });
  const card = await alex.waitForCard((shown) => shown.verbs.includes('activation.deactivate'));
  expect(card.text).toContain('調査');
});

test('in a group chat nothing is shown and nothing is done', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.typesInGroup('roles');
  await alex.typesInGroup('activate Reader on Production');
  const shown = alex.messagesIn('groupChat').filter(({ from }) => from === 'bot').map(({ text }) => text);
  expect(shown).toHaveLength(2);
  for (const text of shown) expect(text).not.toMatch(/Reader|Contributor|rg-app/);
  expect(await world.pim.requests()).toEqual([]);
});
