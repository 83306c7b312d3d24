import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { createWorld, type World } from '../helpers/world.ts';
import { changesRule } from './settings-in-the-portal.ts';

const rgApp = '/subscriptions/c3e00000-0000-4000-8000-000000000001/resourceGroups/rg-app';
const production = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const development = '/subscriptions/c3e00000-0000-4000-8000-000000000002';
const allKinds = { roleKinds: ['azure', 'entra', 'group'] } as const;
const nestorId = 'a1e00000-0000-4000-8000-000000000003';
const meganId = 'a1e00000-0000-4000-8000-000000000002';
const lee = 'a1e00000-0000-4000-8000-000000000004';

async function shows(person: FakePerson, words: string): Promise<ShownCard> {
  await person.types(words);
  return person.waitForCard((card) => card.verbs.includes('settings.propose'));
}

async function proposes(person: FakePerson, words: string): Promise<ShownCard> {
  await person.types(words);
  return person.waitForCard((card) => card.verbs.includes('settings.confirm'));
}

/** Changes of policies that the local PIM has been sent. */
async function writes(world: World): Promise<number> {
  return (await world.pim.calls()).filter(({ method }) => method === 'PATCH').length;
}

test('the settings of a role are shown in words and as JSON, with where they come from', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const card = await shows(nestor, 'settings Contributor on rg-app');
  for (const part of ['Contributor', 'Resource group rg-app', '2 h (PT2H)', 'Ops leads (group)', 'Megan Bowen', 'maxElavationDuration']) expect(card.text).toContain(part);
  expect(JSON.stringify(card.json)).toContain(String.raw`\"elevationDuration\": \"PT2H\"`);
});

test('an administrator changes settings on the card, confirms the difference, and PIM has them', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const card = await shows(nestor, 'settings Contributor on rg-app');
  await nestor.clicks(card, 'settings.propose', { settings: '{ "elevationDuration": "PT3H50M", "ticketingInfoOnElevation": true }' });
  const draft = await nestor.waitForCard((shown) => shown.verbs.includes('settings.confirm'));
  expect(draft.activityId).toBe(card.activityId);
  for (const part of ['4 h (PT4H) (was 2 h (PT2H)) · loosens', 'Yes (was No)', 'PT3H50M is rounded to 4 h (PT4H)']) expect(draft.text).toContain(part);
  expect(await writes(world)).toBe(0);

  await nestor.clicks(draft, 'settings.confirm');
  expect((await nestor.waitForCard('PIM has confirmed it.')).activityId).toBe(card.activityId);
  const after = await shows(nestor, 'settings Contributor on rg-app');
  expect(after.text).toMatch(/4 h \(PT4H\)[^]*Last changed by/u);
  const audit = (await world.auditOf()).map(({ actor, action, phase, details }) => [actor.name, action, phase, details['result']]);
  expect(audit).toEqual([['Nestor Wilke', 'changeSettings', 'attempt', undefined], ['Nestor Wilke', 'changeSettings', 'outcome', 'written']]);
});

test('a second click writes nothing more, and a card of somebody else is refused', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const megan = await world.person('Megan');
  const draft = await proposes(nestor, 'settings apply Contributor on rg-app {"ticketingInfoOnElevation": true}');
  expect(JSON.stringify(await megan.clicks(draft, 'settings.confirm'))).toContain('This card belongs to somebody else');
  expect(await writes(world)).toBe(0);
  await Promise.all([1, 2, 3, 4, 5].map(() => nestor.clicks(draft, 'settings.confirm')));
  await nestor.waitForCard('PIM has confirmed it.');
  await nestor.clicks(draft, 'settings.confirm');
  expect(await writes(world)).toBe(1);
  expect((await world.auditOf()).map(({ phase }) => phase)).toEqual(['attempt', 'outcome']);
});

test('promise 13: nothing that a card sends changes what is written, for whom, or where', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const draft = await proposes(nestor, 'settings apply Contributor on rg-app {"elevationDuration": "PT1H"}');
  await nestor.clicks(draft, 'settings.confirm', {
    settings: '{"mfaOnElevation": false}', scope: production, roles: '[]', change: '{"approvalOnElevation": false}', personId: meganId, elevationDuration: 'P3DT2H',
  });
  await nestor.waitForCard('PIM has confirmed it.');
  const after = await shows(nestor, 'settings Contributor on rg-app');
  expect(after.text).toContain('1 h (PT1H)');
  expect(after.text).toMatch(/Approval required[^]*Yes/u);
});

