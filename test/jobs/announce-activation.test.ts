import { expect, test } from 'vitest';
import { deactivateChosen } from '../../src/bot/activations/deactivate.ts';
import type { BotParts } from '../../src/bot/parts.ts';
import { recordExpiry, recordProgress } from '../../src/bot/activations/record-progress.ts';
import { announceActivation } from '../../src/jobs/announce-activation.ts';
import { PimError } from '../../src/pim/errors.ts';
import type { ActivationRequest, ActiveAssignment, Person } from '../../src/pim/model.ts';
import { tighten } from '../../src/pim/own-settings.ts';
import type { UnreadableApprover } from '../../src/pim/pim.ts';
import { findActivation, type Activation } from '../../src/store/activations.ts';
import { rememberConversation } from '../../src/store/conversation-references.ts';
import { RetryLater, type JobRun } from '../../src/store/job-queue.ts';
import type { JobData } from '../../src/store/job-settings.ts';
import { diego, lee, memberOf, openDesk, type Desk } from '../bot/approvals/one-request.ts';
import { alex, lenient, megan, opsLeads, production, reader, turnOf, whole } from '../bot/stand-in.ts';

// Guards: `announceActivation` (src/jobs/announce-activation.ts), `hasBegun` (src/pim/activation-status.ts) where `recordProgress`
// and `recordExpiry` ask for it, `recordTold` (src/store/told.ts).

const run: JobRun = { attempt: 1, lastAttempt: false };
const unread = (passing: boolean): UnreadableApprover => ({ approver: { id: opsLeads.id, kind: 'group', name: opsLeads.name }, passing });

interface Announcing {
  readonly parts: BotParts;
  /** What the directory says of the role's administrators. */
  readonly directory: { people: readonly Person[]; unreadable: readonly UnreadableApprover[] };
  readonly jobs: JobData['announce-activation'][];
  /** What was sent to anybody. */
  readonly sent: string[];
}

/** The desk's bot, of a role that is announced, with a channel; Megan, Diego and Lee have met it. */
async function announcing({ parts }: Desk): Promise<Announcing> {
  const directory = { people: [], unreadable: [] };
  const jobs: JobData['announce-activation'][] = [];
  const sent: string[] = [];
  for (const who of [megan, diego, lee]) await rememberConversation(parts.store.db, turnOf(who).conversation, parts.clock.now());
  const settings = { ...lenient, notifiesAdministrators: true };
  return {
    directory, jobs, sent,
    parts: {
      ...parts,
      ownLayer: { entries: [], bind: async () => tighten(settings, []) },
      pimReader: { ...parts.pimReader, listAdministrators: async () => [{ id: opsLeads.id, kind: 'group', name: opsLeads.name }], expandApprovers: async () => ({ ...directory }) },
      messenger: { ...parts.messenger, sendText: async (_to, text) => {
        sent.push(text);
        return { outcome: 'sent', activityId: `m-${sent.length}` };
      } },
      jobs: { ...parts.jobs, enqueue: async (_tx, name, data) => {
        if (name === 'announce-activation') jobs.push(asAnnouncement(data));
      } },
    },
  };
}

function asAnnouncement(data: object): JobData['announce-activation'] {
  const { requestId = '', personId = null, to, channelId }: { requestId?: string; personId?: string | null; to?: string; channelId?: string } = data;
  if (to !== undefined) return { requestId, to: 'administrators' };
  return channelId === undefined ? { requestId, personId } : { requestId, channelId };
}

const lookUp = (bot: Announcing, { requestId }: Activation): Promise<void> => announceActivation(bot.parts, { requestId, to: 'administrators' }, run);
const whom = ({ jobs }: Announcing): readonly unknown[] => jobs.flatMap((job) => ('personId' in job ? [job.personId] : []));

test('administrators of whom the directory says nothing for a moment are told when it does, and nobody twice', async () => {
  await using desk = await openDesk();
  const active = await desk.request('active');
  const bot = await announcing(desk);
  Object.assign(bot.directory, { people: [memberOf(megan)[1]], unreadable: [unread(true)] });
  await expect(lookUp(bot, active)).rejects.toMatchObject({ name: 'RetryLater', seconds: 60 });
  expect(whom(bot)).toEqual([megan.id]);
  desk.wait(5);
  await expect(lookUp(bot, active)).rejects.toMatchObject({ name: 'RetryLater', seconds: 300 });
  Object.assign(bot.directory, { people: [memberOf(megan)[1], memberOf(lee)[1]], unreadable: [] });
  await lookUp(bot, active);
  await lookUp(bot, active);
  expect(whom(bot)).toEqual([megan.id, lee.id]);
});

