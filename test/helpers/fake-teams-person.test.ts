import { describe, expect, test } from 'vitest';
import { startStubBot, type StubBot } from './fake-teams-stub-bot.ts';
import { startFakeTeams, type FakePerson, type FakeTeams } from './fake-teams.ts';

const alexId = '11111111-1111-4111-8111-111111111111';
const tenantId = '22222222-2222-4222-8222-222222222222';
const cardType = 'application/vnd.microsoft.card.adaptive';
const atNine = Date.parse('2026-03-02T09:00:00Z');

interface Stage extends AsyncDisposable {
  readonly teams: FakeTeams;
  readonly bot: StubBot;
  readonly alex: FakePerson;
}

async function createStage(): Promise<Stage> {
  await using started = new AsyncDisposableStack();
  const teams = started.use(await startFakeTeams({ tenantId, now: () => atNine, limits: false }));
  const bot = started.use(await startStubBot(teams));
  const alex = teams.person({ id: alexId, name: 'Alex Wilber', locale: 'ja-JP', timeZone: 'Asia/Tokyo' });
  await alex.installs();
  const stack = started.move();
  return { teams, bot, alex, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const form = {
  type: 'AdaptiveCard',
  version: '1.5',
  speak: 'not visible',
  fallbackText: 'not visible',
  actions: [
    { type: 'Action.Execute', title: 'Send', verb: 'form.send', data: { requestId: 'r1', version: 2, msteams: {} }, fallback: { type: 'Action.Submit', title: 'Send', data: { verb: 'form.send', requestId: 'r1', msteams: {} } } },
    { type: 'Action.Execute', title: 'Back', verb: 'form.back', associatedInputs: 'none', data: { requestId: 'r1' } },
    { type: 'Action.Execute', title: 'Open', verb: 'open', data: { row: 1 } },
    { type: 'Action.Execute', title: 'Open', verb: 'open', data: { row: 2 } },
    { type: 'Action.Submit', title: 'Old', data: { verb: 'old' } },
    { type: 'Action.Execute', title: 'Later', verb: 'later', isEnabled: false },
  ],
  body: [
    { type: 'TextBlock', text: 'Activate a role' },
    { type: 'RichTextBlock', inlines: ['for ', { type: 'TextRun', text: '2 hours', weight: 'Bolder' }] },
    { type: 'FactSet', facts: [{ title: 'Role', value: 'Reader' }] },
    { type: 'ColumnSet', columns: [{ items: [{ type: 'TextBlock', text: 'left' }] }, { type: 'Column', items: [{ type: 'TextBlock', text: 'right' }] }, { isVisible: false, items: [{ type: 'TextBlock', text: 'hidden' }] }] },
    { type: 'Container', isVisible: false, items: [{ type: 'TextBlock', text: 'hidden' }] },
    { type: 'ProgressBar', value: 3, fallback: { type: 'TextBlock', text: '3 of 10' } },
    { type: 'Table', rows: [{ type: 'TableRow', cells: [{ type: 'TableCell', items: [{ type: 'TextBlock', text: 'cell' }] }] }] },
    { type: 'Image', url: 'https://example.org/a.png', altText: 'not visible' },
    { type: 'Input.ChoiceSet', id: 'minutes', label: 'Duration', value: '60', choices: [{ title: '1 h', value: '60' }, { title: '2 h', value: '120' }] },
    { type: 'Input.Text', id: 'reason', label: 'Reason', placeholder: 'Why', errorMessage: 'not visible' },
    { type: 'Input.Number', id: 'count', label: 'Count', value: 3 },
    { type: 'Input.Toggle', id: 'sure', label: 'Sure', title: 'Yes' },
  ],
};

const simple = (words: string): object => ({ type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: words }] });
const message = (content: unknown): object => ({ type: 'message', attachments: [{ contentType: cardType, content }] });
const cardAnswer = (value: unknown): object => ({ statusCode: 200, type: cardType, value });

