import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { createWorld, type World } from '../helpers/world.ts';
import { inThePortal, requestPath } from './outside-the-bot.ts';
import { choicesOf, requestContributor } from './story.ts';

// Guards: `createFindElsewhere` (src/jobs/find-elsewhere.ts), `adoptRequest` and `findRemembered` (src/bot/approvals/adopt-request.ts),
// `decisionElsewhere` (src/bot/approvals/decision-elsewhere.ts).

const rgApp = '/subscriptions/c3e00000-0000-4000-8000-000000000001/resourceGroups/rg-app';
const contributor = '/subscriptions/c3e00000-0000-4000-8000-000000000001/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c';

const eligibilities = z.object({ value: z.array(z.object({ properties: z.object({ scope: z.string(), roleDefinitionId: z.string(), roleEligibilityScheduleId: z.string() }) })) });

/** Asks for Contributor on rg-app as the portal does, past the bot. */
async function asksInThePortal(world: World, personId: string, justification = 'from the portal'): Promise<string> {
  const path = `${rgApp}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances?$filter=asTarget()&api-version=2020-10-01`;
  const { value } = eligibilities.parse(await inThePortal(world, personId, { method: 'GET', path }));
  const right = value.find(({ properties }) => properties.scope === rgApp && properties.roleDefinitionId === contributor)?.properties;
  const name = randomUUID();
  await inThePortal(world, personId, {
    method: 'PUT',
    path: requestPath(rgApp, name),
    body: { properties: {
      principalId: personId, roleDefinitionId: contributor, requestType: 'SelfActivate', justification,
      linkedRoleEligibilityScheduleId: right?.roleEligibilityScheduleId,
      scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT1H' } },
    } },
  });
  return name;
}

const stages = z.object({ value: z.tuple([z.object({ id: z.string() })], z.unknown()) });

async function decidesInThePortal(world: World, personId: string, requestId: string, decision: { reviewResult: string; justification: string }): Promise<void> {
  const version = 'api-version=2021-01-01-preview';
  const path = `/providers/Microsoft.Authorization/roleAssignmentApprovals/${requestId}/stages?${version}`;
  const { value: [{ id }] } = stages.parse(await inThePortal(world, personId, { method: 'GET', path }));
  await inThePortal(world, personId, { method: 'PATCH', path: `${id}?${version}`, body: decision });
}

const requests = (person: FakePerson): readonly string[] => person.cards().filter(({ verbs }) => verbs.includes('approval.approve')).map(({ activityId }) => activityId);

test('a request made in the portal reaches its approvers and its requester, and is decided in Teams', async () => {
  await using world = await createWorld();
  const [alex, megan, diego] = [await world.person('Alex'), await world.person('Megan'), await world.person('Diego')];
  const requestId = await asksInThePortal(world, alex.account.aadObjectId);
  await world.findElsewhere();
  const request = await megan.waitForCard((card) => card.verbs.includes('approval.approve'));
  for (const part of ['Alex Wilber', 'Contributor', 'rg-app', 'from the portal', '1 h', 'Requested', 'Also asked\nDiego Siciliani']) expect(request.text).toContain(part);
  const diegos = await diego.waitForCard((card) => card.verbs.includes('approval.approve'));
  const status = await alex.waitForCard((card) => card.verbs.includes('activation.withdraw') && card.text.includes('Megan Bowen'));

  await megan.clicks(request, 'approval.approve', { reason: 'go ahead' });
  expect((await world.pim.request(requestId))?.properties.status).toBe('Provisioned');
  await diego.waitForCard((card) => card.activityId === diegos.activityId && card.text.includes('Megan Bowen approved'));
  await alex.waitForCard((card) => card.activityId === status.activityId && card.verbs.includes('activation.deactivate'));
});

/** Megan would approve half an hour, and Alex sends the form that comes of it as it is. */
async function takesHalfAnHour(megan: FakePerson, alex: FakePerson, request: ShownCard): Promise<ShownCard> {
  await megan.clicks(request, 'approval.offer');
  const form = await megan.waitForCard((card) => card.verbs.includes('approval.sendOffer'));
  await megan.clicks(form, 'approval.sendOffer', { minutes: '30', scopeId: '', reason: 'half an hour will do' });
  const offered = await alex.waitForCard((card) => card.text.includes('Megan Bowen offers less') && card.verbs.includes('activation.submit'));
  await alex.clicks(offered, 'activation.submit', { minutes: '30', justification: 'from the portal' });
  return megan.waitForCard((card) => card.activityId !== request.activityId && card.verbs.includes('approval.approve') && card.text.includes('30 min'));
}