test('whoever may not change settings is refused by PIM, in words, and the audit log has it', async () => {
  await using world = await createWorld({ changeSeed: (seed) => ({ ...seed, assigned: [...seed.assigned ?? [], { kind: 'azure', principalId: lee, role: 'Reader', scope: production }] }) });
  const person = await world.person('Lee');
  const draft = await proposes(person, 'settings apply Contributor on rg-app {"elevationDuration": "PT1H"}');
  await person.clicks(draft, 'settings.confirm');
  const refused = await person.waitForCard('Not everything was written');
  expect(refused.text).toMatch(/PIM refused it[^]*User Access Administrator/u);
  expect((await world.auditOf()).map(({ phase, details }) => details['code'] ?? phase)).toEqual(['attempt', 'notPermitted']);
});

test('what has changed since the card was shown is not written over', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const draft = await proposes(nestor, 'settings apply Contributor on rg-app {"elevationDuration": "PT1H"}');
  await changesRule(world, { kind: 'azure', role: 'Contributor', scope: rgApp }, 'Expiration_EndUser_Assignment', { maximumDuration: 'PT6H' });
  await nestor.clicks(draft, 'settings.confirm');
  expect((await nestor.waitForCard('Not everything was written')).text).toContain('Somebody has changed these settings');
  expect((await shows(nestor, 'settings Contributor on rg-app')).text).toContain('6 h (PT6H)');
});

test('what a stop of the bot left open is read back from PIM, and not written once more', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const draft = await proposes(nestor, 'settings apply Contributor on rg-app {"elevationDuration": "PT1H"}');
  await sql`update settings_changes set state = 'writing', version = 2, submitted_at = ${world.now()}`.execute(world.store.db);
  await nestor.clicks(draft, 'settings.confirm');
  const open = await nestor.waitForCard('Being written');
  await nestor.clicks(open, 'settings.recheck');
  await nestor.waitForCard('Being written');
  await world.advance('PT11M');
  await nestor.clicks(open, 'settings.recheck');
  expect((await nestor.waitForCard('Not everything was written')).text).toContain('PIM does not have these settings.');
  expect(await writes(world)).toBe(0);
});

test('a field that cannot be set says so, also where nothing else changes', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  await nestor.types('settings apply Contributor on rg-app {"lastGlobalAdmin": true}');
  const alone = await nestor.waitForCard('Nothing to write');
  expect(alone.text).toContain('lastGlobalAdmin cannot be set. Given: true; it stays: not told by PIM.');
  expect(alone.text).not.toContain('exactly these settings');
  expect(alone.verbs).not.toContain('settings.confirm');
  await nestor.types('settings apply Contributor on rg-app {"isMfaOnElevationConfigurable": true, "minElevationDuration": "PT30M"}');
  await nestor.waitForCard('Nothing to change');

  const entry = (role: string, scope: string, settings: object): object => ({ kind: 'azure', role, scope, settings });
  const draft = await proposes(nestor, `settings apply ${JSON.stringify({ roles: [
    entry('Contributor', rgApp, { elevationDuration: 'PT1H' }), entry('Reader', rgApp, { maxElavationDuration: 'P5D' }), entry('Owner', rgApp, {}),
  ] })}`);
  expect(draft.text).toMatch(/Reader · Resource group rg-app[^]*maxElavationDuration cannot be set. Given: P5D; it stays: P3DT2H[^]*settings already: 1/u);
  await nestor.clicks(draft, 'settings.confirm');
  expect((await nestor.waitForCard((card) => card.activityId === draft.activityId && card.has('PIM has confirmed it.'))).text).toMatch(/Written[^]*maxElavationDuration cannot be set/u);
  expect(await writes(world)).toBe(1);
  expect((await world.auditOf()).map(({ phase, details }) => [phase, details['role']])).toEqual([['attempt', 'Contributor'], ['outcome', 'Contributor']]);
});

test('approval is not turned on without naming who approves, and nothing is written', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  // Not even where the role asks for approval already.
  await nestor.types('settings apply Contributor on rg-app { "approvalOnElevation": true }');
  await nestor.waitForCard('Line 1, column 3, approvalOnElevation: approvalOnElevation needs approverIds beside it');
  await changesRule(world, { kind: 'azure', role: 'Contributor', scope: rgApp }, 'Approval_EndUser_Assignment', { setting: {
    isApprovalRequired: false, isApprovalRequiredForExtension: false, isRequestorJustificationRequired: true, approvalMode: 'SingleStage',
    approvalStages: [{ approvalStageTimeOutInDays: 1, isApproverJustificationRequired: true, escalationTimeInMinutes: 0, isEscalationEnabled: false, primaryApprovers: [{ id: lee, userType: 'User', isBackup: false }], escalationApprovers: [] }],
  } });
  const before = await writes(world);
  await nestor.types('settings apply Contributor on rg-app {\n  "approvalOnElevation": true\n}');
  const fault = await nestor.waitForCard('Line 2, column 3, approvalOnElevation: approvalOnElevation needs approverIds beside it');
  expect(fault.text).toContain('These settings cannot be written');
  await nestor.clicks(fault, 'settings.propose', { settings: `{ "approvalOnElevation": true, "approverIds": ["${meganId}"] }` });
  expect((await nestor.waitForCard('Write these settings?')).text).toContain('Megan Bowen');
  expect(await writes(world)).toBe(before);
});

