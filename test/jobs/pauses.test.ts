import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { BotParts } from '../../src/bot/parts.ts';
import { escalateApprovers } from '../../src/jobs/escalate-approvers.ts';
import { findApprovers } from '../../src/jobs/find-approvers.ts';
import { createFindElsewhere } from '../../src/jobs/find-elsewhere.ts';
import { againAfterPause } from '../../src/jobs/try-again.ts';
import { watchAssignment } from '../../src/jobs/watch-assignment.ts';
import { PimError, pauseSeconds } from '../../src/pim/errors.ts';
import { createOwnLayer } from '../../src/pim/own-layer.ts';
import type { PendingReport } from '../../src/pim/pim.ts';
import { moveAssignmentChange, saveAssignmentChange } from '../../src/store/assignment-changes.ts';
import type { RetryLater } from '../../src/store/job-queue.ts';
import { openDesk } from '../bot/approvals/one-request.ts';
import { alex, createStandIn, now, opsLeads, production, reader } from '../bot/stand-in.ts';
import { createWorld, type World } from '../helpers/world.ts';

// Guards: `pauseSeconds` (src/pim/errors.ts), where `watchActivation`, `watchAssignment`, `createFindElsewhere`, `findApprovers` and
// `escalateApprovers` (src/jobs) decide when to look again; for every other job `againAfterPause` (src/jobs/try-again.ts).

const throttled = (seconds: number): PimError => new PimError('throttled', 'too many', { retryAfterMs: seconds * 1_000 });

/** Every job that is due has come to its end. */
async function settled({ store }: World): Promise<void> {
  const due = sql`select 1 from pgboss.job where state in ('created', 'retry', 'active') and start_after <= now()`;
  await expect.poll(async () => (await due.execute(store.db)).rows.length, { timeout: 20_000 }).toBe(0);
}

async function reads({ pim }: World): Promise<number> {
  return (await pim.calls()).filter(({ method, path = '' }) => method === 'GET' && /ScheduleRequests\/[0-9a-f-]{36}/i.test(path)).length;
}

test('a watched request is not asked about before the pause that PIM has named is over', { timeout: 60_000 }, async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Contributor on rg-app');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'Deploy' });
  await alex.waitForCard((card) => card.has('Waiting for approval'));
  await settled(world);
  await world.fault({ method: 'GET', path: 'ScheduleRequests/[0-9a-f-]{36}' }, { throttle: 300 });
  const before = await reads(world);
  await world.advance('PT1M');
  await settled(world);
  const atPause = await reads(world);
  expect(atPause).toBe(before + 1);
  await world.advance('PT4M');
  await settled(world);
  expect(await reads(world)).toBe(atPause);
  await world.advance('PT2M');
  await expect.poll(() => reads(world), { timeout: 20_000 }).toBeGreaterThan(atPause);
});

/** In how many seconds the job of this name begins again; 0 while there is none. */
async function againIn({ store }: World, name: string): Promise<number> {
  const { rows } = await sql<{ seconds: number }>`
    select extract(epoch from start_after - now())::float8 as seconds from pgboss.job where name = ${name} and state in ('created', 'retry')`.execute(store.db);
  return rows[0]?.seconds ?? 0;
}

test('a digest for which Microsoft asks to wait is made after that', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('digest on 09:00');
  await world.fault({ method: 'GET', path: '/users/' }, { throttle: 300 });
  await world.runDailyDigest(world.seed.people.find(({ name }) => name.startsWith('Alex'))?.id ?? '');
  await expect.poll(() => againIn(world, 'daily-digest'), { timeout: 20_000 }).toBeGreaterThan(200);
});

test('approvers of a group for which Microsoft asks to wait are looked for after that', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Contributor on rg-app');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await world.fault({ method: 'GET', path: '/groups/.*members' }, { throttle: 300 }, 10);
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'Deploy' });
  await expect.poll(() => againIn(world, 'find-approvers'), { timeout: 20_000 }).toBeGreaterThan(200);
});

test('requests made elsewhere are not looked for while Microsoft asks to wait', async () => {
  await using world = await createWorld();
  const listings = async (): Promise<number> => (await world.pim.calls()).filter(({ path = '' }) => path.endsWith('ScheduleRequests')).length;
  const lookAfter = async (duration: string): Promise<number> => {
    await world.advance(duration);
    await world.findElsewhere();
    return listings();
  };
  await world.fault({ method: 'GET', path: 'ScheduleRequests' }, { throttle: 300 });
  const atFirst = await lookAfter('PT1M');
  expect(atFirst).toBeGreaterThan(0);
  expect(await lookAfter('PT4M')).toBe(atFirst);
  expect(await lookAfter('PT2M')).toBeGreaterThan(atFirst);
});

test('the card of an activation that PIM has put off names the pause', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await world.fault({ method: 'PUT', path: 'roleAssignmentScheduleRequests' }, { throttle: 300 });
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  expect((await alex.waitForCard((card) => card.has('PIM is busy'))).text).toContain('Try again in 5 minutes.');
});

