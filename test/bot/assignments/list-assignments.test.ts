import { afterAll, expect, test } from 'vitest';
import { answerInquiry, chooseCandidate } from '../../../src/bot/assignments/answer-inquiry.ts';
import { parseCommand } from '../../../src/bot/commands/parse-command.ts';
import { showAssignments, takeFromList } from '../../../src/bot/assignments/list-assignments.ts';
import type { Reply } from '../../../src/bot/reply.ts';
import { PimError } from '../../../src/pim/errors.ts';
import { everyGroup } from '../../../src/pim/graph/graph-answers.ts';
import type { Assignment, EligibleAssignment, Listing, Scope } from '../../../src/pim/model.ts';
import { partsOf } from '../../cards/card-parts.ts';
import { alexAsPrincipal, alexandra, assignmentsAtPim, holding, leads, type Holdings } from './assignments-at-pim.ts';
import { alex, app, contoso, contributor, createStandIn, development, directory, eligible, groupIn, megan, member, opsLeads, production, reader, seen, turnOf, userAdministrator, web, whole } from '../stand-in.ts';

const admin = turnOf(megan);
let pim = assignmentsAtPim();
let mine: () => Promise<Listing<EligibleAssignment>> = () => Promise.reject(new PimError('unavailable', 'down'));
const standIn = await createStandIn({ pim: { get assignments() { return pim; }, listEligible: () => mine() }, others: { get assignments() { return pim; } } });
afterAll(() => standIn[Symbol.asyncDispose]());

function asks(words: string, holdings: Holdings = {}, turn = admin): Promise<Reply> {
  pim = assignmentsAtPim(holdings);
  const command = parseCommand(words);
  if (command.name !== 'whoHas' && command.name !== 'whoIs' && command.name !== 'assignmentsOn') throw new Error(`${words} is ${command.name}`);
  return answerInquiry(standIn.parts, turn, command);
}

function dataOf({ card }: Reply, verb: string): { inquiryId: string; below: boolean; later: boolean } {
  return Object(partsOf(card).find((part) => part['verb'] === verb && part['type'] === 'Action.Execute')?.['data']);
}

const held: readonly Assignment[] = [
  holding('e1', contributor, web),
  holding('a1', contributor, web, { side: 'active', how: 'activated' }),
  holding('a2', reader, production, { side: 'active', principal: { id: megan.id, name: 'Megan Bowen', kind: 'user' } }),
  holding('e2', reader, web, { start: new Date('2026-12-24T12:00:00Z') }),
  holding('e3', userAdministrator, directory),
  holding('e4', contributor, production, { principal: leads }),
  holding('e5', member, opsLeads, { principal: alexandra }),
  holding('e6', { ...member, name: 'Member' }, opsLeads),
];

test('"who has" a role at a scope lists both sides, with what reaches it from above, and no other role', async () => {
  const { words } = seen(await asks('who has Contributor on rg-web', { held }));
  for (const part of ['Who has this role', 'Contributor · Resource group rg-web', 'Assignments: 3', 'active, activated via PIM', 'eligible', 'Ops leads (group)', 'Subscription Production']) expect(words).toContain(part);
  expect(words).not.toContain('Megan');
  expect(pim.queries).toEqual(['active', 'eligible'].map((side) => ({ side, when: 'now', scope: web, filter: { atScope: true, roleDefinitionId: contributor.definitionId } })));
});

test('"who is" somebody looks wherever the asker can see, also through groups', async () => {
  const { words } = seen(await asks('who is alex', { held }));
  for (const part of ['Roles held', 'alex@contoso.example', 'User Administrator', 'Entra directory', 'via Ops leads', 'Member', 'Group Ops leads']) expect(words).toContain(part);
  expect(new Set(pim.queries.map(({ scope }) => scope))).toEqual(new Set([directory, everyGroup, production, development]));
  for (const { filter } of pim.queries) expect(filter).toEqual({ assignedTo: alex.id });
});

test.each(['who am I', 'who is me', 'who is alex', '自分は誰'])('whoever asks about themselves asks PIM for their own, also where they are only eligible: "%s"', async (words) => {
  mine = async () => whole(eligible('x1', contributor, groupIn(production, 'rg-far')), eligible('x2', reader, contoso), eligible('x3', userAdministrator, directory));
  const { words: shown } = seen(await asks(words, { held, scopes: [directory, development] }, turnOf(alex)));
  expect(shown).toContain('Roles held');
  expect(new Set(pim.queries.map(({ scope }) => scope.name))).toEqual(new Set(['Directory', 'Development', 'rg-far', 'Contoso']));
  for (const { filter } of pim.queries) expect(filter).toEqual({ asTarget: true });
});