describe('what the bot hears', () => {
  test('an installation is two activities, without the name of the person', async () => {
    await using stage = await createStage();
    const [changed, installed] = stage.bot.heard;
    expect(changed).toMatchObject({ type: 'conversationUpdate', membersAdded: [{ id: expect.stringMatching(/^28:/u) }] });
    expect(installed).toMatchObject({ type: 'installationUpdate', action: 'add' });
    for (const activity of [changed, installed]) {
      expect(activity).toMatchObject({ from: { id: expect.stringMatching(/^29:/u), aadObjectId: alexId }, locale: 'ja-JP', channelData: { tenant: { id: tenantId } } });
      expect(activity).not.toHaveProperty('from.name');
      expect(activity).not.toHaveProperty('localTimezone');
    }
    expect(changed?.['id']).not.toBe(installed?.['id']);
  });

  test('a message looks like one of Teams', async () => {
    await using stage = await createStage();
    await stage.alex.types('roles <b>');
    expect(stage.bot.heard.at(-1)).toEqual({
      requestedPath: '/api/messages',
      type: 'message',
      id: expect.stringMatching(/^\d+$/u),
      text: 'roles <b>',
      textFormat: 'plain',
      attachments: [{ contentType: 'text/html', content: '<p>roles &lt;b&gt;</p>' }],
      channelId: 'msteams',
      serviceUrl: stage.teams.serviceUrl,
      timestamp: '2026-03-02T09:00:00.000Z',
      localTimestamp: '2026-03-02T18:00:00.000+09:00',
      localTimezone: 'Asia/Tokyo',
      locale: 'ja-JP',
      from: { id: stage.alex.account.mri, name: 'Alex Wilber', aadObjectId: alexId },
      recipient: { id: expect.stringMatching(/^28:/u), name: 'PIM' },
      conversation: { conversationType: 'personal', tenantId, id: expect.stringMatching(/^a:/u) },
      entities: [{ type: 'clientInfo', locale: 'ja-JP', country: 'JP', platform: 'Web', timezone: 'Asia/Tokyo' }],
      channelData: { tenant: { id: tenantId } },
    });
    expect(stage.alex.messages).toMatchObject([{ from: 'person', text: 'roles <b>', card: null }]);
  });

  test('a message elsewhere than in the personal chat mentions the bot and says where it is', async () => {
    await using stage = await createStage();
    await stage.alex.typesInGroup('roles');
    expect(stage.bot.heard.at(-1)).toMatchObject({ text: '<at>PIM</at> roles', conversation: { isGroup: true, conversationType: 'groupChat', id: expect.stringMatching(/@thread\.v2$/u) } });
    await stage.bot.says(message(simple('only in the personal chat')));
    expect(stage.alex.lastCard('groupChat').text).toBe('only in the personal chat');
    await stage.alex.typesInChannel('roles');
    expect(stage.bot.heard.at(-1)).toMatchObject({ conversation: { conversationType: 'channel', id: expect.stringMatching(/@thread\.tacv2;messageid=\d+$/u) }, channelData: { team: {}, channel: {} } });
    expect((await stage.bot.says({ type: 'message', text: 'here neither' })).status).toBe(201);
    expect(stage.alex.messagesIn('channel').map(({ text }) => text)).toEqual(['roles', 'here neither']);
    expect(stage.alex.messages).toEqual([]);
  });

  test('everything that a test wants different about an activity is different', async () => {
    await using stage = await createStage();
    stage.bot.answers(401, { refused: true });
    expect(await stage.alex.sends({ type: 'event', from: undefined, channelId: 'other' })).toEqual({ status: 401, body: { refused: true } });
    expect(stage.bot.heard.at(-1)).toMatchObject({ type: 'event', channelId: 'other', recipient: {} });
    expect(stage.bot.heard.at(-1)).not.toHaveProperty('from');
  });

  test('a person from another tenant comes from that tenant, and two people never share a chat', async () => {
    await using stage = await createStage();
    await stage.teams.person({ id: alexId, name: 'Twin', tenantId: 'elsewhere' }).types('hi');
    expect(stage.bot.heard.at(-1)).toMatchObject({ conversation: { tenantId: 'elsewhere' }, channelData: { tenant: { id: 'elsewhere' } } });
    await stage.bot.says(message(simple('for the twin')));
    expect(stage.alex.messages).toEqual([]);
  });

  test('a delivery is repeated as it was, or with another id', async () => {
    await using stage = await createStage();
    await stage.alex.types('roles');
    await stage.alex.redelivers('sameId');
    await stage.alex.redelivers('newId');
    const [first, second, third] = stage.bot.heard.slice(-3);
    expect(second).toEqual(first);
    expect(third).toEqual({ ...first, id: third?.['id'] });
    expect(third?.['id']).not.toBe(first?.['id']);
    expect(stage.alex.messages).toHaveLength(1);
  });

  test('typing and installing fail when the bot answers no 2xx', async () => {
    await using stage = await createStage();
    stage.bot.answers(500);
    await expect(stage.alex.types('roles')).rejects.toThrow('the bot answered 500 to message');
    await expect(stage.alex.installs()).rejects.toThrow('the bot answered 500 to conversationUpdate');
  });
});

