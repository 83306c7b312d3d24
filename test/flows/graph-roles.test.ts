import { expect, test } from 'vitest';
import type { Seed } from '../../src/emulator/seed.ts';
import { findActivation } from '../../src/store/activations.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { createWorld, type World } from '../helpers/world.ts';
import { signsInMoreStrongly, stepUpLink } from '../helpers/world-step-up.ts';

// The story in the chat, for the kinds of roles that are in Graph.

const kinds = [
  ['a directory role', { kind: 'entra', command: 'activate User Administrator', free: 'activate Reports Reader', role: 'User Administrator', freeRole: 'Reports Reader' }],
  ['membership of a group', { kind: 'group', command: 'activate Member on Production break-glass', free: 'activate Member on Ops leads', role: 'Member', freeRole: 'member' }],
] as const;

const entered = { minutes: '30', justification: 'an account is locked', ticketNumber: 'INC-1', ticketSystem: 'ServiceNow' };

async function submits(alex: FakePerson, command: string): Promise<{ readonly card: ShownCard; readonly requestId: string }> {
  await alex.types(command);
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', entered);
  return { card: alex.card(form.activityId), requestId: /"requestId":"([\da-f-]{36})"/.exec(JSON.stringify(form.json))?.[1] ?? '' };
}

async function stateOf(world: World, requestId: string): Promise<string | undefined> {
  return (await findActivation(world.store.db, requestId))?.state;
}

test.each(kinds)('%s is asked for, approved and given back, with a name of PIM\'s own', async (_, { kind, command, role }) => {
  await using world = await createWorld({ roleKinds: [kind] });
  const megan = await world.person('Megan');
  const alex = await world.person('Alex');
  const { requestId, card } = await submits(alex, command);
  const request = await megan.waitForCard((shown) => shown.verbs.includes('approval.approve'));
  for (const part of ['Alex Wilber', role, 'an account is locked']) expect(request.text).toContain(part);
  await megan.clicks(request, 'approval.approve', { reason: 'go ahead' });
  const active = await alex.waitForCard((shown) => shown.activityId === card.activityId && shown.verbs.includes('activation.deactivate'));
  expect(active.text).toContain('Megan Bowen');
  const pimId = (await findActivation(world.store.db, requestId))?.pimId ?? '';
  expect(pimId).toMatch(/^[\da-f-]{36}$/);
  expect(pimId).not.toBe(requestId);
  await world.advance('PT6M');
  await alex.clicks(active, 'activation.deactivate');
  expect(await stateOf(world, requestId)).toBe('deactivated');
});

function askingForContext(kind: 'entra' | 'group', freeRole: string): (seed: Seed) => Seed {
  return (seed) => ({
    ...seed,
    settings: (seed.settings ?? []).map((entry) => (entry.kind === kind && entry.role === freeRole ? { ...entry, authenticationContext: 'c1' } : entry)),
  });
}

test.each(kinds)('promise 16: %s is carried out with a token for Graph, after the stronger sign-in that it asks for', async (_, { kind, free, freeRole }) => {
  await using world = await createWorld({ roleKinds: [kind], stepUp: { tokenTakesMs: 0 }, changeSeed: askingForContext(kind, freeRole) });
  const alex = await world.person('Alex');
  const { card, requestId } = await submits(alex, free);
  expect(await stateOf(world, requestId)).toBe('awaitingStepUp');
  expect(await signsInMoreStrongly(world.botUrl, stepUpLink(card), alex.account.aadObjectId)).toBe('Done');
  expect(await stateOf(world, requestId)).toBe('active');
});

test.each(kinds)('promise 15: %s whose request got no answer is found again by the watch', async (_, { kind, free }) => {
  await using world = await createWorld({ roleKinds: [kind] });
  const alex = await world.person('Alex');
  await world.fault({ method: 'POST', path: 'ssignmentScheduleRequests$' }, { dropAfterCommit: true });
  await world.fault({ method: 'GET', path: 'ssignmentScheduleRequests/filterByCurrentUser' }, { status: 501 });
  const { requestId } = await submits(alex, free);
  expect(await stateOf(world, requestId)).toBe('submitting');
  await expect.poll(() => stateOf(world, requestId), { timeout: 40_000, interval: 500 }).toBe('active');
});

// Guard: `hasRunOut` in src/jobs/watch-activation.ts.
test.each(kinds)('%s that nobody can read any more has ended when PIM said that it would', async (_, { kind, free }) => {
  await using world = await createWorld({ roleKinds: [kind] });
  const alex = await world.person('Alex');
  const { requestId, card } = await submits(alex, free);
  expect(await stateOf(world, requestId)).toBe('active');
  await world.fault({ method: 'GET', path: 'ssignmentSchedule' }, { status: 403 }, 1_000);
  await world.advance('PT31M');
  await expect.poll(() => stateOf(world, requestId), { timeout: 20_000, interval: 500 }).toBe('expired');
  await alex.waitForCard((shown) => shown.activityId === card.activityId && !shown.verbs.includes('activation.deactivate'));
});
