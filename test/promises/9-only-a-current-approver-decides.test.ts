import { expect, test } from 'vitest';
import type { Seed } from '../../src/emulator/seed.ts';
import { findActivation } from '../../src/store/activations.ts';
import { inThePortal } from '../flows/outside-the-bot.ts';
import { leavesOneApprover, type RoleInThePortal } from '../flows/settings-in-the-portal.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { createWorld, type World } from '../helpers/world.ts';

// Guards: PIM judges each decision with the approver's own token, and `decideAtPim` (src/bot/approvals/decide-at-pim.ts) records none
// that PIM has not taken; `isNoLongerApprover` (there) says why only when PIM's own list says so too; `answerOf`
// (src/bot/answer.ts) lets nobody in whom the directory does not name an enabled member.

const alexId = 'a1e00000-0000-4000-8000-000000000001';
const meganId = 'a1e00000-0000-4000-8000-000000000002';
const nestorId = 'a1e00000-0000-4000-8000-000000000003';
const diegoId = 'a1e00000-0000-4000-8000-000000000005';
const opsLeads = 'b2e00000-0000-4000-8000-000000000001';
const entered = { minutes: '30', justification: 'an incident', ticketNumber: 'INC-1', ticketSystem: 'ServiceNow' };

/** A role that two people may approve, and how the first of them loses that. */
interface Removal {
  readonly at: RoleInThePortal;
  readonly command: string;
  readonly remove: (world: World, at: RoleInThePortal) => Promise<unknown>;
}

const byPolicy: Removal['remove'] = (world, at) => leavesOneApprover(world, at, diegoId);
const byGroup: Removal['remove'] = (world) =>
  inThePortal(world, nestorId, { method: 'DELETE', path: `/v1.0/groups/${opsLeads}/members/${meganId}/$ref` });

const removals: readonly (readonly [string, Removal])[] = [
  ['taken out of the group that approves an Azure role', {
    at: { kind: 'azure', role: 'Owner', scope: '/subscriptions/c3e00000-0000-4000-8000-000000000002' }, command: 'activate Owner on Development', remove: byGroup,
  }],
  ['taken out of the settings of an Azure role', {
    at: { kind: 'azure', role: 'Contributor', scope: '/subscriptions/c3e00000-0000-4000-8000-000000000001/resourceGroups/rg-app' }, command: 'activate Contributor on rg-app', remove: byPolicy,
  }],
  ['taken out of the settings of an Entra role', { at: { kind: 'entra', role: 'User Administrator', scope: '/' }, command: 'activate User Administrator', remove: byPolicy }],
  ['taken out of the settings of a group', {
    at: { kind: 'group', role: 'member', scope: 'b2e00000-0000-4000-8000-000000000004' }, command: 'activate Member on Production break-glass', remove: byPolicy,
  }],
];

/** Megan and Diego approve, by name or as the members of Ops leads. */
function twoApprovers({ at, remove }: Removal): (seed: Seed) => Seed {
  const approverIds = remove === byGroup ? [opsLeads] : [meganId, diegoId];
  return (seed) => ({
    ...seed,
    settings: (seed.settings ?? []).map((entry) =>
      (entry.kind === at.kind && entry.role === at.role && entry.scope === at.scope ? { ...entry, settings: { ...entry.settings, approverIds } } : entry)),
  });
}

interface Asked {
  readonly world: World;
  readonly requestId: string;
  readonly megan: FakePerson;
  readonly megans: ShownCard;
  readonly diego: FakePerson;
  readonly diegos: ShownCard;
}

const isOpen = (card: ShownCard): boolean => card.verbs.includes('approval.approve');

async function ask(world: World, command: string, locale = 'en-US'): Promise<Asked> {
  const [megan, diego, alex] = [await world.person('Megan', { locale }), await world.person('Diego'), await world.person('Alex')];
  await alex.types(command);
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', entered);
  const requestId = /"requestId":"([\da-f-]{36})"/.exec(JSON.stringify(form.json))?.[1] ?? '';
  return { world, requestId, megan, megans: await megan.waitForCard(isOpen), diego, diegos: await diego.waitForCard(isOpen) };
}

/** Megan's card, once it says this. */
function changed({ megan, megans }: Asked, part: string): Promise<ShownCard> {
  return megan.waitForCard((card) => card.activityId === megans.activityId && card.has(part));
}

/** What Megan's click has left behind, besides her card. */
async function traces({ world, requestId }: Asked): Promise<object> {
  const activation = await findActivation(world.store.db, requestId);
  const held = [...await world.pim.held('entra', alexId), ...await world.pim.held('group', alexId), ...await world.pim.activated()];
  const hers = (await world.auditOf(requestId)).filter(({ actor }) => actor.id === meganId);
  return { state: activation?.state, decision: activation?.decision, held, audit: hers.map(({ action, phase, details }) => [action, phase, details['result'], details['code']]) };
}

