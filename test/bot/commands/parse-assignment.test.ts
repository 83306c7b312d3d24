import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../../src/bot/commands/command.ts';
import { parseCommand } from '../../../src/bot/commands/parse-command.ts';

type Assign = Extract<Command, { name: 'assign' }>;
type Unassign = Extract<Command, { name: 'unassign' }>;
type WhoHas = Extract<Command, { name: 'whoHas' }>;

const nothing = { role: '', scope: '', principal: '', ofGroup: false, side: null, ticket: null, justification: '' } as const;
const assign = (words: Partial<Assign>): Command => ({ name: 'assign', ...nothing, period: { kind: 'none' }, starts: '', ...words });
const unassign = (words: Partial<Unassign>): Command => ({ name: 'unassign', ...nothing, ...words });
const whoHas = (role: string, scope = '', more: Partial<WhoHas> = {}): Command => ({ name: 'whoHas', role, scope, ofGroup: false, ...more });

const whoIs = (principal: string, scope = '', more: { below?: true; later?: true } = {}): Command => ({ name: 'whoIs', principal, scope, ...more });
const on = (scope: string, more: { below?: true; later?: true } = {}): Command => ({ name: 'assignmentsOn', scope, ...more });

const days = (count: number) => ({ kind: 'minutes', minutes: count * 1_440 }) as const;
const reader = { role: 'Reader', principal: 'alex', scope: 'rg-web' };

