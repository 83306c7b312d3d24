import { expect, test } from 'vitest';
import type { BotParts } from '../../src/bot/parts.ts';
import { refreshCards } from '../../src/jobs/refresh-cards.ts';
import { createLog } from '../../src/log.ts';
import { moveActivation } from '../../src/store/activations.ts';
import { openJobQueue } from '../../src/store/job-queue.ts';
import { rememberPostedCard } from '../../src/store/posted-cards.ts';
import { openTestStore } from '../helpers/test-store.ts';
import { createWorld } from '../helpers/world.ts';
import { pendingActivation } from '../store/samples.ts';
import { choicesOf, requestContributor } from './story.ts';

// Guard: `typingWithinMs` in `deliverAsMessage` (src/bot/deliver.ts).
test('a typing indicator that Teams never answers holds no answer up', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  world.teams.fail({ calls: 1, how: 'hang', of: 'typing' });
  await alex.types('help');
  await alex.waitForCard('What you can type', 3_000);
});

// Guard: `notTakenStatuses` (src/bot/messenger.ts) with `sendAgainOrGiveUp` (src/jobs/try-again.ts).
test('promise 22: an approver is asked however often Teams says that it has not taken the message', async () => {
  await using world = await createWorld();
  const megan = await world.person('Megan');
  const alex = await world.person('Alex');
  await alex.types('activate Contributor on rg-app');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  const cardsToMegan = (): number => world.teams.requests.filter(({ kind, conversationId, status }) =>
    kind === 'send' && conversationId === megan.conversationId && status === 503).length;
  world.teams.fail({ calls: 2, how: 503, of: 'send' });
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'x' });
  for (const refused of [1, 2]) {
    await expect.poll(cardsToMegan, { timeout: 10_000 }).toBe(refused);
    await world.advance('PT10S');
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    await world.advance('PT10S');
  }
  await megan.waitForCard((card) => card.verbs.includes('approval.approve'));
});

// Guard: `update` (src/bot/deliver.ts) remembers a card that still says "checking" as one that shows no version.
test('a late answer that Teams does not take is shown afterwards', async () => {
  await using world = await createWorld();
  const { alex, megan, status } = await requestContributor(world);
  await alex.waitForCard((card) => card.activityId === status.activityId && /Diego Siciliani · not reached[^]*Megan Bowen · told/u.test(card.text));
  await megan.types('approvals');
  const list = await megan.waitForCard((card) => card.verbs.includes('approval.open'));
  const [choice = ''] = choicesOf(list, 'requestId');
  await world.fault({ method: 'GET', path: 'roleAssignmentScheduleRequests$' }, { delay: 3_000 });
  world.teams.fail({ calls: 1, how: 503, of: 'update' });
  const answer = await megan.clicks(list, 'approval.open', { requestId: choice });
  expect(JSON.stringify(answer.value)).not.toContain('approval.approve');
  await megan.waitForCard((card) => card.activityId === list.activityId && card.verbs.includes('approval.approve'), 15_000);
});

// Guard: `answersWithinMs` (src/bot/messenger.ts).
test('a change that Teams never answers is given up and made again', async () => {
  await using world = await createWorld();
  const { alex, megan, request, status } = await requestContributor(world);
  await alex.waitForCard((card) => card.activityId === status.activityId && /Diego Siciliani · not reached[^]*Megan Bowen · told/u.test(card.text));
  world.teams.fail({ calls: 1, how: 'hang', of: 'update' });
  await megan.clicks(request, 'approval.approve', { reason: 'x' });
  await alex.waitForCard((card) => card.activityId === status.activityId && card.text.includes('Active until'), 30_000);
});

const nobody = (): Promise<never> => Promise.reject(new Error('nothing else is asked for here'));

// Guard: `recordShown` (src/jobs/refresh-cards.ts).
test('promise 11: of two changes of one card that cross on their way the newer one is shown in the end', async () => {
  await using store = await openTestStore();
  const log = createLog('silent');
  await using jobs = await openJobQueue(store, log);
  const { requestId, person } = await pendingActivation(store);
  await rememberPostedCard(store.db, { requestId, personId: person.id, activityId: '1', kind: 'requester', reference: {}, shownVersion: 1 });

  const shown: string[] = [];
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: onItsWay, resolve: leave } = Promise.withResolvers<void>();
  let updates = 0;
  const parts: BotParts = {
    tenantId: 'tenant', store, jobs, log,
    clock: { now: () => new Date() },
    signIn: { pimOf: nobody, pimWith: () => { throw new Error('nobody asks'); }, forget: () => undefined },
    teamsSignIn: null, consentUrl: null, stepUpOrigin: null, isMember: nobody,
    pimReader: { listElevations: nobody, listPendingRequests: nobody, listHeldBy: nobody, readDecision: nobody, readRoleSettings: nobody, readPolicy: nobody, findRoles: nobody, listAdministrators: nobody, readRequest: nobody, expandApprovers: nobody, readMember: nobody },
    announceChannel: null,
    looksElsewhere: false,
    waiting: { remindAfter: [], escalateAfter: 60, workingHours: null },
    ownLayer: { entries: [], bind: () => Promise.resolve(null) },
    messenger: {
      sendCard: nobody,
      sendText: nobody,
      sendSignIn: nobody,
      async updateCard(_to, activityId, card) {
        updates += 1;
        leave();
        if (updates === 1) await released;
        shown.push(JSON.stringify(card));
        return { outcome: 'sent', activityId };
      },
    },
  };
  const older = refreshCards(parts, requestId);
  await onItsWay;
  await moveActivation(store.db, requestId, { from: ['pending'] }, { state: 'active', endAt: new Date(Date.now() + 3_600_000) });
  await refreshCards(parts, requestId);
  release();
  await older;
  expect(shown.at(-1)).not.toContain('Active until');

  await jobs.work('refresh-cards', (data) => refreshCards(parts, data.requestId));
  await expect.poll(() => shown.at(-1), { timeout: 10_000 }).toContain('Active until');
});
