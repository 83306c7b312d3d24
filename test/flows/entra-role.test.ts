import { expect, test } from 'vitest';
import type { Seed } from '../../src/emulator/seed.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { signsInMoreStrongly, stepUpLink } from '../helpers/world-step-up.ts';
import { createWorld, type World } from '../helpers/world.ts';
import { choicesOf } from './story.ts';

const roleKinds = ['azure', 'entra', 'group'] as const;
const tenantWithAll = (): Promise<World> => createWorld({ roleKinds });

interface EntraStory {
  readonly alex: FakePerson;
  readonly megan: FakePerson;
  readonly status: ShownCard;
  readonly request: ShownCard;
}

/** Alex asks for User Administrator in the directory; Megan has the card. */
async function requestUserAdministrator(world: World): Promise<EntraStory> {
  const megan = await world.person('Megan');
  const alex = await world.person('Alex');
  await alex.types('activate User Administrator');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  expect(form.text).toContain('Entra directory');
  expect(form.inputs).not.toContain('scopeId');
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'a locked-out colleague' });
  const status = await alex.waitForCard((card) => card.verbs.includes('activation.withdraw'));
  const request = await megan.waitForCard((card) => card.verbs.includes('approval.approve'));
  return { alex, megan, status, request };
}

test('an Entra role is asked for, approved by card, held, and ends by itself', async () => {
  await using world = await tenantWithAll();
  const { alex, megan, status, request } = await requestUserAdministrator(world);
  for (const part of ['Alex Wilber', 'User Administrator', 'Entra directory', 'a locked-out colleague', '1 h']) expect(request.text).toContain(part);
  expect(await world.pim.held('entra', alex.account.aadObjectId)).toEqual([]);

  await megan.clicks(request, 'approval.approve', { reason: 'spoke to her' });
  const active = await alex.waitForCard((card) => card.activityId === status.activityId && card.verbs.includes('activation.deactivate'));
  expect(active.text).toContain('Megan Bowen');
  expect(active.text).toContain('spoke to her');
  expect((await megan.waitForCard((card) => card.activityId === request.activityId && !card.verbs.includes('approval.approve'))).text).toContain('Megan Bowen');
  expect(await world.pim.held('entra', alex.account.aadObjectId)).toEqual(['User Administrator']);

  const audit = (await world.auditOf()).map(({ action, phase, actor }) => `${actor.name}: ${action} ${phase}`);
  expect(audit).toEqual([
    'Alex Wilber: activate attempt', 'Alex Wilber: activate outcome', 'Alex Wilber: ask-approvers outcome',
    'Megan Bowen: approve attempt', 'Megan Bowen: approve outcome', 'Megan Bowen: approve outcome',
  ]);
  await world.advance('PT61M');
  await alex.waitForCard((card) => card.activityId === status.activityId && !card.verbs.includes('activation.deactivate'), 20_000);
  expect(await world.pim.held('entra', alex.account.aadObjectId)).toEqual([]);
});

test('a denied Entra role is not held, and the requester reads who denied it and why', async () => {
  await using world = await tenantWithAll();
  const { alex, megan, status, request } = await requestUserAdministrator(world);
  await megan.clicks(request, 'approval.deny', { reason: 'use the self-service' });
  const denied = await alex.waitForCard((card) => card.activityId === status.activityId && card.text.includes('use the self-service'));
  expect(denied.text).toContain('Megan Bowen');
  expect(await world.pim.held('entra', alex.account.aadObjectId)).toEqual([]);
});

test('an Entra request is taken back, and the approver\'s card says so', async () => {
  await using world = await tenantWithAll();
  const { alex, megan, status, request } = await requestUserAdministrator(world);
  await alex.clicks(status, 'activation.withdraw');
  await alex.waitForCard((card) => card.activityId === status.activityId && !card.verbs.includes('activation.withdraw'));
  await megan.waitForCard((card) => card.activityId === request.activityId && !card.verbs.includes('approval.approve'));
  await megan.clicks(request, 'approval.approve', { reason: 'too late' });
  expect(await world.pim.held('entra', alex.account.aadObjectId)).toEqual([]);
});

test('"approvals" lists Entra requests under PIM\'s own names, and opens the card of ours', async () => {
  await using world = await tenantWithAll();
  const { alex, megan, request } = await requestUserAdministrator(world);
  await megan.types('approvals');
  const list = await megan.waitForCard((card) => card.verbs.includes('approval.open'));
  expect(list.text).toContain('Entra directory');
  const [pimId = ''] = choicesOf(list, 'requestId');
  await megan.clicks(list, 'approval.open', { requestId: pimId });
  const opened = await megan.waitForCard((card) => card.activityId === list.activityId && card.verbs.includes('approval.approve'));
  await megan.clicks(opened, 'approval.approve', { reason: 'fine' });
  await alex.waitForCard((card) => card.verbs.includes('activation.deactivate'));
  await megan.waitForCard((card) => card.activityId === request.activityId && !card.verbs.includes('approval.approve'));
  expect((await world.auditOf()).filter(({ action }) => action === 'approve')).toHaveLength(3);
});