test('what nobody may read is not looked for again, and nothing is for more than a day', async () => {
  await using desk = await openDesk();
  const active = await desk.request('active');
  const bot = await announcing(desk);
  bot.directory.unreadable = [unread(false)];
  await lookUp(bot, active);
  bot.directory.unreadable = [unread(true)];
  desk.wait(24 * 60 - 1);
  await expect(lookUp(bot, active)).rejects.toBeInstanceOf(RetryLater);
  desk.wait(1);
  await lookUp(bot, active);
});

test('the channel is told once, however often it is found out whom to tell', async () => {
  await using desk = await openDesk();
  const { requestId } = await desk.request('active');
  const bot = await announcing(desk);
  const parts = { ...bot.parts, announceChannel: { ...turnOf(megan).conversation, id: '19:ours@thread.tacv2', reader: { locale: 'en', timeZone: 'UTC' } } } as const;
  for (const _ of [1, 2]) await announceActivation(parts, { requestId, personId: null }, run);
  expect(bot.jobs.filter((job) => 'channelId' in job)).toEqual([{ requestId, channelId: '19:ours@thread.tacv2' }]);
});

test.each([
  ['active', 'has activated Reader on Subscription Production until'],
  ['expired', 'That time is over.'],
  ['deactivated', 'It was ended early.'],
] as const)('what is %s when it is told is told as that', async (state, said) => {
  await using desk = await openDesk();
  const { requestId } = await desk.request(state);
  const bot = await announcing(desk);
  desk.wait(state === 'expired' ? 61 : 0);
  await announceActivation(bot.parts, { requestId, personId: megan.id }, run);
  expect(bot.sent).toEqual([expect.stringContaining(said)]);
});

test.each(['draft', 'held', 'pending', 'scheduled', 'denied', 'withdrawn', 'failed', 'timedOut'] as const)('what is %s is announced to nobody', async (state) => {
  await using desk = await openDesk();
  const { requestId } = await desk.request(state);
  const bot = await announcing(desk);
  for (const personId of [megan.id, null]) await announceActivation(bot.parts, { requestId, personId }, run);
  expect([bot.sent, bot.jobs]).toEqual([[], []]);
});

/** PIM's word of a request, as it stands there now. */
async function seenAs(desk: Desk, activation: Activation, pimStatus: string): Promise<ActivationRequest> {
  const request = await desk.parts.pimReader.readRequest(activation);
  if (request === null) throw new PimError('notFound', 'PIM has no such request');
  return { ...request, pimStatus };
}

test.each([
  ['Provisioned', 0, 'active', 1],
  ['Provisioned', 61, 'expired', 1],
  ['Revoked', 10, 'deactivated', 1],
  ['Denied', 10, 'denied', 0],
] as const)('a request that waits and that PIM then calls %s, %i min later, is announced as it is %s: %i times', async (pimStatus, minutes, state, times) => {
  await using desk = await openDesk();
  const pending = await desk.request('pending');
  const bot = await announcing(desk);
  const request = await seenAs(desk, pending, pimStatus);
  desk.wait(minutes);
  expect((await recordProgress(bot.parts, pending, request)).state).toBe(state);
  expect(whom(bot)).toEqual(Array.from({ length: times }, () => null));
});

test('what has been announced as it began is not announced as it ends; a planned one whose start nobody could see is', async () => {
  await using desk = await openDesk();
  const active = await desk.request('active');
  const bot = await announcing(desk);
  const request = await seenAs(desk, active, 'Revoked');
  expect((await recordProgress(bot.parts, active, request)).state).toBe('deactivated');
  expect(bot.jobs).toEqual([]);
  const scheduled = await desk.request('scheduled');
  desk.wait(300);
  expect((await recordExpiry(bot.parts, scheduled)).state).toBe('expired');
  expect(whom(bot)).toEqual([null]);
});

test('what its holder ends before the bot has seen it begin is announced', async () => {
  await using desk = await openDesk();
  const scheduled = await desk.request('scheduled');
  const bot = await announcing(desk);
  desk.wait(31);
  const held: ActiveAssignment = { id: '0e110000-0000-4000-8000-000000000002', role: reader, scope: production, principal: { ...alex, kind: 'user' }, how: 'activated', start: null, until: null, requestId: scheduled.requestId };
  const parts: BotParts = { ...bot.parts, signIn: { ...bot.parts.signIn, pimOf: async (id) => ({ ...await bot.parts.signIn.pimOf(id), listActive: async () => whole(held) }) } };
  await deactivateChosen(parts, turnOf(alex), held.id);
  expect((await findActivation(parts.store.db, scheduled.requestId))?.state).toBe('deactivated');
  expect(whom(bot)).toEqual([null]);
});