describe('assign', () => {
  test.each<[string, Partial<Assign>]>([
    ['assign', {}],
    ['assign Reader', { role: 'Reader' }],
    ['assign to alex', { principal: 'alex' }],
    ['assign Reader to alex', { role: 'Reader', principal: 'alex' }],
    ['assign Reader to alex on rg-web', reader],
    ['Assign reader ON rg-web TO alex', { ...reader, role: 'reader' }],
    ['assign Reader to alex on rg-web for 30 days because audit', { ...reader, period: days(30), justification: 'audit' }],
    ['assign Reader to alex on rg-web because of the audit for 3 days', { ...reader, justification: 'the audit for 3 days' }],
    ['assign Website Contributor to Alex Wilber @ rg-web 2 weeks', { role: 'Website Contributor', principal: 'Alex Wilber', scope: 'rg-web', period: days(14) }],
    ['assign Reader to alex on rg-web as active for 8 hours', { ...reader, side: 'active', period: { kind: 'minutes', minutes: 480 } }],
    ['assign active Reader to alex on rg-web for 90 min', { ...reader, side: 'active', period: { kind: 'minutes', minutes: 90 } }],
    ['assign Reader to alex as an eligible assignment on rg-web', { ...reader, side: 'eligible' }],
    ['assign Reader to alex on rg-web permanently', { ...reader, period: { kind: 'permanent' } }],
    ['assign Reader permanently to alex on rg-web as active', { ...reader, side: 'active', period: { kind: 'permanent' } }],
    ['assign Reader to alex on rg-web without end', { ...reader, period: { kind: 'permanent' } }],
    ['assign Reader to alex on rg-web for 6 months', { ...reader, period: days(180) }],
    ['assign Reader to alex for a year on rg-web', { ...reader, period: days(365) }],
    ['assign Reader to alex for 1.5 months on rg-web', { ...reader, period: days(45) }],
    ['assign Reader to alex on rg-web for P30D', { ...reader, period: days(30) }],
    ['assign Reader to alex on rg-web P1Y', { ...reader, period: days(365) }],
    ['assign Reader to alex on rg-web PT8H', { ...reader, period: { kind: 'minutes', minutes: 480 } }],
    ['assign Reader to alex until 31 March 2027 on rg-web', { ...reader, period: { kind: 'until', words: '31 March 2027' } }],
    ['assign Reader to alex on rg-web until the cows come home', { ...reader, period: { kind: 'until', words: 'the cows come home' } }],
    ['assign Reader to alex on rg-web until 2027-03-31 17:00 because x', { ...reader, period: { kind: 'until', words: '2027-03-31 17:00' }, justification: 'x' }],
    ['assign Reader to alex on rg-web starting tomorrow for 3 days', { ...reader, starts: 'tomorrow', period: days(3) }],
    ['assign Reader to alex on rg-web from 2027-01-01 until 2027-01-31', { ...reader, starts: '2027-01-01', period: { kind: 'until', words: '2027-01-31' } }],
    ['assign eligible Contributor to "Ops leads" on Production until 2027-03-31', {
      role: 'Contributor', principal: 'Ops leads', scope: 'Production', side: 'eligible', period: { kind: 'until', words: '2027-03-31' },
    }],
    ['assign "Azure Center for SAP solutions reader" to “Team to win on time” on 「rg for 3 days」', {
      role: 'Azure Center for SAP solutions reader', principal: 'Team to win on time', scope: 'rg for 3 days',
    }],
    ['assign member of Ops leads to alex for 90 days', { role: 'member', scope: 'Ops leads', ofGroup: true, principal: 'alex', period: days(90) }],
    ['assign membership of the group "Ops leads" to alex', { role: 'member', scope: 'Ops leads', ofGroup: true, principal: 'alex' }],
    ['assign owner of Ops leads to alex', { role: 'owner', scope: 'Ops leads', ofGroup: true, principal: 'alex' }],
    ['assign User Administrator to alex@contoso.example', { role: 'User Administrator', principal: 'alex@contoso.example' }],
    ['assign Reader to alex on /subscriptions/c3e0/resourceGroups/rg-web', { ...reader, scope: '/subscriptions/c3e0/resourceGroups/rg-web' }],
    ['assign Reader to alex on rg-web ticket INC-4711 for 30 days because audit', { ...reader, ticket: { number: 'INC-4711', system: '' }, period: days(30), justification: 'audit' }],
    ['assign Reader to alex on rg-web with ticket no. 4711 (ServiceNow) until 2027-03-31', { ...reader, ticket: { number: '4711', system: 'ServiceNow' }, period: { kind: 'until', words: '2027-03-31' } }],
    ['assign Reader to alex on rg-web ticket: "INC 42" ("Remedy (old)")', { ...reader, ticket: { number: 'INC 42', system: 'Remedy (old)' } }],
    ['assign Reader to alex because of ticket 4711', { role: 'Reader', principal: 'alex', justification: 'ticket 4711' }],
    ['assign Ticket Administrator to Ticketing2 on ticket desk', { role: 'Ticket Administrator', principal: 'Ticketing2', scope: 'ticket desk' }],
    ['割り当て Reader を alex に rg-web で チケット INC-4711（ServiceNow） 理由 監査', { ...reader, ticket: { number: 'INC-4711', system: 'ServiceNow' }, justification: '監査' }],
    ['割り当て Reader を alex に rg-web で 30日 理由 監査', { ...reader, period: days(30), justification: '監査' }],
    ['割り当て Readerをalexにrg-webで 30日間 理由：監査のため', { ...reader, period: days(30), justification: '監査のため' }],
    ['割り当て alex に rg-web の Reader を', reader],
    ['割り当て rg-web で alex に Reader を ３か月', { ...reader, period: days(90) }],
    ['割り当て Reader alex rg-web', reader],
    ['割り当て Reader alex', { role: 'Reader', principal: 'alex' }],
    ['割り当て Reader to alex on rg-web 2週間', { ...reader, period: days(14) }],
    ['割り当て Website Contributor を Alex Wilber に rg-web で アクティブ として 8時間', {
      role: 'Website Contributor', principal: 'Alex Wilber', scope: 'rg-web', side: 'active', period: { kind: 'minutes', minutes: 480 },
    }],
    ['割り当て 対象 Reader を alex に rg-web で 2027年3月31日まで', { ...reader, side: 'eligible', period: { kind: 'until', words: '2027年3月31日' } }],
    ['割り当て Reader を alex に rg-web で 2027-01-01から2027-01-31まで', { ...reader, starts: '2027-01-01', period: { kind: 'until', words: '2027-01-31' } }],
    ['割り当て Reader を alex に rg-web で 無期限 理由 サーバーの割り当て', { ...reader, period: { kind: 'permanent' }, justification: 'サーバーの割り当て' }],
    ['割り当て 「Ops leads」のメンバーを alex に 90日', { role: 'member', scope: 'Ops leads', ofGroup: true, principal: 'alex', period: days(90) }],
    ['割り当て 閲覧者 を 「くにでに をで」 に rg-web で', { role: '閲覧者', principal: 'くにでに をで', scope: 'rg-web' }],
  ])('"%s"', (message, words) => {
    expect(parseCommand(message)).toEqual(assign(words));
  });
});

describe('unassign', () => {
  test.each<[string, Partial<Unassign>]>([
    ['unassign', {}],
    ['unassign from alex', { principal: 'alex' }],
    ['unassign Reader from alex', { role: 'Reader', principal: 'alex' }],
    ['unassign Reader from alex on rg-web as eligible because he left', { ...reader, side: 'eligible', justification: 'he left' }],
    ['unassign Reader from alex on rg-web ticket #12', { ...reader, ticket: { number: '12', system: '' } }],
    ['unassign active Reader on rg-web from alex', { ...reader, side: 'active' }],
    ['unassign member of Ops leads from alex', { role: 'member', scope: 'Ops leads', ofGroup: true, principal: 'alex' }],
    ['割り当て解除 Reader を alex から rg-web で 理由 異動', { ...reader, justification: '異動' }],
    ['割り当て解除 alex から Reader を', { role: 'Reader', principal: 'alex' }],
    ['割り当て解除 Reader alex rg-web', reader],
  ])('"%s"', (message, words) => {
    expect(parseCommand(message)).toEqual(unassign(words));
  });
});