test('an Entra role without approval is active at once and ends by "deactivate", found by PIM\'s name for the request', async () => {
  await using world = await tenantWithAll();
  const alex = await world.person('Alex');
  await alex.types('activate Reports Reader for 30 min');
  await alex.clicks(await alex.waitForCard((card) => card.verbs.includes('activation.submit')), 'activation.submit', { minutes: '30' });
  const active = await alex.waitForCard('Deactivate');
  expect(await world.pim.held('entra', alex.account.aadObjectId)).toEqual(['Reports Reader']);
  await alex.types('roles');
  const roles = await alex.waitForCard((card) => card.text.includes('Eligible: Entra roles'));
  expect(roles.text).toMatch(/Active now \(1\)[^]*Reports Reader[^]*Eligible: Azure resources[^]*Eligible: Groups/u);

  await world.advance('PT6M');
  await alex.types('deactivate Reports Reader');
  const ended = await alex.waitForCard((card) => card.activityId === active.activityId && !card.verbs.includes('activation.deactivate'));
  expect(ended.text).toContain('Deactivated');
  expect(await world.pim.held('entra', alex.account.aadObjectId)).toEqual([]);
});

test('"Check with PIM" asks Graph, too, and leaves nothing behind', async () => {
  await using world = await tenantWithAll();
  const alex = await world.person('Alex');
  for (const [role, answer] of [['Reports Reader', 'PIM would grant this at once'], ['User Administrator', 'PIM would ask for approval']] as const) {
    await alex.types(`activate ${role}`);
    const form = await alex.waitForCard((card) => card.text.includes(role) && card.verbs.includes('activation.validate'));
    await alex.clicks(form, 'activation.validate', { minutes: '30', justification: 'a try' });
    expect(alex.card(form.activityId).text).toContain(answer);
  }
  expect(await world.pim.held('entra', alex.account.aadObjectId)).toEqual([]);
  expect(await world.auditOf()).toEqual([]);
});

test('the digest tells Entra roles, groups and Azure roles alike', async () => {
  await using world = await tenantWithAll();
  const alex = await world.person('Alex');
  for (const command of ['activate Reports Reader', 'activate Reader on Production']) {
    await alex.types(command);
    const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
    await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'looking' });
    await alex.waitForCard((card) => card.activityId === form.activityId && card.verbs.includes('activation.deactivate'));
  }
  await alex.types('digest now');
  const digest = await alex.waitForCard((card) => card.text.includes('Who holds what'));
  expect(digest.text).toMatch(/Entra directory[^]*Alex Wilber[^]*Reports Reader/u);
  expect(digest.text).toMatch(/Subscription Production[^]*Alex Wilber[^]*Reader/u);
});

/** Two roles that single sign-on is not enough for. */
function withContext(seed: Seed): Seed {
  const asks = { elevationDuration: 'PT1H', mfaOnElevation: false, approvalOnElevation: false, approverIds: [] };
  const opsLeads = 'b2e00000-0000-4000-8000-000000000001';
  const without = (seed.settings ?? []).filter(({ role, scope }) => role !== 'Reports Reader' && scope !== opsLeads);
  return {
    ...seed,
    settings: [
      ...without,
      { kind: 'entra', role: 'Reports Reader', scope: '/', settings: asks, authenticationContext: 'c1' },
      { kind: 'group', role: 'member', scope: opsLeads, settings: asks, authenticationContext: 'c1' },
    ],
  };
}

test.each([
  ['Reports Reader', 'Reports Reader', 'Entra directory', 'entra'],
  ['Ops leads', 'Member', 'Group Ops leads', 'group'],
] as const)('"activate %s" takes a stronger sign-in, whose page names role and scope, and is then held', async (words, role, scope, kind) => {
  await using world = await createWorld({ roleKinds, stepUp: { tokenTakesMs: 0 }, changeSeed: withContext });
  const alex = await world.person('Alex');
  await alex.types(`activate ${words}`);
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.validate'));
  await alex.clicks(form, 'activation.validate', { minutes: '30', justification: 'on call' });
  expect(alex.card(form.activityId).text).toContain('PIM would ask for a stronger sign-in');

  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'on call' });
  const link = stepUpLink(alex.card(form.activityId));
  const page = await (await fetch(`${world.botUrl}${new URL(link).pathname}`)).text();
  expect(page).toContain(role);
  expect(page).toContain(scope);
  expect(await world.pim.held(kind, alex.account.aadObjectId)).toEqual([]);

  expect(await signsInMoreStrongly(world.botUrl, link, alex.account.aadObjectId)).toBe('Done');
  await alex.waitForCard((card) => card.activityId === form.activityId && card.verbs.includes('activation.deactivate'));
  expect(await world.pim.held(kind, alex.account.aadObjectId)).toHaveLength(1);
});
