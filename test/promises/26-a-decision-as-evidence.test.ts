import { expect, test } from 'vitest';
import { requestContributor } from '../flows/story.ts';
import { createWorld } from '../helpers/world.ts';

// Guard: the details of `decideAtPim` (src/bot/approvals/decide-at-pim.ts). `npm run audit export -- --request ID` writes these rows as they are
// (test/audit.test.ts).

test.each(['approve', 'deny'] as const)('promise 26: who decided (%s), on what, when, why, under which settings, and PIM\'s name of it, are in the audit log of the request', async (result) => {
  await using world = await createWorld();
  const { alex, megan, requestId, request } = await requestContributor(world);
  const before = world.now();
  await megan.clicks(request, `approval.${result}`, { reason: 'spoke to her' });
  await alex.waitForCard('spoke to her');

  const rows = await world.auditOf(requestId);
  const decision = rows.find(({ action, phase }) => action === result && phase === 'attempt');
  expect(decision).toMatchObject({
    actor: { id: megan.account.aadObjectId, name: 'Megan Bowen' },
    details: {
      reason: 'spoke to her',
      requester: { id: alex.account.aadObjectId, name: 'Alex Wilber' },
      role: { name: 'Contributor' },
      scope: '/subscriptions/c3e00000-0000-4000-8000-000000000001/resourceGroups/rg-app',
      minutes: 60,
      justification: 'the deployment hangs',
      pimRequestId: requestId,
      policy: { approvalRequired: true, maximumMinutes: 120 },
    },
  });
  expect(decision?.at.getTime()).toBeGreaterThanOrEqual(before.getTime());
  const effect = rows.find(({ action, phase, details }) => action === result && phase === 'outcome' && 'to' in details);
  expect(effect).toMatchObject({ actor: { name: 'Megan Bowen' }, details: { from: 'pending', to: result === 'approve' ? 'active' : 'denied' } });
});