test('promise 24: where one is eligible and cannot be told is a gap', async () => {
  mine = () => Promise.reject(new PimError('unavailable', 'down'));
  expect(seen(await asks('who am I', { held }, turnOf(alex))).words).toMatch(/Roles held[^]*Azure resources could not be read/u);
});

test('"who is" somebody at a scope asks for what reaches it, and a name that several scopes have is asked about', async () => {
  const { words } = seen(await asks('who is alex on rg-web also later', { held }));
  for (const part of ['Roles held', 'Resource group rg-web', 'now and later', 'from Thu 24 Dec 12:00']) expect(words).toContain(part);
  expect(pim.queries).toEqual(['active', 'eligible'].map((side) => ({ side, when: 'alsoLater', scope: web, filter: { atScope: true, assignedTo: alex.id } })));
  const question = await asks('who is alex on rg', { held });
  expect(seen(question).words).toContain('Which scope do you mean?');
  const { inquiryId } = Object(partsOf(question.card).find(({ verb }) => verb === 'inquiry.choose')?.['data']);
  await chooseCandidate(standIn.parts, admin, { verb: 'inquiry.choose', inquiryId, choice: 0 });
  expect(pim.queries.map(({ scope, filter }) => [scope.name, filter])).toEqual([['rg-app', { atScope: true, assignedTo: alex.id }], ['rg-app', { atScope: true, assignedTo: alex.id }]]);
});

test('a role that only a subscription knows is found below the management group that is looked at', async () => {
  pim = assignmentsAtPim({ held });
  const own = { ...reader, name: 'Shop operator' };
  Object.assign(pim, {
    findWidestScopes: async () => whole(contoso),
    findScopes: async () => whole(contoso, development, production),
    findRoles: async (scope: Scope, words: string) => (scope === production && words === 'Shop operator' ? [own] : []),
  });
  const command = parseCommand('who has Shop operator');
  if (command.name !== 'whoHas') throw new Error(command.name);
  expect(seen(await answerInquiry(standIn.parts, admin, command)).words).toContain('Shop operator');
  expect(new Set(pim.queries.map(({ scope }) => scope))).toEqual(new Set([contoso]));
});

test('a group is asked about for itself', async () => {
  await asks('who is "Ops leads"', { held });
  for (const { filter } of pim.queries) expect(filter).toEqual({ principalId: leads.id });
});

test('"assignments on" lists a scope; buttons look below it, and into the future', async () => {
  const first = await asks('assignments on Production', { held });
  expect(seen(first).words).not.toContain('Alex');
  const { inquiryId } = dataOf(first, 'assignments.show');
  const below = await showAssignments(standIn.parts, admin, { verb: 'assignments.show', inquiryId, below: true, later: false });
  expect(seen(below).words).toContain('Assignments: 4');
  expect(pim.queries.at(-1)?.filter).toEqual({});
  const later = await showAssignments(standIn.parts, admin, { verb: 'assignments.show', inquiryId, below: true, later: true });
  expect(seen(later).words).toContain('from Thu 24 Dec 12:00');
  expect(pim.queries.at(-1)?.when).toBe('alsoLater');
  expect(seen(later).words).toContain('Not below\nOnly now');
});

test('a group\'s own assignments are listed group by group', async () => {
  const { words } = seen(await asks('assignments on Ops leads', { held }));
  expect(words).toContain('Alexandra Wong');
  expect(words).not.toContain('Also below');
});

test('without a scope a role is looked for where it belongs: the directory, or every scope in sight', async () => {
  expect(seen(await asks('who has User Administrator', { held })).words).toContain('Entra directory');
  expect(pim.queries.every(({ scope }) => scope === directory)).toBe(true);
  expect(seen(await asks('who has Contributor', { held })).words).toContain('Wherever you can see it');
  expect(new Set(pim.queries.map(({ scope }) => scope))).toEqual(new Set([production, development]));
  expect(seen(await asks('who has User Admin', { held })).words).toContain('Entra directory');
});

test('a scope that is not named is asked for', async () => {
  expect(seen(await asks('assignments', { held })).words).toContain('Which scope do you mean?');
});

