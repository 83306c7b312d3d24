import { expect, test } from 'vitest';
import { findActivation } from '../../src/store/activations.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { createWorld, type World } from '../helpers/world.ts';
import { signsInMoreStrongly, stepUpLink, type StepUpHabits } from '../helpers/world-step-up.ts';

// Guards: `resendActivation`, `recordAttempt` (src/bot/activations/send-activation.ts), `recordProgress` (src/bot/activations/record-progress.ts),
// `withdrawActivation` (src/bot/activations/follow-activation.ts), `carryOut` (src/bot/sign-in/carry-out.ts).

interface Asked {
  readonly alex: FakePerson;
  readonly requestId: string;
  readonly card: ShownCard;
}

async function submits(world: World, command: string, entered: Record<string, string>): Promise<Asked> {
  const alex = await world.person('Alex');
  await alex.types(command);
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', entered);
  const requestId = /"requestId":"([\da-f-]{36})"/.exec(JSON.stringify(form.json))?.[1] ?? '';
  return { alex, requestId, card: alex.card(form.activityId) };
}

/** Alex's token has no second factor, so PIM refuses, and the card asks for a stronger sign-in. */
function asksForMfaRole(world: World): Promise<Asked> {
  return submits(world, 'activate Key Vault Administrator on Production', { minutes: '30', justification: 'secret rotation' });
}

async function stateOf(world: World, requestId: string): Promise<string | undefined> {
  return (await findActivation(world.store.db, requestId))?.state;
}

const puts = { method: 'PUT', path: 'roleAssignmentScheduleRequests' };
const reads = { method: 'GET', path: 'roleAssignmentScheduleRequests/[0-9a-f]' };

test.each([['busy', 429], ['not signed in', 401], ['not allowed', 403]])('promise 15: when the first answer was lost, a second try that is refused (%s) says nothing of the first', async (_what, status) => {
  await using world = await createWorld();
  await world.fault(reads, { status: 404 }, 2);
  await world.fault(puts, { dropAfterCommit: true });
  await world.fault(puts, { status });
  const { alex, requestId } = await submits(world, 'activate Reader on Production', { minutes: '30' });
  await expect.poll(() => stateOf(world, requestId), { timeout: 40_000, interval: 500 }).toBe('active');
  await alex.waitForCard('Active until');
  expect((await world.auditOf(requestId)).map(({ details }) => details['result'])).not.toContain('refused');
});

test('promise 15: a strong token that comes late is not overtaken by a second try without one', async () => {
  const habits: StepUpHabits = { tokenTakesMs: 0 };
  await using world = await createWorld({ stepUp: habits });
  const { alex, requestId, card } = await asksForMfaRole(world);
  expect(await stateOf(world, requestId)).toBe('awaitingStepUp');
  habits.tokenTakesMs = 9_000;
  expect(await signsInMoreStrongly(world.botUrl, stepUpLink(card), alex.account.aadObjectId)).toBe('Done');
  expect(await stateOf(world, requestId)).toBe('active');
  await alex.waitForCard('Active until');
});

test('promise 16: one stronger sign-in carries the request out once, however often it comes back at the same time', async () => {
  await using world = await createWorld({ stepUp: { tokenTakesMs: 0 } });
  const { alex, requestId, card } = await asksForMfaRole(world);
  const link = stepUpLink(card);
  const headlines = [await signsInMoreStrongly(world.botUrl, link, alex.account.aadObjectId)];
  await expect(signsInMoreStrongly(world.botUrl, link, alex.account.aadObjectId)).rejects.toThrow('404');
  expect(headlines).toEqual(['Done']);
  expect((await world.pim.requests()).map(({ name }) => name)).toEqual([requestId]);
  const attempts = (await world.auditOf(requestId)).filter(({ action, phase }) => action === 'activate' && phase === 'attempt');
  expect(attempts.map(({ details }) => details['stepUp'])).toEqual([undefined, { kind: 'mfa' }]);
});

test('promise 15: Cancel does not claim that nothing is at PIM when it is', async () => {
  await using world = await createWorld({ stepUp: { tokenTakesMs: 0 } });
  const { alex, requestId, card } = await asksForMfaRole(world);
  await signsInMoreStrongly(world.botUrl, stepUpLink(card), alex.account.aadObjectId);
  await world.store.db.updateTable('activations').set({ state: 'awaitingStepUp' }).where('request_id', '=', requestId).execute();
  await alex.clicks(card, 'activation.withdraw');
  expect(await stateOf(world, requestId)).toBe('active');
  expect((await world.auditOf(requestId)).map(({ action }) => action)).not.toContain('withdraw');
});

test('Cancel ends what waits for a stronger sign-in, with its link, and is on record once', async () => {
  await using world = await createWorld({ stepUp: { tokenTakesMs: 0 } });
  const { alex, requestId, card } = await asksForMfaRole(world);
  await alex.clicks(card, 'activation.withdraw');
  await alex.clicks(card, 'activation.withdraw');
  expect(await stateOf(world, requestId)).toBe('withdrawn');
  await expect(signsInMoreStrongly(world.botUrl, stepUpLink(card), alex.account.aadObjectId)).rejects.toThrow('404');
  expect((await world.auditOf(requestId)).filter(({ action }) => action === 'withdraw')).toHaveLength(1);
  expect(await world.pim.requests()).toEqual([]);
});

test('whoever has become a guest meanwhile is not served by a link from before', async () => {
  await using world = await createWorld({ stepUp: { tokenTakesMs: 0 } });
  const { alex, requestId, card } = await asksForMfaRole(world);
  await world.fault({ method: 'GET', path: `/users/${alex.account.aadObjectId}` }, { status: 404 }, 10);
  await world.advance('PT11M');
  expect(await signsInMoreStrongly(world.botUrl, stepUpLink(card), alex.account.aadObjectId)).toBe('Nothing to do here');
  expect(await stateOf(world, requestId)).toBe('awaitingStepUp');
  expect(await world.pim.requests()).toEqual([]);
});
