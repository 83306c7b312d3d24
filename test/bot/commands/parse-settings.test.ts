import { expect, test } from 'vitest';
import type { Command } from '../../../src/bot/commands/command.ts';
import { parseCommand } from '../../../src/bot/commands/parse-command.ts';

const at = (role: string, scope = '', ofGroup = false) => ({ role, scope, ofGroup });

test.each<[string, Command]>([
  ['settings', { name: 'settings', ...at('') }],
  ['settings Contributor', { name: 'settings', ...at('Contributor') }],
  ['Settings of Contributor on rg-app', { name: 'settings', ...at('Contributor', 'rg-app') }],
  ['role settings Contributor on rg-app', { name: 'settings', ...at('Contributor', 'rg-app') }],
  ['settings "Reader on duty" on "rg on call"', { name: 'settings', ...at('Reader on duty', 'rg on call') }],
  ['settings member of Ops leads', { name: 'settings', ...at('member', 'Ops leads', true) }],
  ['設定 rg-app の Contributor', { name: 'settings', ...at('Contributor', 'rg-app') }],
  ['rg-app の Contributor の設定', { name: 'settings', ...at('Contributor', 'rg-app') }],
  ['設定 Ops leads の メンバー', { name: 'settings', ...at('member', 'Ops leads', true) }],
  ['settings export', { name: 'settingsExport', scope: '' }],
  ['settings export on rg-app', { name: 'settingsExport', scope: 'rg-app' }],
  ['設定 エクスポート rg-app', { name: 'settingsExport', scope: 'rg-app' }],
  ['settings check', { name: 'settingsCheck' }],
  ['設定 確認', { name: 'settingsCheck' }],
  ['settings apply', { name: 'settingsApply', json: '', ...at('') }],
  ['settings apply Contributor on rg-app {"mfaOnElevation": true}', { name: 'settingsApply', json: '{"mfaOnElevation": true}', ...at('Contributor', 'rg-app') }],
  ['settings Contributor on rg-app: {}', { name: 'settingsApply', json: '{}', ...at('Contributor', 'rg-app') }],
  ['設定 適用 rg-app の Contributor {}', { name: 'settingsApply', json: '{}', ...at('Contributor', 'rg-app') }],
])('%s', (typed, command) => {
  expect(parseCommand(typed)).toEqual(command);
});

test('JSON keeps its lines, its case and its spaces, without the fence around it', () => {
  const json = '{\n  "approverIds": [\n    "A"\n  ]\n}';
  expect(parseCommand(`<at>PIM</at> settings apply\n\`\`\`json\n${json.replaceAll(' ', '\u{A0}')}\n\`\`\``)).toEqual({ name: 'settingsApply', json, ...at('') });
});

test('a long JSON is not cut', () => {
  const json = JSON.stringify({ roles: Array.from({ length: 60 }, (_, index) => ({ role: `Role ${index}`, scope: '/' })) });
  expect(parseCommand(`settings apply ${json}`)).toMatchObject({ json });
});

test.each(['set', 'the settings', 'settingsfoo'])('"%s" is no command about settings', (typed) => {
  expect(parseCommand(typed).name).toBe('unknown');
});
