import { expect, test } from 'vitest';
import { findActivation } from '../../src/store/activations.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { createWorld, type World } from '../helpers/world.ts';
import { alexLoses } from './alex-in-the-portal.ts';
import { consentUrl, played, provoked, type Refusal } from './refusals-of-pim.ts';

// Guards: `refusalCode` and `failedRules` (src/pim/http/error-table.ts), `recordFailure` (src/bot/activations/send-activation.ts),
// `problemWords` (src/cards/problem-words.ts), `repeatActivation` (src/bot/activations/repeat-activation.ts).

const alexId = 'a1e00000-0000-4000-8000-000000000001';

/** The form, and its request's GUID. */
async function opensForm(alex: FakePerson, command: string): Promise<{ readonly form: ShownCard; readonly requestId: string }> {
  await alex.types(command);
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  return { form, requestId: /"requestId":"([\da-f-]{36})"/.exec(JSON.stringify(form.json))?.[1] ?? '' };
}

/** Everything that a card leads to: verbs, and addresses. */
function leadsOf({ verbs, json }: ShownCard): readonly string[] {
  const addresses = [...JSON.stringify(json).matchAll(/"type":"Action\.OpenUrl"[^}]*?"url":"([^"]+)"/gu)].map(([, url = '']) => url);
  return [...new Set([...addresses, ...verbs])];
}

function saysInOrder(card: ShownCard, parts: readonly string[]): void {
  const places = parts.map((part) => card.text.indexOf(part));
  expect(places, card.text).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
}

async function outcomeOf(world: World, requestId: string): Promise<object> {
  const activation = await findActivation(world.store.db, requestId);
  const audit = (await world.auditOf(requestId)).map(({ action, phase, details }) => [action, phase, details['result'], details['code']]);
  return { state: activation?.state, problem: activation?.problem?.code, rules: activation?.problem?.rules, audit };
}

function createTenant(changeSeed: Refusal['seed'] = (seed) => seed): Promise<World> {
  return createWorld({ roleKinds: ['azure', 'entra', 'group'], consentUrl, changeSeed });
}

test.each([...provoked, ...played])('promise 24: $pim is told in both languages with its reason and the next step, and what was filled in is not lost', async ({ form: { command, entered }, ...refusal }) => {
  await using world = await createTenant(refusal.seed);
  const alex = await world.person('Alex');
  const { form, requestId } = await opensForm(alex, command);
  await refusal.meanwhile(world, requestId);
  await alex.clicks(form, 'activation.submit', entered);

  const card = await alex.waitForCard((shown) => shown.activityId === form.activityId && shown.verbs.includes('activation.repeat'));
  saysInOrder(card, refusal.told.en);
  const typed = Object.entries(entered).filter(([name, value]) => name !== 'minutes' && value !== '').map(([, value]) => value);
  for (const value of typed) expect(card.text).toContain(value);
  expect(leadsOf(card)).toEqual([...refusal.leads ?? [], 'activation.repeat']);

  // The old form once more, from an older client in Japanese: nothing is sent a second time.
  const inJapanese = await world.person('Alex', { locale: 'ja-JP' });
  await inJapanese.submits(form, 'activation.submit', entered);
  saysInOrder(await inJapanese.waitForCard((shown) => shown.has(refusal.told.ja[0])), refusal.told.ja);
  expect(await outcomeOf(world, requestId)).toEqual({
    state: 'failed', problem: refusal.code, rules: refusal.rules ?? [],
    audit: [['activate', 'attempt', undefined, undefined], ['activate', 'outcome', 'refused', refusal.code]],
  });

  await alex.clicks(card, 'activation.repeat');
  const again = await alex.waitForCard((shown) => shown.activityId === form.activityId && shown.verbs.includes(refusal.isOver === true ? 'roles.show' : 'activation.submit'));
  if (refusal.isOver === true) return expect(again.verbs).toEqual(['roles.show']);
  expect(again.verbs).toContain('activation.submit');
  for (const value of typed) expect(JSON.stringify(again.json)).toContain(`"value":"${value}"`);
  expect(JSON.stringify(again.json)).not.toContain(requestId);
});

