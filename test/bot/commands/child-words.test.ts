import { expect, test } from 'vitest';
import { readChildWords, type ChildWords } from '../../../src/bot/commands/child-words.ts';
import { parseCommand } from '../../../src/bot/commands/parse-command.ts';

const groups = (words: Partial<ChildWords> = {}): ChildWords => ({ role: 'Contributor', type: 'resourceGroup', name: '', within: '', ...words });
const subscriptions = (words: Partial<ChildWords> = {}): ChildWords => ({ ...groups(words), type: 'subscription' });

test.each<[string, ChildWords | null]>([
  ['activate Contributor on resource groups in Production', groups({ within: 'Production' })],
  ['activate Contributor on a resource group below Contoso root', groups({ within: 'Contoso root' })],
  ['activate Contributor on resource group rg-web for 2h', groups({ name: 'rg-web' })],
  ['activate Contributor on the ResourceGroup rg-web in Production', groups({ name: 'rg-web', within: 'Production' })],
  ['activate Contributor on any resource group', groups()],
  ['activate Contributor on subscriptions in Contoso', subscriptions({ within: 'Contoso' })],
  ['activate Contributor on subscription Team 1', subscriptions({ name: 'Team 1' })],
  ['アクティブ化 リソース グループ rg-web の Contributor', groups({ name: 'rg-web' })],
  ['アクティブ化 リソースグループ「rg-web」の Contributor', groups({ name: 'rg-web' })],
  ['アクティブ化 Production の リソース グループ の Contributor 2時間', groups({ within: 'Production' })],
  ['アクティブ化 Contoso のサブスクリプションの Contributor', subscriptions({ within: 'Contoso' })],
  ['activate Contributor on rg-web', null],
  ['activate Contributor on subscriptions-team', null],
  ['activate Contributor on rg in Production', null],
  ['activate Contributor', null],
])('"%s"', (message, words) => {
  const command = parseCommand(message);
  if (command.name !== 'activate') throw new Error(command.name);
  expect(readChildWords(command)).toEqual(words);
});
