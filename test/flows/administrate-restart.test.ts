import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { postJson } from '../../src/dev/emulator-tokens.ts';
import { startEmulator, type Emulator } from '../../src/emulator/emulator.ts';
import { loadSeed } from '../../src/emulator/seed-file.ts';
import { startFakeTeams, type FakePerson, type FakeTeams, type ShownCard } from '../helpers/fake-teams.ts';
import { startKillableBot } from '../helpers/killable-bot.ts';
import { PimWitness } from '../helpers/pim-witness.ts';

const seed = loadSeed('env/local.seed.json');

function temporaryFolder(): Disposable & { readonly path: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'pim-restart-'));
  return { path: folder, [Symbol.dispose]: () => { rmSync(folder, { recursive: true, force: true }); } };
}

async function openNestor(teams: FakeTeams): Promise<FakePerson> {
  const found = seed.people.find(({ name }) => name.startsWith('Nestor'));
  const person = teams.person({ id: found?.id ?? '', name: found?.name ?? '' });
  await person.installs();
  return person;
}

async function proposes(nestor: FakePerson): Promise<ShownCard> {
  await nestor.types('assign Monitoring Reader to lee on rg-web for 30 days because of an audit');
  return nestor.waitForCard((card) => card.verbs.includes('assignment.confirm'));
}

async function writes(emulator: Emulator): Promise<number> {
  const calls = await new PimWitness(emulator, seed).calls();
  return calls.filter((call) => call.method === 'PUT' && call.path?.includes('roleEligibilityScheduleRequests') === true && call.status === 201).length;
}

// Guards: `recordAssignmentAttempt` (src/bot/assignments/send-assignment.ts) commits the watch with the attempt; `settleAssignment`
// (src/bot/assignments/settle-assignment.ts) reads the request by its GUID before it is sent again.
test('promise 10: a bot that is killed while PIM answers an administrator assigns once, and the card says so after the restart', async () => {
  using folder = temporaryFolder();
  await using emulator = await startEmulator({ seed });
  await using teams = await startFakeTeams({ tenantId: seed.tenantId });

  const first = await startKillableBot(seed.tenantId, emulator, { folder: folder.path });
  teams.connect(first.url);
  const nestor = await openNestor(teams);
  const card = await proposes(nestor);
  await postJson(emulator, '/emulator/faults', { match: { method: 'PUT', path: 'roleEligibilityScheduleRequests' }, times: 1, fault: { delay: 20_000 } });
  const click = nestor.clicks(card, 'assignment.confirm').catch(() => null);
  await expect.poll(() => writes(emulator), { timeout: 10_000 }).toBe(1);
  await first.kill();
  await click;

  await using second = await startKillableBot(seed.tenantId, emulator, { folder: folder.path });
  teams.connect(second.url);
  await nestor.waitForCard((shown) => shown.activityId === card.activityId && shown.has('can activate the role'), 60_000);
  expect(await writes(emulator)).toBe(1);
}, 120_000);

test('promise 22: a card that asks whether it is meant still works after a restart', async () => {
  using folder = temporaryFolder();
  await using emulator = await startEmulator({ seed });
  await using teams = await startFakeTeams({ tenantId: seed.tenantId });
  const first = await startKillableBot(seed.tenantId, emulator, { folder: folder.path });
  teams.connect(first.url);
  const nestor = await openNestor(teams);
  const card = await proposes(nestor);
  await first.kill();
  await using second = await startKillableBot(seed.tenantId, emulator, { folder: folder.path });
  teams.connect(second.url);
  await nestor.clicks(card, 'assignment.confirm');
  await nestor.waitForCard('can activate the role', 20_000);
}, 120_000);
