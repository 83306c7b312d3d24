import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { hostileTexts } from '../cards/hostile-cards.ts';
import { channelId, type FakePerson } from '../helpers/fake-teams.ts';
import { createWorld, type World, type WorldOptions } from '../helpers/world.ts';

const english = { locale: 'en', timeZone: 'UTC' } as const;
const announced = { role: 'Website Contributor on rg-web', justification: 'the shop is slow' } as const;

interface Telling extends AsyncDisposable {
  readonly world: World;
  readonly alex: FakePerson;
  /** Somebody of the team, who sees its channel. */
  readonly lee: FakePerson;
  /** What the bot has logged above "info". */
  readonly log: readonly string[];
}

/** A bot that is in the team of its channel, unless said otherwise. */
async function startTelling(options: WorldOptions = {}, { inTeam = true } = {}): Promise<Telling> {
  const log: string[] = [];
  const world = await createWorld({ announceTo: english, log: createLog('warn', { write: (line) => { log.push(line); } }), ...options });
  const alex = await world.person('Alex');
  const lee = await world.person('Lee');
  if (inTeam) await lee.addsToTeam();
  return { world, alex, lee, log, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

async function activates(alex: FakePerson, { role, justification }: { readonly role: string; readonly justification: string }): Promise<void> {
  await alex.types(`activate ${role}`);
  const [name = ''] = role.split(' on ');
  const form = await alex.waitForCard((card) => card.text.toLowerCase().includes(name.toLowerCase()) && card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification, ticketNumber: 'INC-1', ticketSystem: 'Jira' });
  await alex.waitForCard((card) => card.activityId === form.activityId && card.verbs.includes('activation.deactivate'));
}

const inChannel = (person: FakePerson): readonly string[] => person.messagesIn('channel').filter(({ from }) => from === 'bot').map(({ text }) => text);
const sendings = ({ teams }: World): number => teams.requests.filter(({ kind, conversationId }) => kind === 'send' && conversationId === channelId).length;

/** Until no announcement waits or runs any more. */
async function allAnnounced({ store: { db } }: World): Promise<void> {
  const left = async (): Promise<unknown> => (await sql`select data from pgboss.job where name = 'announce-activation' and state in ('created', 'active', 'retry')`.execute(db)).rows;
  await expect.poll(left, { timeout: 15_000 }).toEqual([]);
}

test('an activation is announced in the channel, once: who, which role, where, until when and why', async () => {
  await using telling = await startTelling();
  const { world, alex, lee } = telling;
  await activates(alex, announced);
  await expect.poll(() => inChannel(lee), { timeout: 10_000 }).toHaveLength(1);
  expect(inChannel(lee)[0]).toMatch(/^Alex Wilber has activated Website Contributor on Resource group rg-web until (?:today|tomorrow) \d\d:\d\d \(UTC\)\. Justification: the shop is slow$/u);
  await allAnnounced(world);
  expect(sendings(world)).toBe(1);
  // By Teams' global address, to the channel itself: a new thread.
  expect(world.teams.requests.filter(({ path }) => path.startsWith('/teams/')).map(({ conversationId }) => conversationId)).toEqual([channelId]);
});

test('in the language and the time zone of the channel, whatever those of the person', async () => {
  await using telling = await startTelling({ announceTo: { locale: 'ja', timeZone: 'Asia/Tokyo' } });
  await activates(telling.alex, announced);
  await expect.poll(() => inChannel(telling.lee), { timeout: 10_000 }).toEqual([expect.stringMatching(/^Alex Wilber が .*rg-web.* の Website Contributor をアクティブ化しました \(.+ \(JST\) まで\)。理由: the shop is slow$/u)]);
});

test('a membership of a group is announced to the group\'s owner, too', async () => {
  await using telling = await startTelling({ roleKinds: ['azure', 'entra', 'group'] });
  const { world, alex, lee } = telling;
  const [megan, diego] = [await world.person('Megan'), await world.person('Diego')];
  await activates(alex, { role: 'member on Ops leads', justification: 'on duty' });
  const told = 'Alex Wilber has activated Member on Group Ops leads until ';
  expect(await megan.waitForText(told)).toContain('Justification: on duty');
  await allAnnounced(world);
  expect(inChannel(lee)).toEqual([expect.stringContaining(told)]);
  expect(diego.messages.some(({ text }) => text.includes('has activated'))).toBe(false);
});

test('where the settings do not ask for it, nothing is announced', async () => {
  await using telling = await startTelling();
  const { world, alex } = telling;
  await activates(alex, { role: 'Reader on Production', justification: 'a look' });
  await allAnnounced(world);
  expect(sendings(world)).toBe(0);
});

test('without a configured channel, nothing is announced in any', async () => {
  await using telling = await startTelling({ announceTo: null });
  const { world, alex } = telling;
  await activates(alex, announced);
  await allAnnounced(world);
  expect(sendings(world)).toBe(0);
});

test.each([
  ['is not in the team (404)', false, null, '"outcome":"gone"'],
  ['is in the team no more (403)', true, 'BotNotInConversationRoster', '"outcome":"notInstalled"'],
  ['may not write there (403)', true, 'MessageWritesBlocked', '"outcome":"blocked"'],
] as const)('a bot that %s says so in its log, asks once, and the activation goes on', async (_what, inTeam, code, logged) => {
  await using telling = await startTelling({}, { inTeam });
  const { world, alex, log } = telling;
  if (code !== null) world.teams.block(channelId, code);
  await activates(alex, announced);
  await expect.poll(() => log.filter((line) => line.includes('an activation could not be announced in the channel')), { timeout: 10_000 }).toEqual([expect.stringContaining(logged)]);
  await allAnnounced(world);
  expect(sendings(world)).toBe(1);
  expect(log.filter((line) => line.includes('a job failed') || line.includes('given up'))).toEqual([]);
  await alex.types('deactivate Website Contributor on rg-web');
  await alex.waitForCard((card) => card.verbs.some((verb) => verb.startsWith('active.')));
});

test('promise 21: a busy Teams is asked again after the time it names, and the announcement is there once', async () => {
  await using telling = await startTelling();
  const { world, alex, lee, log } = telling;
  world.teams.fail({ calls: 2, how: 429, in: channelId, retryAfterSeconds: 1 });
  await activates(alex, announced);
  await expect.poll(() => inChannel(lee), { timeout: 15_000 }).toHaveLength(1);
  await allAnnounced(world);
  expect(sendings(world)).toBe(3);
  expect(inChannel(lee)).toHaveLength(1);
  expect(log).toEqual([]);
});

test('when it is found out once more whom to tell, what waits for a busy Teams is not doubled', async () => {
  await using telling = await startTelling();
  const { world, alex, lee } = telling;
  world.teams.fail({ calls: 1, how: 429, in: channelId, retryAfterSeconds: 600 });
  await activates(alex, announced);
  await expect.poll(() => sendings(world), { timeout: 10_000 }).toBe(1);
  await sql`insert into pgboss.job (name, data) select name, data from pgboss.job where name = 'announce-activation' and data ? 'personId' limit 1`.execute(world.store.db);
  const foundOut = async (): Promise<unknown> => (await sql`select state from pgboss.job where name = 'announce-activation' and data ? 'personId'`.execute(world.store.db)).rows;
  await expect.poll(foundOut, { timeout: 15_000 }).toEqual([{ state: 'completed' }, { state: 'completed' }]);
  await world.advance('PT10M');
  await allAnnounced(world);
  expect(inChannel(lee)).toHaveLength(1);
});

test('a channel that is configured no more is not written to', async () => {
  await using telling = await startTelling();
  const { world, alex, log } = telling;
  await activates(alex, { role: 'Reader on Production', justification: 'a look' });
  await sql`insert into pgboss.job (name, data) select name, jsonb_build_object('requestId', data ->> 'requestId', 'channelId', '19:before@thread.tacv2') from pgboss.job where name = 'announce-activation'`.execute(world.store.db);
  await allAnnounced(world);
  expect(sendings(world)).toBe(0);
  expect(log).toEqual([]);
});

test('while nobody can tell who the administrators are, the channel is told all the same, and once', async () => {
  await using telling = await startTelling();
  const { world, alex, lee, log } = telling;
  await world.fault({ path: '/roleAssignmentScheduleInstances' }, { status: 501 }, 50);
  await activates(alex, announced);
  await expect.poll(() => log.filter((line) => line.includes('a job failed') && line.includes('administrators')), { timeout: 15_000 }).not.toEqual([]);
  await expect.poll(() => inChannel(lee), { timeout: 10_000 }).toHaveLength(1);
  await world.advance('PT15M');
  await expect.poll(() => log.filter((line) => line.includes('a job failed') && line.includes('administrators')).length, { timeout: 15_000 }).toBeGreaterThan(1);
  expect(inChannel(lee)).toHaveLength(1);
});

test('what a person writes is plain text there, and mentions nobody', async () => {
  await using telling = await startTelling();
  const { world, alex } = telling;
  await activates(alex, { ...announced, justification: `${hostileTexts['mention']} ${hostileTexts['html']}` });
  await allAnnounced(world);
  const [body] = world.teams.requests.flatMap(({ kind, conversationId, body: sent }) => (kind === 'send' && conversationId === channelId ? [sent] : []));
  expect(body).toMatchObject({ type: 'message', textFormat: 'plain', text: expect.stringContaining('<at>Megan Bowen</at> @everyone') });
  expect([body?.['attachments'] ?? [], body?.['entities'] ?? []]).toEqual([[], []]);
});

test('added to a team, the bot says nothing, remembers nobody, and answers there as in any group', async () => {
  await using world = await createWorld({ announceTo: english });
  const lee = await world.person('Lee');
  const before = await sql`select * from conversation_references`.execute(world.store.db);
  const asked = world.teams.requests.length;
  await lee.addsToTeam();
  expect(world.teams.requests).toHaveLength(asked);
  expect((await sql`select * from conversation_references`.execute(world.store.db)).rows).toEqual(before.rows);
  await lee.typesInChannel('roles');
  const card = lee.lastCard('channel');
  expect(card.has('Roles and approvals are shown only in your personal chat with me.')).toBe(true);
  expect(card.verbs).toEqual([]);
  expect((await sql`select * from conversation_references`.execute(world.store.db)).rows).toEqual(before.rows);
});