test('the same in Japanese', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor', { locale: 'ja-JP', timeZone: 'Asia/Tokyo' });
  await nestor.types('設定 適用 rg-app の Contributor {"elevationDuration": "PT1Y"}');
  expect((await nestor.waitForCard('この設定は書き込めません')).text).toContain('1 行 2 文字目、elevationDuration: 「PT1Y」は ISO 8601 の期間ではありません');
  const draft = await proposes(nestor, '設定 適用 rg-app の Contributor {"elevationDuration": "PT1H"}');
  await nestor.clicks(draft, 'settings.confirm');
  await nestor.waitForCard('PIM が確認しました。');
});

test('promise 23: a file that does not lie where Teams puts files is not asked for', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const attachments = [{ contentType: 'application/vnd.microsoft.teams.file.download.info', name: 'a.json', content: { downloadUrl: 'https://contoso.sharepoint.com.evil.example/a.json' } }];
  await nestor.sends({ type: 'message', text: 'settings apply', attachments });
  await nestor.waitForCard('That file is not read');
});

test('every fault is told with its line and its field, and the JSON can be corrected on the card', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  await nestor.types(`settings apply Contributor on rg-app {
  "elevationDuration": "PT80H",
  "aproverIds": [],
  "mfaOnElevation": "yes"
}`);
  const faulty = await nestor.waitForCard('These settings cannot be written');
  for (const part of ['Line 2, column 3, elevationDuration: Elavation duration should be between 0.5 and 74', 'Line 3, column 3, aproverIds: There is no field aproverIds. Did you mean approverIds?', 'Line 4, column 3, mfaOnElevation: This must be true or false']) {
    expect(faulty.text).toContain(part);
  }
  await nestor.clicks(faulty, 'settings.propose', { settings: '{\n  "approvalOnElevation": true,\n  "approverIds": ["11111111-1111-4111-8111-111111111111"]\n}' });
  const unknown = await nestor.waitForCard('Line 3, column 19, approverIds[0]: 11111111-1111-4111-8111-111111111111');
  expect(unknown.text).toContain('is no user and no group of the directory');
  await nestor.clicks(unknown, 'settings.propose', { settings: '{ "elevationDuration": "P1DT6H" }' });
  expect((await nestor.waitForCard('Write these settings?')).text).toContain('today\'s PIM may refuse');
  expect(await writes(world)).toBe(0);
});

test('an export is applied again: what is the same is left alone, the rest is written role by role', async () => {
  await using world = await createWorld(allKinds);
  const nestor = await world.person('Nestor');
  await nestor.types('settings export');
  const exported = await nestor.waitForCard('Settings of your roles');
  const json = inputValue(exported);
  const file: unknown = JSON.parse(json);
  expect(file).toMatchObject({ roles: expect.arrayContaining([expect.objectContaining({ kind: 'azure', role: 'Owner', scope: development }), expect.objectContaining({ kind: 'entra', role: 'User Administrator', scope: '/' })]) });
  const changed = json.replace('"PT4H"', '"PT3H"').replaceAll('"PT2H"', '"PT1H"');
  const draft = await proposes(nestor, `settings apply ${changed}`);
  expect(draft.text).toMatch(/Owner · Subscription Development[^]*3 h \(PT3H\) \(was 4 h \(PT4H\)\)/u);
  expect(draft.text).toMatch(/User Administrator · /u);
  await nestor.clicks(draft, 'settings.confirm');
  await nestor.waitForCard((card) => card.activityId === draft.activityId && card.has('PIM has confirmed it.') && !card.has('Being written'));
  await nestor.types('settings User Administrator');
  expect((await nestor.waitForCard((card) => card.verbs.includes('settings.propose'))).text).toContain('1 h (PT1H)');
});