test('an offer in place of a request made in the portal is one click for its requester', async () => {
  await using world = await createWorld();
  const [alex, megan] = [await world.person('Alex'), await world.person('Megan')];
  await asksInThePortal(world, alex.account.aadObjectId);
  await world.findElsewhere();
  const request = await megan.waitForCard((card) => card.verbs.includes('approval.approve'));
  await megan.clicks(await takesHalfAnHour(megan, alex, request), 'approval.approve', { reason: 'fine' });
  await alex.waitForCard((card) => card.text.includes('Active until'));
  expect((await world.pim.requests()).map(({ properties }) => properties.status).sort()).toEqual(['Denied', 'Provisioned']);
});

test('nobody gets a second card, however many rounds there are, and when two run at once', async () => {
  await using world = await createWorld();
  const [alex, megan] = [await world.person('Alex'), await world.person('Megan')];
  await requestContributor(world);
  await asksInThePortal(world, (await world.person('Lee')).account.aadObjectId);
  await Promise.all([world.findElsewhere(), world.findElsewhere()]);
  await expect.poll(() => requests(megan)).toHaveLength(2);
  for (let round = 0; round < 3; round++) await world.findElsewhere();
  await world.advance('PT1M');
  await world.findElsewhere();
  expect(requests(megan)).toHaveLength(2);
  expect(alex.cards().filter(({ verbs }) => verbs.includes('activation.withdraw'))).toHaveLength(1);
});

test.each([['Approve', 'approved', 'activation.deactivate'], ['Deny', 'denied', 'activation.repeat']])('what is decided in the portal (%s) changes everybody\'s cards, with its decider and their reason', async (reviewResult, word, verb) => {
  await using world = await createWorld();
  const diego = await world.person('Diego');
  const { alex, megan, requestId, status, request } = await requestContributor(world);
  const diegos = await diego.waitForCard((card) => card.verbs.includes('approval.approve'));
  await decidesInThePortal(world, diego.account.aadObjectId, requestId, { reviewResult, justification: 'seen in the portal' });
  await world.advance('PT15S');
  for (const [person, card] of [[megan, request], [diego, diegos]] as const) {
    const decided = await person.waitForCard((shown) => shown.activityId === card.activityId && shown.text.includes(`Diego Siciliani ${word}`));
    expect(decided.text).toContain('seen in the portal');
    expect(decided.verbs).toEqual([]);
  }
  const told = await alex.waitForCard((card) => card.activityId === status.activityId && card.verbs.includes(verb));
  expect(told.text).toContain('Diego Siciliani');
  expect(told.text).toContain('seen in the portal');
  expect((await world.auditOf(requestId)).at(-1)).toMatchObject({ actor: { name: 'Diego Siciliani' }, phase: 'outcome', details: { decided: 'elsewhere' } });
});

test('a decision that the bot may not read the account of is told without a name', async () => {
  await using world = await createWorld();
  const diego = await world.person('Diego');
  const { alex, requestId, status } = await requestContributor(world);
  await decidesInThePortal(world, diego.account.aadObjectId, requestId, { reviewResult: 'Approve', justification: 'seen' });
  await world.fault({ method: 'GET', path: 'roleAssignmentApprovals' }, { status: 403 }, 9);
  await world.advance('PT15S');
  const told = await alex.waitForCard((card) => card.activityId === status.activityId && card.verbs.includes('activation.deactivate'));
  expect(told.text).not.toContain('Diego Siciliani');
});

test('a scope that refuses hides no request at another', async () => {
  await using world = await createWorld();
  const [alex, megan] = [await world.person('Alex'), await world.person('Megan')];
  await asksInThePortal(world, alex.account.aadObjectId);
  await world.fault({ method: 'GET', path: 'c3e00000-0000-4000-8000-000000000002/providers/Microsoft.Authorization/roleAssignmentScheduleRequests' }, { status: 403 }, 9);
  await world.fault({ method: 'GET', path: 'managementGroups/contoso/providers/Microsoft.Authorization/roleAssignmentScheduleRequests' }, { status: 403 }, 9);
  await world.findElsewhere();
  await megan.waitForCard((card) => card.verbs.includes('approval.approve'));
});

test('a request of ours whose answer was lost is not taken for somebody else\'s', async () => {
  await using world = await createWorld();
  const [alex, megan] = [await world.person('Alex'), await world.person('Megan')];
  await alex.types('activate Contributor on rg-app');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await world.fault({ method: 'GET', path: 'roleAssignmentScheduleRequests/[0-9a-f]' }, { status: 503 }, 6);
  await world.fault({ method: 'PUT', path: 'roleAssignmentScheduleRequests' }, { dropAfterCommit: true });
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'lost' }).catch(() => undefined);
  await expect.poll(async () => (await world.pim.requests()).length).toBe(1);
  await world.findElsewhere();
  await world.advance('PT10M');
  await megan.waitForCard((card) => card.verbs.includes('approval.approve'), 20_000);
  expect(requests(megan)).toHaveLength(1);
  const rows = await world.store.db.selectFrom('activations').select(['origin', 'request_id']).where('state', '!=', 'draft').execute();
  expect(rows.map(({ origin }) => origin)).toEqual(['bot']);
});

