import { expect, test } from 'vitest';
import { showApproval, showStatus } from '../../../src/bot/activations/show-activation.ts';
import { decideApproval } from '../../../src/bot/approvals/decide-approval.ts';
import type { BotParts } from '../../../src/bot/parts.ts';
import { escalateApprovers } from '../../../src/jobs/escalate-approvers.ts';
import { createOwnLayer } from '../../../src/pim/own-layer.ts';
import type { OwnEntry } from '../../../src/pim/own-settings.ts';
import { findActivation, type Activation } from '../../../src/store/activations.ts';
import { markEscalated, recordAskedApprovers, setAskOutcome } from '../../../src/store/approvals.ts';
import { alex, megan, production, seen, turnOf } from '../stand-in.ts';
import { diego, lee, memberOf, nestor, openDesk, type Desk } from './one-request.ts';

// Guards: `requirementsOf` (src/pim/own-settings.ts), `expandEscalated` (src/bot/approvals/current-approvers.ts), `approvalsCounted`
// (src/bot/approvals/count-approval.ts), `namesOf` (src/bot/activations/show-activation.ts).

const plain: OwnEntry = {
  role: 'Reader', scope: production, maximumMinutes: null, ticketRequired: false, mfaRequired: false, notifiesAdministrators: false,
  approverIds: null, approvalsRequired: 1, tickets: [], escalateTo: [],
};

const everybody = new Map([megan, diego, lee, nestor].map(memberOf));

/** The desk's bot with these entries, which name people. */
function withEntries({ parts }: Desk, entries: readonly Partial<OwnEntry>[]): BotParts {
  return {
    ...parts,
    ownLayer: createOwnLayer({ entries: entries.map((entry) => ({ ...plain, ...entry })), clock: parts.clock, listDescendants: async () => [] }),
    pimReader: { ...parts.pimReader, expandApprovers: async (asked) => ({ people: asked.flatMap(({ id }) => everybody.get(id) ?? []), unreadable: [] }) },
  };
}

async function approves(parts: BotParts, by: typeof megan, { requestId }: Activation): Promise<string> {
  const { version = 0 } = await findActivation(parts.store.db, requestId) ?? {};
  return seen(await decideApproval(parts, turnOf(by), 'approve', { requestId, version, reason: 'fine' })).words;
}

async function present(parts: BotParts, { requestId }: Activation): Promise<Activation> {
  const found = await findActivation(parts.store.db, requestId);
  if (found === null) throw new Error('the request is gone');
  return found;
}

test.each([
  ['of an entry that only shortens', [{ approverIds: [megan.id] }, { approverIds: [diego.id] }, { maximumMinutes: 30, escalateTo: [nestor.id] }], 'Not yours to decide', 'held'],
  ['of one of two lists', [{ approverIds: [megan.id] }, { approverIds: [diego.id], escalateTo: [nestor.id] }], '1 of 2', 'held'],
  ['of the only list', [{ approverIds: [megan.id], escalateTo: [nestor.id] }], 'Approved', 'approved'],
])('promise 30: who is asked by escalation %s stands in for nobody else\'s approvers', async (_, entries, words, state) => {
  await using desk = await openDesk();
  const held = await desk.request('held');
  const { db } = desk.parts.store;
  await markEscalated(db, held.requestId, [nestor.id]);
  const parts = withEntries(desk, entries);
  expect(await approves(parts, nestor, held)).toMatch(words === 'Not yours to decide' ? /no longer an approver|Not yours to decide/u : new RegExp(words, 'u'));
  expect((await present(parts, held)).state).toBe(state);
});

test.each([
  ['of an entry that only shortens are told who decides', [{ approverIds: [megan.id] }, { maximumMinutes: 30, escalateTo: [lee.id] }], 'tell-escalated'],
  ['of a list are asked to decide', [{ approverIds: [megan.id], escalateTo: [lee.id] }], 'notify-approver'],
])('those whom nobody\'s answer brings in %s', async (_, entries, job) => {
  await using desk = await openDesk();
  const held = await desk.request('held');
  desk.jobs.length = 0;
  await escalateApprovers(withEntries(desk, entries), held.requestId);
  expect(desk.jobs.filter((name) => name !== 'refresh-cards')).toEqual([job]);
});

test('cards count what decides: two of the same list are one step of two, and one person on both lists is both', async () => {
  await using desk = await openDesk();
  const sameList = await desk.request('held');
  const parts = withEntries(desk, [{ approverIds: [megan.id, nestor.id] }, { approverIds: [diego.id, lee.id] }]);
  await approves(parts, megan, sameList);
  expect(await approves(parts, nestor, sameList)).toMatch(/1 of 2[^]*Megan Bowen[^]*Nestor Wilke/u);
  expect((await present(parts, sameList)).state).toBe('held');

  const bothLists = await desk.request('held');
  const other = withEntries(desk, [{ approverIds: [megan.id, diego.id] }, { approverIds: [megan.id, lee.id] }]);
  await approves(other, megan, bothLists);
  const approved = await present(other, bothLists);
  expect(approved.state).toBe('approved');
  expect(seen(await showStatus(other, turnOf(alex), approved)).words).toMatch(/2 of 2[^]*Megan Bowen/u);
});

test('who has left the list, and a group that nobody may read, are not told as others who decide', async () => {
  await using desk = await openDesk();
  const held = await desk.request('held');
  const { db } = desk.parts.store;
  const at = desk.parts.clock.now();
  await db.updateTable('activations').set({ approvers_asked_at: at }).where('request_id', '=', held.requestId).execute();
  await recordAskedApprovers(db, held.requestId, [{ id: 'b2e00000-0000-4000-8000-00000000000f', name: 'Night shift' }], at);
  await setAskOutcome(db, { requestId: held.requestId, approverId: 'b2e00000-0000-4000-8000-00000000000f' }, { outcome: 'failed', at });
  await setAskOutcome(db, { requestId: held.requestId, approverId: nestor.id }, { outcome: 'notApprover', at });
  const words = seen(await showApproval(desk.parts, turnOf(megan), await present(desk.parts, held))).words;
  expect(words).toContain('Also asked');
  expect(words).toContain(diego.name);
  expect(words).not.toMatch(/Night shift|Nestor/u);
});
