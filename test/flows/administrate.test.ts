import { expect, test } from 'vitest';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { createWorld, type World } from '../helpers/world.ts';

const allKinds = { roleKinds: ['azure', 'entra', 'group'] } as const;
const role = 'Monitoring Reader';
const assignToLee = `assign ${role} to lee on rg-web for 30 days because the audit is on`;

/** What the administrator typed, as the card that asks whether it is meant. */
async function proposes(nestor: FakePerson, words: string): Promise<ShownCard> {
  await nestor.types(words);
  return nestor.waitForCard((card) => card.verbs.includes('assignment.confirm'));
}

async function assigns(nestor: FakePerson, words: string): Promise<ShownCard> {
  const card = await proposes(nestor, words);
  await nestor.clicks(card, 'assignment.confirm');
  return nestor.waitForCard((shown) => shown.activityId === card.activityId && shown.verbs.includes('assignment.undo'));
}

async function activates(person: FakePerson, words: string): Promise<ShownCard> {
  await person.types(`activate ${words}`);
  const form = await person.waitForCard((card) => card.verbs.includes('activation.submit'));
  await person.clicks(form, 'activation.submit', { minutes: '60', justification: 'looking' });
  return person.waitForCard((card) => card.activityId === form.activityId && card.verbs.includes('activation.deactivate'));
}

/** Writes of requests that the local PIM has answered, by path. */
async function writes(world: World, path: string): Promise<number> {
  return (await world.pim.calls()).filter((call) => call.method === 'PUT' && call.path?.includes(path) === true).length;
}

test('an administrator assigns an eligible role, the engineer activates it, the administrator takes it away and the activation ends', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const lee = await world.person('Lee');

  const card = await proposes(nestor, assignToLee);
  for (const part of ['Lee Gu · lee@contoso.example', role, 'Resource group rg-web', 'Eligible', '(30 days)']) expect(card.text).toContain(part);
  await nestor.clicks(card, 'assignment.confirm');
  const assigned = await nestor.waitForCard('can activate the role');
  expect(assigned.activityId).toBe(card.activityId);

  await activates(lee, `${role} on rg-web`);
  expect(await world.pim.activated()).toHaveLength(1);

  await world.advance('PT6M');
  await nestor.types(`who has ${role} on rg-web`);
  const list = await nestor.waitForCard('Who has this role');
  expect(list.text).toMatch(/Lee Gu[^]*activated via PIM[^]*Lee Gu[^]*eligible/u);

  const removal = await proposes(nestor, `unassign ${role} from lee on rg-web because the audit is over`);
  await nestor.clicks(removal, 'assignment.confirm');
  await nestor.waitForCard((shown) => shown.activityId === removal.activityId && shown.has('Taken away'));
  expect(await world.pim.activated()).toEqual([]);
  await lee.types('active');
  expect((await lee.waitForCard('Nothing is active')).text).not.toContain(role);

  const audit = (await world.auditOf()).filter(({ actor }) => actor.name === 'Nestor Wilke').map(({ action, phase }) => `${action} ${phase}`);
  expect(audit).toEqual(['assign attempt', 'assign outcome', 'unassign attempt', 'unassign outcome']);
});

test('an active assignment is held at once, until its end', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  await assigns(nestor, `assign active ${role} to lee on rg-web for 8 hours because of an incident`);
  await nestor.types('who is lee');
  expect((await nestor.waitForCard('Roles held')).text).toMatch(/Monitoring Reader[^]*active, assigned/u);
  await world.advance('PT9H');
  await nestor.types(`who has ${role} on rg-web`);
  expect((await nestor.waitForCard('Who has this role')).text).not.toContain('Lee Gu');
});

test('undo takes back the very assignment', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const assigned = await assigns(nestor, assignToLee);
  await nestor.clicks(assigned, 'assignment.undo');
  const removal = await nestor.waitForCard('Take this role away?');
  expect(removal.activityId).toBe(assigned.activityId);
  await nestor.clicks(removal, 'assignment.confirm', { justification: '' });
  await nestor.waitForCard('Taken away');
  await nestor.types(`who has ${role} on rg-web`);
  expect((await nestor.waitForCard('Who has this role')).text).not.toContain('Lee Gu');
});

test('whoever may not assign is refused by PIM, in words, and nothing is assigned', async () => {
  await using world = await createWorld({ changeSeed: withReader });
  const diego = await world.person('Diego');
  const card = await proposes(diego, assignToLee);
  await diego.clicks(card, 'assignment.confirm');
  const refused = await diego.waitForCard('Not assigned');
  expect(refused.text).toMatch(/no right to assign[^]*User Access Administrator/u);
  await diego.clicks(refused, 'assignment.repeat');
  expect((await diego.waitForCard('Assign this role?')).activityId).toBe(card.activityId);
  expect((await world.auditOf()).map(({ phase, details }) => details['code'] ?? phase)).toEqual(['attempt', 'notPermitted']);
});

