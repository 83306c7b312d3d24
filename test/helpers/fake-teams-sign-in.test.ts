import { describe, expect, test } from 'vitest';
import { objectOf, type Json } from './fake-teams-json.ts';
import { startStubBot, type StubBot } from './fake-teams-stub-bot.ts';
import { startFakeTeams, type FakePerson, type FakeTeams, type FakeTeamsOptions } from './fake-teams.ts';

const uri = 'api://botid-1/access_as_user';
const link = 'https://token.botframework.com/api/oauth/signin?signin=1';
const oauthCard = {
  text: 'Please sign in',
  connectionName: 'pim',
  buttons: [{ type: 'signin', title: 'Sign in', value: link }],
  tokenExchangeResource: { id: 'exchange-1', uri, providerId: 'entra' },
};
const { tokenExchangeResource: _, ...withoutExchange } = oauthCard;

interface Stage extends AsyncDisposable {
  readonly teams: FakeTeams;
  readonly bot: StubBot;
  readonly alex: FakePerson;
}

async function createStage(options: FakeTeamsOptions = {}, devices = 1): Promise<Stage> {
  await using started = new AsyncDisposableStack();
  const teams = started.use(await startFakeTeams({ limits: false, ...options }));
  const bot = started.use(await startStubBot(teams));
  const alex = teams.person({ id: 'alex', name: 'Alex Wilber', devices });
  await alex.installs();
  const stack = started.move();
  return { teams, bot, alex, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const signInMessage = (content: unknown): object => ({ type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.oauth', content }] });
const sso: FakeTeamsOptions['sso'] = ({ aadObjectId }, resource) => Promise.resolve(`token of ${aadObjectId} for ${resource}`);
const givesCode: FakeTeamsOptions['openSignIn'] = () => Promise.resolve('123456');
const invokes = ({ heard }: StubBot, name: string): readonly Json[] => heard.filter((activity) => activity['name'] === name);

/** Resolves when the bot has heard that many invokes of this name. */
async function heardInvokes(bot: StubBot, name: string, count: number): Promise<readonly Json[]> {
  await expect.poll(() => invokes(bot, name).length).toBe(count);
  return invokes(bot, name);
}

describe('a sign-in card', () => {
  test.each([
    ['without a connection', { ...oauthCard, connectionName: undefined }],
    ['without buttons', { ...oauthCard, buttons: [] }],
    ['with a button that does not sign in', { ...oauthCard, buttons: [{ type: 'imBack', title: 'Sign in', value: link }] }],
    ['with a button that leads to plain http', { ...oauthCard, buttons: [{ type: 'signin', title: 'Sign in', value: 'http://token.botframework.com/' }] }],
    ['with a token exchange that is null', { ...oauthCard, tokenExchangeResource: null }],
    ['with a token exchange without an id', { ...oauthCard, tokenExchangeResource: { uri } }],
    ['that is none', 'sign in'],
  ])('%s is refused', async (_what, content) => {
    await using stage = await createStage();
    expect(await stage.bot.says(signInMessage(content))).toMatchObject({ status: 400, code: 'BadArgument' });
    expect(stage.alex.messages).toEqual([]);
  });

  test('disappears when single sign-on is enough, without a click of the person', async () => {
    await using stage = await createStage({ sso });
    const { body } = await stage.bot.says(signInMessage(oauthCard));
    const [invoke] = await heardInvokes(stage.bot, 'signin/tokenExchange', 1);
    expect(invoke).toMatchObject({
      type: 'invoke', replyToId: body['id'], from: { aadObjectId: 'alex' },
      channelData: { tenant: { id: stage.teams.tenantId }, source: { name: 'message' } },
    });
    expect(invoke?.['value']).toEqual({ id: 'exchange-1', connectionName: 'pim', token: `token of alex for ${uri}` });
    const path = `${stage.bot.conversationPath()}/activities/${String(body['id'])}`;
    await expect.poll(async () => (await stage.bot.calls('DELETE', path)).status).toBe(404);
    expect(stage.alex.messages).toEqual([]);
    expect(stage.alex.signInButton).toBeNull();
  });

  test.each([412, 500, 501])('shows its button when the bot answers %i to single sign-on', async (status) => {
    await using stage = await createStage({ sso });
    stage.bot.answers(status);
    await stage.bot.says(signInMessage(oauthCard));
    expect(await stage.alex.waitForSignInButton()).toBe('Sign in');
    expect(stage.alex.messages).toMatchObject([{ from: 'bot', text: 'Please sign in\nSign in', card: null }]);
    expect(stage.alex.cards()).toEqual([]);
  });

  test('shows its button at once where there is no single sign-on', async () => {
    await using stage = await createStage();
    await stage.bot.says(signInMessage(oauthCard));
    await stage.alex.waitForSignInButton();
    await using other = await createStage({ sso });
    await other.bot.says(signInMessage(withoutExchange));
    await other.alex.waitForSignInButton();
    await other.alex.typesInGroup('roles');
    await other.bot.says(signInMessage(oauthCard));
    await expect.poll(() => other.alex.messagesIn('groupChat').map(({ text }) => text)).toEqual(['roles', 'Please sign in\nSign in']);
    for (const { bot } of [stage, other]) expect(invokes(bot, 'signin/tokenExchange')).toEqual([]);
  });

  test('is answered by every client that the person has open, with the same id', async () => {
    await using stage = await createStage({ sso }, 2);
    let first = true;
    stage.bot.answersBy(() => {
      const status = first ? 200 : 412;
      first = false;
      return { status };
    });
    await stage.bot.says(signInMessage(oauthCard));
    const [one, two] = await heardInvokes(stage.bot, 'signin/tokenExchange', 2);
    expect(one?.['value']).toEqual(two?.['value']);
    expect(one?.['id']).not.toBe(two?.['id']);
    expect(await stage.alex.waitForSignInButton()).toBe('Sign in');
  });

  test('shows its button when the bot is gone', async () => {
    await using stage = await createStage({ sso });
    const says = stage.bot.says(signInMessage(oauthCard));
    stage.teams.connect('http://127.0.0.1:1');
    await says;
    expect(await stage.alex.waitForSignInButton()).toBe('Sign in');
  });

  test('brings the code of the sign-in page to the bot, and disappears when the bot takes it', async () => {
    const opened: string[] = [];
    await using stage = await createStage({ openSignIn: (opens) => { opened.push(opens); return Promise.resolve('123456'); } });
    const { body } = await stage.bot.says(signInMessage(oauthCard));
    await stage.alex.waitForSignInButton();
    stage.bot.answers(412, { failureDetail: 'wrong code' });
    expect(await stage.alex.signsIn()).toEqual({ httpStatus: 412, status: 412, type: null, value: { failureDetail: 'wrong code' } });
    expect(stage.alex.signInButton).toBe('Sign in');
    stage.bot.answers(200);
    expect(await stage.alex.signsIn()).toMatchObject({ status: 200 });
    expect(opened).toEqual([link, link]);
    expect(stage.bot.heard.at(-1)).toMatchObject({ type: 'invoke', name: 'signin/verifyState', replyToId: body['id'], value: { state: '123456' } });
    expect(stage.alex.messages).toEqual([]);
    await expect(stage.alex.signsIn()).rejects.toThrow('no sign-in button is shown to Alex Wilber');
  });

  test('says so when the person closes the sign-in page', async () => {
    await using stage = await createStage();
    await stage.bot.says(signInMessage(oauthCard));
    await stage.alex.waitForSignInButton();
    await stage.alex.signsIn();
    expect(stage.bot.heard.at(-1)).toMatchObject({ name: 'signin/verifyState', value: { state: 'CancelledByUser' } });
    expect(stage.alex.signInButton).toBe('Sign in');
  });

  test('that the bot takes back cannot be pressed any more', async () => {
    await using stage = await createStage();
    const { body } = await stage.bot.says(signInMessage(oauthCard));
    await stage.alex.waitForSignInButton();
    await stage.bot.calls('DELETE', `${stage.bot.conversationPath()}/activities/${String(body['id'])}`);
    expect(stage.alex.signInButton).toBeNull();
  });
});

describe('a click that needs a sign-in', () => {
  const card = {
    type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'before' }],
    actions: [{ type: 'Action.Execute', title: 'Approve', verb: 'approve', data: { requestId: 'r1' } }],
  };
  const after = { ...card, body: [{ type: 'TextBlock', text: 'after' }] };
  const done = { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: after };
  const loginRequest = { statusCode: 401, type: 'application/vnd.microsoft.activity.loginRequest', value: oauthCard };
  const failed = { statusCode: 412, type: 'application/vnd.microsoft.error.preconditionFailed', value: { code: '412', message: 'no' } };
  const wrongCode = { statusCode: 401, type: 'application/vnd.microsoft.error.invalidAuthCode', value: {} };
  const authentication = { id: 'exchange-1', connectionName: 'pim', token: `token of alex for ${uri}` };

  /** Alex sees the card; the bot gives these answers in order, then always the last. */
  async function stageWith(options: FakeTeamsOptions, ...answers: readonly object[]): Promise<Stage> {
    const stage = await createStage(options);
    await stage.bot.says({ type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }] });
    let next = 0;
    stage.bot.answersBy(() => {
      const body = answers[Math.min(next, answers.length - 1)];
      next += 1;
      return { status: 200, body };
    });
    return stage;
  }
  const values = ({ bot }: Stage): readonly Json[] => invokes(bot, 'adaptiveCard/action').map(({ value }) => objectOf(value));
  const action = { type: 'Action.Execute', title: 'Approve', verb: 'approve', data: { requestId: 'r1' } };

  test('is sent again with the token of single sign-on, and shows the answer to that', async () => {
    await using stage = await stageWith({ sso }, loginRequest, done);
    expect(await stage.alex.clicks(stage.alex.lastCard(), 'Approve')).toMatchObject({ status: 200 });
    expect(values(stage)).toEqual([{ action, trigger: 'manual' }, { action, trigger: 'manual', authentication }]);
    const [first, second] = invokes(stage.bot, 'adaptiveCard/action');
    expect(second?.['replyToId']).toBe(first?.['replyToId']);
    expect(second?.['id']).not.toBe(first?.['id']);
    expect(stage.alex.lastCard().text).toContain('after');
    expect(stage.alex.signInButton).toBeNull();
  });

  test('shows a sign-in button where there is no single sign-on, and is sent again with the code', async () => {
    await using stage = await stageWith({ openSignIn: givesCode }, loginRequest, wrongCode, done);
    expect(await stage.alex.clicks(stage.alex.lastCard(), 'Approve')).toMatchObject({ status: 401, value: oauthCard });
    expect(stage.alex.lastCard().text).toContain('before');
    expect(stage.alex.signInButton).toBe('Sign in');
    expect(await stage.alex.signsIn()).toMatchObject({ status: 401, type: wrongCode.type });
    expect(stage.alex.signInButton).toBe('Sign in');
    expect(await stage.alex.signsIn()).toMatchObject({ status: 200 });
    expect(values(stage).slice(1)).toEqual([{ action, trigger: 'manual', state: '123456' }, { action, trigger: 'manual', state: '123456' }]);
    expect(stage.alex.lastCard().text).toContain('after');
    expect(stage.alex.signInButton).toBeNull();
  });

  test.each([['refused', failed], ['asked for once more', loginRequest]])('shows a sign-in button when the token is %s, and asks no third time', async (_what, second) => {
    await using stage = await stageWith({ sso, openSignIn: givesCode }, loginRequest, second, done);
    expect(await stage.alex.clicks(stage.alex.lastCard(), 'Approve')).toMatchObject({ status: second.statusCode });
    expect(values(stage)).toHaveLength(2);
    expect(stage.alex.signInButton).toBe('Sign in');
    await stage.alex.signsIn();
    expect(values(stage).at(-1)).toEqual({ action, trigger: 'manual', state: '123456' });
    expect(stage.alex.lastCard().text).toContain('after');
  });

  test('is not sent again when the person closes the sign-in page', async () => {
    await using stage = await stageWith({}, loginRequest, done);
    await stage.alex.clicks(stage.alex.lastCard(), 'Approve');
    expect(await stage.alex.signsIn()).toBeNull();
    expect(values(stage)).toHaveLength(1);
    expect(stage.alex.signInButton).toBe('Sign in');
  });

  test('fails when the sign-in that is asked for could not be shown', async () => {
    await using stage = await stageWith({ sso }, { ...loginRequest, value: { ...oauthCard, buttons: [] } });
    await expect(stage.alex.clicks(stage.alex.lastCard(), 'Approve')).rejects.toThrow('Teams could not show the answered sign-in: The sign-in card has no button to sign in.');
  });

  test('can be delivered again as it was sent last', async () => {
    await using stage = await stageWith({ sso }, loginRequest, done);
    await stage.alex.clicks(stage.alex.lastCard(), 'Approve');
    await stage.alex.redelivers('newId');
    expect(values(stage).map((value) => Object.keys(value).includes('authentication'))).toEqual([false, true, true]);
    expect(new Set(invokes(stage.bot, 'adaptiveCard/action').map(({ id }) => id)).size).toBe(3);
  });
});
