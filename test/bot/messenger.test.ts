import { expect, test } from 'vitest';
import { BotAdapter } from '../../src/bot/door/adapter.ts';
import { DevAuthentication } from '../../src/bot/door/dev-adapter.ts';
import { createMessenger, type Delivery } from '../../src/bot/messenger.ts';
import { helpCard } from '../../src/cards/help.ts';
import { createLog } from '../../src/log.ts';
import { startFakeTeams, type FakePerson, type FakeTeams } from '../helpers/fake-teams.ts';

const messenger = createMessenger(new BotAdapter(new DevAuthentication(), createLog('silent')), '');
const card = helpCard({ locale: 'en', timeZone: 'UTC' });

/** Sends one card into the chat of somebody who has installed the app. */
async function sendTo(teams: FakeTeams, prepare: (person: FakePerson) => void): Promise<{ delivery: Delivery; calls: number; shown: number }> {
  const person = teams.person({ id: crypto.randomUUID(), name: 'Alex Wilber' });
  // Nobody listens there: the chat is open all the same.
  teams.connect('http://127.0.0.1:9');
  await person.installs().catch(() => undefined);
  prepare(person);
  const reference = {
    channelId: 'msteams', serviceUrl: teams.serviceUrl, conversation: { id: person.conversationId }, bot: { id: '28:bot' }, user: { id: '29:person' },
  };
  const before = teams.requests.length;
  const delivery = await messenger.sendCard({ reference }, card);
  return { delivery, calls: teams.requests.length - before, shown: person.cards().length };
}

test('a card that arrives is told with its id', async () => {
  await using teams = await startFakeTeams();
  const { delivery, shown } = await sendTo(teams, () => undefined);
  expect(delivery).toMatchObject({ outcome: 'sent', activityId: expect.stringMatching(/./) });
  expect(shown).toBe(1);
});

test('promise 21: a busy Teams is asked once, and the time it names is kept', async () => {
  await using teams = await startFakeTeams();
  const { delivery, calls } = await sendTo(teams, () => { teams.fail({ calls: 5, how: 429, retryAfterSeconds: 17 }); });
  expect(delivery).toEqual({ outcome: 'throttled', retryAfterSeconds: 17 });
  expect(calls).toBe(1);
});

test.each([500, 502, 'drop'] as const)('a call that ends in %s is not repeated by the SDK, and may be tried again by us', async (how) => {
  await using teams = await startFakeTeams();
  const { delivery, calls } = await sendTo(teams, () => { teams.fail({ calls: 5, how }); });
  expect(delivery.outcome).toBe('unknown');
  expect(calls).toBe(1);
});

test.each([412, 503] as const)('promise 22: a call that ends in %s cannot have arrived, and is tried again for as long as it takes', async (how) => {
  await using teams = await startFakeTeams();
  const { delivery, calls } = await sendTo(teams, () => { teams.fail({ calls: 5, how }); });
  expect(delivery).toEqual({ outcome: 'throttled', retryAfterSeconds: 10 });
  expect(calls).toBe(1);
});

test('a message whose answer is lost is in the chat once', async () => {
  await using teams = await startFakeTeams();
  const { delivery, shown } = await sendTo(teams, () => { teams.fail({ calls: 1, how: 'dropAfterKeeping' }); });
  expect(delivery.outcome).toBe('unknown');
  expect(shown).toBe(1);
});

test.each([['ConversationBlockedByUser', 'blocked'], ['MessageWritesBlocked', 'blocked'], ['BotNotInConversationRoster', 'notInstalled']] as const)(
  'promise 22: %s is told as %s', async (code, outcome) => {
    await using teams = await startFakeTeams();
    const { delivery } = await sendTo(teams, (person) => { teams.block(person.account.aadObjectId, code); });
    expect(delivery.outcome).toBe(outcome);
  });
