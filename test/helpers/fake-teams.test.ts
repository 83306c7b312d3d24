import https from 'node:https';
import type { ConversationParameters } from 'botbuilder';
import { ConnectorClient, MicrosoftAppCredentials } from 'botframework-connector';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createAuthority, createServerCertificate } from '../../src/emulator/certificate.ts';
import { objectOf } from './fake-teams-json.ts';
import { createCallLimits } from './fake-teams-limits.ts';
import { startStubBot, type StubBot } from './fake-teams-stub-bot.ts';
import { startFakeTeams, type FakePerson, type FakeTeams, type FakeTeamsOptions } from './fake-teams.ts';

const alexId = '11111111-1111-4111-8111-111111111111';
const cardType = 'application/vnd.microsoft.card.adaptive';

interface Stage extends AsyncDisposable {
  readonly teams: FakeTeams;
  readonly bot: StubBot;
  readonly alex: FakePerson;
}

/** Alex has installed the app. */
async function createStage(options: FakeTeamsOptions = {}): Promise<Stage> {
  await using started = new AsyncDisposableStack();
  const teams = started.use(await startFakeTeams(options));
  const bot = started.use(await startStubBot(teams));
  const alex = teams.person({ id: alexId, name: 'Alex Wilber', locale: 'ja-JP', timeZone: 'Asia/Tokyo' });
  await alex.installs();
  const stack = started.move();
  return { teams, bot, alex, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function card(...body: readonly object[]): object {
  return { type: 'AdaptiveCard', version: '1.5', body };
}

function cardMessage(content: unknown): object {
  return { type: 'message', attachments: [{ contentType: cardType, content }] };
}

const text = (words: string): object => ({ type: 'TextBlock', text: words });
const note = { type: 'message', text: 'a note' };
const typing = { type: 'typing' };

describe('what the connector refuses', () => {
  test('a message to an unknown conversation is not found', async () => {
    await using stage = await createStage();
    expect(await stage.bot.calls('POST', 'v3/conversations/a:nobody/activities', note)).toMatchObject({ status: 404, code: 'ConversationNotFound' });
  });

  test('a chat is unknown until the person installs the app or speaks', async () => {
    await using stage = await createStage();
    const megan = stage.teams.person({ id: 'megan', name: 'Megan' });
    const create = { members: [{ id: megan.account.mri }] };
    expect(await stage.bot.calls('POST', 'v3/conversations', create)).toMatchObject({ status: 403, code: 'BotNotInConversationRoster' });
    await megan.installs();
    expect(await stage.bot.calls('POST', 'v3/conversations', create)).toMatchObject({ status: 201 });
  });

  test('a call that leaves out the path of the service URL finds nothing', async () => {
    await using stage = await createStage();
    const { status } = await fetch(new URL('/v3/conversations/x/activities', stage.teams.serviceUrl), { method: 'POST', body: '{}' });
    expect(status).toBe(404);
  });

  test('a change of a message that is not there is not found', async () => {
    await using stage = await createStage();
    await stage.alex.types('hello');
    const [mine] = stage.alex.messages;
    for (const id of ['1', mine?.activityId ?? '']) {
      const path = `${stage.bot.conversationPath()}/activities/${id}`;
      expect(await stage.bot.calls('PUT', path, cardMessage(card()))).toMatchObject({ status: 404, code: 'ActivityNotFoundInConversation' });
      expect(await stage.bot.calls('DELETE', path)).toMatchObject({ status: 404, code: 'ActivityNotFoundInConversation' });
    }
  });

  test('a card over the size limit is too big, to the byte, sent or changed', async () => {
    const content = card(text('権限'));
    const bytes = Buffer.byteLength(JSON.stringify(content));
    await using stage = await createStage({ largestCard: bytes });
    const sent = await stage.bot.says(cardMessage(content));
    expect(sent.status).toBe(201);
    const bigger = cardMessage(card(text('権限!')));
    expect(await stage.bot.says(bigger)).toMatchObject({ status: 413, code: 'MessageSizeTooBig' });
    const path = `${stage.bot.conversationPath()}/activities/${String(sent.body['id'])}`;
    expect(await stage.bot.calls('PUT', path, bigger)).toMatchObject({ status: 413 });
    expect(stage.alex.lastCard().text).toBe('権限');
  });

  test('28 KB is the limit unless another is set', async () => {
    await using stage = await createStage();
    expect(await stage.bot.says(cardMessage(card(text('x'.repeat(28 * 1024)))))).toMatchObject({ status: 413 });
    expect(await stage.bot.says(cardMessage(card(text('x'.repeat(28 * 1024 - 200)))))).toMatchObject({ status: 201 });
  });

  test.each([
    ['a card without its type', cardMessage({ version: '1.5', body: [] })],
    ['a card that is a string', cardMessage('{"type":"AdaptiveCard"}')],
    ['a card without a body', cardMessage({ type: 'AdaptiveCard', version: '1.5' })],
    ['a card of a version that Teams does not show', cardMessage({ ...card(), version: '1.6' })],
    ['a text beside a card', { ...cardMessage(card()), text: 'Hello' }],
    ['a message with nothing in it', { type: 'message' }],
    ['an activity without a type', { text: 'Hello' }],
    ['an answer to an invoke', { type: 'invokeResponse', value: {} }],
    ['a body that is no object', [note]],
  ])('%s is a bad request, and nothing is shown', async (_what, activity) => {
    await using stage = await createStage();
    expect(await stage.bot.says(activity)).toMatchObject({ status: 400 });
    expect(stage.alex.messages).toEqual([]);
  });

  test.each(['MessageWritesBlocked', 'ConversationBlockedByUser', 'BotNotInConversationRoster'] as const)('a person who has blocked the bot answers %s until unblocking', async (code) => {
    await using stage = await createStage();
    const sent = await stage.bot.says(note);
    stage.teams.block(alexId, code);
    expect(await stage.bot.says(note)).toMatchObject({ status: 403, code });
    expect(await stage.bot.says(typing)).toMatchObject({ status: 403, code });
    expect(await stage.bot.calls('PUT', `${stage.bot.conversationPath()}/activities/${String(sent.body['id'])}`, note)).toMatchObject({ status: 403, code });
    stage.teams.unblock(alexId);
    expect(await stage.bot.says(note)).toMatchObject({ status: 201 });
    expect(stage.alex.messages).toHaveLength(2);
  });

  test('a person who has removed the app is out of reach until it is installed again', async () => {
    await using stage = await createStage();
    await stage.alex.uninstalls();
    expect(stage.bot.heard.slice(-2)).toMatchObject([{ type: 'conversationUpdate', membersRemoved: [{ id: expect.stringMatching(/^28:/u) }] }, { type: 'installationUpdate', action: 'remove' }]);
    expect(await stage.bot.says(note)).toMatchObject({ status: 403, code: 'BotNotInConversationRoster' });
    await stage.alex.installs();
    expect(await stage.bot.says(note)).toMatchObject({ status: 201 });
  });
});

describe('too many calls', () => {
  /** How many calls in a row are let in, from now on. */
  async function letIn(bot: StubBot, most: number, activity: object = typing): Promise<number> {
    for (let count = 0; count < most; count += 1) {
      const { status } = await bot.says(activity);
      if (status === 429) return count;
    }
    return most;
  }

  test('seven calls in a second, eight in two, sixty in thirty are let in, and the wait is told', async () => {
    let now = Date.parse('2026-03-02T09:00:00Z');
    await using stage = await createStage({ now: () => now });
    expect(await letIn(stage.bot, 20)).toBe(7);
    now += 999;
    expect(await stage.bot.says(note)).toMatchObject({ status: 429, code: 'TooManyRequests', retryAfter: '1' });
    now += 1;
    expect(await letIn(stage.bot, 20)).toBe(1);
    expect((await stage.bot.says(note)).retryAfter).toBe('1');
    now += 1_000;
    let admitted = 8;
    for (let at = 2; at < 30; at += 2) {
      admitted += await letIn(stage.bot, 8);
      now += 2_000;
    }
    expect(admitted).toBe(60);
    now = Date.parse('2026-03-02T09:00:20Z');
    expect((await stage.bot.says(note)).retryAfter).toBe('10');
  });

  test('1800 calls in an hour are let in', () => {
    const limits = createCallLimits();
    const atSecond = (second: number): number | null => limits.admit({ conversationId: 'a:1', roster: false, at: second * 1_000 });
    const waits = Array.from({ length: 3_500 }, (_, second) => atSecond(second));
    expect(waits.findIndex((wait) => wait !== null)).toBe(1_800);
    expect(waits.slice(1_800).every((wait, index) => wait === 1_800 - index)).toBe(true);
    expect(atSecond(3_600)).toBeNull();
  });

  test('a change counts like a message, a roster call apart from both', async () => {
    await using stage = await createStage({ now: () => 0 });
    const { body } = await stage.bot.says(note);
    const path = `${stage.bot.conversationPath()}/activities/${String(body['id'])}`;
    for (let count = 0; count < 6; count += 1) expect((await stage.bot.calls('PUT', path, note)).status).toBe(200);
    expect(await stage.bot.calls('PUT', path, note)).toMatchObject({ status: 429 });
    expect(await stage.bot.calls('POST', 'v3/conversations', { members: [{ id: stage.alex.account.mri }] })).toMatchObject({ status: 429 });
    for (let count = 0; count < 14; count += 1) expect((await stage.bot.calls('GET', `${stage.bot.conversationPath()}/members`)).status).toBe(200);
    expect(await stage.bot.calls('GET', `${stage.bot.conversationPath()}/members`)).toMatchObject({ status: 429 });
  });

  test('each chat has its own count, and all together no more than 50 in a second', async () => {
    await using stage = await createStage({ now: () => 0 });
    const counts: number[] = [];
    for (let who = 0; who < 9; who += 1) {
      await stage.teams.person({ id: `person-${who}`, name: 'P' }).installs();
      counts.push(await letIn(stage.bot, 10));
    }
    expect(counts).toEqual([7, 7, 7, 7, 7, 7, 7, 1, 0]);
  });

  test('the limits can be switched off', async () => {
    await using stage = await createStage({ now: () => 0, limits: false });
    expect(await letIn(stage.bot, 70)).toBe(70);
  });
});

describe('faults', () => {
  test.each([412, 500, 502, 504] as const)('the next calls answer %i and keep nothing, then all is well', async (how) => {
    await using stage = await createStage();
    stage.teams.fail({ calls: 2, how });
    expect([(await stage.bot.says(note)).status, (await stage.bot.says(note)).status, (await stage.bot.says(note)).status]).toEqual([how, how, 201]);
    expect(stage.alex.messages).toHaveLength(1);
  });

  test('a fault can be meant for one kind of call', async () => {
    await using stage = await createStage();
    stage.teams.fail({ calls: 1, how: 429, retryAfterSeconds: 17, of: 'send' });
    expect((await stage.bot.says(typing)).status).toBe(201);
    expect(await stage.bot.says(note)).toMatchObject({ status: 429, retryAfter: '17' });
  });

  test('a message whose answer is dropped is kept, one whose call is dropped is not', async () => {
    await using stage = await createStage();
    stage.teams.fail({ calls: 1, how: 'drop' });
    stage.teams.fail({ calls: 1, how: 'dropAfterKeeping' });
    await expect(stage.bot.says({ type: 'message', text: 'first' })).rejects.toThrow('fetch failed');
    await expect(stage.bot.says({ type: 'message', text: 'second' })).rejects.toThrow('fetch failed');
    expect(stage.alex.messages.map((message) => message.text)).toEqual(['second']);
    expect(stage.teams.requests.map(({ status }) => status)).toEqual([null, null]);
  });

  test('a call that hangs ends when the stand-in closes', async () => {
    await using stage = await createStage();
    stage.teams.fail({ calls: 1, how: 'hang' });
    const hanging = expect(stage.bot.says(note)).rejects.toThrow('fetch failed');
    expect(await Promise.race([hanging.then(() => 'ended'), new Promise((resolve) => { setTimeout(resolve, 200, 'hangs'); })])).toBe('hangs');
    await stage.teams.close();
    await hanging;
  });
});

describe('a connector as production meets it', () => {
  test('is named as Teams names it, and serves https elsewhere', async () => {
    const authority = createAuthority(new Date());
    const tls = createServerCertificate(authority, new Date());
    await using stage = await createStage({ tls, publicOrigin: 'https://smba.trafficmanager.net', tenantId: 'tenant-1' });
    expect(stage.teams.serviceUrl).toBe('https://smba.trafficmanager.net/emea/tenant-1/');
    expect(stage.bot.heard.map(({ serviceUrl }) => serviceUrl)).toEqual([stage.teams.serviceUrl, stage.teams.serviceUrl]);
    expect(stage.teams.connectorOrigin).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/u);
    const url = `${stage.teams.connectorOrigin}/emea/tenant-1/v3/conversations/x/members`;
    const status = await new Promise((resolve, reject) => {
      https.get(url, { ca: authority.certificatePem, agent: false }, (response) => { resolve(response.statusCode); response.resume(); }).on('error', reject);
    });
    expect(status).toBe(404);
    expect(stage.teams.requests).toMatchObject([{ kind: 'members', status: 404 }]);
  });

  test('refuses a call that does not come from the bot, and carries nothing out', async () => {
    const asked: (string | null)[] = [];
    await using stage = await createStage({ authorize: ({ authorization }) => { asked.push(authorization); return Promise.resolve(asked.length > 1); } });
    expect(await stage.bot.says(note)).toMatchObject({ status: 401, code: 'Unauthorized' });
    expect(stage.alex.messages).toEqual([]);
    expect(await stage.bot.says(note)).toMatchObject({ status: 201 });
    expect(asked).toEqual([null, null]);
    expect(stage.teams.requests.map(({ status }) => status)).toEqual([401, 201]);
  });

  test('signs what it brings to the bot, for its service URL and the bot of that id', async () => {
    let signed = 0;
    await using stage = await createStage({ appId: 'app-1', signActivity: (serviceUrl) => Promise.resolve(`Bearer ${signed += 1} ${serviceUrl}`) });
    await stage.alex.types('roles');
    await stage.alex.sends({ serviceUrl: 'https://evil.example/' });
    expect(stage.bot.authorizations).toEqual([1, 2, 3, 4].map((n) => `Bearer ${n} ${stage.teams.serviceUrl}`));
    expect(stage.bot.heard.at(0)).toMatchObject({ recipient: { id: '28:app-1' } });
  });
});

// The client's type asks for members that the connector does not need.
const parametersSchema = z.custom<ConversationParameters>((value) => typeof value === 'object');

describe("Microsoft's own client", () => {
  test('sends, replies, changes, removes and lists through this connector', async () => {
    await using stage = await createStage();
    const { conversations } = new ConnectorClient(new MicrosoftAppCredentials('', ''), { baseUri: stage.teams.serviceUrl });
    const alex = { id: stage.alex.account.mri, name: 'Alex Wilber' };
    const opening = { isGroup: false, bot: { id: '28:bot', name: 'PIM' }, members: [alex], channelData: {}, activity: { type: 'message', text: 'one' } };
    const { id, activityId } = await conversations.createConversation(parametersSchema.parse(opening));
    await conversations.replyToActivity(id, activityId, { type: 'message', text: 'two' });
    await conversations.sendToConversation(id, { type: 'message', text: 'three' });
    await conversations.updateActivity(id, activityId, { type: 'message', text: 'one, changed' });
    expect(stage.alex.messages.map((message) => message.text)).toEqual(['one, changed', 'two', 'three']);
    await conversations.deleteActivity(id, activityId);
    expect(stage.alex.messages.map((message) => message.text)).toEqual(['two', 'three']);
    const known = { ...alex, aadObjectId: alexId };
    expect(await conversations.getConversationMembers(id)).toMatchObject([known]);
    expect(await conversations.getConversationMember(id, alexId)).toMatchObject(known);
    expect((await conversations.getConversationPagedMembers(id)).members).toMatchObject([known]);
  });

  test('reads status and code of a refusal', async () => {
    await using stage = await createStage();
    const { conversations } = new ConnectorClient(new MicrosoftAppCredentials('', ''), { baseUri: stage.teams.serviceUrl });
    const note = { type: 'message', text: 'a note' };
    await expect(conversations.sendToConversation('a:none', note)).rejects.toMatchObject({ statusCode: 404, code: 'ConversationNotFound' });
    await expect(conversations.getConversationMember('a:none', 'x')).rejects.toMatchObject({ statusCode: 404 });
    stage.teams.block(alexId, 'MessageWritesBlocked');
    const [id] = stage.bot.heard.map((activity) => objectOf(activity['conversation'])['id']);
    await expect(conversations.sendToConversation(String(id), note)).rejects.toMatchObject({ statusCode: 403, code: 'MessageWritesBlocked' });
  });
});

