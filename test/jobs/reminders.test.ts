import { expect, test } from 'vitest';
import type { BotParts } from '../../src/bot/parts.ts';
import { parseWorkingHours, secondsToWork, type WaitingRules } from '../../src/bot/approvals/waiting-rules.ts';
import { escalateApprovers } from '../../src/jobs/escalate-approvers.ts';
import { notifyApprover } from '../../src/jobs/notify-approver.ts';
import { remindApprover } from '../../src/jobs/remind-approver.ts';
import { tellEscalated } from '../../src/jobs/tell-escalated.ts';
import { adoptRequest, recordOpened } from '../../src/bot/approvals/adopt-request.ts';
import { createOwnLayer } from '../../src/pim/own-layer.ts';
import type { Activation } from '../../src/store/activations.ts';
import { listAskedApprovers, markEscalated } from '../../src/store/approvals.ts';
import { rememberConversation } from '../../src/store/conversation-references.ts';
import { RetryLater, type JobRun } from '../../src/store/job-queue.ts';
import { lee, memberOf, openDesk, type Desk } from '../bot/approvals/one-request.ts';
import { megan, opsLeads, production, turnOf } from '../bot/stand-in.ts';

// Guards: `mayBeAsked` and `atWorkIfEscalated` (src/jobs/notify-approver.ts), `isAwaited` and `isFollowedWithin` (src/jobs/remind-approver.ts),
// `tellEscalated` and `noteLost`, `recordOpened` (src/bot/approvals/adopt-request.ts).

const run: JobRun = { attempt: 1, lastAttempt: false };
const nine = parseWorkingHours('mon-fri 09:00-18:00');

interface Told {
  readonly parts: BotParts;
  /** What was sent to anybody, as one text each. */
  readonly sent: string[];
}

/** The desk's bot with a Teams that takes everything; Megan and Lee have met it. */
async function telling({ parts }: Desk, waiting: Partial<WaitingRules> = {}): Promise<Told> {
  const sent: string[] = [];
  const take = async (_to: unknown, what: unknown) => {
    sent.push(JSON.stringify(what));
    return { outcome: 'sent' as const, activityId: `m-${sent.length}` };
  };
  for (const who of [megan, lee]) await rememberConversation(parts.store.db, turnOf(who).conversation, parts.clock.now());
  return { parts: { ...parts, messenger: { ...parts.messenger, sendCard: take, sendText: take }, waiting: { ...parts.waiting, remindAfter: [30, 240], ...waiting } }, sent };
}

function reminds({ parts }: Told, { requestId }: Activation, round: number | 'nudge'): Promise<void> {
  return remindApprover(parts, { requestId, approverId: megan.id, round }, run);
}

// https://en.wikipedia.org/wiki/Japan_Standard_Time: nine hours ahead, without summer time
test.each([
  ['in them', '2026-11-23T09:00:00Z', 'UTC', 0],
  ['a minute before', '2026-11-23T08:59:00Z', 'UTC', 60],
  ['as they end', '2026-11-23T18:00:00Z', 'UTC', 15 * 3_600],
  ['on a Friday evening', '2026-11-27T19:00:00Z', 'UTC', 62 * 3_600],
  ['in the person\'s own time zone', '2026-11-23T23:30:00Z', 'Asia/Tokyo', 1_800],
  ['where the time zone is unknown', '2026-11-23T08:00:00Z', 'Nowhere/Land', 3_600],
  ['over a change of the clocks', '2026-03-28T18:00:00Z', 'Europe/Berlin', 37 * 3_600],
])('working hours: %s', (_, now, timeZone, seconds) => {
  expect(secondsToWork(nine, new Date(now), timeZone)).toBe(seconds);
});

test('promise 9: a card that comes late goes to nobody who has left the approvers since, and the requester reads that', async () => {
  await using desk = await openDesk();
  const held = await desk.request('held');
  const told = await telling(desk);
  desk.approvers.delete(megan.id);
  desk.wait(6);
  await notifyApprover(told.parts, held.requestId, megan.id, run);
  await reminds(told, held, 0);
  await reminds(told, held, 'nudge');
  expect(told.sent).toEqual([]);
  const [asked] = (await listAskedApprovers(desk.parts.store.db, held.requestId)).filter(({ approver }) => approver.id === megan.id);
  expect(asked?.outcome).toBe('notApprover');
});

test('a card waits for a list that cannot be read', async () => {
  await using desk = await openDesk();
  const held = await desk.request('held');
  const { parts, sent } = await telling(desk);
  desk.wait(6);
  const unread: BotParts = {
    ...parts, pimReader: { ...parts.pimReader, expandApprovers: async () => ({ people: [], unreadable: [{ approver: { id: opsLeads.id, kind: 'group', name: opsLeads.name }, passing: true }] }) },
  };
  await expect(notifyApprover(unread, held.requestId, megan.id, run)).rejects.toBeInstanceOf(RetryLater);
  expect(sent).toEqual([]);
});

