import { afterAll, expect, test } from 'vitest';
import { answerInquiry, chooseCandidate } from '../../../src/bot/assignments/answer-inquiry.ts';
import type { AssignmentCommand } from '../../../src/bot/commands/command.ts';
import { parseCommand } from '../../../src/bot/commands/parse-command.ts';
import { cancelAssignment, checkAssignmentAgain, confirmAssignment, repeatAssignment, undoAssignment } from '../../../src/bot/assignments/confirm-assignment.ts';
import type { Reply } from '../../../src/bot/reply.ts';
import { PimError } from '../../../src/pim/errors.ts';
import { partsOf } from '../../cards/card-parts.ts';
import { alexAsPrincipal, alexandra, assignmentsAtPim, holding, leads, type AssignmentsAtPim, type Holdings } from './assignments-at-pim.ts';
import { alex, contributor, createStandIn, development, directory, groupIn, megan, member, now, opsLeads, production, reader, seen, turnOf, userAdministrator, web, type StandIn } from '../stand-in.ts';

// Megan is the administrator of these tests, Alex the one she assigns to; nobody else may use her cards.
const admin = turnOf(megan);

interface Office {
  readonly pim: AssignmentsAtPim;
  readonly bot: StandIn;
  types(words: string): Promise<Reply>;
}

// One store for all tests, each with a PIM of its own.
let pim = assignmentsAtPim();
const standIn = await createStandIn({ pim: { get assignments() { return stranger; } }, others: { get assignments() { return pim; } } });
const stranger = assignmentsAtPim();
afterAll(() => standIn[Symbol.asyncDispose]());

async function openOffice(holdings: Holdings = {}): Promise<Office> {
  pim = assignmentsAtPim(holdings);
  standIn.jobs.length = 0;
  const earlier = (await standIn.audit()).length;
  const bot = { ...standIn, audit: async () => (await standIn.audit()).slice(earlier) };
  return { pim, bot, types: (words) => answerInquiry(bot.parts, admin, commandOf(words)) };
}

function commandOf(words: string): AssignmentCommand {
  const command = parseCommand(words);
  if (command.name !== 'assign' && command.name !== 'unassign') throw new Error(`${words} is ${command.name}`);
  return command;
}

function inquiryOf(reply: Reply): string {
  const action = partsOf(reply.card).find(({ verb }) => verb === 'inquiry.choose');
  return String(Object(action?.['data'])['inquiryId']);
}

function pick({ bot }: Office, reply: Reply, choice: number): Promise<Reply> {
  return chooseCandidate(bot.parts, admin, { verb: 'inquiry.choose', inquiryId: inquiryOf(reply), choice });
}

function confirm({ bot }: Office, reply: Reply, justification = 'audit', turn = admin): Promise<Reply> {
  return confirmAssignment(bot.parts, turn, { verb: 'assignment.confirm', ...seen(reply).form, justification });
}

test('what was typed is shown to be confirmed, eligible unless said otherwise, and nothing is sent yet', async () => {
  const office = await openOffice();
  const { words, verbs } = seen(await office.types('assign Reader to alex on rg-web for 30 days because audit'));
  for (const part of ['Assign this role?', 'Alex Wilber · alex@contoso.example', 'Reader', 'Resource group rg-web', 'Eligible:', '(30 days)', 'so it is eligible: standing active']) expect(words).toContain(part);
  expect(words).not.toContain('how long');
  expect(verbs).toEqual(['assignment.confirm', 'assignment.cancel']);
  expect(office.pim.sent).toEqual([]);
});

test('once confirmed it is sent under the GUID of the card, with everything that the card said', async () => {
  const office = await openOffice();
  const card = await office.types('assign Contributor to "Ops leads" on Production as active until 2027-03-31');
  const done = await confirm(office, card, 'the lead is away');
  const { requestId } = seen(card).form;
  expect(office.pim.sent).toEqual([{
    requestId, action: 'assign',
    wish: {
      side: 'active', principal: leads, role: contributor, scope: production, start: null, ticket: null, justification: 'the lead is away',
      expiration: { type: 'afterDateTime', end: new Date('2027-03-31T23:59:00Z') },
    },
  }]);
  expect(done.shows).toEqual({ requestId, version: 3, kind: 'administrator' });
  expect(seen(done).words).toContain('PIM has confirmed it: \nOps leads\n holds the role.');
  expect(seen(done).verbs).toEqual(['assignment.undo']);
  expect(office.bot.jobs).toEqual(['watch-assignment', 'refresh-cards']);
});

