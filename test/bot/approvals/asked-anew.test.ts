import { expect, test } from 'vitest';
import { showApproval } from '../../../src/bot/activations/show-activation.ts';
import { beginApproved } from '../../../src/bot/approvals/begin-approved.ts';
import type { BotParts } from '../../../src/bot/parts.ts';
import { findApprovers } from '../../../src/jobs/find-approvers.ts';
import { findActivation, markNudged } from '../../../src/store/activations.ts';
import { listAskedApprovers, markApproversAsked } from '../../../src/store/approvals.ts';
import { listApprovalsGiven } from '../../../src/store/approvals-given.ts';
import { alex, lenient, megan, opsLeads, seen, turnOf } from '../stand-in.ts';
import { openDesk, type Desk } from './one-request.ts';

// Guard: `beginAnew` (src/store/approvals.ts) under `recordProgress` (src/bot/activations/record-progress.ts).

/** PIM asks for approval by now, which it did not when our approvers were asked. */
function askingToo({ parts }: Desk): BotParts {
  return {
    ...parts,
    signIn: { ...parts.signIn, pimOf: async (id) => {
      const pim = await parts.signIn.pimOf(id);
      return { ...pim, activate: async (requestId, draft) => ({ ...await pim.activate(requestId, draft), pimStatus: 'PendingApproval', minutes: 480, justification: 'much longer' }) };
    } },
    pimReader: { ...parts.pimReader, readRoleSettings: async () => ({ ...lenient, approvalRequired: true, approvers: [{ id: opsLeads.id, kind: 'group', name: opsLeads.name }] }) },
  };
}

test('promise 11: what PIM asks its approvers begins empty, whatever was approved here, and everybody is asked again', async () => {
  await using desk = await openDesk({ approvalsRequired: 2 });
  const { requestId, version } = await desk.request('approved');
  const { db } = desk.parts.store;
  await markApproversAsked(db, requestId, { at: desk.parts.clock.now(), possible: 2 });
  desk.wait(300);
  await beginApproved({ ...askingToo(desk), pimReader: desk.parts.pimReader }, turnOf(alex), { verb: 'activation.begin', requestId, version });
  const pending = await findActivation(db, requestId);
  expect(pending).toMatchObject({ state: 'pending', minutes: 480, approversAskedAt: null, approvalsCounted: null });
  expect(await listApprovalsGiven(db, requestId)).toEqual([]);
  expect(await listAskedApprovers(db, requestId)).toEqual([]);

  desk.jobs.length = 0;
  await findApprovers(askingToo(desk), requestId);
  expect(desk.jobs.filter((name) => name === 'notify-approver')).toHaveLength(2);
  expect(desk.jobs).toContain('escalate-approvers');
  expect(await markNudged(db, requestId, desk.parts.clock.now())).not.toBeNull();

  const shown = await findActivation(db, requestId);
  expect(shown === null ? '' : seen(await showApproval(askingToo(desk), turnOf(megan), shown)).words).toMatch(/8 h[^]*0 of 2/u);
});
