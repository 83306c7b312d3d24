import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Command } from '../../../src/bot/commands/command.ts';
import { parseCommand } from '../../../src/bot/commands/parse-command.ts';

const activate = (words: Partial<Extract<Command, { name: 'activate' }>>): Command => ({ name: 'activate', role: '', scope: '', minutes: null, starts: '', justification: '', ...words });
const deactivate = (role: string, scope = ''): Command => ({ name: 'deactivate', role, scope });

test.each<[string, Command]>([
  ['help', { name: 'help' }],
  ['Hello!', { name: 'help' }],
  ['  ROLES ', { name: 'roles' }],
  ['<at>PIM</at> roles', { name: 'roles' }],
  ['ロール', { name: 'roles' }],
  ['active', { name: 'active' }],
  ['アクティブ', { name: 'active' }],
  ['approvals', { name: 'approvals' }],
  ['承認', { name: 'approvals' }],
  ['activate', activate({})],
  ['activate contributor', activate({ role: 'contributor' })],
  ['activate Contributor on rg-app', activate({ role: 'Contributor', scope: 'rg-app' })],
  ['activate Contributor on rg-app for 2h', activate({ role: 'Contributor', scope: 'rg-app', minutes: 120 })],
  ['Activate Key Vault Reader @ rg-app 90 min because the pipeline hangs on INC42', activate({ role: 'Key Vault Reader', scope: 'rg-app', minutes: 90, justification: 'the pipeline hangs on INC42' })],
  ['activate Contributor for 1.5 hours', activate({ role: 'Contributor', minutes: 90 })],
  ['activate Contributor 1h 30m', activate({ role: 'Contributor', minutes: 90 })],
  ['activate Contributor PT45M', activate({ role: 'Contributor', minutes: 45 })],
  ['activate Reader for P1D', activate({ role: 'Reader', minutes: 1_440 })],
  ['アクティブ化 Contributor rg-app ２時間 理由 デプロイが止まった', activate({ role: 'Contributor rg-app', minutes: 120, justification: 'デプロイが止まった' })],
  ['アクティブ化 rg-app の Contributor 30分', activate({ role: 'Contributor', scope: 'rg-app', minutes: 30 })],
  ['activate Contributor on rg-app for 2h from tomorrow 9:00 because of a release', activate({ role: 'Contributor', scope: 'rg-app', minutes: 120, starts: 'tomorrow 9:00', justification: 'a release' })],
  ['activate Contributor from 2026-11-23 09:00 on rg-app for 2h', activate({ role: 'Contributor', scope: 'rg-app', minutes: 120, starts: '2026-11-23 09:00' })],
  ['activate Reader on Production from Friday 9:00 1h30', activate({ role: 'Reader', scope: 'Production', minutes: 90, starts: 'Friday 9:00' })],
  ['activate Reader starting on 1 December at 8:30 pm', activate({ role: 'Reader', starts: '1 December at 8:30 pm' })],
  ['activate Reader from the day after tomorrow at 9am in rg-app', activate({ role: 'Reader', scope: 'rg-app', starts: 'the day after tomorrow at 9am' })],
  ['activate Reader from Contoso', activate({ role: 'Reader from Contoso' })],
  ['activate member of Ops leads from 9:00 for 1h', activate({ role: 'member', scope: 'Ops leads', minutes: 60, starts: '9:00' })],
  ['アクティブ化 明日の9:00から rg-app の Contributor を 2時間 理由 リリース', activate({ role: 'Contributor', scope: 'rg-app', minutes: 120, starts: '明日の9:00', justification: 'リリース' })],
  ['アクティブ化 rg-appのContributorを明日の午後3時から2時間', activate({ role: 'Contributor', scope: 'rg-app', minutes: 120, starts: '明日の午後3時' })],
  ['アクティブ化 Contributor rg-app 2時間30分 11月23日 9:00から', activate({ role: 'Contributor rg-app', minutes: 150, starts: '11月23日 9:00' })],
  ['アクティブ化 来週の月曜日の9時から Reader', activate({ role: 'Reader', starts: '来週の月曜日の9時' })],
  ['activate Contributor on /subscriptions/c3e0/resourceGroups/rg-web for 2h', activate({ role: 'Contributor', scope: '/subscriptions/c3e0/resourceGroups/rg-web', minutes: 120 })],
  ['activate member of Ops leads for 1h', activate({ role: 'member', scope: 'Ops leads', minutes: 60 })],
  ['activate Ownership of the group Ops leads', activate({ role: 'owner', scope: 'Ops leads' })],
  ['activate Operator of machines on rg-app', activate({ role: 'Operator of machines', scope: 'rg-app' })],
  ['アクティブ化 運用の担当 の メンバー 1時間', activate({ role: 'member', scope: '運用の担当', minutes: 60 })],
  ['deactivate member of Ops leads', deactivate('member', 'Ops leads')],
  ['deactivate Contributor on rg-app', deactivate('Contributor', 'rg-app')],
  ['非アクティブ化 Contributor', deactivate('Contributor')],
  ['digest', { name: 'digestNow' }],
  ['digest now', { name: 'digestNow' }],
  ['digest on 09:00', { name: 'digestOn', time: '09:00' }],
  ['digest on 9', { name: 'digestOn', time: '09:00' }],
  ['digest at 5 pm', { name: 'digestOn', time: '17:00' }],
  ['digest daily at 12 am', { name: 'digestOn', time: '00:00' }],
  ['ダイジェスト 毎日 8時30分', { name: 'digestOn', time: '08:30' }],
  ['digest on 25:00', { name: 'digestOn', time: null }],
  ['digest on', { name: 'digestOn', time: null }],
  ['digest off', { name: 'digestOff' }],
  ['rolls', { name: 'unknown', text: 'rolls', nearest: 'roles' }],
  ['aktivate Contributor', { name: 'unknown', text: 'aktivate Contributor', nearest: 'activate' }],
  ['what is the weather', { name: 'unknown', text: 'what is the weather', nearest: null }],
])('"%s" is understood', (message, command) => {
  expect(parseCommand(message)).toEqual(command);
});

test('any text whatever is some command', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (message) => parseCommand(message).name.length > 0));
});
