import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Seed } from '../../src/emulator/seed.ts';
import { collect, sdkFor } from './arm-sdk.ts';
import { EmulatorClient, at, items, listPath, outcome, text } from './emulator-client.ts';
import type { Answer, Subject } from './emulator-client.ts';
import { alex, bot, contoso, development, lee, megan, nestor, production, rgApp, rgWeb, roleIds, seed } from './people.ts';
import { againstSpecs, specsArePresent } from './spec-schema.ts';

/** What lies where, who sees it, and what they may do there. */

const platformGroup = '/providers/Microsoft.Management/managementGroups/Platform';
const island = '/subscriptions/99999999-0000-4000-8000-000000000003';
const hierarchy: Seed = {
  ...seed,
  scopes: [
    ...(seed.scopes ?? []).filter(({ id }) => id !== development),
    { id: platformGroup, name: 'Platform engineering', parent: contoso },
    { id: development, name: 'Development', parent: platformGroup },
    { id: island, name: 'Island', parent: '/' },
  ],
  assigned: [
    { kind: 'azure', principalId: megan, role: 'Reader', scope: rgWeb },
    { kind: 'azure', principalId: lee, role: 'Reader', scope: platformGroup },
  ],
};

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start({ seed: hierarchy, pageSize: 2 });
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

async function get(target: string, subject: Subject): Promise<Answer> {
  return client.send(target, { token: await client.token(subject) });
}

/** All pages. */
async function list(target: string, subject: Subject): Promise<readonly unknown[]> {
  const answer = await get(target, subject);
  const next = at(answer.body, 'nextLink');
  return [...items(answer), ...(typeof next === 'string' ? await list(next.slice(client.emulator.origin.length), subject) : [])];
}

async function ids(target: string, subject: Subject): Promise<readonly string[]> {
  return (await list(target, subject)).map((item) => text(item, 'id'));
}

const groups = '/providers/Microsoft.Management/managementGroups';
const version = '?api-version=2020-05-01';

describe('management groups', () => {
  it('are those that the caller may read, from above too', async () => {
    expect(await ids(`${groups}${version}`, { user: nestor })).toEqual([contoso, platformGroup]);
    expect(await ids(`${groups}${version}`, { user: lee })).toEqual([platformGroup]);
    expect(await ids(`${groups}${version}`, { app: bot })).toEqual([]);
    expect((await list(`${groups}${version}`, { user: lee }))[0]).toEqual({
      id: platformGroup,
      type: 'Microsoft.Management/managementGroups',
      name: 'Platform',
      properties: { tenantId: hierarchy.tenantId, displayName: 'Platform engineering' },
    });
  });

  it('have everything below them as descendants, on every level, over several pages', async () => {
    const target = `${contoso}/descendants${version}`;
    expect(await ids(target, { user: nestor })).toEqual([production, platformGroup, development]);
    const first = await get(target, { user: nestor });
    expect(text(first.body, 'nextLink').startsWith(`${client.emulator.origin}${contoso}/descendants?`)).toBe(true);
    expect(items(await get(`${target}&$top=1`, { user: nestor }))).toHaveLength(1);
    expect((await list(target, { user: nestor })).at(-1)).toEqual({
      id: development,
      type: '/subscriptions',
      name: development.split('/')[2],
      properties: { displayName: 'Development', parent: { id: platformGroup } },
    });
  });

  it.each([
    [`${contoso}/descendants${version}`, lee, '403 AuthorizationFailed'],
    [`${groups}/nowhere/descendants${version}`, nestor, '403 AuthorizationFailed'],
    [`${contoso}/descendants`, nestor, '400 MissingApiVersionParameter'],
    [`${contoso}/descendants${version}&$top=0`, nestor, '400 BadRequest'],
    [`${contoso}/descendants${version}&$view=all`, nestor, '400 BadRequest'],
    [`${groups}${version}&$filter=x`, nestor, '400 BadRequest'],
    [groups.replace('Groups', 'Crowds') + version, nestor, '404 InvalidResourceType'],
  ])('%s as %s → %s', async (target, user, expected) => {
    expect(outcome(await get(target, { user }))).toBe(expected);
  });
});

