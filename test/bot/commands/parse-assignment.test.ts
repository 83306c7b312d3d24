import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../../src/bot/commands/command.ts';
import { parseCommand } from '../../../src/bot/commands/parse-command.ts';

type Assign = Extract<Command, { name: 'assign' }>;
type Unassign = Extract<Command, { name: 'unassign' }>;
type WhoHas = Extract<Command, { name: 'whoHas' }>;

const nothing = { role: '', scope: '', principal: '', ofGroup: false, side: null, justification: '' } as const;
const assign = (words: Partial<Assign>): Command => ({ name: 'assign', ...nothing, period: { kind: 'none' }, starts: '', ...words });
const unassign = (words: Partial<Unassign>): Command => ({ name: 'unassign', ...nothing, ...words });
const whoHas = (role: string, scope = '', more: Partial<WhoHas> = {}): Command => ({ name: 'whoHas', role, scope, ofGroup: false, ...more });

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
    ['who is alex', { name: 'whoIs', principal: 'alex' }],
    ['who is "Ops leads"?', { name: 'whoIs', principal: 'Ops leads' }],
    ["who's Alex Wilber", { name: 'whoIs', principal: 'Alex Wilber' }],
    ['assignments of alex', { name: 'whoIs', principal: 'alex' }],
    ['alex は誰', { name: 'whoIs', principal: 'alex' }],
    ['Alex Wilber が持っているロール', { name: 'whoIs', principal: 'Alex Wilber' }],
    ['assignments on rg-web', { name: 'assignmentsOn', scope: 'rg-web' }],
    ['assignments rg-web', { name: 'assignmentsOn', scope: 'rg-web' }],
    ['assignments', { name: 'assignmentsOn', scope: '' }],
    ['rg-web の割り当て', { name: 'assignmentsOn', scope: 'rg-web' }],
    ['「Ops leads」の割当', { name: 'assignmentsOn', scope: 'Ops leads' }],
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
