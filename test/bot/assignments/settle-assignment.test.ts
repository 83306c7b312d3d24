import { afterAll, expect, test } from 'vitest';
import { answerInquiry } from '../../../src/bot/assignments/answer-inquiry.ts';
import { parseCommand } from '../../../src/bot/commands/parse-command.ts';
import { checkAssignmentAgain, confirmAssignment } from '../../../src/bot/assignments/confirm-assignment.ts';
import type { BotParts } from '../../../src/bot/parts.ts';
import { watchAssignment } from '../../../src/jobs/watch-assignment.ts';
import { PimError } from '../../../src/pim/errors.ts';
import type { Assignment } from '../../../src/pim/model.ts';
import { findAssignmentChange } from '../../../src/store/assignment-changes.ts';
import { alexAsPrincipal, assignmentsAtPim, holding, requestFor, type AssignmentsAtPim } from './assignments-at-pim.ts';
import { contributor, createStandIn, directory, megan, now, production, reader, seen, turnOf, userAdministrator, web } from '../stand-in.ts';

// Guards: `settleAssignment` and `settleByListing` (src/bot/assignments/settle-assignment.ts), `recordAnswer`, `resendAssignment` and `recordEnd`
// (src/bot/assignments/send-assignment.ts), `watchAssignment` (src/jobs/watch-assignment.ts).

const admin = turnOf(megan);
const lost = new PimError('outcomeUnknown', 'no answer');
let pim = assignmentsAtPim();
const standIn = await createStandIn({ others: { get assignments() { return pim; } } });
afterAll(() => standIn[Symbol.asyncDispose]());

interface Sent {
  readonly requestId: string;
  state(): Promise<string | undefined>;
  /** The watch looks, so many minutes after it was sent. */
  watch(minutes: number, parts?: Partial<BotParts>): Promise<string | undefined>;
}

/** Sends it to a PIM whose answers are these, and then as usual. */
async function send(words: string, answers: AssignmentsAtPim['answers'], held: Assignment[] = []): Promise<Sent> {
  pim = assignmentsAtPim({ held });
  const command = parseCommand(words);
  if (command.name !== 'assign' && command.name !== 'unassign') throw new Error(words);
  const card = await answerInquiry(standIn.parts, admin, command);
  const { requestId } = seen(card).form;
  pim.answers.push(...answers);
  await confirmAssignment(standIn.parts, admin, { verb: 'assignment.confirm', ...seen(card).form, justification: 'audit' });
  standIn.jobs.length = 0;
  const state = async (): Promise<string | undefined> => (await findAssignmentChange(standIn.parts.store.db, requestId))?.state;
  return {
    requestId,
    state,
    watch: async (minutes, parts = {}) => {
      await watchAssignment({ ...standIn.parts, clock: { now: () => new Date(now.getTime() + minutes * 60_000) }, ...parts }, requestId, 0);
      return state();
    },
  };
}

/** It is at PIM, and stands so. */
function stands({ requestId }: Sent, pimStatus: string): void {
  const wish = pim.sent.at(-1)?.wish;
  if (wish === undefined) throw new Error('nothing was sent');
  pim.requests.set(requestId, requestFor(requestId, wish, pimStatus));
}

const assign = 'assign Reader to alex on rg-web for 30 days';
const unassign = 'unassign Reader from alex on rg-web';
const atWeb = (requestId: string | null): Assignment => holding('e1', reader, web, { requestId, start: now, until: new Date(now.getTime() + 86_400_000) });

test('promise 15: an answer that was lost is "checking with PIM", and the same GUID asks again', async () => {
  const sent = await send(assign, [lost]);
  expect(await sent.state()).toBe('submitting');
  const card = await checkAssignmentAgain(standIn.parts, admin, sent.requestId);
  expect(seen(card).words).toContain('PIM has confirmed it');
  expect(pim.sent.map(({ requestId }) => requestId)).toEqual([sent.requestId, sent.requestId]);
});

test('promise 15: the watch settles it, once, and the card is refreshed', async () => {
  const sent = await send(assign, [lost]);
  expect(await sent.watch(1)).toBe('assigned');
  expect(standIn.jobs).toEqual(['refresh-cards']);
  await sent.watch(1);
  expect(pim.sent).toHaveLength(2);
  expect(standIn.jobs).toEqual(['refresh-cards']);
});

