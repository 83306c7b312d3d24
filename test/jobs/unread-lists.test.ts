import { describe, expect, test } from 'vitest';
import type { BotParts } from '../../src/bot/parts.ts';
import { escalateApprovers } from '../../src/jobs/escalate-approvers.ts';
import { findApprovers } from '../../src/jobs/find-approvers.ts';
import { createOwnLayer } from '../../src/pim/own-layer.ts';
import type { Person } from '../../src/pim/model.ts';
import type { UnreadableApprover } from '../../src/pim/pim.ts';
import { findActivation } from '../../src/store/activations.ts';
import { listAskedApprovers } from '../../src/store/approvals.ts';
import { RetryLater } from '../../src/store/job-queue.ts';
import { diego, lee, memberOf, nestor, openDesk, type Desk } from '../bot/approvals/one-request.ts';
import { megan, opsLeads, production } from '../bot/stand-in.ts';

// Guards: `escalateApprovers`, `findApprovers` and `againIfUnread` (src/jobs), `recordTold` (src/store/told.ts).

const nightShift = { id: 'b2e00000-0000-4000-8000-000000000009', kind: 'group', name: 'Night shift' } as const;
const isaiah = { id: 'a1e00000-0000-4000-8000-00000000000a', name: 'Isaiah Langer' };
const adele = { id: 'a1e00000-0000-4000-8000-00000000000b', name: 'Adele Vance' };

interface Directory {
  people: readonly Person[];
  unreadable: readonly UnreadableApprover[];
}

interface Asking {
  readonly parts: BotParts;
  /** What the directory answers about a list. */
  readonly directory: Directory;
  readonly jobs: { readonly name: string; readonly data: Readonly<Record<string, unknown>> }[];
}

/** The desk's bot, where Lee and Night shift are asked when nobody answers. */
function asking({ parts }: Desk): Asking {
  const directory: Directory = { people: [], unreadable: [] };
  const jobs: Asking['jobs'] = [];
  const entry = { role: 'Reader', scope: production, maximumMinutes: null, ticketRequired: false, mfaRequired: false, notifiesAdministrators: false, approverIds: [opsLeads.id], approvalsRequired: 1, tickets: [], escalateTo: [lee.id, nightShift.id] };
  return {
    directory, jobs,
    parts: {
      ...parts,
      jobs: { ...parts.jobs, enqueue: async (_tx, name, data) => { jobs.push({ name, data: { ...data } }); } },
      ownLayer: createOwnLayer({ entries: [entry], clock: parts.clock, listDescendants: async () => [] }),
      pimReader: { ...parts.pimReader, expandApprovers: async (asked) => (asked.length === 0 ? { people: [], unreadable: [] } : { ...directory }) },
    },
  };
}

const unread = (passing: boolean): readonly UnreadableApprover[] => [{ approver: nightShift, passing }];
const person = (one: { readonly id: string; readonly name: string }): Person => memberOf(one)[1];
const whom = ({ jobs }: Asking, name: string): readonly unknown[] => jobs.filter((job) => job.name === name).map(({ data }) => data['approverId'] ?? data['personId']);

/** In how many seconds the job wants to run again; 0: it does not. */
async function pauseOf(job: Promise<void>): Promise<number> {
  try {
    await job;
    return 0;
  } catch (error) {
    if (error instanceof RetryLater) return error.seconds;
    throw error;
  }
}

async function asksOf({ parts, audit }: Pick<Desk, 'parts' | 'audit'>, requestId: string): Promise<{ readonly entries: readonly unknown[]; readonly asked: readonly (readonly [string, string])[] }> {
  const entries = (await audit(requestId)).filter(({ action }) => action === 'ask-approvers').map(({ details }) => details);
  const asked = (await listAskedApprovers(parts.store.db, requestId)).map(({ approver, outcome }) => [approver.name, outcome] as const);
  return { entries, asked };
}