// Guard: `recordAssignmentAttempt` (src/bot/assignments/send-assignment.ts).
test('promise 18: the attempt is on record before PIM is asked, and its outcome after', async () => {
  const office = await openOffice();
  const before: string[] = [];
  office.pim.meanwhile = async () => { before.push(...(await office.bot.audit()).map(({ phase }) => phase)); };
  const card = await office.types('assign Reader to alex on rg-web for 30 days');
  await confirm(office, card);
  expect(before).toEqual(['attempt']);
  expect(await office.bot.audit()).toMatchObject([
    { actor: megan, action: 'assign', phase: 'attempt', details: { side: 'eligible', principal: { id: alex.id }, role: { name: 'Reader' }, scope: web.id, justification: 'audit' } },
    { actor: megan, action: 'assign', phase: 'outcome', details: { result: 'assigned', pimStatus: 'Provisioned' } },
  ]);
});

test('promise 18: while our records cannot be written, PIM is not asked', async () => {
  const office = await openOffice();
  const card = await office.types('assign Reader to alex on rg-web for 30 days');
  const parts = { ...office.bot.parts, jobs: { ...office.bot.parts.jobs, enqueue: () => Promise.reject(new Error('the disk is full')) } };
  await expect(confirmAssignment(parts, admin, { verb: 'assignment.confirm', ...seen(card).form, justification: 'audit' })).rejects.toThrow(/nothing was sent to PIM/);
  expect(office.pim.sent).toEqual([]);
});

test('promise 10: twenty clicks on one card send one request', async () => {
  const office = await openOffice();
  const card = await office.types('assign Reader to alex on rg-web for 30 days');
  await Promise.all(Array.from({ length: 20 }, () => confirm(office, card)));
  expect(office.pim.sent).toHaveLength(1);
  expect((await office.bot.audit()).filter(({ phase }) => phase === 'attempt')).toHaveLength(1);
});

// Guard: `ownChange` (src/bot/assignments/confirm-assignment.ts) and `ownInquiry` (src/bot/assignments/inquiry.ts).
test('promise 13: somebody else\'s card does nothing in other hands', async () => {
  const office = await openOffice({ principals: [alexAsPrincipal, alexandra] });
  const { parts } = office.bot;
  const question = await office.types('assign Reader to alex on rg-web for 30 days');
  const lurker = turnOf(alex);
  expect(seen(await chooseCandidate(parts, lurker, { verb: 'inquiry.choose', inquiryId: inquiryOf(question), choice: 0 })).words).toContain('somebody else');
  const card = await pick(office, question, 0);
  const { requestId, version } = seen(card).form;
  for (const reply of [
    await confirm(office, card, 'mine now', lurker), await cancelAssignment(parts, lurker, requestId), await checkAssignmentAgain(parts, lurker, requestId),
    await undoAssignment(parts, lurker, requestId), await repeatAssignment(parts, lurker, requestId),
  ]) expect(seen(reply).words).toContain('somebody else');
  expect(office.pim.sent).toEqual([]);
  await confirmAssignment(parts, admin, { verb: 'assignment.confirm', requestId, version, justification: 'mine' });
  expect(office.pim.sent).toHaveLength(1);
});

// Guard: `confirmAssignment` compares state and version, `moveAssignmentChange` once more.
test('promise 12: an old card shows how things stand, and sends nothing', async () => {
  const office = await openOffice();
  const card = await office.types('assign Reader to alex on rg-web for 30 days');
  await confirm(office, card);
  expect(seen(await confirm(office, card)).words).toContain('Assigned');
  expect(seen(await confirm(office, card, '')).words).not.toContain('Say why');
  expect(seen(await cancelAssignment(office.bot.parts, admin, seen(card).form.requestId)).words).toContain('Assigned');
  const other = await office.types('assign Reader to alex on rg-app for 30 days');
  await cancelAssignment(office.bot.parts, admin, seen(other).form.requestId);
  expect(seen(await confirm(office, other)).words).toContain('Nothing was sent');
  expect(office.pim.sent).toHaveLength(1);
});

test('a card of last month is out of date', async () => {
  const office = await openOffice();
  const gone = crypto.randomUUID();
  const replies = [await confirmAssignment(office.bot.parts, admin, { verb: 'assignment.confirm', requestId: gone, version: 1 }), await chooseCandidate(office.bot.parts, admin, { verb: 'inquiry.choose', inquiryId: gone, choice: 0 })];
  for (const reply of replies) expect(seen(reply).words).toContain('out of date');
});