const nothingDecided = { state: 'pending', decision: null, held: [] };

test.each(removals)('promise 9: who was %s between card and click is refused by PIM, is told so, and another approver decides', async (_, removal) => {
  await using world = await createWorld({ roleKinds: ['azure', 'entra', 'group'], changeSeed: twoApprovers(removal) });
  const asked = await ask(world, removal.command);
  await removal.remove(world, removal.at);
  for (const verb of ['approval.approve', 'approval.deny'] as const) await asked.megan.clicks(asked.megans, verb, { reason: 'go ahead' });
  const refused = await changed(asked, 'no longer an approver');
  expect(refused.text).toMatch(/no longer an approver[^]*did not take your decision[^]*current approvers decide/u);
  expect(refused.verbs).toEqual(['approvals.show']);
  expect(await traces(asked)).toEqual({
    ...nothingDecided,
    audit: ['approve', 'deny'].flatMap((action) => [[action, 'attempt', undefined, undefined], [action, 'outcome', 'refused', 'notPermitted']]),
  });

  await asked.diego.clicks(asked.diegos, 'approval.approve', { reason: 'I still may' });
  await expect.poll(async () => (await findActivation(world.store.db, asked.requestId))?.state).toBe('active');
  expect((await findActivation(world.store.db, asked.requestId))?.decision?.by?.id).toBe(diegoId);
});

test('promise 9: who is no approver any more is told so in Japanese', async () => {
  const [[, removal] = []] = removals;
  if (removal === undefined) throw new Error('there is no removal');
  await using world = await createWorld({ changeSeed: twoApprovers(removal) });
  const asked = await ask(world, removal.command, 'ja-JP');
  await removal.remove(world, removal.at);
  await asked.megan.clicks(asked.megans, 'approval.approve', { reason: '確認しました' });
  expect((await changed(asked, '承認者ではなくなりました')).text).toMatch(/承認者ではなくなりました[^]*受け付けられませんでした[^]*現在の承認者が決定します/u);
});

test('promise 9: who is removed finds nothing to decide on, and cannot open what is left on an old card', async () => {
  const [[, removal] = []] = removals;
  if (removal === undefined) throw new Error('there is no removal');
  await using world = await createWorld({ changeSeed: twoApprovers(removal) });
  const asked = await ask(world, removal.command);
  await removal.remove(world, removal.at);
  await asked.megan.types('approvals');
  expect(asked.megan.lastCard().verbs).not.toContain('approval.open');
  await asked.megan.clicks(asked.megans, 'approval.approve', { reason: 'go ahead' });
  await changed(asked, 'no longer an approver');
  expect(await traces(asked)).toMatchObject(nothingDecided);
});

test.each([
  ['whom PIM still lists', 0],
  ['of whom PIM does not say what waits for them', 100],
])('promise 9: an approver %s is not told that they are none, whatever it refuses', async (_, unread) => {
  await using world = await createWorld({ roleKinds: ['azure', 'entra', 'group'] });
  const asked = await ask(world, 'activate Contributor on rg-app');
  const refusal = { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'The client does not have authorization.' } } };
  await world.fault({ path: 'roleAssignmentApprovals/.*/stages' }, refusal, 2);
  if (unread > 0) await world.fault({ method: 'GET', path: 'roleAssignmentScheduleRequests\\?.*asApprover' }, { status: 501 }, unread);
  await asked.megan.clicks(asked.megans, 'approval.approve', { reason: 'go ahead' });
  const card = await changed(asked, 'You are not allowed to do this');
  expect(card.text).not.toContain('no longer an approver');
  expect(isOpen(card)).toBe(true);
  expect(await traces(asked)).toMatchObject(nothingDecided);
});

test.each([
  ['disabled', { accountEnabled: false, userType: 'Member' }],
  ['made a guest', { accountEnabled: true, userType: 'Guest' }],
])('promise 9: an approver who was %s between card and click is served nothing, and PIM is not asked', async (_, account) => {
  await using world = await createWorld();
  const asked = await ask(world, 'activate Contributor on rg-app');
  await world.advance('PT11M');
  const body = { id: meganId, displayName: 'Megan Bowen', userPrincipalName: 'megan@contoso.example', ...account };
  await world.fault({ method: 'GET', path: `/users/${meganId}` }, { status: 200, body }, 100);
  await asked.megan.clicks(asked.megans, 'approval.approve', { reason: 'go ahead' });
  await changed(asked, 'members of this organisation');
  expect(await traces(asked)).toEqual({ ...nothingDecided, audit: [] });

  await asked.diego.clicks(asked.diegos, 'approval.approve', { reason: 'I still may' });
  await expect.poll(async () => (await findActivation(world.store.db, asked.requestId))?.state).toBe('active');
});
