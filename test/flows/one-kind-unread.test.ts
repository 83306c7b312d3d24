import { expect, test } from 'vitest';
import { createWorld, type World } from '../helpers/world.ts';

const tenantWithAll = (): Promise<World> => createWorld({ roleKinds: ['azure', 'entra', 'group'] });

const down = { status: 503, body: { error: { code: 'ServiceUnavailable', message: 'down' } } };
const refused = { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges to complete the operation.' } } };
const unconsented = { status: 403, body: { error: { code: 'UnknownError', message: '{"errorCode":"PermissionScopeNotGranted","message":"missing permission scope","instanceAnnotations":[]}' } } };

// Guards: `listOfAll` (src/pim/pim-user.ts), the gaps in each handler, `withGaps` (src/cards/gaps.ts).
test.each([
  ['does not answer', down, 'no answer came back'],
  ['refuses', refused, 'found no right'],
  ['has not been allowed to the bot', unconsented, 'may not act for you there yet'],
])('promise 24: while Graph %s, Azure roles are listed and activated, and the card names what is missing', async (_what, fault, reason) => {
  await using world = await tenantWithAll();
  const alex = await world.person('Alex');
  await world.fault({ path: '/v1.0/(roleManagement|identityGovernance)/' }, fault, 1_000);
  await alex.types('roles');
  const roles = await alex.waitForCard((card) => card.text.includes('Contributor'));
  expect(roles.text).toContain('Entra roles could not be read');
  expect(roles.text).toContain('Groups could not be read');
  expect(roles.text).toContain(reason);

  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'looking' });
  await alex.waitForCard('Deactivate');
  expect(await world.pim.activated()).toHaveLength(1);

  await alex.types('activate User Administrator');
  const unknown = await alex.waitForCard((card) => card.text.includes('Not among the roles that could be read'));
  expect(unknown.text).toContain('Entra roles could not be read');
  for (const command of ['active', 'approvals']) {
    await alex.types(command);
    expect((await alex.waitForCard((card) => card.activityId === alex.lastCard().activityId)).text).toContain('Entra roles could not be read');
  }
});

test('promise 24: while Azure Resource Manager does not answer, Entra roles and groups are listed and activated', async () => {
  await using world = await tenantWithAll();
  const alex = await world.person('Alex');
  await world.fault({ path: 'Microsoft.Authorization' }, down, 1_000);
  await alex.types('roles');
  const roles = await alex.waitForCard((card) => card.text.includes('User Administrator'));
  expect(roles.text).toContain('Azure resources could not be read');
  expect(roles.text).not.toContain('Contributor');
  await alex.types('activate Reports Reader');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  await alex.waitForCard('Deactivate');
  expect(await world.pim.held('entra', alex.account.aadObjectId)).toEqual(['Reports Reader']);
});

test('promise 27: the digest names a kind of roles that could not be read, and tells the others', async () => {
  await using world = await tenantWithAll();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'looking' });
  await alex.waitForCard('Deactivate');
  await world.fault({ path: '/v1.0/roleManagement/' }, down, 1_000);
  await alex.types('digest now');
  const digest = await alex.waitForCard((card) => card.text.includes('Who holds what'));
  expect(digest.text).toMatch(/Alex Wilber[^]*Could not be read[^]*Entra roles[^]*no answer/u);
});