test('promise 15: a refusal of the second try says nothing of the first: it stays open and is looked at again', async () => {
  const sent = await send(assign, [lost, new PimError('alreadyActive', 'exists'), lost, new PimError('notPermitted', 'no')]);
  for (const minutes of [1, 2, 3]) expect(await sent.watch(minutes)).toBe('submitting');
  expect(standIn.jobs).toEqual(['watch-assignment', 'watch-assignment', 'watch-assignment']);
  const card = await checkAssignmentAgain(standIn.parts, admin, sent.requestId);
  expect(seen(card).words).toContain('PIM has confirmed it');
});

test('promise 18: each further try is an attempt of its own on record', async () => {
  const sent = await send(assign, [lost, lost]);
  await sent.watch(1);
  const rows = (await standIn.audit()).filter(({ requestId }) => requestId === sent.requestId);
  expect(rows.map(({ phase, details }) => [phase, details['resent'] ?? details['result'] ?? null])).toEqual([['attempt', null], ['outcome', 'unknown'], ['attempt', true], ['outcome', 'unknown']]);
});

test.each([[assign, 'Provisioned', 'assigned'], [unassign, 'Revoked', 'removed']])('promise 15: what has arrived is never sent again, were it undone meanwhile: %s', async (words, pimStatus, state) => {
  const sent = await send(words, [lost], words === unassign ? [atWeb(null)] : []);
  stands(sent, pimStatus);
  expect(await sent.watch(1)).toBe(state);
  expect(pim.sent).toHaveLength(1);
});

test('what PIM is still at is read until PIM has finished, however slow it is', async () => {
  const sent = await send(assign, ['PendingProvisioning']);
  for (const minutes of [1, 6, 16, 600]) expect(await sent.watch(minutes)).toBe('submitting');
  expect(standIn.jobs).toEqual(Array.from({ length: 4 }, () => 'watch-assignment'));
  stands(sent, 'Provisioned');
  expect(await sent.watch(601)).toBe('assigned');
  expect(pim.sent).toHaveLength(1);
});

test('PIM\'s name for a request is kept with its first answer, and what PIM has named is not sent again', async () => {
  const sent = await send(assign, ['PendingProvisioning']);
  expect(await findAssignmentChange(standIn.parts.store.db, sent.requestId)).toMatchObject({ state: 'submitting', pimId: sent.requestId, pimStatus: 'PendingProvisioning' });
  pim.requests.clear();
  expect(await sent.watch(1)).toBe('submitting');
  expect(pim.sent).toHaveLength(1);
});

test.each([1, 16])('what PIM cannot tell is neither sent again nor concluded, %i minutes later', async (minutes) => {
  const sent = await send(assign, [lost]);
  pim.requests.set(sent.requestId, lost);
  expect(await sent.watch(minutes)).toBe('submitting');
  expect(pim.sent).toHaveLength(1);
});

test.each([['Provisioned', 'assigned'], ['AdminDenied', 'failed'], ['AdminApproved', 'waiting']])('what PIM holds for a decision is looked at each minute, and moves on: %s', async (pimStatus, state) => {
  const asked: unknown[] = [];
  const jobs = { ...standIn.parts.jobs, enqueue: async (_tx: unknown, name: string, data: unknown, options: unknown) => { asked.push([name, data, options]); } };
  const sent = await send(assign, ['PendingAdminDecision']);
  expect(await sent.state()).toBe('waiting');
  expect(await sent.watch(60, { jobs })).toBe('waiting');
  expect(asked).toEqual([['watch-assignment', { requestId: sent.requestId, round: 0 }, { after: 60 }]]);
  stands(sent, pimStatus);
  expect(await sent.watch(61)).toBe(state);
});

test('"Check again" moves on what PIM has held', async () => {
  const sent = await send(assign, ['PendingApproval']);
  const held = await checkAssignmentAgain(standIn.parts, admin, sent.requestId);
  expect(seen(held).verbs).toContain('assignment.check');
  stands(sent, 'Provisioned');
  expect(seen(await checkAssignmentAgain(standIn.parts, admin, sent.requestId)).words).toContain('PIM has confirmed it');
});