describe('when nobody answers', () => {
  test('who can be read is asked at once, whatever cannot, and the others when they can be, each once', async () => {
    await using desk = await openDesk();
    const { requestId } = await desk.request('held');
    const bot = asking(desk);
    Object.assign(bot.directory, { people: [person(lee)], unreadable: unread(true) });
    expect(await pauseOf(escalateApprovers(bot.parts, requestId))).toBe(60);
    expect(whom(bot, 'notify-approver')).toEqual([lee.id]);
    expect(await pauseOf(escalateApprovers(bot.parts, requestId))).toBe(60);
    Object.assign(bot.directory, { people: [person(lee), person(isaiah)], unreadable: [] });
    expect(await pauseOf(escalateApprovers(bot.parts, requestId))).toBe(0);
    expect(whom(bot, 'notify-approver')).toEqual([lee.id, isaiah.id]);
    expect((await asksOf(desk, requestId)).entries).toEqual([{ escalated: [lee.id] }, { escalated: [isaiah.id] }]);
    expect(bot.jobs.filter(({ name }) => name === 'refresh-cards')).toHaveLength(2);
  });

  test('of what PIM keeps, who can be read is told at once, and nobody twice', async () => {
    await using desk = await openDesk();
    const { requestId } = await desk.request('pending');
    const bot = asking(desk);
    Object.assign(bot.directory, { people: [person(lee), person(megan)], unreadable: unread(true) });
    for (const _ of [1, 2, 3]) expect(await pauseOf(escalateApprovers(bot.parts, requestId))).toBe(60);
    expect(whom(bot, 'tell-escalated')).toEqual([lee.id]);
    Object.assign(bot.directory, { people: [person(lee), person(isaiah)], unreadable: [] });
    await escalateApprovers(bot.parts, requestId);
    expect(whom(bot, 'tell-escalated')).toEqual([lee.id, isaiah.id]);
    const { entries, asked } = await asksOf(desk, requestId);
    expect(entries).toEqual([{ escalated: [lee.id] }, { escalated: [isaiah.id] }]);
    expect(asked.map(([name]) => name)).not.toContain('Lee Gu');
  });

  test('a group is not reached where nobody may read it, and not where nobody could for a moment; that is told once', async () => {
    await using desk = await openDesk();
    const { requestId } = await desk.request('held');
    const bot = asking(desk);
    bot.directory.unreadable = unread(true);
    expect(await pauseOf(escalateApprovers(bot.parts, requestId))).toBe(60);
    expect((await asksOf(desk, requestId)).entries).toEqual([]);
    expect(bot.jobs).toEqual([]);
    bot.directory.unreadable = unread(false);
    for (const _ of [1, 2]) expect(await pauseOf(escalateApprovers(bot.parts, requestId))).toBe(0);
    const { entries, asked } = await asksOf(desk, requestId);
    expect(entries).toEqual([{ escalated: [], unreadable: [nightShift.id] }]);
    expect(asked).toContainEqual(['Night shift', 'failed']);
  });
});

describe('a list of approvers of which a part stays unread', () => {
  test('is read again after ever longer pauses, up to a quarter of an hour, and says nothing new each time', async () => {
    await using desk = await openDesk();
    const { requestId } = await desk.request('held');
    const bot = asking(desk);
    Object.assign(bot.directory, { people: [person(adele)], unreadable: unread(true) });
    const pauses: number[] = [];
    for (let run = 0; run < 8; run++) {
      const pause = await pauseOf(findApprovers(bot.parts, requestId));
      pauses.push(pause);
      desk.wait(pause / 60);
    }
    expect(pauses).toEqual([60, 60, 120, 240, 480, 900, 900, 900]);
    expect((await asksOf(desk, requestId)).entries).toHaveLength(1);
    expect(bot.jobs.map(({ name }) => name).sort()).toEqual(['escalate-approvers', 'notify-approver', 'refresh-cards']);
    expect((await findActivation(desk.parts.store.db, requestId))?.approversAskedAt).toEqual(new Date(desk.parts.clock.now().getTime() - pauses.reduce((sum, pause) => sum + pause * 1_000, 0)));
  });

  test('tells of somebody who can be read by then, and of what is lost by then', async () => {
    await using desk = await openDesk();
    const { requestId } = await desk.request('held');
    const bot = asking(desk);
    Object.assign(bot.directory, { people: [person(adele)], unreadable: unread(true) });
    await pauseOf(findApprovers(bot.parts, requestId));
    Object.assign(bot.directory, { people: [person(adele), person(isaiah)], unreadable: unread(true) });
    await pauseOf(findApprovers(bot.parts, requestId));
    bot.directory.unreadable = unread(false);
    for (const _ of [1, 2]) expect(await pauseOf(findApprovers(bot.parts, requestId))).toBe(0);
    expect(whom(bot, 'notify-approver')).toEqual([adele.id, isaiah.id]);
    expect((await asksOf(desk, requestId)).entries).toHaveLength(3);
    expect(bot.jobs.filter(({ name }) => name === 'refresh-cards')).toHaveLength(3);
    expect((await asksOf(desk, requestId)).asked).toEqual(expect.arrayContaining([['Night shift', 'failed'], [diego.name, 'sent'], [nestor.name, 'sent']]));
  });
});