test('whoever may not read others\' assignments is told so, with the way to their own', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('who has Owner on /subscriptions/c3e00000-0000-4000-8000-000000000002');
  const card = await alex.waitForCard('Not yours to see');
  expect(card.text).toContain('"roles"');
});

test('promise 10: thirty clicks on one card are one request at PIM', async () => {
  await using world = await createWorld({ limits: false });
  const nestor = await world.person('Nestor');
  const card = await proposes(nestor, assignToLee);
  const answers = await Promise.all(Array.from({ length: 30 }, () => nestor.clicks(card, 'assignment.confirm')));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  await nestor.waitForCard('can activate the role');
  expect(await writes(world, 'roleEligibilityScheduleRequests')).toBe(1);
});

test.each(['sameId', 'newId'] as const)('promise 10: a click that Teams delivers again with %s has no second effect', async (how) => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  await assigns(nestor, assignToLee);
  expect((await nestor.redelivers(how)).status).toBe(200);
  expect(await writes(world, 'roleEligibilityScheduleRequests')).toBe(1);
});

test('promise 12: an old card, replayed after the assignment was taken away again, changes nothing', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const card = await proposes(nestor, assignToLee);
  await nestor.clicks(card, 'assignment.confirm');
  const removal = await proposes(nestor, `unassign ${role} from lee on rg-web`);
  await nestor.clicks(removal, 'assignment.confirm', { justification: '' });
  const replayed = await nestor.clicks(card, 'assignment.confirm');
  expect(JSON.stringify(replayed.value)).not.toContain('assignment.confirm');
  expect(await writes(world, 'roleEligibilityScheduleRequests')).toBe(2);
});

test('promise 13: what a forged click adds changes neither person, role, scope nor length', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const card = await proposes(nestor, assignToLee);
  await nestor.clicks(card, 'assignment.confirm', { justification: 'x', principalId: 'other', role: 'Owner', scope: '/', side: 'active', minutes: '999999', person: 'other' });
  const assigned = await nestor.waitForCard('can activate the role');
  expect(assigned.text).toMatch(/Lee Gu[^]*Monitoring Reader[^]*rg-web[^]*30 days/u);
});

test('promise 13: another administrator\'s card is refused, whatever its bearer may do', async () => {
  await using world = await createWorld();
  const [nestor, megan] = [await world.person('Nestor'), await world.person('Megan')];
  const card = await proposes(nestor, assignToLee);
  expect(JSON.stringify((await megan.clicks(card, 'assignment.confirm')).value)).toMatch(/somebody else/u);
  expect(await writes(world, 'roleEligibilityScheduleRequests')).toBe(0);
});

test('of two administrators who assign the same, one is told that it exists already', async () => {
  await using world = await createWorld({ changeSeed: withSecondAdministrator });
  const [nestor, megan] = [await world.person('Nestor'), await world.person('Megan')];
  const cards = [await proposes(nestor, assignToLee), await proposes(megan, assignToLee)] as const;
  await Promise.all([nestor.clicks(cards[0], 'assignment.confirm'), megan.clicks(cards[1], 'assignment.confirm')]);
  const shown = [nestor.card(cards[0].activityId).text, megan.card(cards[1].activityId).text].sort();
  expect(shown.map((text) => text.split('\n')[0])).toEqual(['Assigned', 'Not assigned']);
  expect(shown[1]).toContain('exists already');
});

test.each([
  ['the connection breaks after the commit', { dropAfterCommit: true }],
  ['PIM answers 500 before the commit', { status: 500 }],
  ['PIM answers 503 with something that is not JSON', { status: 503, body: '<html>' }],
])('promise 15: when %s the assignment ends up once at PIM and right on the card', async (_what, fault) => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const card = await proposes(nestor, assignToLee);
  await world.fault({ method: 'PUT', path: 'roleEligibilityScheduleRequests' }, fault);
  await nestor.clicks(card, 'assignment.confirm');
  await nestor.waitForCard((shown) => shown.activityId === card.activityId && shown.has('can activate the role'), 30_000);
  await nestor.types(`who has ${role} on rg-web`);
  expect((await nestor.waitForCard('Who has this role')).text.match(/^Lee Gu$/gmu)).toHaveLength(1);
});

test('promise 15: an answer that takes long is "checking" first, and on the card later', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const card = await proposes(nestor, assignToLee);
  await world.fault({ method: 'PUT', path: 'roleEligibilityScheduleRequests' }, { delay: 4_000 });
  expect(JSON.stringify((await nestor.clicks(card, 'assignment.confirm')).value)).toMatch(/checking/iu);
  await nestor.waitForCard((shown) => shown.activityId === card.activityId && shown.has('can activate the role'), 20_000);
  expect(await writes(world, 'roleEligibilityScheduleRequests')).toBe(1);
});