describe('questions', () => {
  test.each<[string, Command]>([
    ['who has Reader', whoHas('Reader')],
    ['Who has Key Vault Reader on rg-web?', whoHas('Key Vault Reader', 'rg-web')],
    ['who holds member of "Ops leads"', whoHas('member', 'Ops leads', { ofGroup: true })],
    ['Reader を持っている人', whoHas('Reader')],
    ['rg-web の Reader を持っている人は誰ですか？', whoHas('Reader', 'rg-web')],
    ['ロール管理者 を持つ人', whoHas('ロール管理者')],
    ['who is alex', whoIs('alex')],
    ['who is "Ops leads"?', whoIs('Ops leads')],
    ["who's Alex Wilber", whoIs('Alex Wilber')],
    ['assignments of alex', whoIs('alex')],
    ['alex は誰', whoIs('alex')],
    ['Alex Wilber が持っているロール', whoIs('Alex Wilber')],
    ['assignments on rg-web', on('rg-web')],
    ['assignments rg-web', on('rg-web')],
    ['assignments', on('')],
    ['rg-web の割り当て', on('rg-web')],
    ['「Ops leads」の割当', on('Ops leads')],
    ['who is alex on rg-web', whoIs('alex', 'rg-web')],
    ['who is "Team on call" @ "rg in use"?', whoIs('Team on call', 'rg in use')],
    ['who is On call', whoIs('On call')],
    ['who is me', whoIs('me')],
    ['who am I?', whoIs('me')],
    ['Who am I on rg-web also below', whoIs('me', 'rg-web', { below: true })],
    ['who is alex on rg-web, also below and also later ones?', whoIs('alex', 'rg-web', { below: true, later: true })],
    ['who is alex including planned', whoIs('alex', '', { later: true })],
    ['who has Reader on rg-web also later', whoHas('Reader', 'rg-web', { later: true })],
    ['who has "Reader also below"', whoHas('Reader also below')],
    ['assignments on rg-web including everything below', on('rg-web', { below: true })],
    ['assignments of alex on rg-web also later', whoIs('alex', 'rg-web', { later: true })],
    ['planned assignments on rg-web', on('rg-web', { later: true })],
    ['assignments on below-market', on('below-market')],
    ['rg-web で alex は誰', whoIs('alex', 'rg-web')],
    ['「Ops で」 が持っているロール', whoIs('Ops で')],
    ['私は誰ですか？', whoIs('私')],
    ['alex は誰 今後も', whoIs('alex', '', { later: true })],
    ['rg-web の割り当て 配下も今後のものも', on('rg-web', { below: true, later: true })],
    ['rg-web の Reader を持っている人、予定も含めて', whoHas('Reader', 'rg-web', { later: true })],
  ])('"%s"', (message, command) => {
    expect(parseCommand(message)).toEqual(command);
  });
});

test('a slip of the hand leads to the nearest command', () => {
  expect(parseCommand('asign Reader to alex')).toMatchObject({ name: 'unknown', nearest: 'assign' });
  expect(parseCommand('unasign Reader')).toMatchObject({ name: 'unknown', nearest: 'unassign' });
});

test('what a reason says is never taken for a part of the command', () => {
  expect(parseCommand('アクティブ化 Reader 理由 担当は誰')).toMatchObject({ name: 'activate', justification: '担当は誰' });
  expect(parseCommand('assign Reader to alex because Ops has it on rg-web for 3 days until Friday')).toEqual(
    assign({ role: 'Reader', principal: 'alex', justification: 'Ops has it on rg-web for 3 days until Friday' }),
  );
});

test('any words after a command are some command, and no names come out that were not typed', () => {
  const command = fc.constantFrom('assign ', 'unassign ', 'who has ', 'who is ', 'assignments on ', '割り当て ', '割り当て解除 ');
  const words = fc.array(fc.oneof(fc.constantFrom('to', 'from', 'on', 'for', 'until', 'as', 'eligible', 'に', 'を', 'の', 'まで', '"', '「', '30 days', 'because', '\uE0001\uE000'), fc.string({ maxLength: 12 })), { maxLength: 14 });
  fc.assert(fc.property(command, words, (begin, rest) => {
    const parsed = parseCommand(begin + rest.join(' '));
    expect(parsed.name.length).toBeGreaterThan(0);
    expect(JSON.stringify({ ...parsed, justification: '', text: '' })).not.toContain('\uE000');
  }), { numRuns: 1_000 });
});

test.each(['を', ' to ', ' for 1', ' until ', '"', 'の割り当て', ' 1 ', 'から', 'を持っている', 'は誰'])('thousands of "%s" are read like any other words', (part) => {
  for (const begin of ['assign ', '割り当て ', 'x']) expect(parseCommand(begin + part.repeat(2_000)).name).toMatch(/\w/u);
});
