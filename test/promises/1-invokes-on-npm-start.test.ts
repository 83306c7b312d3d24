import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendsInvoke, typesAndSees } from '../flows/production-story.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import type { HttpReply } from '../helpers/fake-teams-invoke-answer.ts';
import { connectionName } from '../helpers/stand-ins/production-stand-ins.ts';
import { startProduction, type Production } from '../helpers/stand-ins/production.ts';

// Guards: `isActivity` (src/bot/door/adapter.ts), `parseVerb` (src/cards/verbs.ts), the schemas of src/bot/sign-in/on-sign-in.ts, `answerOf` (src/bot/answer.ts)
// for whatever comes; `moveActivation` from the version that the card shows (src/store/activations.ts), `takeInterruptedTurn`
// (src/store/interrupted-turns.ts) and `decideApproval` (src/bot/approvals/decide-approval.ts) for what comes twice.
// Every activity here is genuine to the door: signed by the channel, of our tenant.

let production: Production;
let alex: FakePerson;
let megan: FakePerson;

beforeAll(async () => {
  production = await startProduction({ limits: false });
  [alex, megan] = [await production.person('Alex'), await production.person('Megan')];
  for (const person of [alex, megan]) await typesAndSees(person, 'roles', 'rg-app');
});
afterAll(() => production[Symbol.asyncDispose]());

/** What anybody has changed at PIM; what it refused has changed nothing. */
async function writes(method?: string): Promise<number> {
  const calls = (await production.pim.calls()).filter(({ path, status = 0 }) => !path?.startsWith('/emulator/') && status < 300);
  return calls.filter((call) => method === undefined ? call.method !== 'GET' : call.method === method).length;
}

function signIns(): number {
  return production.tokenService.requests.filter(({ path, status }) => path.endsWith('/exchange') && status === 200).length;
}

const evil = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1e308, '', ' ', '\0', '\uD800', '<at>everybody</at>', '${x}', '__proto__', 'constructor', "'; drop table activations; --", '../..', 'x'.repeat(30_000)),
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.jsonValue({ maxDepth: 4 }),
);
const id = fc.oneof(fc.uuid(), evil);
const verb = fc.constantFrom(
  'roles.show', 'activation.choose', 'activation.submit', 'activation.check', 'activation.withdraw', 'activation.deactivate', 'active.show',
  'active.deactivate', 'approvals.show', 'approval.open', 'approval.approve', 'approval.deny', 'nothing.of.ours', 'toString',
);
const data = fc.record({
  verb: fc.oneof(verb, evil), requestId: id, version: evil, minutes: evil, justification: evil, reason: evil, eligibleId: id, activeId: id, ticketNumber: evil, personId: id, role: evil,
}, { requiredKeys: [] });
const authentication = fc.oneof(evil, fc.record({ id: evil, connectionName: fc.oneof(fc.constant(connectionName), evil), token: evil }, { requiredKeys: [] }));
const click = fc.record({
  action: fc.oneof(evil, fc.record({ type: fc.constant('Action.Execute'), verb: fc.oneof(verb, evil), data: fc.oneof(data, evil) }, { requiredKeys: [] })),
  trigger: evil, authentication, state: fc.oneof(evil, fc.constantFrom('1234', '000000', '9'.repeat(400))),
}, { requiredKeys: [] });

