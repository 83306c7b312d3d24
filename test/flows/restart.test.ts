import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { loadSeed } from '../../src/emulator/seed-file.ts';
import { postJson } from '../../src/dev/emulator-tokens.ts';
import { startFakeTeams, type FakePerson, type FakeTeams } from '../helpers/fake-teams.ts';
import { startKillableBot } from '../helpers/killable-bot.ts';
import { PimWitness } from '../helpers/pim-witness.ts';

const seed = loadSeed('env/local.seed.json');

function temporaryFolder(): Disposable & { readonly path: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'pim-restart-'));
  return { path: folder, [Symbol.dispose]: () => { rmSync(folder, { recursive: true, force: true }); } };
}

async function openChat(teams: FakeTeams, firstName: string): Promise<FakePerson> {
  const found = seed.people.find(({ name }) => name.startsWith(firstName));
  const person = teams.person({ id: found?.id ?? '', name: found?.name ?? '' });
  await person.installs();
  return person;
}

async function ask(alex: FakePerson): Promise<string> {
  await alex.types('activate Contributor on rg-app');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'before the crash' });
  return form.activityId;
}

test('promise 22: a bot that is killed while an approval waits loses nothing: the click works, both cards end right', async () => {
  using folder = temporaryFolder();
  await using emulator = await startEmulator({ seed });
  await using teams = await startFakeTeams({ tenantId: seed.tenantId });
  const pim = new PimWitness(emulator, seed);

  const first = await startKillableBot(seed.tenantId, emulator, { folder: folder.path });
  teams.connect(first.url);
  const megan = await openChat(teams, 'Megan');
  const alex = await openChat(teams, 'Alex');
  const status = await ask(alex);
  const request = await megan.waitForCard((card) => card.verbs.includes('approval.approve'));
  await first.kill();

  await using second = await startKillableBot(seed.tenantId, emulator, { folder: folder.path });
  teams.connect(second.url);
  const answer = await megan.clicks(request, 'approval.approve', { reason: 'after the crash' });
  expect(answer.status).toBe(200);
  await alex.waitForCard((card) => card.activityId === status && card.verbs.includes('activation.deactivate'), 20_000);
  expect(megan.card(request.activityId).verbs).not.toContain('approval.approve');
  expect((await pim.activated()).map(({ properties }) => properties.principalId)).toEqual([alex.account.aadObjectId]);
}, 90_000);

test('promise 22: a bot that is killed in the middle of telling an approver tells them after the restart', async () => {
  using folder = temporaryFolder();
  await using emulator = await startEmulator({ seed });
  await using teams = await startFakeTeams({ tenantId: seed.tenantId });

  const first = await startKillableBot(seed.tenantId, emulator, { folder: folder.path });
  teams.connect(first.url);
  const megan = await openChat(teams, 'Megan');
  const alex = await openChat(teams, 'Alex');
  await alex.types('activate Contributor on rg-app');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  teams.fail({ calls: 1, how: 'hang', of: 'send' });
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'before the crash' });
  await expect.poll(() => teams.requests.filter(({ kind, conversationId }) => kind === 'send' && conversationId === megan.conversationId).length).toBe(2);
  await first.kill();

  await using second = await startKillableBot(seed.tenantId, emulator, { folder: folder.path });
  teams.connect(second.url);
  const request = await megan.waitForCard((card) => card.verbs.includes('approval.approve'), 60_000);
  expect(request.text).toContain('before the crash');
}, 120_000);

test('promise 10: a bot that is killed while PIM answers sends no second request: the one under its GUID is found', async () => {
  using folder = temporaryFolder();
  await using emulator = await startEmulator({ seed });
  await using teams = await startFakeTeams({ tenantId: seed.tenantId });
  const pim = new PimWitness(emulator, seed);

  const first = await startKillableBot(seed.tenantId, emulator, { folder: folder.path });
  teams.connect(first.url);
  const alex = await openChat(teams, 'Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await postJson(emulator, '/emulator/faults', { match: { method: 'PUT', path: 'roleAssignmentScheduleRequests' }, times: 1, fault: { delay: 20_000 } });
  const click = alex.clicks(form, 'activation.submit', { minutes: '30' }).catch(() => null);
  await expect.poll(async () => (await pim.requests()).length, { timeout: 10_000 }).toBe(1);
  await first.kill();
  await click;

  await using second = await startKillableBot(seed.tenantId, emulator, { folder: folder.path });
  teams.connect(second.url);
  await alex.waitForCard((card) => card.activityId === form.activityId && card.verbs.includes('activation.deactivate'), 60_000);
  expect(await pim.requests()).toHaveLength(1);
  expect(await pim.activated()).toHaveLength(1);
}, 120_000);
