import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakePerson } from '../helpers/fake-teams.ts';
import { startProduction, type Production } from '../helpers/stand-ins/production.ts';
import { alexRole, asAtTheStart, exchanges, newCard, onBehalfOfCalls, sendsInvoke, typesAndSees } from './production-story.ts';

// Whole stories of people who sign in, on `npm start`'s process.

let production: Production;
beforeAll(async () => { production = await startProduction({ limits: false }); });
afterAll(() => production[Symbol.asyncDispose]());

test('an activation goes from the requester\'s first word to the approver\'s click, each of them signing in on the way', async () => {
  const [alex, megan] = [await production.person('Alex'), await production.person('Megan')];
  const before = exchanges(production);
  const form = await typesAndSees(alex, 'activate Contributor on rg-app', (card) => card.verbs.includes('activation.submit'));
  expect(alex.signInButton).toBeNull();
  expect(exchanges(production)).toBe(before + 1);

  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'the deployment hangs' });
  const pending = await alex.waitForCard((card) => card.activityId === form.activityId && card.has('Waiting for approval'));
  const request = await megan.waitForCard((card) => card.verbs.includes('approval.approve'));
  for (const part of ['Alex Wilber', 'Contributor', 'rg-app', 'the deployment hangs', '1 h']) expect(request.text).toContain(part);
  expect(production.tokenService.tokensOf(megan.account.mri)).toEqual([]);
  expect(await production.pim.activated()).toEqual([]);

  expect(await megan.clicks(request, 'approval.approve', { reason: 'go ahead' })).toMatchObject({ status: 200 });
  expect(exchanges(production)).toBe(before + 2);
  const decided = await megan.waitForCard((card) => card.activityId === request.activityId && !card.verbs.includes('approval.approve'));
  expect(decided.text).toContain('Megan Bowen');
  const active = await alex.waitForCard((card) => card.activityId === pending.activityId && card.verbs.includes('activation.deactivate'));
  for (const part of ['Megan Bowen', 'go ahead']) expect(active.text).toContain(part);
  await alex.waitForText('Contributor · Resource group rg-app: Active until');

  expect((await production.pim.activated()).map(({ properties }) => properties.principalId)).toEqual([alex.account.aadObjectId]);
  const changes = (await production.pim.calls()).filter(({ method, path = '' }) => method !== 'GET' && path.includes('Microsoft.Authorization'));
  expect(changes.map(({ actor, path = '' }) => [actor, /roleAssignment(ScheduleRequests|Approvals)/u.exec(path)?.[1]])).toEqual([
    [alex.account.aadObjectId, 'ScheduleRequests'], [megan.account.aadObjectId, 'Approvals'],
  ]);
});

