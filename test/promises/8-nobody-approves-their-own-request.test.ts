import { expect, test } from 'vitest';
import { requestContributor } from '../flows/story.ts';
import { createWorld } from '../helpers/world.ts';

// Guards: `decideApproval` (src/bot/approvals/decide-approval.ts) refuses before PIM; PIM refuses with the requester's own token;
// `findApprovers` (src/jobs/find-approvers.ts) never asks the requester.

const verbs = ['approval.approve', 'approval.deny'] as const;

test.each(verbs)('promise 8: the requester who sends a copy of the approver\'s card with %s is refused and audited', async (verb) => {
  await using world = await createWorld();
  const { alex, requestId, request } = await requestContributor(world);
  const answer = await alex.clicks(request, verb, { reason: 'me, myself and I' });
  expect(JSON.stringify(answer.value)).toMatch(/own request/i);
  expect((await world.pim.request(requestId))?.properties.status).toBe('PendingApproval');
  const audit = await world.auditOf(requestId);
  expect(audit.at(-1)).toMatchObject({ actor: { id: alex.account.aadObjectId }, phase: 'outcome', details: { result: 'refused', code: 'ownRequest' } });
});

test('promise 8: a forged invoke with another verb or with the approver\'s id in the data is refused', async () => {
  await using world = await createWorld();
  const { alex, megan, requestId } = await requestContributor(world);
  const forged = [
    { verb: 'approval.approve', data: { requestId, version: 3, reason: 'x', personId: megan.account.aadObjectId, from: { aadObjectId: megan.account.aadObjectId } } },
    { verb: 'Approval.Approve', data: { requestId, version: 3, reason: 'x' } },
    { verb: 'approval.approve', data: { requestId: requestId.toUpperCase(), version: 3, reason: 'x' } },
  ];
  for (const action of forged) {
    await alex.sends({ type: 'invoke', name: 'adaptiveCard/action', text: undefined, value: { action: { type: 'Action.Execute', ...action } } });
  }
  expect((await world.pim.request(requestId))?.properties.status).toBe('PendingApproval');
});

test('promise 8: a requester who is an approver of the role themselves gets no card to decide on, and cannot open one', async () => {
  await using world = await createWorld();
  const diego = await world.person('Diego');
  const megan = await world.person('Megan');
  await megan.types('activate Contributor on rg-app');
  const form = await megan.waitForCard((card) => card.verbs.includes('activation.submit'));
  await megan.clicks(form, 'activation.submit', { minutes: '30', justification: 'mine' });
  await diego.waitForCard((card) => card.verbs.includes('approval.approve'));
  expect(megan.cards().filter((card) => card.verbs.includes('approval.approve'))).toEqual([]);

  await megan.types('approvals');
  expect(megan.lastCard().verbs).not.toContain('approval.open');
  const [own] = await world.pim.requests();
  await megan.sends({ type: 'invoke', name: 'adaptiveCard/action', text: undefined, value: { action: { verb: 'approval.open', data: { requestId: own?.name } } } });
  expect(megan.cards().filter((card) => card.verbs.includes('approval.approve'))).toEqual([]);
});