/** Neither an error of the server's nor a word about what went wrong inside it. */
function isClean({ status, body }: HttpReply): boolean {
  return (status < 500 || status === 501) && !/\bat .*\(?\/|node_modules|\.ts:\d|TypeError|ZodError|select |insert /u.test(JSON.stringify(body));
}

async function hasNoEffect<T>(values: fc.Arbitrary<T>, send: (value: T) => Promise<HttpReply>, numRuns = 120): Promise<void> {
  const before = { writes: await writes(), signIns: signIns(), tokens: production.tokenService.tokensOf(alex.account.mri) };
  await fc.assert(fc.asyncProperty(values, async (value) => isClean(await send(value))), { numRuns, endOnFailure: true });
  expect({ writes: await writes(), signIns: signIns(), tokens: production.tokenService.tokensOf(alex.account.mri) }).toEqual(before);
}

test('promise 1: whatever a click says, it is answered, tells nothing of the inside, and changes nothing', async () => {
  await hasNoEffect(fc.oneof(click, evil), (value) => sendsInvoke(alex, 'adaptiveCard/action', value));
});

test('promise 1: whatever a submitted card says, it is answered, tells nothing of the inside, and changes nothing', async () => {
  await hasNoEffect(fc.oneof(data, click, evil), (value) => alex.sends({ value }), 60);
});

test('promise 1: whatever comes in place of a token of single sign-on is answered 400 or 412, and signs nobody in', async () => {
  const values = fc.oneof(evil, fc.record({ id: evil, connectionName: fc.oneof(fc.constant(connectionName), evil), token: evil }, { requiredKeys: [] }));
  await hasNoEffect(values, async (value) => {
    const answer = await sendsInvoke(alex, 'signin/tokenExchange', value);
    expect([400, 412]).toContain(answer.status);
    return answer;
  });
});

test('promise 1: a token of somebody else, of another tenant or of another application signs nobody in', async () => {
  const { entra, registrations: { bot: { appId } } } = production;
  const { aadObjectId } = alex.account;
  const tokens = [
    await entra.ssoToken(megan.account.aadObjectId),
    await entra.ssoToken(aadObjectId, { as: { aud: crypto.randomUUID() } }),
    await entra.ssoToken(aadObjectId, { as: { tid: crypto.randomUUID() } }),
    await entra.ssoToken(aadObjectId, { as: { aud: appId, oid: undefined } }),
    await entra.ssoToken(aadObjectId, { expiresInSeconds: -60 }),
    `${(await entra.ssoToken(aadObjectId)).split('.').slice(0, 2).join('.')}.${Buffer.alloc(256).toString('base64url')}`,
  ];
  const values = fc.constantFrom(...tokens);
  await hasNoEffect(values, (token) => sendsInvoke(alex, 'signin/tokenExchange', { id: '1', connectionName, token }), 20);
  await hasNoEffect(values, (token) => sendsInvoke(alex, 'adaptiveCard/action', { action: { verb: 'active.show' }, authentication: { id: '1', connectionName, token } }), 20);
});

test('promise 1: whatever comes in place of the code of a sign-in is answered, and signs nobody in', async () => {
  const values = fc.oneof(evil, fc.record({ state: fc.oneof(evil, fc.stringMatching(/^\d{4,12}$/)) }));
  await hasNoEffect(values, (value) => sendsInvoke(alex, 'signin/verifyState', value), 60);
});

test('promise 1: whatever comes in place of the consent to a file is answered, and saves nothing', async () => {
  const values = fc.oneof(evil, fc.record({ type: fc.constant('fileUpload'), action: fc.constantFrom('accept', 'decline'), context: evil, uploadInfo: evil }));
  await hasNoEffect(values, (value) => sendsInvoke(alex, 'fileConsent/invoke', value), 60);
});

test('promise 1: an invoke of any other name is answered 501 or 400, and changes nothing', async () => {
  const names = fc.oneof(fc.constantFrom<unknown>('composeExtension/query', 'task/fetch', 'application/search', 'adaptiveCard/Action', '', null), evil);
  await hasNoEffect(fc.tuple(names, evil), async ([name, value]) => {
    const answer = await alex.sends({ type: 'invoke', name, text: undefined, value });
    expect([400, 501]).toContain(answer.status);
    return answer;
  });
});

test('promise 1: whatever else stands in a genuine activity, nothing of the inside is told', async () => {
  const members = fc.record({
    type: fc.oneof(fc.constantFrom('message', 'invoke', 'conversationUpdate', 'installationUpdate', 'event', 'messageReaction'), evil),
    name: evil, text: evil, value: evil, entities: evil, attachments: evil, locale: evil, localTimezone: evil, membersAdded: evil, action: evil, replyToId: evil, timestamp: evil, channelData: evil,
  }, { requiredKeys: [] });
  await hasNoEffect(members, (changes) => alex.sends(Object(changes)));
});

test.each(['\0', '\uD800', 'x\uDC00\0y'])('promise 1: %j in the texts of a genuine activity is no error', async (odd) => {
  const { account } = alex;
  const texts = { text: `roles${odd}`, locale: odd, localTimezone: odd, from: { id: account.mri, aadObjectId: account.aadObjectId, name: odd }, channelData: { tenant: { id: account.tenantId }, more: odd } };
  for (const type of ['message', 'conversationUpdate', 'installationUpdate']) {
    expect((await alex.sends({ ...texts, type })).status).toBe(200);
    await typesAndSees(alex, 'help', 'What you can type');
  }
  expect(alex.messages.map(({ text }) => text).join('\n')).not.toContain('Something went wrong');
  expect(production.log()).not.toContain('turn failed');
});

type Delivery = 'sameId' | 'newId';
const again: readonly Delivery[] = ['sameId', 'newId', 'newId'];

/** Delivered three times more: at the same time, and once more when all is over. */
async function deliversAgain(person: FakePerson): Promise<void> {
  for (const { status } of await Promise.all(again.map((how) => person.redelivers(how)))) expect(status).toBeLessThan(300);
  expect((await person.redelivers('newId')).status).toBeLessThan(300);
}

test('promise 1: a form and a decision that are delivered again, with the same id or another, have one effect', async () => {
  const form = await typesAndSees(alex, 'activate Contributor on rg-app', (card: ShownCard) => card.verbs.includes('activation.submit'));
  const [submitted, decided] = [await writes('PUT'), await writes('PATCH')];
  await Promise.all([alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'the deployment hangs' }), deliversAgain(alex)]);
  const request = await megan.waitForCard((card) => card.verbs.includes('approval.approve'));
  expect(await writes('PUT')).toBe(submitted + 1);

  await Promise.all([megan.clicks(request, 'approval.approve', { reason: 'go on' }), deliversAgain(megan)]);
  await alex.waitForCard((card) => card.activityId === form.activityId && card.has('Active'));
  expect(await writes('PATCH')).toBe(decided + 1);
  expect(await production.pim.activated()).toHaveLength(1);
});

test('promise 1: a sign-in that is delivered again carries out once what it interrupted', async () => {
  const { tokenService, entra, habits } = production;
  const { mri, aadObjectId } = alex.account;
  habits.withoutSso.add(aadObjectId);
  tokenService.forget(mri);
  await alex.types('roles');
  await alex.waitForSignInButton();
  const shown = alex.cards().length;
  const rolesShown = (): number => alex.cards().slice(shown).filter((card) => card.has('Website Contributor')).length;
  const token = await entra.ssoToken(aadObjectId);
  await Promise.all([sendsInvoke(alex, 'signin/tokenExchange', { id: '1', connectionName, token }), deliversAgain(alex)]);
  await expect.poll(rolesShown).toBe(1);
  await typesAndSees(alex, 'help', 'What you can type');
  expect(rolesShown()).toBe(1);
  expect(tokenService.tokensOf(mri)).toHaveLength(1);
});