test('who and where are asked about before anything is listed', async () => {
  const question = await asks('who is alex', { held, principals: [alexAsPrincipal, alexandra] });
  expect(pim.queries).toEqual([]);
  const { inquiryId } = Object(partsOf(question.card).find(({ verb }) => verb === 'inquiry.choose')?.['data']);
  const list = await chooseCandidate(standIn.parts, admin, { verb: 'inquiry.choose', inquiryId, choice: 1 });
  expect(seen(list).words).toContain('Alexandra Wong');
});

test.each(['who has', 'who is'])('"%s" alone is answered with an example', async (words) => {
  expect(seen(await asks(words)).words).toContain('who has Reader on rg-web');
});

test('from a row the way leads to its removal: looked up again in what PIM lists, never taken from the card', async () => {
  const list = await asks('assignments on rg-web', { held });
  const take = { verb: 'assignments.take', ...dataOf(list, 'assignments.take') } as const;
  expect(seen(list).choices.map(({ value }) => value)).toContain('eligible/e1');
  const confirmation = await takeFromList(standIn.parts, admin, { ...take, assignment: 'eligible/e1' });
  expect(seen(confirmation).words).toMatch(/Take this role away\?[^]*Alex Wilber[^]*Contributor/u);
  pim = assignmentsAtPim();
  expect(seen(await takeFromList(standIn.parts, admin, { ...take, assignment: 'eligible/e1' })).words).toContain('There is none.');
});

test('promise 13: another person\'s list is not gone on with, and a made-up assignment is none', async () => {
  const list = await asks('assignments on rg-web', { held });
  const take = { verb: 'assignments.take', ...dataOf(list, 'assignments.take') } as const;
  for (const reply of [
    await takeFromList(standIn.parts, turnOf(alex), { ...take, assignment: 'eligible/e1' }),
    await showAssignments(standIn.parts, turnOf(alex), { ...take, verb: 'assignments.show' }),
  ]) expect(seen(reply).words).toContain('somebody else');
  expect(seen(await takeFromList(standIn.parts, admin, { ...take, assignment: 'eligible/other' })).words).toContain('Who has which role here');
  expect(seen(await showAssignments(standIn.parts, admin, { ...take, verb: 'assignments.show', inquiryId: crypto.randomUUID() })).words).toContain('out of date');
});

test('whoever may not read the scope is told so, and how to see their own', async () => {
  const { words, verbs } = seen(await asks('who has Reader on rg-web', { held, refused: () => 'notPermitted' }));
  expect(words).toMatch(/only to those who may read the scope[^]*"roles" to see your own/u);
  expect(verbs).toEqual(['roles.show']);
  expect(seen(await asks('who is alex', { scopes: [] })).words).toContain('only to those who may read');
  expect(seen(await asks('who has Reader', { scopes: [] })).words).toContain('only to those who may read');
});

test('promise 24: what could not be read is said, and the rest is shown', async () => {
  const { words } = seen(await asks('who is alex', { held, refused: (scope) => (scope === directory ? 'unavailable' : null) }));
  expect(words).toContain('Contributor');
  expect(words).toMatch(/This list may be incomplete[^]*Entra roles could not be read/u);
  expect(words).not.toContain('There is none');
  expect(seen(await asks('who is alex', { refused: (scope) => (scope === directory ? 'unavailable' : null) })).words).toContain('There is none in what could be read.');
  await expect(asks('who is alex', { refused: () => 'throttled' })).rejects.toThrow(PimError);
});

test('of more than twenty places the first twenty are looked at, and the card says so', async () => {
  const scopes = Array.from({ length: 25 }, (_, index) => ({ ...production, id: `${production.id}${index}`, name: `Sub ${index}` }));
  const { words } = seen(await asks('who is alex', { scopes: [...scopes, ...scopes.map((scope) => groupIn(scope, 'rg'))] }));
  expect(new Set(pim.queries.map(({ scope }) => scope.id)).size).toBe(20);
  expect(words).toContain('more than 20 places');
});

test('what lies at a scope is listed once, however many scopes show it', async () => {
  const above = holding('m1', reader, { id: '/providers/Microsoft.Management/managementGroups/contoso', name: 'Contoso', type: 'managementGroup' });
  pim = assignmentsAtPim({ scopes: [production, development, app] });
  pim.list = async ({ side }) => (side === 'eligible' ? [above] : []);
  const command = parseCommand('who is alex');
  if (command.name !== 'whoIs') throw new Error(command.name);
  expect(seen(await answerInquiry(standIn.parts, admin, command)).words).toContain('Assignments: 1');
});
