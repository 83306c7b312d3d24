import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { azureRoles } from '../../src/emulator/azure-roles.ts';
import type { Seed } from '../../src/emulator/seed.ts';
import type { FakePerson } from '../helpers/fake-teams.ts';
import type { OneDriveStandIn } from '../helpers/stand-ins/one-drive.ts';
import { startProduction, type Production } from '../helpers/stand-ins/production.ts';
import { storedRows } from '../helpers/stand-ins/stored-rows.ts';
import { asAtTheStart, newCard, tellPim, typesAndSees } from './production-story.ts';

// Role settings as a file, on `npm start`'s process, with a stand-in for people's OneDrive behind its public name: from the command by
// Teams' question to the file in OneDrive, and from there back by `settings apply`. Guards: `saveExport` (src/bot/settings/save-export.ts),
// `saveFile` (src/bot/settings/save-file.ts), `readBeforeSignIn` (src/bot/settings/file-for-apply.ts), `deliverOnCard` (src/bot/deliver.ts).

type FileCard = Awaited<ReturnType<FakePerson['waitForFile']>>;

const contoso = '/providers/Microsoft.Management/managementGroups/contoso';
const production1 = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const development = '/subscriptions/c3e00000-0000-4000-8000-000000000002';
const manyRoles = azureRoles.slice(0, 24);

/** More than a card can hold: some dozens of roles at each of three scopes. */
function withManySettings(seed: Seed): Seed {
  const taken = new Set((seed.settings ?? []).map(({ kind, role, scope }) => `${kind} ${role} ${scope}`));
  const more = [contoso, production1, development].flatMap((scope) => manyRoles.map(({ name: role }) => ({
    kind: 'azure' as const, role, scope,
    settings: { elevationDuration: 'PT3H', notificationToUserOnElevation: true, ticketingInfoOnElevation: true, mfaOnElevation: false, approvalOnElevation: false, approverIds: [] },
  })));
  return { ...seed, settings: [...seed.settings ?? [], ...more.filter(({ kind, role, scope }) => !taken.has(`${kind} ${role} ${scope}`))] };
}

let production: Production;
let oneDrive: OneDriveStandIn;
let nestor: FakePerson;
beforeAll(async () => {
  production = await startProduction({ limits: false, changeSeed: withManySettings });
  oneDrive = production.oneDrive;
});
afterAll(() => production[Symbol.asyncDispose]());
beforeEach(async () => {
  oneDrive.fault = 'none';
  nestor = await production.person('Nestor');
  asAtTheStart(production, nestor);
});

/** The file that the words bring, and the card above it. */
async function offered(words: string): Promise<FileCard> {
  const before = new Set(nestor.messages.map(({ activityId }) => activityId));
  await typesAndSees(nestor, words, 'Settings of your roles');
  return nestor.waitForFile('consent', before);
}

/** What the person's OneDrive has in the end. */
async function saved(words: string): Promise<string> {
  const file = await offered(words);
  const room = oneDrive.makeRoom(file.name);
  expect(await nestor.answersFile(file, room)).toMatchObject({ status: 200 });
  await nestor.waitForCard((card) => card.activityId === file.activityId && card.has('Saved in your OneDrive'));
  return oneDrive.contentOf(room) ?? '';
}

function attaches(words: string, content: string): Promise<unknown> {
  return nestor.sends({ text: words, attachments: [{ contentType: 'text/html', content: `<p>${words}</p>` }, oneDrive.attach('role-settings.json', content)] });
}

async function writes(): Promise<number> {
  return (await production.pim.calls()).filter(({ method }) => method === 'PATCH').length;
}