describe('a card', () => {
  test('is read in the order in which people read it, without what is not visible', async () => {
    await using stage = await createStage();
    await stage.bot.says(message(form));
    const card = stage.alex.lastCard();
    expect(card.text.split('\n')).toEqual([
      'Activate a role', 'for 2 hours', 'Role Reader', 'left', 'right', '3 of 10', 'cell',
      'Duration', '1 h', '2 h', 'Reason', 'Why', 'Count', '3', 'Sure', 'Yes',
      'Send', 'Back', 'Open', 'Open', 'Old', 'Later',
    ]);
    expect(card.has('Activate a  role for 2 hours')).toBe(true);
    expect(card.has('hidden')).toBe(false);
    expect(card.actions).toEqual(['Send', 'Back', 'Open', 'Open', 'Old', 'Later']);
    expect(card.verbs).toEqual(['form.send', 'form.back', 'open', 'open', 'later']);
    expect(card.inputs).toEqual(['minutes', 'reason', 'count', 'sure']);
    expect(card.json).toEqual(form);
  });

  test('changes in place, and a card taken earlier stays as it was', async () => {
    await using stage = await createStage();
    const sent = await stage.bot.says(message(simple('before')));
    await stage.bot.says(message(simple('another')));
    const before = stage.alex.card(String(sent.body['id']));
    await stage.bot.calls('PUT', `${stage.bot.conversationPath()}/activities/${before.activityId}`, message(simple('after')));
    expect(stage.alex.cards().map(({ text }) => text)).toEqual(['after', 'another']);
    expect(stage.alex.card(before.activityId).text).toBe('after');
    expect(before.text).toBe('before');
  });

  test('is waited for, and what is shown instead is told', async () => {
    await using stage = await createStage();
    const waiting = stage.alex.waitForCard('Approve');
    await stage.bot.says({ type: 'message', text: 'a plain text' });
    await stage.bot.says(message(simple('Approve this')));
    expect((await waiting).text).toBe('Approve this');
    expect((await stage.alex.waitForCard((card) => card.has('this'))).text).toBe('Approve this');
    expect(await stage.alex.waitForText('plain')).toBe('a plain text');
    await expect(stage.alex.waitForCard('Denied', 50)).rejects.toThrow(/no card with "Denied" was shown to Alex Wilber[^]*a plain text[^]*Approve this/u);
    expect(() => stage.alex.card('1')).toThrow('no card 1 is shown');
  });
});