test('without a reason nothing is sent, and what was filled in stays', async () => {
  const office = await openOffice();
  const card = await office.types('assign Reader to alex on rg-web for 30 days');
  expect(seen(await confirm(office, card, '  ')).words).toContain('Say why you assign this.');
  const long = await confirm(office, card, 'x'.repeat(501));
  expect(seen(long).words).toContain('at most 500 characters');
  expect(JSON.stringify(long.card)).toContain('x'.repeat(501));
  expect(office.pim.sent).toEqual([]);
});

test('an end that passes while the card is open is told instead of sent', async () => {
  const office = await openOffice();
  const card = await office.types('assign Reader to alex on rg-web until tomorrow');
  const parts = { ...office.bot.parts, clock: { now: () => new Date('2026-11-25T00:00:00Z') } };
  expect(seen(await confirmAssignment(parts, admin, { verb: 'assignment.confirm', ...seen(card).form, justification: 'x' })).words).toContain('The end has passed');
  expect(office.pim.sent).toEqual([]);
});

test.each([
  ['assign Reader to alex on rg-web until someday', 'I cannot read "\nsomeday'],
  ['assign Reader to alex on rg-web until 2020-01-01', 'is over'],
  ['assign Reader to alex on rg-web starting 2020-01-01', 'is over'],
  ['assign Reader to alex on rg-web starting 2027-02-01 until 2027-01-01', 'is not after the start'],
  ['assign Reader to alex on rg-web for 11 years', 'more than ten years'],
  ['assign Reader to alex on rg-web for 0 days', 'I cannot read'],
  ['assign Reader', 'I need a role and a person'],
  ['assign to alex', 'I need a role and a person'],
  ['unassign Reader', 'I need a person or group'],
  ['assign Reader to zoe on rg-web', 'Neither a person nor a group'],
])('"%s" is answered with one clear sentence', async (words, answer) => {
  const office = await openOffice();
  expect(seen(await office.types(words)).words).toContain(answer);
  expect(office.pim.sent).toEqual([]);
});

test('what was not said is assumed, and the card says so', async () => {
  const office = await openOffice();
  const eligible = await office.types('assign Reader to alex on rg-web');
  expect(seen(eligible).words).toContain('so it is one year.');
  const active = await office.types('assign active Reader to alex on rg-web');
  expect(seen(active).words).toContain('so it is eight hours.');
  expect(seen(active).words).not.toContain('so it is eligible');
  await confirm(office, eligible);
  await confirm(office, active);
  expect(office.pim.sent.map(({ wish }) => 'expiration' in wish && wish.expiration)).toEqual([{ type: 'afterDuration', minutes: 525_600 }, { type: 'afterDuration', minutes: 480 }]);
});

test('permanent and active is warned of, permanent and eligible is not', async () => {
  const office = await openOffice();
  expect(seen(await office.types('assign Reader to alex on rg-web permanently as active')).words).toContain('A standing right');
  const card = await office.types('assign Reader to alex on rg-web permanently');
  expect(seen(card).words).not.toContain('A standing right');
  expect(seen(card).words).toContain('No end');
});

test('several people, scopes and roles of the same words are asked about, one after the other', async () => {
  const twin = groupIn(development, 'rg-web');
  const office = await openOffice({ principals: [alexAsPrincipal, alexandra], scopes: [production, development, web, twin] });
  const whom = await office.types('assign Contrib to alex on rg-web for 30 days because audit');
  expect(seen(whom).choices.map(({ title }) => title)).toEqual(['Alex Wilber · alex@contoso.example', 'Alexandra Wong · alexandra@contoso.example']);
  const where = await pick(office, whom, 1);
  expect(seen(where).choices.map(({ title }) => title)).toEqual([`Resource group rg-web · ${web.id}`, `Resource group rg-web · ${twin.id}`]);
  const which = await pick(office, where, 1);
  expect(seen(which).choices.map(({ title }) => title)).toEqual(['Contributor', 'Website Contributor']);
  await confirm(office, await pick(office, which, 0));
  expect(office.pim.sent[0]?.wish).toMatchObject({ principal: alexandra, scope: twin, role: contributor });
});

test('a full name wins over one that contains it', async () => {
  const office = await openOffice({ principals: [alexAsPrincipal, { ...alexandra, name: 'Alex Wilber Junior' }] });
  expect(seen(await office.types('assign Contributor to Alex Wilber on rg-web')).words).toContain('alex@contoso.example');
});