test('an export that no card can hold is a file in OneDrive, and changes nothing when it is applied again', async () => {
  const before = oneDrive.calls.length;
  const shown = await typesAndSees(nestor, 'settings export', 'Settings of your roles');
  expect(JSON.stringify(shown.json)).not.toContain('elevationDuration');
  for (const part of ['Roles: 67', 'Management group Contoso', 'too many for the text of a card']) expect(shown.text).toContain(part);
  const file = await nestor.waitForFile('consent');
  expect(file).toMatchObject({ name: 'role-settings.json', description: expect.stringContaining('The size is an estimate') });
  expect(oneDrive.calls).toHaveLength(before);

  const room = oneDrive.makeRoom('role-settings 1.json');
  await nestor.answersFile(file, room);
  const done = await nestor.waitForCard((card) => card.activityId === file.activityId && card.has('Saved in your OneDrive'));
  expect(done.text).toContain('role-settings 1.json');
  const info = await nestor.waitForFile('info');
  expect(info).toMatchObject({ name: room.name, contentUrl: room.contentUrl });
  // What asked is gone: nobody can agree twice.
  expect(nestor.messages.filter((message) => message.file?.kind === 'consent')).toEqual([]);
  const content = oneDrive.contentOf(room) ?? '';
  expect(Buffer.byteLength(content)).toBeGreaterThan(28 * 1024);
  expect(Buffer.byteLength(content)).toBe(file.sizeInBytes);
  expect(oneDrive.calls.slice(before)).toEqual([expect.objectContaining({ method: 'PUT', status: 201, authorization: null, range: `bytes 0-${file.sizeInBytes - 1}/${file.sizeInBytes}` })]);
  expect(JSON.parse(content)).toMatchObject({ roles: expect.arrayContaining([expect.objectContaining({ kind: 'entra', role: 'User Administrator' }), expect.objectContaining({ scope: contoso })]) });

  const callsBefore = (await production.pim.calls()).length;
  await newCard(nestor, () => attaches('settings apply', content), 'Nothing to change');
  expect(await writes()).toBe(0);
  // All roles of a scope come from one listing: hundreds of roles are no hundreds of calls.
  expect((await production.pim.calls()).length - callsBefore).toBeLessThan(60);
  const draft = await newCard(nestor, () => attaches('settings apply', content.replace('"PT4H"', '"PT5H"')), (card) => card.verbs.includes('settings.confirm'));
  await nestor.clicks(draft, 'settings.confirm');
  await nestor.waitForCard('PIM has confirmed it.');
  expect(await writes()).toBe(1);
});

test('what is saved is what PIM has when the person agrees, at the place that they have named', async () => {
  const file = await offered('settings export on rg-app');
  const draft = await typesAndSees(nestor, 'settings apply Contributor on rg-app {"elevationDuration": "PT6H"}', (card) => card.verbs.includes('settings.confirm'));
  await nestor.clicks(draft, 'settings.confirm');
  await nestor.waitForCard((card) => card.activityId === draft.activityId && card.has('PIM has confirmed it.'));
  const room = oneDrive.makeRoom(file.name);
  // A page that is not OneDrive's is not shown.
  await nestor.answersFile(file, { ...room, contentUrl: 'https://evil.example/role-settings.json' });
  await nestor.waitForCard((card) => card.activityId === file.activityId && card.has('Saved in your OneDrive'));
  const content = oneDrive.contentOf(room) ?? '';
  expect(content).toContain('"PT6H"');
  expect(JSON.parse(content)).toMatchObject({ roles: expect.arrayContaining([expect.objectContaining({ role: 'Contributor', scope: `${production1}/resourceGroups/rg-app` }), expect.objectContaining({ role: 'Reader' })]) });
});

test('a person who does not want it is told in a sentence, and nothing is sent', async () => {
  const file = await offered('settings export on rg-app');
  const before = oneDrive.calls.length;
  await nestor.answersFile(file, null);
  await nestor.waitForCard((card) => card.activityId === file.activityId && card.has('No file was saved'));
  expect(oneDrive.calls).toHaveLength(before);
});

test.each(['refuses', 'silent', 'redirects', 'half'] as const)('an OneDrive that %s is said, and the file is offered once more', async (fault) => {
  const file = await offered('settings export on rg-app');
  const before = oneDrive.calls.length;
  oneDrive.fault = fault;
  await nestor.answersFile(file, oneDrive.makeRoom(file.name));
  await nestor.waitForCard((card) => card.activityId === file.activityId && card.has('The file could not be saved'));
  expect(oneDrive.calls).toHaveLength(before + 1);
  const again = await nestor.waitForFile('consent', new Set([file.activityId]));
  oneDrive.fault = 'none';
  const room = oneDrive.makeRoom(again.name);
  await nestor.answersFile(again, room);
  await nestor.waitForCard((card) => card.activityId === again.activityId && card.has('Saved in your OneDrive'));
  expect(oneDrive.contentOf(room)).toContain('"Contributor"');
});

