import { describe, expect, it } from 'vitest';
import type { Role, Scope } from '../../../src/pim/model.ts';
import { azureUser } from '../azure-user.ts';
import { answerJson, startWireServer, wireClient } from '../http/wire-server.ts';
import type { Answer, WireServer } from '../http/wire-server.ts';
import { adam, app } from '../pim-seed.ts';
import { failureOf } from '../pim-world.ts';

const scope: Scope = { id: app, name: 'rg-app', type: 'resourceGroup' };
const names = ['Reader', 'Contributor', 'Billing Reader', "Owner's Deputy", 'User Access Administrator'];

/** Like Azure: `roleName eq` finds a full name, in the case in which it is written. */
const azure: Answer = ({ url }, response) => {
  const wanted = /^roleName eq '(.*)'$/.exec(new URL(url, 'https://arm.invalid').searchParams.get('$filter') ?? '')?.[1]?.replaceAll("''", "'");
  answerJson(response, 200, { value: names.filter((name) => wanted === undefined || name === wanted).map((roleName) => (
    { id: `${app}/providers/Microsoft.Authorization/roleDefinitions/${roleName}`, name: roleName, properties: { roleName, type: 'BuiltInRole' } })) });
};

const findAt = (server: WireServer, words: string): Promise<readonly Role[]> => azureUser(adam, wireClient(server)).assignments.findRoles(scope, words);

describe('findRoles', () => {
  it.each([
    ['Reader', ['Reader'], 1],
    [' Contributor ', ['Contributor'], 1],
    ["Owner's Deputy", ["Owner's Deputy"], 1],
    ['reader', ['Reader'], 2],
    ['read', ['Billing Reader', 'Reader'], 2],
    ['admin USER', ['User Access Administrator'], 2],
    ['Editor', [], 2],
    ['', ['Billing Reader', 'Contributor', "Owner's Deputy", 'Reader', 'User Access Administrator'], 1],
  ])('for %j finds %j in %d calls', async (words, expected, calls) => {
    await using server = await startWireServer(azure);
    expect((await findAt(server, words)).map(({ name }) => name)).toEqual(expected);
    expect(server.seen).toHaveLength(calls);
    expect(server.seen.every(({ url }) => url.replace(/^\/+/, '/').startsWith(`${app}/providers/Microsoft.Authorization/roleDefinitions?`))).toBe(true);
  });

  it('takes the id as Azure gives it', async () => {
    await using server = await startWireServer(azure);
    expect(await findAt(server, 'Reader')).toEqual([{ definitionId: `${app}/providers/Microsoft.Authorization/roleDefinitions/Reader`, name: 'Reader' }]);
  });

  it('promise 24: what cannot be read is no empty list', async () => {
    await using wrong = await startWireServer((_, response) => { answerJson(response, 200, { value: [{ properties: {} }] }); });
    expect((await failureOf(findAt(wrong, ''))).code).toBe('badAnswer');
    await using closed = await startWireServer((_, response) => { answerJson(response, 403, { error: { code: 'AuthorizationFailed', message: '' } }); });
    expect((await failureOf(findAt(closed, 'Reader'))).code).toBe('notPermitted');
  });
});