test.each([null, '5a3c0000-0000-4000-8000-000000000001'])('of what Graph has not named, nothing is concluded while an assignment that fits is listed (by request %s)', async (requestId) => {
  const held = [holding('e1', userAdministrator, directory, { requestId })];
  const sent = await send('assign User Administrator to alex on directory for 30 days', [lost], held);
  expect(await sent.watch(16)).toBe('submitting');
  held.length = 0;
  expect(await sent.watch(16)).toBe('failed');
});

test('after five minutes nothing is sent any more: PIM\'s listing tells', async () => {
  const held: Assignment[] = [];
  const sent = await send(assign, [lost], held);
  held.push(atWeb(sent.requestId.toUpperCase()));
  expect(await sent.watch(6)).toBe('assigned');
  expect(pim.sent).toHaveLength(1);
  expect(pim.queries.at(-1)).toMatchObject({ side: 'eligible', when: 'alsoLater', scope: web, filter: { principalId: alexAsPrincipal.id, roleDefinitionId: reader.definitionId, atScope: true } });
  expect(await findAssignmentChange(standIn.parts.store.db, sent.requestId)).toMatchObject({ beginsAt: now, endsAt: new Date(now.getTime() + 86_400_000) });
});

test('a listing that lacks it proves nothing until it must be up to date; then it has failed', async () => {
  const sent = await send(assign, [lost]);
  expect(await sent.watch(14)).toBe('submitting');
  expect(await sent.watch(16)).toBe('failed');
  expect(await findAssignmentChange(standIn.parts.store.db, sent.requestId)).toMatchObject({ problem: { code: 'notFound' } });
});

test.each([
  ['at a scope above', holding('e1', reader, production)],
  ['of somebody else', holding('e1', reader, web, { principal: { id: megan.id, name: 'Megan Bowen', kind: 'user' } })],
  ['of another role', holding('e1', contributor, web)],
])('an assignment %s is not ours, also where PIM lists more than it was asked for', async (_where, other) => {
  const sent = await send(assign, [lost]);
  pim.list = async () => [other];
  expect(await sent.watch(16)).toBe('failed');
});

test('an activation is not what an administrator has assigned', async () => {
  const activated = holding('a1', reader, web, { side: 'active', how: 'activated', requestId: null });
  const sent = await send(`${assign} as active`, [lost], [activated]);
  expect(await sent.watch(16)).toBe('failed');
});

test('the same assignment by another request is told as that', async () => {
  const sent = await send(assign, [lost], [atWeb('5a3c0000-0000-4000-8000-000000000001')]);
  await sent.watch(16);
  expect(await findAssignmentChange(standIn.parts.store.db, sent.requestId)).toMatchObject({ state: 'failed', problem: { code: 'alreadyActive' } });
});

test('a removal is settled by the listing that lacks it', async () => {
  const held = [atWeb(null)];
  const sent = await send(unassign, [lost], held);
  expect(await sent.watch(14)).toBe('submitting');
  held.length = 0;
  expect(await sent.watch(14)).toBe('removed');
});

test('a removal that the listing does not show has failed', async () => {
  const sent = await send(unassign, [lost], [atWeb(null)]);
  expect(await sent.watch(16)).toBe('failed');
});

test('while PIM is out of reach, or the administrator signed out, nothing is concluded', async () => {
  const sent = await send(assign, [lost]);
  const signedOut = { signIn: { ...standIn.parts.signIn, pimOf: () => Promise.reject(new PimError('signInRequired', 'no token')) } };
  expect(await sent.watch(1_000, signedOut)).toBe('submitting');
  pim = assignmentsAtPim({ refused: () => 'unavailable' });
  expect(await sent.watch(1_000)).toBe('submitting');
  expect(standIn.jobs).toEqual(['watch-assignment', 'watch-assignment']);
  const card = await checkAssignmentAgain({ ...standIn.parts, clock: { now: () => new Date(now.getTime() + 60_000_000) } }, admin, sent.requestId);
  expect(seen(card).words).toMatch(/PIM does not answer[^]*Checking with PIM/u);
});

test('the watch ends after days without an answer, and for what is unknown', async () => {
  const sent = await send(assign, [lost, lost, lost]);
  await watchAssignment(standIn.parts, sent.requestId, 1_001);
  await watchAssignment(standIn.parts, crypto.randomUUID(), 0);
  expect(standIn.jobs).toEqual([]);
});