const banners: readonly (readonly [string, string, Refusal['told'], (world: World) => Promise<unknown>])[] = [
  ['ActiveDurationTooShort', 'tooSoon', {
    en: ['Too early', 'PIM ends no activation in its first 5 minutes', 'Try again 5 minutes after the start'],
    ja: ['まだ早すぎます', '開始から 5 分以内の終了', '開始から 5 分たってから'],
  }, () => Promise.resolve()],
  ['RoleAssignmentDoesNotExist', 'notActive', {
    en: ['The role is not active', 'knows no activation that could be ended', 'See what is active in a minute'],
    ja: ['このロールはアクティブではありません', '終了できるアクティブ化が PIM にありません', 'アクティブなロールをご確認ください'],
  }, (world) => alexLoses(world, { kind: 'azure', role: 'Reader', scope: '/subscriptions/c3e00000-0000-4000-8000-000000000001' }, 'Assignment')],
];

test.each(banners)('promise 24: %s is told above the card of an activation that was to end, which stays as it is', async (_, code, told, meanwhile) => {
  await using world = await createTenant();
  const alex = await world.person('Alex');
  const { form, requestId } = await opensForm(alex, 'activate Reader on Production');
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'a look at the logs' });
  const active = await alex.waitForCard((shown) => shown.activityId === form.activityId && shown.verbs.includes('activation.deactivate'));
  await meanwhile(world);
  await alex.clicks(active, 'activation.deactivate');
  saysInOrder(await alex.waitForCard((shown) => shown.activityId === form.activityId && shown.has(told.en[0])), [...told.en, 'a look at the logs']);
  const inJapanese = await world.person('Alex', { locale: 'ja-JP' });
  await inJapanese.submits(active, 'activation.deactivate');
  saysInOrder(await inJapanese.waitForCard((shown) => shown.has(told.ja[0])), [...told.ja, 'a look at the logs']);
  expect(alex.card(form.activityId).verbs).toContain('activation.deactivate');
  expect(await outcomeOf(world, requestId)).toMatchObject({ state: 'active' });
  expect((await world.auditOf(requestId)).at(-1)).toMatchObject({ action: 'deactivate', phase: 'outcome', details: { result: 'refused', code } });
});

test('promise 24: "Check with PIM" tells a refusal above the form, which keeps what was filled in', async () => {
  const [found] = provoked.filter(({ pim }) => pim === 'ExpirationRule');
  if (found === undefined) throw new Error('the row is gone');
  await using world = await createTenant();
  const alex = await world.person('Alex');
  const { form, requestId } = await opensForm(alex, found.form.command);
  await found.meanwhile(world, requestId);
  await alex.clicks(form, 'activation.validate', found.form.entered);
  const card = await alex.waitForCard((shown) => shown.activityId === form.activityId && shown.has(found.told.en[0]));
  saysInOrder(card, found.told.en);
  expect(card.verbs).toContain('activation.submit');
  for (const value of ['a fix of the shop', 'INC-42', 'ServiceNow', '60']) expect(JSON.stringify(card.json)).toContain(`"value":"${value}"`);
  expect((await findActivation(world.store.db, requestId))?.state).toBe('draft');
});

test('promise 13: "Try again" on a card of somebody else\'s shows nothing of it', async () => {
  const [found] = provoked.filter(({ pim }) => pim === 'ExpirationRule');
  if (found === undefined) throw new Error('the row is gone');
  await using world = await createTenant();
  const [alex, lee] = [await world.person('Alex'), await world.person('Lee')];
  const { form, requestId } = await opensForm(alex, found.form.command);
  await found.meanwhile(world, requestId);
  await alex.clicks(form, 'activation.submit', found.form.entered);
  const failed = await alex.waitForCard((shown) => shown.activityId === form.activityId && shown.verbs.includes('activation.repeat'));
  const answer = await lee.clicks(failed, 'activation.repeat');
  expect(JSON.stringify(answer.value)).toContain('This card belongs to somebody else');
  expect(JSON.stringify(answer.value)).not.toContain('a fix of the shop');
});