// https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-how-to-change-default-settings
test('a directory role that asks for approval and names nobody stays so when its export is applied, and none is made so', async () => {
  await using world = await createWorld(allKinds);
  const nestor = await world.person('Nestor');
  const stage = { approvalStageTimeOutInDays: 1, isApproverJustificationRequired: true, escalationTimeInMinutes: 0, isEscalationEnabled: false, primaryApprovers: [], escalationApprovers: [] };
  await changesRule(world, { kind: 'entra', role: 'User Administrator', scope: '/' }, 'Approval_EndUser_Assignment', { setting: {
    isApprovalRequired: true, isApprovalRequiredForExtension: false, isRequestorJustificationRequired: true, approvalMode: 'SingleStage', approvalStages: [stage],
  } });
  await nestor.types('settings export');
  const json = inputValue(await nestor.waitForCard('Settings of your roles'));
  await nestor.types(`settings apply ${json}`);
  await nestor.waitForCard('PIM has exactly these settings already');
  const draft = await proposes(nestor, `settings apply ${json.replaceAll('"PT2H"', '"PT1H"')}`);
  await nestor.clicks(draft, 'settings.confirm');
  await nestor.waitForCard((card) => card.activityId === draft.activityId && card.has('PIM has confirmed it.') && !card.has('Being written'));
  const after = await shows(nestor, 'settings User Administrator');
  expect(after.text).toMatch(/1 h \(PT1H\)[^]*Approval required[^]*Yes/u);
  expect(JSON.parse(inputValue(after))).toMatchObject({ elevationDuration: 'PT1H', approvalOnElevation: true, approverIds: [] });
  await nestor.types('settings apply Contributor on rg-app { "approvalOnElevation": true, "approverIds": [] }');
  await nestor.waitForCard('approverIds: approvalOnElevation needs approverIds beside it');
});

function inputValue(card: ShownCard): string {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('id' in value && value.id === 'settings' && 'value' in value) found.push(String(value.value));
    Object.values(value).forEach(visit);
  };
  visit(card.json);
  return found[0] ?? '';
}

const ownEntry = { kind: 'azure', role: 'Contributor', scope: rgApp, settings: { elevationDuration: 'PT1H', mfaOnElevation: false, ticketingInfoOnElevation: true } };
const tightEnough = { kind: 'azure', role: 'Owner', scope: '/subscriptions/c3e00000-0000-4000-8000-000000000002', settings: { elevationDuration: 'PT8H' } };

test('drift: where PIM is looser than our own settings, per field; the digest says so in one line', async () => {
  await using world = await createWorld({ ownSettings: [ownEntry, tightEnough] });
  const nestor = await world.person('Nestor');
  await nestor.types('settings check');
  const drift = await nestor.waitForCard('PIM asks for less than this bot');
  expect(drift.text).toMatch(/Contributor · Resource group rg-app[^]*PIM: 2 h, this bot: 1 h[^]*PIM: no, this bot: yes[^]*Owner[^]*PIM asks for at least as much/u);
  await nestor.types('digest now');
  expect((await nestor.waitForCard('Who holds what')).text).toContain('PIM asks for less than this bot in 1 entries');
  const shown = await shows(nestor, 'settings Contributor on rg-app');
  expect(shown.text).toMatch(/This bot asks for more[^]*At most 1 h/u);
});

test('what cannot be read is no agreement: the check says so', async () => {
  await using world = await createWorld({ ownSettings: [ownEntry] });
  const megan = await world.person('Megan');
  await world.fault({ path: '/roleManagementPolicyAssignments' }, { status: 503 }, 40);
  await megan.types('settings check');
  expect((await megan.waitForCard('Not everything could be read')).text).toContain('Could not be compared');
});

test('an activation is announced to an administrator who knows the bot, once, where the settings say so', async () => {
  await using world = await createWorld({
    changeSeed: (seed) => ({ ...seed, assigned: [...seed.assigned ?? [], { kind: 'azure', principalId: nestorId, role: 'User Access Administrator', scope: '/providers/Microsoft.Management/managementGroups/contoso' }] }),
  });
  const nestor = await world.person('Nestor');
  const diego = await world.person('Diego');
  const alex = await world.person('Alex');
  await alex.types('activate Website Contributor on rg-web');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification: 'the shop is slow', ticketNumber: 'INC-1', ticketSystem: 'Jira' });
  await nestor.waitForText('Alex Wilber has activated Website Contributor on Resource group rg-web');
  await alex.types('activate Reader on Production');
  const quiet = await alex.waitForCard((card) => card.activityId !== form.activityId && card.verbs.includes('activation.submit'));
  await alex.clicks(quiet, 'activation.submit', { minutes: '30' });
  await world.advance('PT5M');
  await alex.types('active');
  await alex.waitForCard((card) => card.has('Reader') && card.verbs.includes('active.deactivate'));
  expect(nestor.messages.filter(({ text }) => text.includes('has activated'))).toHaveLength(1);
  expect(diego.messages.some(({ text }) => text.includes('has activated'))).toBe(false);
});