describe('subscriptions and resource groups', () => {
  it('one subscription is read by who has a role in it', async () => {
    const answer = await get(`${production.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions')}?api-version=2022-12-01`, { user: megan });
    expect(answer.body).toMatchObject({ id: production, displayName: 'Production', state: 'Enabled', tenantId: hierarchy.tenantId });
    expect(await ids('/subscriptions?api-version=2022-12-01', { user: megan })).toEqual([production]);
    expect(outcome(await get(`${production}?api-version=2022-12-01`, { user: alex }))).toBe('403 AuthorizationFailed');
    expect(outcome(await get(`${island}?api-version=2022-12-01`, { user: nestor }))).toBe('403 AuthorizationFailed');
    expect(outcome(await get('/subscriptions/nowhere?api-version=2022-12-01', { user: nestor }))).toBe('404 SubscriptionNotFound');
  });

  it('resource groups are those that the caller has a role in', async () => {
    const target = `${production}/resourcegroups?api-version=2021-04-01`;
    expect(await ids(target, { user: nestor })).toEqual([rgApp, rgWeb]);
    expect(await list(target, { user: megan })).toEqual([
      { id: rgWeb, name: 'rg-web', type: 'Microsoft.Resources/resourceGroups', location: 'westeurope', properties: { provisioningState: 'Succeeded' } },
    ]);
    expect(outcome(await get(target, { user: alex }))).toBe('403 AuthorizationFailed');
    expect(outcome(await get(`${target}&$filter=x`, { user: nestor }))).toBe('400 BadRequest');
  });

  it('an activation opens what was closed', async () => {
    await client.person(alex).activate({ role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' });
    expect(await ids(`${production}/resourcegroups?api-version=2021-04-01`, { user: alex })).toEqual([rgApp, rgWeb]);
    await client.advance('PT30M');
    expect(outcome(await get(`${production}?api-version=2022-12-01`, { user: alex }))).toBe('403 AuthorizationFailed');
  });
});

describe('permissions', () => {
  it("through Microsoft's client: what every role of the caller allows there", async () => {
    const administrator = sdkFor(client, { user: nestor });
    administrator.subscriptionId = production.slice('/subscriptions/'.length);
    const [only, ...more] = await collect(administrator.permissions.listForResourceGroup('rg-web'));
    expect(more).toEqual([]);
    expect(only?.actions).toContain('Microsoft.Authorization/*');
    expect(only?.notActions).toEqual([]);
    expect(await collect(administrator.permissions.listForResource('rg-app', 'Microsoft.Web', '', 'sites', 'shop'))).toEqual([only]);
  });

  it('grow with an activation and shrink with its end', async () => {
    const actions = async (scope: string): Promise<unknown> =>
      items(await get(`${scope}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`, { user: megan })).map((item) => at(item, 'actions'));
    const before = [['*/read']];
    expect(await actions(rgWeb)).toEqual(before);
    await client.person(nestor).call(`${production}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/99999999-0000-4000-8000-00000000000b?api-version=2020-10-01`, {
      method: 'PUT',
      body: {
        properties: {
          principalId: megan,
          roleDefinitionId: `${production}/providers/Microsoft.Authorization/roleDefinitions/${roleIds.Contributor}`,
          requestType: 'AdminAssign',
          justification: 'because',
          scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT1H' } },
        },
      },
    });
    expect(await actions(rgWeb)).toEqual([['*/read'], ['*']]);
    await client.advance('PT1H');
    expect(await actions(rgWeb)).toEqual(before);
  });

  it.skipIf(!specsArePresent)(againstSpecs('are answered as Microsoft describes them'), async () => {
    await client.person(nestor).call(`${rgApp}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`);
    expect(client.seen.map(({ operationId }) => operationId).filter((id) => id.startsWith('Permissions'))).toContain('Permissions_ListForResourceGroup');
  });

  it('nobody without a role there is told anything', async () => {
    expect(outcome(await get(`${rgApp}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`, { user: megan }))).toBe('403 AuthorizationFailed');
    expect(outcome(await get(`${production}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`, { user: alex }))).toBe('403 AuthorizationFailed');
  });
});

describe('role definitions', () => {
  it.each([
    ["roleName eq 'Contributor'", ['Contributor']],
    ["roleName eq 'contributor' and type eq 'BuiltInRole'", ['Contributor']],
    ["atScopeAndBelow() and roleName eq 'Owner'", ['Owner']],
    ["type eq 'CustomRole'", []],
    ["roleName eq 'Nobody'", []],
  ])('%s', async (filter, expected) => {
    const answer = await client.person(alex).list(production, 'roleDefinitions', filter);
    expect(items(answer).map((item) => text(item, 'properties', 'roleName'))).toEqual(expected);
  });

  it('an unknown filter is refused', async () => {
    expect(outcome(await client.person(alex).call(listPath(production, 'roleDefinitions', "colour eq 'red'")))).toBe('400 InvalidFilter');
  });
});

describe('rate-limit headers', () => {
  const left = ({ headers }: Answer): unknown =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-ms-ratelimit-remaining-')));

  it('tell of the subscription, or of the tenant', async () => {
    expect(left(await get(`${production}/resourcegroups?api-version=2021-04-01`, { user: nestor }))).toEqual({
      'x-ms-ratelimit-remaining-subscription-reads': '249',
      'x-ms-ratelimit-remaining-subscription-global-reads': '3749',
    });
    expect(left(await get(`${groups}${version}`, { user: nestor }))).toEqual({ 'x-ms-ratelimit-remaining-tenant-reads': '249' });
    const wish = { role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' } as const;
    expect(left(await client.person(alex).activate(wish))).toEqual({
      'x-ms-ratelimit-remaining-subscription-writes': '199',
      'x-ms-ratelimit-remaining-subscription-global-writes': '2999',
    });
  });
});