test('promise 12: "Try again" on the card of a request that goes on shows how it stands', async () => {
  await using world = await createTenant();
  const alex = await world.person('Alex');
  const { form, requestId } = await opensForm(alex, 'activate Reader on Production');
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'a look at the logs' });
  await alex.waitForCard((shown) => shown.activityId === form.activityId && shown.verbs.includes('activation.deactivate'));
  const answer = await alex.sends({ type: 'invoke', name: 'adaptiveCard/action', text: undefined, value: { action: { type: 'Action.Execute', verb: 'activation.repeat', data: { requestId } } } });
  expect(JSON.stringify(answer.body)).toContain('activation.deactivate');
  expect(JSON.stringify(answer.body)).not.toContain('activation.submit');
  expect((await world.pim.activated()).map(({ properties }) => properties.principalId)).toEqual([alexId]);
  expect(await outcomeOf(world, requestId)).toMatchObject({ state: 'active' });
});

// What an administrator meets; its other refusals are in test/flows/administrate.test.ts.
test('promise 24: Authorization_RequestDenied to an assignment is told in both languages, and the reason is kept', async () => {
  await using world = await createTenant();
  const alex = await world.person('Alex');
  await alex.types('assign Reports Reader to lee on directory for 30 days because of the audit');
  const asks = await alex.waitForCard((card) => card.verbs.includes('assignment.confirm'));
  await alex.clicks(asks, 'assignment.confirm');
  const card = await alex.waitForCard((shown) => shown.activityId === asks.activityId && shown.verbs.includes('assignment.repeat'));
  saysInOrder(card, ['You are not allowed to do this', 'no right to assign roles there', 'Privileged Role Administrator for Entra roles']);
  const inJapanese = await world.person('Alex', { locale: 'ja-JP' });
  await inJapanese.submits(asks, 'assignment.confirm');
  saysInOrder(await inJapanese.waitForCard((shown) => shown.has('この操作は許可されていません')), ['この操作は許可されていません', 'ロールを割り当てたり解除したりする権限がありません', '特権ロール管理者']);
  await alex.clicks(card, 'assignment.repeat');
  expect(JSON.stringify((await alex.waitForCard((shown) => shown.activityId === asks.activityId && shown.verbs.includes('assignment.confirm'))).json)).toContain('"value":"the audit"');
});

test.each([
  ['SubjectNotFound', 400, 'PIM does not know this person or group'],
  ['AadPremiumLicenseRequired', 400, 'A licence is missing'],
  ['RoleDefinitionDoesNotExist', 404, 'PIM could not use the request'],
  ['ResourceIsLocked', 400, 'The resource is locked'],
] as const)('promise 24: %s to an assignment is told with the next step', async (code, status, what) => {
  await using world = await createTenant();
  const nestor = await world.person('Nestor');
  await nestor.types('assign Monitoring Reader to lee on rg-web for 30 days because of the audit');
  const asks = await nestor.waitForCard((card) => card.verbs.includes('assignment.confirm'));
  await world.fault({ method: 'PUT', path: 'roleEligibilityScheduleRequests/' }, { status, body: { error: { code, message: '' } } });
  await nestor.clicks(asks, 'assignment.confirm');
  const card = await nestor.waitForCard((shown) => shown.activityId === asks.activityId && shown.verbs.includes('assignment.repeat'));
  saysInOrder(card, ['Not assigned', what, 'Why', 'What to do']);
  expect(card.verbs).toEqual(['assignment.repeat']);
});