test('words that nothing is called by lead to the nearest, never to the first', async () => {
  const office = await openOffice();
  expect(seen(await office.types('assign Contributer to alex on rg-web')).choices[0]?.title).toBe('Contributor');
  expect(seen(await office.types('assign Reader to alex on rg-wep')).choices[0]?.title).toBe('Resource group rg-web');
  expect(seen(await office.types('assign Reader to Alexx on rg-web')).choices[0]?.title).toContain('Alex Wilber');
});

// Guard: `scopeOf` (src/bot/assignments/find-target.ts).
test('promise 24: while a kind of scopes cannot be read, none of its names is said to be unknown', async () => {
  const office = await openOffice({ scopes: [], gaps: [{ kind: 'azure', why: 'unavailable' }] });
  await expect(office.types('assign Reader to alex on rg-web')).rejects.toMatchObject({ code: 'unavailable' });
  const other = await openOffice({ scopes: [], gaps: [{ kind: 'entra', why: 'notPermitted' }] });
  expect(seen(await other.types('assign Reader to alex on rg-web')).words).toContain('Nothing that you can see is called');
});

test('a candidate that the card did not offer is none', async () => {
  const office = await openOffice({ principals: [alexAsPrincipal, alexandra] });
  const question = await office.types('assign Reader to alex on rg-web');
  expect(seen(await pick(office, question, 7)).words).toContain('out of date');
});

test('an Entra role is the directory\'s, "member of" a group\'s, and any other role asks where', async () => {
  const office = await openOffice();
  await confirm(office, await office.types('assign User Administrator to alex for 30 days'));
  await confirm(office, await office.types('assign member of Ops leads to alex for 30 days'));
  expect(office.pim.sent.map(({ wish: { scope, role } }) => [scope, role])).toEqual([[directory, userAdministrator], [opsLeads, member]]);
  const where = await office.types('assign Reader to alex for 30 days');
  expect(seen(where).words).toContain('Which scope do you mean?');
  expect(seen(where).choices.map(({ title }) => title)).toContain('Resource group rg-web');
});

test('"me" is whoever types', async () => {
  const office = await openOffice();
  expect(seen(await office.types('assign Reader to me on rg-web')).words).toContain('Megan Bowen');
});

test('PIM\'s refusal is told in words, with what to do, and another try is another request', async () => {
  const office = await openOffice();
  office.pim.answers.push(new PimError('notPermitted', 'no'), new PimError('policyRefused', 'no', { rules: ['ExpirationRule'] }), new PimError('alreadyActive', 'no'));
  const refused = await confirm(office, await office.types('assign Reader to alex on rg-web for 3 years'));
  expect(seen(refused).words).toMatch(/Not assigned[^]*no right to assign[^]*User Access Administrator/u);
  const again = await repeatAssignment(office.bot.parts, admin, office.pim.sent[0]?.requestId ?? '');
  expect(seen(again).words).toContain('Assign this role?');
  expect(seen(await confirm(office, again)).words).toContain('The duration is longer than the role allows');
  const third = await repeatAssignment(office.bot.parts, admin, seen(again).form.requestId);
  expect(seen(await confirm(office, third)).words).toContain('This assignment exists already');
  expect(new Set(office.pim.sent.map(({ requestId }) => requestId)).size).toBe(3);
});

test('a stronger sign-in that PIM asks for leads to the portal', async () => {
  const office = await openOffice();
  office.pim.answers.push(new PimError('stepUpRequired', 'no'), new PimError('policyRefused', 'no', { rules: ['MfaRule'] }));
  for (const words of ['assign Reader to alex on rg-web', 'assign Reader to alex on rg-app']) {
    const refused = await confirm(office, await office.types(words));
    expect(partsOf(refused.card).filter(({ type }) => type === 'Action.OpenUrl')).toHaveLength(1);
    expect(seen(refused).words).toContain('Do it in the Azure portal');
  }
});

test('a sign-in that fails leaves the card as it was filled in, and nothing is sent', async () => {
  const office = await openOffice();
  const card = await office.types('assign Reader to alex on rg-web');
  const parts = { ...office.bot.parts, signIn: { ...office.bot.parts.signIn, pimOf: () => Promise.reject(new PimError('unavailable', 'no token')) } };
  const reply = await confirmAssignment(parts, admin, { verb: 'assignment.confirm', ...seen(card).form, justification: 'as it was' });
  expect(seen(reply).verbs).toContain('assignment.confirm');
  expect(JSON.stringify(reply.card)).toContain('as it was');
  await confirm(office, card);
  expect(office.pim.sent).toHaveLength(1);
});

