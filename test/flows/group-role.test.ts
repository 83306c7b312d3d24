import { expect, test } from 'vitest';
import { createWorld, type World } from '../helpers/world.ts';

const tenantWithAll = (): Promise<World> => createWorld({ roleKinds: ['azure', 'entra', 'group'] });
const opsLeads = 'Ops leads';

test.each([
  ['activate member of Ops leads for 1h', 'en-GB', 'Member', 'Group Ops leads'],
  ['activate Ops leads', 'en-GB', 'Member', 'Group Ops leads'],
  ['アクティブ化 Ops leads の メンバー 1時間', 'ja-JP', 'メンバー', 'グループ Ops leads'],
])('"%s" leads to membership of the group, which ends by "deactivate"', async (command, locale, role, scope) => {
  await using world = await tenantWithAll();
  const alex = await world.person('Alex', { locale });
  await alex.types(command);
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  expect(form.text).toContain(role);
  expect(form.text).toContain(scope);
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'on call' });
  const active = await alex.waitForCard((card) => card.activityId === form.activityId && card.verbs.includes('activation.deactivate'));
  expect(active.text).toContain(scope);
  expect(await world.pim.held('group', alex.account.aadObjectId)).toEqual([`member ${opsLeads}`]);

  await world.advance('PT6M');
  await alex.clicks(active, 'activation.deactivate');
  await alex.waitForCard((card) => card.activityId === active.activityId && !card.verbs.includes('activation.deactivate'));
  expect(await world.pim.held('group', alex.account.aadObjectId)).toEqual([]);
});

test('membership that takes a ticket and an approval goes from request to end', async () => {
  await using world = await tenantWithAll();
  const megan = await world.person('Megan');
  const alex = await world.person('Alex');
  await alex.types('activate Production break-glass');
  const form = await alex.waitForCard((card) => card.inputs.includes('ticketNumber'));
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'everything is down', ticketNumber: 'INC1', ticketSystem: 'ServiceNow' });
  const status = await alex.waitForCard((card) => card.verbs.includes('activation.withdraw'));
  const request = await megan.waitForCard((card) => card.verbs.includes('approval.approve'));
  for (const part of ['Alex Wilber', 'Member', 'Group Production break-glass', 'everything is down', 'INC1']) expect(request.text).toContain(part);
  await megan.clicks(request, 'approval.approve', { reason: 'go' });
  await alex.waitForCard((card) => card.activityId === status.activityId && card.verbs.includes('activation.deactivate'));
  expect(await world.pim.held('group', alex.account.aadObjectId)).toEqual(['member Production break-glass']);
  await world.advance('PT31M');
  await alex.waitForCard((card) => card.activityId === status.activityId && !card.verbs.includes('activation.deactivate'), 20_000);
});

// Guard: `refuseOwnRequest` (src/bot/approvals/decide-approval.ts), and PIM.
test('promise 8: nobody approves their own membership', async () => {
  await using world = await tenantWithAll();
  const alex = await world.person('Alex');
  await alex.types('activate Production break-glass');
  const form = await alex.waitForCard((card) => card.inputs.includes('ticketNumber'));
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'x', ticketNumber: 'INC1', ticketSystem: 'SN' });
  const status = await alex.waitForCard((card) => card.verbs.includes('activation.withdraw'));
  const requestId = /"requestId":"([^"]+)"/u.exec(JSON.stringify(status.json))?.[1];
  for (const version of [2, 3, 4]) {
    await alex.sends({ type: 'invoke', name: 'adaptiveCard/action', text: undefined, value: { action: { verb: 'approval.approve', data: { requestId, version, reason: 'x' } } } });
  }
  expect(await world.pim.held('group', alex.account.aadObjectId)).toEqual([]);
});