test('who has asked elsewhere and does not know the bot gets nothing, and the approvers their cards', async () => {
  await using world = await createWorld();
  const megan = await world.person('Megan');
  await asksInThePortal(world, 'a1e00000-0000-4000-8000-000000000001');
  await world.findElsewhere();
  await megan.waitForCard((card) => card.verbs.includes('approval.approve'));
});

test('an Entra request made elsewhere is the bot\'s from the moment that one approver opens it, and reaches the others', async () => {
  const roles = { elevationDuration: 'PT2H', approvalOnElevation: true, mfaOnElevation: false, approverIds: ['b2e00000-0000-4000-8000-000000000001'] };
  await using world = await createWorld({
    roleKinds: ['azure', 'entra'],
    changeSeed: (seed) => ({ ...seed, settings: (seed.settings ?? []).map((entry) => (entry.role === 'User Administrator' ? { ...entry, settings: roles } : entry)) }),
  });
  const [alex, megan, diego] = [await world.person('Alex'), await world.person('Megan'), await world.person('Diego')];
  const principalId = alex.account.aadObjectId;
  await inThePortal(world, principalId, {
    method: 'POST',
    path: '/v1.0/roleManagement/directory/roleAssignmentScheduleRequests',
    body: { action: 'selfActivate', principalId, roleDefinitionId: 'fe930be7-5e62-47db-91af-98c3a49a38b1', directoryScopeId: '/', justification: 'from the portal', scheduleInfo: { expiration: { type: 'afterDuration', duration: 'PT1H' } } },
  });
  await world.findElsewhere();
  expect(requests(megan)).toEqual([]);
  await megan.types('approvals');
  const list = await megan.waitForCard((card) => card.verbs.includes('approval.open'));
  await megan.clicks(list, 'approval.open', { requestId: choicesOf(list, 'requestId')[0] ?? '' });
  const opened = await megan.waitForCard((card) => card.activityId === list.activityId && card.verbs.includes('approval.approve'));
  const diegos = await diego.waitForCard((card) => card.verbs.includes('approval.approve'));
  const shorter = await takesHalfAnHour(megan, alex, opened);
  await diego.waitForCard((card) => card.activityId === diegos.activityId && card.text.includes('Megan Bowen denied'));
  const diegosNext = await diego.waitForCard((card) => card.activityId !== diegos.activityId && card.verbs.includes('approval.approve'));
  await megan.clicks(shorter, 'approval.approve', { reason: 'fine' });
  await diego.waitForCard((card) => card.activityId === diegosNext.activityId && card.text.includes('Megan Bowen approved'));
  expect(requests(megan)).toEqual([]);
});

// Guards: `gatherBackground` (src/jobs/gather-background.ts), `shownBackground` (src/bot/activations/show-activation.ts).
test('an approver is told what the requester did with the role before, and holds now', async () => {
  await using world = await createWorld({ roleKinds: ['azure', 'entra', 'group'] });
  const { alex, megan, request } = await requestContributor(world);
  expect(request.text).toContain('Last times\nNone that this bot knows of');
  await megan.clicks(request, 'approval.deny', { reason: 'not today' });
  await alex.types('activate Reports Reader for 30 min');
  await alex.clicks(await alex.waitForCard((card) => card.text.includes('Reports Reader') && card.verbs.includes('activation.submit')), 'activation.submit', { minutes: '30' });
  await alex.waitForCard((card) => card.verbs.includes('activation.deactivate'));
  await alex.types('activate Contributor on rg-app');
  const form = await alex.waitForCard((card) => card.text.includes('Contributor') && card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'once more' });
  const again = await megan.waitForCard((card) => card.text.includes('once more'));
  expect(again.text).toMatch(/Last times\ntoday \d\d:\d\d, 1 h: denied/u);
  expect(again.text).toContain('Holds\nReports Reader · Entra directory');
  expect(again.text).toMatch(/As of\ntoday \d\d:\d\d/u);
  expect(again.text).toContain('Decide by\ntomorrow');
});

test('what the bot may not read of a requester is said on the card', async () => {
  await using world = await createWorld({ roleKinds: ['azure', 'entra'] });
  await world.fault({ method: 'GET', path: 'roleAssignmentScheduleInstances' }, { status: 403 }, 99);
  const { request } = await requestContributor(world);
  expect(request.text).toContain('Holds\nAzure resources could not be read\nEntra roles could not be read');
});