describe('a job that PIM has stopped', () => {
  test('begins again after the pause', async () => {
    await using world = await createStandIn();
    await expect(againAfterPause(world.parts, Promise.reject(throttled(300)))).rejects.toMatchObject({ name: 'RetryLater', seconds: 300 } satisfies Partial<RetryLater>);
  });

  test('fails as ever where PIM has named none', async () => {
    await using world = await createStandIn();
    const failure = new PimError('throttled', 'too many');
    await expect(againAfterPause(world.parts, Promise.reject(failure))).rejects.toBe(failure);
  });

  test('waits for an hour at most', () => {
    expect([0.2, 61, 3_600, 86_400].map((seconds) => pauseSeconds(throttled(seconds)))).toEqual([1, 61, 3_600, 3_600]);
    expect(pauseSeconds(new Error('no'))).toBe(0);
  });
});

test.each([
  ['all of it', (): PendingReport => { throw throttled(300); }],
  ['a scope of it', (): PendingReport => ({ requests: [], read: [], unread: [{ scope: production, code: 'throttled' }], pauseSeconds: 300 })],
])('requests made elsewhere are not looked for during the pause: %s', async (_, answer) => {
  let [looks, ms] = [0, now.getTime()];
  await using world = await createStandIn({
    reader: { listPendingRequests: async () => {
      looks += 1;
      return answer();
    } },
    more: { clock: { now: () => new Date(ms) } },
  });
  const findElsewhere = createFindElsewhere(world.parts);
  const looksAfter = async (minutes: number): Promise<number> => {
    ms += minutes * 60_000;
    await findElsewhere();
    return looks;
  };
  expect([await looksAfter(0), await looksAfter(1), await looksAfter(3), await looksAfter(1)]).toEqual([1, 1, 1, 2]);
});

test.each([[undefined, 60], [30, 60], [300, 300]])('approvers of whom the directory says nothing for %s s are looked for again after %i s', async (pause, seconds) => {
  await using desk = await openDesk();
  const { requestId } = await desk.request('pending');
  const entry = { approver: { id: opsLeads.id, kind: 'group', name: opsLeads.name }, passing: true, ...(pause === undefined ? {} : { pauseSeconds: pause }) } as const;
  const parts: BotParts = { ...desk.parts, pimReader: { ...desk.parts.pimReader, expandApprovers: async () => ({ people: [], unreadable: [entry] }) } };
  await expect(findApprovers(parts, requestId)).rejects.toMatchObject({ name: 'RetryLater', seconds });
});

test('a further approver of whom the directory says nothing is looked for after the pause', async () => {
  await using desk = await openDesk();
  const { requestId } = await desk.request('pending');
  const entry = { role: 'Reader', scope: production, maximumMinutes: null, ticketRequired: false, mfaRequired: false, notifiesAdministrators: false, approverIds: null, approvalsRequired: 1, tickets: [], escalateTo: [opsLeads.id] };
  const unreadable = [{ approver: { id: opsLeads.id, kind: 'group', name: opsLeads.name }, passing: true, pauseSeconds: 300 }] as const;
  const parts: BotParts = {
    ...desk.parts,
    ownLayer: createOwnLayer({ entries: [entry], clock: desk.parts.clock, listDescendants: async () => [] }),
    pimReader: { ...desk.parts.pimReader, expandApprovers: async () => ({ people: [], unreadable }) },
  };
  await expect(escalateApprovers(parts, requestId)).rejects.toMatchObject({ name: 'RetryLater', seconds: 300 });
});

test.each([[undefined, 5], [2, 5], [300, 300]])('an assignment is looked after again, after a pause of %s s that PIM has named, in %i s', async (pause, seconds) => {
  const waits: (number | undefined)[] = [];
  const readRequest = async (): Promise<never> => { throw pause === undefined ? new PimError('unavailable', 'no answer') : throttled(pause); };
  await using world = await createStandIn();
  const { db } = world.parts.store;
  const parts: BotParts = {
    ...world.parts,
    jobs: { ...world.parts.jobs, enqueue: async (_tx, _name, _data, options) => { waits.push(options?.after); } },
    signIn: { ...world.parts.signIn, pimOf: async (id) => {
      const pim = await world.parts.signIn.pimOf(id);
      return { ...pim, assignments: { ...pim.assignments, readRequest } };
    } },
  };
  const { requestId } = await saveAssignmentChange(db, {
    requestId: randomUUID(), person: alex, action: 'assign', side: 'eligible', principal: { ...alex, kind: 'user' }, role: reader, scope: production,
    start: null, expiration: { type: 'noExpiration' }, assumed: [], justification: '', ticket: null, undoes: null, createdAt: now,
  });
  await moveAssignmentChange(db, requestId, { from: 'draft' }, { state: 'submitting', submittedAt: now });
  await watchAssignment(parts, requestId, 0);
  expect(waits).toEqual([seconds]);
});