test.each([
  ['Granted', 'Assigned, starts'],
  ['PendingAdminDecision', 'PIM waits for a decision'],
  ['Failed', 'Not assigned'],
  ['FailedAsResourceIsLocked', 'The resource is locked'],
  ['Revoked', 'Over already'],
  ['PendingProvisioning', 'Checking with PIM'],
  ['SomethingNew', 'Checking with PIM'],
])('promise 15: PIM\'s %s is told as "%s"', async (status, headline) => {
  const office = await openOffice();
  office.pim.answers.push(status);
  expect(seen(await confirm(office, await office.types('assign Reader to alex on rg-web starting tomorrow for 3 days'))).words).toContain(headline);
});

test('a ticket is shown before it is confirmed, goes to PIM, and is on record', async () => {
  const office = await openOffice({ held: [holding('e1', reader, web)] });
  const card = await office.types('assign Contributor to alex on rg-web ticket INC-4711 (ServiceNow) for 30 days because audit');
  expect(seen(card).words).toMatch(/Ticket\nINC-4711 \(ServiceNow\)/u);
  const done = await confirm(office, card);
  expect(seen(done).words).toContain('INC-4711 (ServiceNow)');
  const removal = await office.types('unassign Reader from alex on rg-web ticket 12 because he left');
  expect(seen(removal).words).toMatch(/Ticket\n12\n/u);
  await confirm(office, removal);
  expect(office.pim.sent.map(({ action, wish }) => [action, wish.ticket])).toEqual([
    ['assign', { number: 'INC-4711', system: 'ServiceNow' }], ['unassign', { number: '12', system: '' }],
  ]);
  const attempts = (await office.bot.audit()).filter(({ phase }) => phase === 'attempt');
  expect(attempts.map(({ details }) => details['ticket'])).toEqual(office.pim.sent.map(({ wish }) => wish.ticket));
});

test('what is tried again carries its ticket', async () => {
  const office = await openOffice();
  office.pim.answers.push(new PimError('notPermitted', 'no'));
  const card = await office.types('assign Reader to alex on rg-web ticket INC-4711 because audit');
  await confirm(office, card);
  const again = await repeatAssignment(office.bot.parts, admin, seen(card).form.requestId);
  await confirm(office, again);
  expect(office.pim.sent.map(({ wish }) => wish.ticket?.number)).toEqual(['INC-4711', 'INC-4711']);
});

test('a ticket that is too long is refused with the way to say it, and nobody is asked', async () => {
  const office = await openOffice();
  for (const long of [`ticket ${'1'.repeat(101)}`, `ticket 1 (${'x'.repeat(101)})`]) {
    const { words, verbs } = seen(await office.types(`assign Reader to alex on rg-web ${long}`));
    expect(words).toContain('at most 100 characters');
    expect(verbs).not.toContain('assignment.confirm');
  }
});

test('undo asks whether the very same is to be taken away, and calling it off shows the assignment again', async () => {
  const office = await openOffice();
  const done = await confirm(office, await office.types('assign Reader to alex on rg-web for 30 days'));
  const { requestId } = office.pim.sent[0] ?? { requestId: '' };
  const undo = await undoAssignment(office.bot.parts, admin, requestId);
  expect(seen(undo).words).toMatch(/Take this role away\?[^]*An activation from it ends/u);
  expect(seen(await cancelAssignment(office.bot.parts, admin, seen(undo).form.requestId)).words).toBe(seen(done).words);
  const removed = await confirm(office, await undoAssignment(office.bot.parts, admin, requestId), '');
  expect(seen(removed).words).toContain('Taken away');
  expect(office.pim.sent[1]).toEqual({ requestId: expect.not.stringMatching(requestId), action: 'unassign', wish: { side: 'eligible', principal: alexAsPrincipal, role: reader, scope: web, justification: '', ticket: null } });
});

test('what nobody has confirmed cannot be undone', async () => {
  const office = await openOffice();
  const card = await office.types('assign Reader to alex on rg-web');
  expect(seen(await undoAssignment(office.bot.parts, admin, seen(card).form.requestId)).words).toContain('Assign this role?');
  expect(seen(await repeatAssignment(office.bot.parts, admin, seen(card).form.requestId)).words).toContain('Assign this role?');
});