describe('a click', () => {
  test('brings the verb, the data and every input as a string, and names the card', async () => {
    await using stage = await createStage();
    await stage.bot.says(message(form));
    stage.bot.answers(200, { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'Thanks' });
    const card = stage.alex.lastCard();
    const answer = await stage.alex.clicks(card, 'Send', { reason: 'deploy', version: '9', forged: 'x' });
    expect(answer).toEqual({ httpStatus: 200, status: 200, type: 'application/vnd.microsoft.activity.message', value: 'Thanks' });
    const heard = stage.bot.heard.at(-1);
    expect(heard).toMatchObject({ type: 'invoke', name: 'adaptiveCard/action', replyToId: card.activityId, entities: [{ timezone: 'Asia/Tokyo' }] });
    expect(heard?.['value']).toEqual({
      trigger: 'manual',
      action: { type: 'Action.Execute', title: 'Send', verb: 'form.send', data: { requestId: 'r1', version: '9', minutes: '60', reason: 'deploy', count: '3', sure: 'false', forged: 'x' } },
    });
    expect(heard).not.toHaveProperty('localTimezone');
    expect(stage.alex.lastCard()).toMatchObject({ text: card.text });
  });

  test('on an action without inputs leaves them behind', async () => {
    await using stage = await createStage();
    await stage.bot.says(message(form));
    stage.bot.answers(200, cardAnswer(simple('x')));
    await stage.alex.clicks(stage.alex.lastCard(), 'form.back', { reason: 'typed', forged: 'x' });
    expect(stage.bot.heard.at(-1)).toMatchObject({ value: { action: { data: { requestId: 'r1', forged: 'x' } } } });
    expect(stage.bot.heard.at(-1)).not.toHaveProperty('value.action.data.reason');
  });

  test('shows the answered card in the place of the clicked one', async () => {
    await using stage = await createStage();
    await stage.bot.says(message(form));
    await stage.bot.says(message(simple('below')));
    stage.bot.answers(200, cardAnswer(simple('done')));
    const [card] = stage.alex.cards();
    if (card === undefined) throw new Error('no card');
    expect(await stage.alex.clicks(card, 'Send')).toMatchObject({ status: 200, type: cardType, value: simple('done') });
    expect(stage.alex.cards().map(({ activityId, text }) => [activityId, text])).toEqual([[card.activityId, 'done'], [expect.any(String), 'below']]);
  });

  test('on a card of somebody else comes from the own chat and changes nothing there', async () => {
    await using stage = await createStage();
    await stage.bot.says(message(form));
    const mallory = stage.teams.person({ id: 'mallory', name: 'Mallory' });
    stage.bot.answers(200, cardAnswer(simple('done')));
    await mallory.clicks(stage.alex.lastCard(), 'Send');
    expect(stage.bot.heard.at(-1)).toMatchObject({ from: { aadObjectId: 'mallory' }, conversation: { id: expect.not.stringContaining(stage.alex.lastCard().conversationId) } });
    expect(mallory.messages).toEqual([]);
    expect(stage.alex.lastCard().has('done')).toBe(false);
  });

  test('returns any status and changes nothing then', async () => {
    await using stage = await createStage();
    await stage.bot.says(message(form));
    stage.bot.answers(501);
    expect(await stage.alex.clicks(stage.alex.lastCard(), 'Send')).toEqual({ httpStatus: 501, status: 501, type: null, value: null });
    stage.bot.answers(200, { statusCode: 400, type: 'application/vnd.microsoft.error', value: { code: 'BadRequest', message: 'no' } });
    expect(await stage.alex.clicks(stage.alex.lastCard(), 'Send')).toMatchObject({ httpStatus: 200, status: 400, type: 'application/vnd.microsoft.error' });
    expect(stage.alex.lastCard().has('Activate a role')).toBe(true);
  });

  test.each([
    ['an answer without a type', { statusCode: 200, value: {} }],
    ['an answer without a value', { statusCode: 200, type: cardType }],
    ['no answer at all', undefined],
    ['a card that is none', cardAnswer({ body: [] })],
    ['a card over the size limit', cardAnswer(simple('x'.repeat(28 * 1024)))],
  ])('fails at %s', async (_what, answer) => {
    await using stage = await createStage();
    await stage.bot.says(message(form));
    stage.bot.answers(200, answer);
    await expect(stage.alex.clicks(stage.alex.lastCard(), 'Send')).rejects.toThrow(/^Teams (understands no such answer|could not show)/u);
  });

  test('must mean one action that can be pressed', async () => {
    await using stage = await createStage();
    await stage.bot.says(message(form));
    stage.bot.answers(200, cardAnswer(form));
    const card = stage.alex.lastCard();
    await expect(stage.alex.clicks(card, 'Nothing')).rejects.toThrow('no action is "Nothing"');
    await expect(stage.alex.clicks(card, 'Open')).rejects.toThrow('2 different actions');
    await expect(stage.alex.clicks(card, 'Later')).rejects.toThrow('greyed out');
    await expect(stage.alex.clicks(card, 'Old')).rejects.toThrow('not Action.Execute');
    await stage.alex.clicks(card, ({ data }) => JSON.stringify(data) === '{"row":2}');
    expect(stage.bot.heard.at(-1)).toMatchObject({ value: { action: { verb: 'open', data: { row: 2 } } } });
  });

  test('of an older client is a message with the data of the fallback', async () => {
    await using stage = await createStage();
    await stage.bot.says(message(form));
    const card = stage.alex.lastCard();
    await stage.alex.submits(card, 'Send', { reason: 'deploy' });
    const heard = stage.bot.heard.at(-1);
    expect(heard).toMatchObject({ type: 'message', replyToId: card.activityId, localTimezone: 'Asia/Tokyo' });
    expect(heard).not.toHaveProperty('text');
    expect(heard?.['value']).toEqual({ verb: 'form.send', requestId: 'r1', minutes: '60', reason: 'deploy', count: '3', sure: 'false' });
    await stage.alex.submits(card, 'Old');
    expect(stage.bot.heard.at(-1)).toMatchObject({ value: { verb: 'old' } });
    expect(stage.alex.messages).toHaveLength(1);
  });
});

describe('the log of requests', () => {
  test('holds every call with its time, its answer and what it made', async () => {
    await using stage = await createStage();
    const { body } = await stage.bot.says(message(simple('x')));
    await stage.bot.says({ type: 'typing' });
    await stage.bot.calls('PUT', `${stage.bot.conversationPath()}/activities/7`, message(simple('y')));
    expect(stage.teams.requests).toMatchObject([
      { at: atNine, kind: 'send', method: 'POST', status: 201, madeActivityId: body['id'], body: message(simple('x')) },
      { kind: 'typing', status: 201 },
      { kind: 'update', activityId: '7', status: 404, madeActivityId: null },
    ]);
    expect(stage.alex.messages).toHaveLength(1);
  });
});