test('of the reminders of a night one comes in the morning', async () => {
  await using desk = await openDesk();
  desk.wait(6 * 60);
  const held = await desk.request('held');
  const told = await telling(desk, { workingHours: nine });
  desk.wait(30);
  await reminds(told, held, 0);
  desk.wait(210);
  await expect(reminds(told, held, 1)).rejects.toMatchObject({ name: 'RetryLater' });
  expect(told.sent).toEqual([]);
  desk.wait(9 * 60);
  await reminds(told, held, 1);
  expect(told.sent).toHaveLength(1);
});

test('where the requester asks, nobody waits for the morning', async () => {
  await using desk = await openDesk();
  desk.wait(6 * 60);
  const held = await desk.request('held');
  const told = await telling(desk, { workingHours: nine });
  await reminds(told, held, 'nudge');
  expect(told.sent).toHaveLength(1);
});

test('whom we ask because nobody answers is asked in their working hours', async () => {
  await using desk = await openDesk();
  desk.wait(6 * 60);
  const held = await desk.request('held');
  const { parts, sent } = await telling(desk, { workingHours: nine });
  await markEscalated(desk.parts.store.db, held.requestId, [megan.id]);
  await expect(notifyApprover(parts, held.requestId, megan.id, run)).rejects.toBeInstanceOf(RetryLater);
  desk.wait(13 * 60);
  await notifyApprover(parts, held.requestId, megan.id, run);
  expect(sent).toHaveLength(1);
});

test('who cannot decide on what PIM keeps is told who can, in their working hours; a group that nobody may read is told to the requester', async () => {
  await using desk = await openDesk();
  const pending = await desk.request('pending');
  const { parts, sent } = await telling(desk, { workingHours: nine });
  const unreadable = { id: 'b2e00000-0000-4000-8000-000000000009', kind: 'group' as const, name: 'Night shift' };
  const entry = { role: 'Reader', scope: production, maximumMinutes: null, ticketRequired: false, mfaRequired: false, notifiesAdministrators: false, approverIds: null, approvalsRequired: 1, tickets: [], escalateTo: [lee.id, unreadable.id] };
  const escalating: BotParts = {
    ...parts,
    ownLayer: createOwnLayer({ entries: [entry], clock: parts.clock, listDescendants: async () => [] }),
    pimReader: { ...parts.pimReader, expandApprovers: async (asked) => (asked.length === 0 ? { people: [], unreadable: [] } : { people: [memberOf(lee)[1]], unreadable: [{ approver: unreadable, passing: false }] }) },
  };
  await escalateApprovers(escalating, pending.requestId);
  expect(desk.jobs).toContain('tell-escalated');
  const asked = await listAskedApprovers(desk.parts.store.db, pending.requestId);
  expect(asked.find(({ approver }) => approver.name === 'Night shift')?.outcome).toBe('failed');

  await tellEscalated(escalating, { requestId: pending.requestId, personId: lee.id }, run);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toContain('Megan Bowen');
  expect(sent[0]).not.toContain('Night shift');
  desk.wait(6 * 60);
  await expect(tellEscalated(escalating, { requestId: pending.requestId, personId: lee.id }, run)).rejects.toBeInstanceOf(RetryLater);
});

test('who opens a request that was made elsewhere is reminded of it like everybody who has its card, and once', async () => {
  await using desk = await openDesk();
  const known = await desk.request('pending');
  const { parts } = await telling(desk);
  const rounds: unknown[] = [];
  const noting: BotParts = { ...parts, jobs: { ...parts.jobs, enqueue: async (_tx, name, data, options) => {
    if (name === 'remind-approver') rounds.push({ ...data, after: options?.after });
  } } };
  const atPim = await parts.pimReader.readRequest(known);
  if (atPim === null) throw new Error('PIM has no such request');
  const { requestId } = await adoptRequest(noting, { ...atPim, id: crypto.randomUUID() }, { settings: null, openedBy: turnOf(lee).actor });
  const expected = [{ requestId, approverId: lee.id, round: 0, after: 1_800 }, { requestId, approverId: lee.id, round: 1, after: 14_400 }];
  expect(rounds).toEqual(expected);
  const at = desk.parts.clock.now();
  desk.wait(40);
  await parts.store.transaction((tx) => recordOpened(noting, tx, requestId, turnOf(lee).actor));
  expect(rounds).toEqual(expected);
  expect((await listAskedApprovers(parts.store.db, requestId)).map(({ at: told }) => told)).toEqual([at]);
});