test('promise 23: a file goes to OneDrive alone, whatever the place that is named', async () => {
  const asked = production.hostsAsked();
  const before = oneDrive.calls.length;
  let file = await offered('settings export on rg-app');
  for (const uploadUrl of [
    'https://evil.example/upload', 'http://contoso-my.sharepoint.com/upload', 'https://contoso-my.sharepoint.com:8443/upload', 'https://contoso-my.sharepoint.com@evil.example/upload',
  ]) {
    await nestor.answersFile(file, { ...oneDrive.makeRoom(file.name), uploadUrl });
    await nestor.waitForCard((card) => card.activityId === file.activityId && card.has('The file is not saved there'));
    file = await nestor.waitForFile('consent', new Set([file.activityId]));
  }
  expect(oneDrive.calls).toHaveLength(before);
  expect(production.hostsAsked()).toEqual(asked);
});

test('somebody who has to sign in before the file is saved is offered it once more', async () => {
  const file = await offered('settings export on rg-app');
  await typesAndSees(nestor, 'sign out', 'You are signed out');
  const room = oneDrive.makeRoom(file.name);
  await nestor.answersFile(file, room);
  await nestor.waitForCard((card) => card.activityId === file.activityId && card.has('Settings of your roles'));
  expect(oneDrive.contentOf(room)).toBeNull();
  const again = await nestor.waitForFile('consent', new Set([file.activityId]));
  const second = oneDrive.makeRoom(again.name);
  await nestor.answersFile(again, second);
  await nestor.waitForCard((card) => card.activityId === again.activityId && card.has('Saved in your OneDrive'));
  expect(JSON.parse(oneDrive.contentOf(second) ?? '')).toMatchObject({ roles: expect.arrayContaining([expect.objectContaining({ role: 'Contributor' })]) });
});

test('a slow PIM does not keep the question open', async () => {
  const file = await offered('settings export on rg-app');
  await tellPim(production, '/emulator/faults', { match: { path: '/roleManagementPolicyAssignments' }, times: 2, fault: { delay: 4_000 } });
  const room = oneDrive.makeRoom(file.name);
  expect(await nestor.answersFile(file, room)).toMatchObject({ status: 200 });
  expect(nestor.card(file.activityId).text).toContain('Checking with PIM');
  await nestor.waitForCard((card) => card.activityId === file.activityId && card.has('Saved in your OneDrive'), 15_000);
  expect(oneDrive.contentOf(room)).toContain('"Contributor"');
});

test('an attached file outlives the sign-in that interrupts it, and a restart of the bot, and its address is not kept', async () => {
  const content = (await saved('settings export on rg-app')).replace('"PT6H"', '"PT7H"');
  await typesAndSees(nestor, 'sign out', 'You are signed out');
  production.habits.withoutSso.add(nestor.account.aadObjectId);
  await attaches('settings apply', content);
  await nestor.waitForSignInButton();
  expect(await production.bot.stop()).toBe(0);
  const rows = [...(await storedRows(production.databaseFolder)).values()].flat().join('\n');
  expect(rows).toContain('PT7H');
  for (const canary of oneDrive.canaries) expect(rows).not.toContain(canary);
  await production.restart();

  const draft = await newCard(nestor, () => nestor.signsIn(), (card) => card.verbs.includes('settings.confirm'));
  expect(draft.text).toContain('7 h (PT7H) (was 6 h (PT6H))');
});

test('a file that cannot be read before a sign-in is told as such after it', async () => {
  await typesAndSees(nestor, 'sign out', 'You are signed out');
  oneDrive.fault = 'refuses';
  await newCard(nestor, () => attaches('settings apply', '{}'), 'That file could not be read');
  expect(nestor.signInButton).toBeNull();
});

test('no address of a file is ever printed, and no page but OneDrive\'s is ever shown', () => {
  expect(JSON.stringify(nestor.messages)).not.toContain('evil.example');
  const printed = production.log();
  expect(oneDrive.canaries.length).toBeGreaterThan(10);
  expect(oneDrive.canaries.filter((canary) => printed.includes(canary))).toEqual([]);
});
