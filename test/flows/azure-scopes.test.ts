import { expect, test } from 'vitest';
import type { Seed } from '../../src/emulator/seed.ts';
import { createWorld, type World } from '../helpers/world.ts';

const alexId = 'a1e00000-0000-4000-8000-000000000001';
const contoso = '/providers/Microsoft.Management/managementGroups/contoso';
const production = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const development = '/subscriptions/c3e00000-0000-4000-8000-000000000002';
const rgApp = `${production}/resourceGroups/rg-app`;
const rgWeb = `${development}/resourceGroups/rg-web`;
const account = `${rgApp}/providers/Microsoft.Storage/storageAccounts/stapp`;
const webAccount = `${rgWeb}/providers/Microsoft.Storage/storageAccounts/stweb`;

/** Alex is eligible at each of the four kinds of Azure scopes. */
function withResources(seed: Seed): Seed {
  const eligible = (role: string, scope: string) => ({ kind: 'azure' as const, principalId: alexId, role, scope });
  return {
    ...seed,
    scopes: [...seed.scopes ?? [], { id: account }, { id: webAccount }],
    eligible: [...seed.eligible ?? [], eligible('Log Analytics Reader', rgApp), eligible('Storage Blob Data Reader', account)],
  };
}

const open = (): Promise<World> => createWorld({ changeSeed: withResources });

const reached: readonly [string, string, string, string][] = [
  ['Monitoring Reader', 'Contoso', contoso, 'Management group Contoso'],
  ['Reader', 'Production', production, 'Subscription Production'],
  ['Log Analytics Reader', 'rg-app', rgApp, 'Resource group rg-app'],
  ['Storage Blob Data Reader', 'stapp', account, 'Resource stapp'],
];

test.each([
  ...reached.map(([role, name, scope, shown]) => [`${role} on ${name}`, role, scope, shown] as const),
  ...reached.map(([role, , scope, shown]) => [`${role} on ${scope}`, role, scope, shown] as const),
])('"activate %s" is activated there, listed, and ended by the same words', async (words, role, scope, shown) => {
  await using world = await open();
  const alex = await world.person('Alex');
  await alex.types(`activate ${words} for 30 min because of a check`);
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  expect(form.text).toContain(`${role}\n${shown}`);
  await alex.clicks(form, 'activation.submit');
  const active = await alex.waitForCard('Deactivate');
  expect(active.text).toContain(shown);
  const [request] = await world.pim.requests();
  const subscription = scope.startsWith(production) ? production : '';
  expect(request?.properties).toMatchObject({ scope, status: 'Provisioned', roleDefinitionId: expect.stringMatching(new RegExp(`^${subscription}/providers/Microsoft.Authorization/roleDefinitions/[0-9a-f-]+$`, 'u')) });
  await alex.types('active');
  expect((await alex.waitForCard((card) => card.verbs.includes('active.deactivate'))).text).toContain(shown);
  await world.advance('PT6M');
  await alex.types(`deactivate ${words}`);
  await alex.waitForCard((card) => card.activityId === active.activityId && !card.verbs.includes('activation.deactivate'));
  expect(await world.pim.activated()).toEqual([]);
});

// Guard: `findAtPath`, `findScopeOffered` (src/bot/activations/scopes-below.ts).
test.each([
  ['a resource group, eligible at the subscription', `Reader on ${rgApp}`, rgApp, 'Resource group rg-app'],
  ['the same in other letters', `reader on ${rgApp.toUpperCase()}/`, rgApp, 'Resource group rg-app'],
  ['a resource, eligible at the subscription', `Reader on ${account}`, account, 'Resource stapp'],
  ['a resource group, eligible at the management group', `Monitoring Reader on ${rgWeb}`, rgWeb, 'Resource group rg-web'],
  ['a resource, eligible at the management group', `Monitoring Reader on ${webAccount}`, webAccount, 'Resource stweb'],
  ['the path without "on"', `Reader ${rgApp}`, rgApp, 'Resource group rg-app'],
])('a typed path leads below an eligibility: %s', async (_, words, scope, shown) => {
  await using world = await open();
  const alex = await world.person('Alex');
  await alex.types(`activate ${words} for 30 min`);
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  expect(form.text).toContain(shown);
  await alex.clicks(form, 'activation.submit', { justification: 'a check' });
  const active = await alex.waitForCard('Deactivate');
  expect((await world.pim.activated()).map(({ properties }) => properties.scope)).toEqual([scope]);

  await world.advance('PT31M');
  const ended = await alex.waitForCard((card) => card.activityId === active.activityId && card.actions.includes('Activate again'), 20_000);
  await alex.clicks(ended, 'activation.choose');
  expect(alex.card(ended.activityId).text).toContain(shown);
  expect(alex.card(ended.activityId).verbs).toContain('activation.submit');
});

test.each([
  ['lies beside every eligibility', `Reader on ${rgWeb}`],
  ['is not there', `Reader on ${production}/resourceGroups/rg-nowhere`],
  ['lies in what is not there', `Monitoring Reader on ${development}/resourceGroups/rg-nowhere/providers/Microsoft.Storage/storageAccounts/x`],
  ['leaves its scope', `Reader on ${rgApp}/../rg-other`],
])('promise 13: a typed path that %s leads to no form', async (_, words) => {
  await using world = await open();
  const alex = await world.person('Alex');
  await alex.types(`activate ${words}`);
  const answer = await alex.waitForCard((card) => card.verbs.includes('roles.show') && card.text.includes('/resourceGroups/'));
  expect(answer.verbs).not.toContain('activation.submit');
  expect(await world.pim.requests()).toEqual([]);
});
