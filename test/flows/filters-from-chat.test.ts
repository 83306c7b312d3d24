import { expect, test } from 'vitest';
import { createWorld, type World } from '../helpers/world.ts';

/** Which words lead to which filter of Azure's listings, as the local PIM has received it. */
const production = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const contoso = '/providers/Microsoft.Management/managementGroups/contoso';
const lee = 'a1e00000-0000-4000-8000-000000000004';
const engineers = 'b2e00000-0000-4000-8000-000000000002';
const contributor = '/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c';

const listings = {
  now: ['roleAssignmentScheduleInstances', 'roleEligibilityScheduleInstances'],
  later: ['roleAssignmentSchedules', 'roleEligibilitySchedules'],
} as const;

interface Asked {
  readonly words: string;
  readonly scope: string;
  readonly filter: string;
}

/** The six of the source document, in its order; below them what follows from their combination. */
const questions: readonly Asked[] = [
  { words: 'assignments on Production', scope: production, filter: 'atScope()' },
  { words: 'who is "Platform engineers" on Production also below', scope: production, filter: `principalId eq '${engineers}'` },
  { words: 'who has Contributor on Production also below', scope: production, filter: `roleDefinitionId eq '${production}${contributor}'` },
  { words: 'who is lee on Production also below', scope: production, filter: `assignedTo('${lee}')` },
  { words: 'who am I on Production also below', scope: production, filter: 'asTarget()' },
  { words: 'who is lee on Production', scope: production, filter: `assignedTo('${lee}') and atScope()` },
  // Without a scope: at the widest that the administrator can see.
  { words: 'who is "Platform engineers"', scope: contoso, filter: `principalId eq '${engineers}'` },
  { words: 'who has Contributor', scope: contoso, filter: `roleDefinitionId eq '${contributor}'` },
  { words: 'who is lee', scope: contoso, filter: `assignedTo('${lee}')` },
  { words: 'who is me', scope: contoso, filter: 'asTarget()' },
  { words: 'who is nestor@contoso.example', scope: contoso, filter: 'asTarget()' },
  { words: 'who am I on Production', scope: production, filter: 'asTarget() and atScope()' },
  { words: 'who has Contributor on Production', scope: production, filter: `roleDefinitionId eq '${production}${contributor}' and atScope()` },
  { words: '私は誰', scope: contoso, filter: 'asTarget()' },
  { words: 'Production で lee は誰', scope: production, filter: `assignedTo('${lee}') and atScope()` },
];

const reaches = [
  { more: '', japanese: '', list: listings.now },
  { more: ' also later', japanese: ' 今後も', list: listings.later },
] as const;

const table = questions.flatMap((asked) => reaches.map(({ more, japanese, list }) => ({ ...asked, words: `${asked.words}${asked.words.endsWith('誰') ? japanese : more}`, list })));

/** How each listing was answered, where it was, and by which filter. */
async function listed(world: World, from: number): Promise<readonly string[]> {
  const calls = (await world.pim.calls()).filter(({ method }) => method === 'GET').slice(from);
  return calls.flatMap(({ path = '', filter = '', status }) => {
    const [, scope = '', listing] = /^(.*)\/providers\/Microsoft\.Authorization\/(role\w+Schedule(?:Instance)?s)$/i.exec(path) ?? [];
    // At the root the asker's own eligibilities are listed: they tell where to look.
    return listing === undefined || scope === '' ? [] : [`${status ?? 0} ${scope} ${listing} ${filter}`];
  }).sort();
}

test('each filter of the source document is within reach of words, for what is held now and for schedules', async () => {
  await using world = await createWorld();
  const person = await world.person('Nestor');
  for (const { words, scope, filter, list } of table) {
    await world.advance('PT1M');
    const from = (await world.pim.calls()).filter(({ method }) => method === 'GET').length;
    const before = new Set(person.cards().map(({ activityId }) => activityId));
    await person.types(words);
    await person.waitForCard((card) => !before.has(card.activityId) && card.verbs.includes('assignments.show'));
    expect([words, await listed(world, from)]).toEqual([words, list.map((listing) => `200 ${scope} ${listing} ${filter}`).sort()]);
  }
});

test('whoever may read nobody else\'s assignments is told their own, wherever they are eligible, also those that have not begun', async () => {
  await using world = await createWorld({ changeSeed: (seed) => ({ ...seed, administrators: seed.administrators ?? [] }) });
  const [alex, admin] = [await world.person('Alex'), await world.person('Nestor')];
  await admin.types('assign Monitoring Reader to alex on rg-web starting tomorrow for 30 days because of an audit');
  await admin.clicks(await admin.waitForCard((card) => card.verbs.includes('assignment.confirm')), 'assignment.confirm');
  await admin.waitForCard('Assigned');
  await alex.types('who am I');
  const mine = await alex.waitForCard('Roles held');
  for (const part of ['Contributor', 'Resource group rg-app', 'Owner', 'Subscription Development', 'via Platform engineers']) expect(mine.text).toContain(part);
  expect(mine.text).not.toContain('from ');
  const before = new Set(alex.cards().map(({ activityId }) => activityId));
  await alex.types('who am I also later');
  const later = await alex.waitForCard((card) => !before.has(card.activityId) && card.has('Roles held'));
  expect(later.text).toMatch(/Monitoring Reader[^]*from /u);
});

test.each([
  ['activate Contributor on resource groups in Production', production, "resourceType eq 'ResourceGroup'", ['rg-app', 'rg-data']],
  ['activate Contributor on subscriptions in Contoso', contoso, "resourceType eq 'Subscription'", ['Production', 'Development']],
])('what lies below an eligibility is asked for by its type: "%s"', async (words, scope, filter, names) => {
  const alexId = 'a1e00000-0000-4000-8000-000000000001';
  await using world = await createWorld({ changeSeed: (seed) => ({
    ...seed,
    scopes: [...seed.scopes ?? [], { id: `${production}/resourceGroups/rg-data` }],
    eligible: [{ kind: 'azure', principalId: alexId, role: 'Contributor', scope }],
  }) });
  const alex = await world.person('Alex');
  await alex.types(words);
  const card = await alex.waitForCard('Which one do you mean?');
  for (const name of names) expect(card.text).toContain(name);
  const calls = (await world.pim.calls()).filter(({ path = '' }) => path.toLowerCase().endsWith('eligiblechildresources'));
  expect(calls.map(({ path, filter: asked, status }) => [path?.slice(0, path.indexOf('/providers/Microsoft.Authorization')), asked, status])).toEqual([[scope, filter, 200]]);
});