test('a stronger sign-in that PIM asks an administrator for leads to the portal, and nothing is assigned', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const card = await proposes(nestor, assignToLee);
  const message = `&claims=${encodeURIComponent('{"access_token":{"acrs":{"essential":true, "value":"c1"}}}')}`;
  await world.fault({ method: 'PUT', path: 'roleEligibilityScheduleRequests' }, { status: 400, body: { error: { code: 'RoleAssignmentRequestAcrsValidationFailed', message } } });
  await nestor.clicks(card, 'assignment.confirm');
  const refused = await nestor.waitForCard('Not assigned');
  expect(refused.actions).toContain('Open the Azure portal');
});

test('promise 15: while PIM is out of reach the card says that it is being checked, never that it is done', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const card = await proposes(nestor, assignToLee);
  await world.fault({ path: 'roleEligibilityScheduleRequests' }, { status: 500 }, 1_000);
  await nestor.clicks(card, 'assignment.confirm');
  const checking = await nestor.waitForCard((shown) => shown.activityId === card.activityId && shown.verbs.includes('assignment.check'), 20_000);
  expect(checking.text).not.toContain('PIM has confirmed');
  expect((await world.auditOf()).filter(({ phase, details }) => phase === 'outcome' && details['result'] !== 'unknown')).toEqual([]);
});

test('an Entra role and the membership of a group are assigned and taken away like any other', async () => {
  await using world = await createWorld(allKinds);
  const nestor = await world.person('Nestor');
  for (const [what, where] of [['Reports Reader', 'Entra directory'], ['member of "Production break-glass"', 'Group Production break-glass']] as const) {
    const assigned = await assigns(nestor, `assign ${what} to diego for 30 days because of an audit`);
    expect(assigned.text).toContain(where);
    const removal = await proposes(nestor, `unassign ${what} from diego`);
    await nestor.clicks(removal, 'assignment.confirm', { justification: '' });
    await nestor.waitForCard((shown) => shown.activityId === removal.activityId && shown.has('Taken away'));
  }
});

test('promise 15: an answer of Graph\'s that was lost is found again by our own id', async () => {
  await using world = await createWorld(allKinds);
  const nestor = await world.person('Nestor');
  const card = await proposes(nestor, 'assign Reports Reader to diego for 30 days because of an audit');
  await world.fault({ method: 'POST', path: 'roleEligibilityScheduleRequests' }, { dropAfterCommit: true });
  await nestor.clicks(card, 'assignment.confirm');
  await nestor.waitForCard((shown) => shown.activityId === card.activityId && shown.has('can activate the role'), 30_000);
});

test('"who is" somebody shows all kinds of roles, and a row leads to its removal', async () => {
  await using world = await createWorld(allKinds);
  const nestor = await world.person('Nestor');
  await nestor.types('who is alex');
  const list = await nestor.waitForCard('Roles held');
  for (const part of ['User Administrator', 'Entra directory', 'Contributor', 'via Platform engineers', 'Monitoring Reader']) expect(list.text).toContain(part);
  await nestor.types('assignments on "Ops leads"');
  const group = await nestor.waitForCard('Group Ops leads');
  const [first = ''] = choicesOf(group);
  await nestor.clicks(group, 'assignments.take', { assignment: first });
  const removal = await nestor.waitForCard('Take this role away?');
  expect(removal.activityId).toBe(group.activityId);
  await nestor.clicks(removal, 'assignment.confirm', { justification: 'left' });
  await nestor.waitForCard('Taken away');
});

test('a chat in Japanese assigns, looks up and takes away in Japanese', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor', { locale: 'ja-JP', timeZone: 'Asia/Tokyo' });
  const card = await proposes(nestor, `割り当て ${role} を lee に rg-web で 30日 理由 監査`);
  expect(card.text).toContain('このロールを割り当てますか');
  await nestor.clicks(card, 'assignment.confirm');
  await nestor.waitForCard('アクティブ化できます');
  await nestor.types('rg-web の割り当て');
  expect((await nestor.waitForCard('ここで誰がどのロールを持っているか')).text).toContain('Lee Gu');
  await nestor.clicks(await proposes(nestor, `割り当て解除 ${role} を lee から rg-web で 理由 終了`), 'assignment.confirm');
  await nestor.waitForCard('割り当てを解除しました');
});

function choicesOf(card: ShownCard): readonly string[] {
  return [...JSON.stringify(card.json).matchAll(/"value":"((?:active|eligible)\/[^"]+)"/gu)].map(([, value = '']) => value);
}

type Seed = World['seed'];
const contoso = '/providers/Microsoft.Management/managementGroups/contoso';

/** Diego may look at everything and change nothing. */
function withReader(seed: Seed): Seed {
  return { ...seed, assigned: [...seed.assigned ?? [], { kind: 'azure', principalId: idOf(seed, 'Diego'), role: 'Reader', scope: contoso }] };
}

function withSecondAdministrator(seed: Seed): Seed {
  return { ...seed, administrators: [...seed.administrators ?? [], { principalId: idOf(seed, 'Megan'), scope: contoso }] };
}

function idOf({ people }: Seed, name: string): string {
  return people.find((person) => person.name.startsWith(name))?.id ?? '';
}