describe('somebody who signs in for the first time', () => {
  let alex: FakePerson;
  const start = async (): Promise<void> => {
    alex = await production.person('Alex');
    asAtTheStart(production, alex);
  };

  test('by the button gets what they have asked for, once, and the button is gone', async () => {
    await start();
    production.habits.withoutSso.add(alex.account.aadObjectId);
    await alex.types('roles');
    expect(await alex.waitForSignInButton()).toBe('Sign in');
    const shown = await newCard(alex, () => alex.signsIn(), alexRole);
    expect(alex.signInButton).toBeNull();
    await delay(500);
    expect(alex.cards().at(-1)?.activityId).toBe(shown.activityId);
    expect(production.tokenService.tokensOf(alex.account.mri)).toHaveLength(1);
  });

  test('by the button, long after a command that somebody else\'s answer took, is told so', async () => {
    await start();
    production.habits.withoutSso.add(alex.account.aadObjectId);
    await alex.types('roles');
    await alex.waitForSignInButton();
    const resource = { id: crypto.randomUUID(), connectionName: 'pim', token: await production.entra.ssoToken(alex.account.aadObjectId) };
    await newCard(alex, () => sendsInvoke(alex, 'signin/tokenExchange', resource), alexRole);
    expect((await newCard(alex, () => alex.signsIn(), 'You are signed in')).has(alexRole)).toBe(false);
  });

  test('and cancels is told so, and what they wanted goes on when they sign in after all', async () => {
    await start();
    production.habits.withoutSso.add(alex.account.aadObjectId);
    production.habits.account.set(alex.account.aadObjectId, null);
    await alex.types('roles');
    await alex.waitForSignInButton();
    const told = await newCard(alex, () => alex.signsIn(), 'The sign-in did not work');
    expect(told.text).toContain('Nothing was done');
    expect(production.tokenService.tokensOf(alex.account.mri)).toEqual([]);
    production.habits.account.clear();
    await newCard(alex, () => alex.signsIn(), alexRole);
  });

  test.each([['another code', '000000'], ['no code', 'x'], ['an object', { code: '123456' }], ['nothing', undefined]])('and comes back with %s is told that it did not work', async (_what, state) => {
    await start();
    const before = onBehalfOfCalls(production);
    await newCard(alex, () => sendsInvoke(alex, 'signin/verifyState', { state }), 'The sign-in did not work');
    expect(onBehalfOfCalls(production)).toBe(before);
    expect(production.tokenService.tokensOf(alex.account.mri)).toEqual([]);
  });

  test('with a click by the button has the click carried out', async () => {
    await start();
    production.habits.withoutSso.add(alex.account.aadObjectId);
    const help = await typesAndSees(alex, 'help', 'What you can type');
    expect(await alex.clicks(help, (action) => action['verb'] === 'roles.show')).toMatchObject({ status: 401 });
    expect(alex.signInButton).toBe('Sign in');
    const answer = await alex.signsIn();
    expect(answer).toMatchObject({ status: 200 });
    expect(JSON.stringify(answer?.value)).toContain('Website Contributor');
  });

  test('with a click whose token is not enough is offered the button', async () => {
    await start();
    production.tokenService.exchanges = false;
    const help = await typesAndSees(alex, 'help', 'What you can type');
    expect(await alex.clicks(help, (action) => action['verb'] === 'roles.show')).toMatchObject({ status: 412 });
    expect(alex.signInButton).toBe('Sign in');
    expect(await alex.signsIn()).toMatchObject({ status: 200 });
    expect(alex.card(help.activityId).has(alexRole)).toBe(true);
  });
});

test('with two clients open what was typed goes on once', async () => {
  const lee = await production.person('Lee', { devices: 2 });
  asAtTheStart(production, lee);
  const [before, cards] = [exchanges(production), lee.cards().length];
  await lee.types('roles');
  await lee.waitForCard('Resource group rg-app');
  await expect.poll(() => exchanges(production)).toBe(before + 2);
  await delay(1_000);
  expect(lee.cards().slice(cards)).toHaveLength(1);
  expect(lee.signInButton).toBeNull();
});

test('with two clients open a form is made once, and what was typed is in it', async () => {
  const lee = await production.person('Lee', { devices: 2 });
  asAtTheStart(production, lee);
  const [before, cards] = [exchanges(production), lee.cards().length];
  const form = await typesAndSees(lee, 'activate Contributor on rg-app for 90 min because the pipeline hangs', (card) => card.verbs.includes('activation.submit'));
  expect(JSON.stringify(form.json)).toContain('the pipeline hangs');
  await expect.poll(() => exchanges(production)).toBe(before + 2);
  await delay(1_000);
  expect(lee.cards().slice(cards)).toHaveLength(1);
});

test('a sign-in in Japanese is Japanese from the button to what goes on after it', async () => {
  const nestor = await production.person('Nestor', { locale: 'ja-JP', timeZone: 'Asia/Tokyo' });
  asAtTheStart(production, nestor);
  const id = nestor.account.aadObjectId;
  production.habits.withoutSso.add(id);
  production.habits.account.set(id, null);
  await nestor.types('ロール');
  expect(await nestor.waitForSignInButton()).toBe('サインイン');
  expect((await nestor.waitForText('サインインしてください'))).toContain('あなた自身の権限');
  await newCard(nestor, () => nestor.signsIn(), 'サインインできませんでした');
  production.habits.account.clear();
  await newCard(nestor, () => nestor.signsIn(), 'あなたのロール');
  await typesAndSees(nestor, 'サインアウト', 'サインアウトしました');
  production.habits.account.set(id, production.seed.people[0]?.id ?? '');
  await nestor.types('ロール');
  await nestor.waitForSignInButton();
  await newCard(nestor, () => nestor.signsIn(), '別のアカウントでサインインされました');
});