test('a start that has passed while the card was open is now', async () => {
  const office = await openOffice();
  const card = await office.types('assign Reader to alex on rg-web starting tomorrow for 3 days');
  const parts = { ...office.bot.parts, clock: { now: () => new Date(now.getTime() + 2 * 86_400_000) } };
  await confirmAssignment(parts, admin, { verb: 'assignment.confirm', ...seen(card).form, justification: 'x' });
  expect(office.pim.sent[0]?.wish).toMatchObject({ start: null });
});

const atWeb = holding('e1', contributor, web);
const atProduction = holding('e2', reader, production);
const activated = holding('a1', contributor, web, { side: 'active', how: 'activated' });

test('only what somebody holds can be taken away: one fits and is shown', async () => {
  const office = await openOffice({ held: [atWeb, atProduction, activated] });
  await confirm(office, await office.types('unassign Contributor from alex on rg-web because he left'), 'he left');
  expect(office.pim.sent).toMatchObject([{ action: 'unassign', wish: { side: 'eligible', role: contributor, scope: web, justification: 'he left' } }]);
});

test('an activation is taken away by its side', async () => {
  const office = await openOffice({ held: [atWeb, activated] });
  await confirm(office, await office.types('unassign active Contributor from alex on rg-web'), '');
  expect(office.pim.sent[0]?.wish).toMatchObject({ side: 'active' });
});

test('without a scope, it is looked for wherever the administrator can see', async () => {
  const inDirectory = holding('e3', userAdministrator, directory);
  const office = await openOffice({ held: [atWeb, atProduction, inDirectory] });
  expect(seen(await office.types('unassign Contributor from alex')).words).toContain('Resource group rg-web');
  expect(seen(await office.types('unassign User Administrator from alex')).words).toContain('Entra directory');
  const question = await office.types('unassign from alex');
  expect(seen(question).choices).toHaveLength(3);
  expect(seen(await pick(office, question, 1)).words).toContain('Take this role away?');
});

test('what reaches the scope from above is offered, and never taken without asking', async () => {
  const office = await openOffice({ held: [atProduction] });
  const question = await office.types('unassign Reader from alex on rg-web');
  expect(seen(question).words).toContain('These come nearest');
  expect(seen(question).choices.map(({ title }) => title)).toEqual(['Reader · Subscription Production · eligible']);
  expect(seen(await pick(office, question, 0)).words).toContain('Subscription Production');
});

test('what nobody holds is not taken away', async () => {
  const office = await openOffice({ held: [atWeb] });
  expect(seen(await office.types('unassign Owner from alex on rg-web')).words).toMatch(/Alex Wilber[^]*holds nothing that fits[^]*Owner · rg-web/u);
});

// Guard: `passing` in `holdings` (src/bot/assignments/unassign.ts).
test('promise 24: while a side cannot be read, nobody is said to hold nothing, and nothing else is offered instead', async () => {
  const office = await openOffice({ held: [atWeb, activated], refused: (_scope, side) => (side === 'eligible' ? 'throttled' : null) });
  await expect(office.types('unassign Contributor from alex on rg-web')).rejects.toMatchObject({ code: 'throttled' });
  await expect(office.types('unassign Reader from alex on rg-web')).rejects.toMatchObject({ code: 'throttled' });
  const other = await openOffice({ held: [atWeb], refused: (scope) => (scope === directory ? 'unavailable' : null) });
  await expect(other.types('unassign Contributor from alex')).rejects.toMatchObject({ code: 'unavailable' });
  const unseen = await openOffice({ held: [atWeb], gaps: [{ kind: 'azure', why: 'unavailable' }] });
  await expect(unseen.types('unassign Owner from alex')).rejects.toMatchObject({ code: 'unavailable' });
});

// Guard: `withGaps` in `takeFrom` (src/bot/assignments/unassign.ts).
test.each(['notPermitted', 'licenceMissing', 'consentRequired'] as const)('promise 24: what is never to be read (%s) stops nobody, and is named beside what was found', async (code) => {
  const office = await openOffice({ held: [atWeb], refused: (scope) => (scope === directory ? code : null) });
  expect(seen(await office.types('unassign Contributor from alex')).words).toMatch(/Take this role away\?[^]*Entra roles could not be read/u);
  expect(seen(await office.types('unassign Owner from alex')).words).toMatch(/holds nothing that fits[^]*Entra roles could not be read/u);
});
