import { describe, expect, it } from 'vitest';
import type { Listing, Scope } from '../../../src/pim/model.ts';
import { azureUser } from '../azure-user.ts';
import { answerJson, startWireServer, wireClient } from '../http/wire-server.ts';
import type { Answer, WireServer } from '../http/wire-server.ts';
import { adam, app, contoso, production, sandbox, site } from '../pim-seed.ts';
import { failureOf } from '../pim-world.ts';

const subscriptions = [{ id: production, displayName: 'Production' }, { id: sandbox, displayName: 'Sandbox' }];
const managementGroups = [{ id: contoso, name: 'contoso', properties: { displayName: 'Contoso root' } }];
const groupsOf: Readonly<Record<string, readonly string[]>> = { [production]: ['rg-app', 'rg-data', 'Sandbox'], [sandbox]: ['rg-app'] };

const tenant: Answer = ({ url }, response) => {
  const { pathname } = new URL(url, 'https://arm.invalid');
  if (pathname === '/subscriptions') answerJson(response, 200, { value: subscriptions });
  else if (pathname.endsWith('/managementGroups')) answerJson(response, 200, { value: managementGroups });
  else answerJson(response, 200, { value: groupsIn(pathname.replace('/resourcegroups', '')) });
};

function groupsIn(subscription: string): readonly object[] {
  return (groupsOf[subscription] ?? []).map((name) => ({ id: `${subscription}/resourceGroups/${name}`, name }));
}

const findAt = (server: WireServer, words: string): Promise<Listing<Scope>> => azureUser(adam, wireClient(server)).assignments.findScopes(words);

async function found(words: string): Promise<readonly string[]> {
  await using server = await startWireServer(tenant);
  const { items, gaps } = await findAt(server, words);
  expect(gaps).toEqual([]);
  return items.map(({ id }) => id);
}

const failing = (part: RegExp): Answer => (request, response) => {
  if (part.test(request.url)) answerJson(response, 403, { error: { code: 'AuthorizationFailed', message: '' } });
  else tenant(request, response);
};

describe('findScopes', () => {
  it.each([
    ['Production', [production]],
    ['  production ', [production]],
    [production.slice('/subscriptions/'.length), [production]],
    ['CONTOSO', [contoso]],
    ['contoso root', [contoso]],
    ['root', [contoso]],
    ['rg-data', [`${production}/resourceGroups/rg-data`]],
    ['rg-app', [app, `${sandbox}/resourceGroups/rg-app`]],
    ['data rg', [`${production}/resourceGroups/rg-data`]],
    // A resource group of the same name: both are told, and the person chooses.
    ['Sandbox', [sandbox, `${production}/resourceGroups/Sandbox`]],
    ['rg-shop', []],
    ['r', [contoso, production, app, `${production}/resourceGroups/rg-data`, `${sandbox}/resourceGroups/rg-app`]],
    // All subscriptions and management groups; resource groups are too many.
    ['', [contoso, production, sandbox]],
  ])('knows %j', async (words, ids) => {
    expect(await found(words)).toEqual(ids);
  });

  it('calls each by its name, and knows its type', async () => {
    await using server = await startWireServer(tenant);
    expect((await findAt(server, 'o')).items.map(({ name, type }) => [name, type])).toEqual([
      ['Contoso root', 'managementGroup'], ['Production', 'subscription'], ['Sandbox', 'subscription'], ['Sandbox', 'resourceGroup'],
    ]);
  });

  it.each([site, app.slice(1), `${contoso}/`, production.toUpperCase()])('takes the path %s as it is, and asks nobody', async (path) => {
    await using server = await startWireServer(tenant);
    expect((await findAt(server, ` ${path} `)).items).toMatchObject([{ id: `/${path.replace(/^\/|\/$/g, '')}` }]);
    expect(server.seen).toEqual([]);
  });

  it.each(['/', '/administrativeUnits/11111111-1111-4111-8111-111111111111', `${app}?x=1`, `${app}/../..`])('knows that %s is no path of Azure, and asks nobody', async (path) => {
    await using server = await startWireServer(tenant);
    expect(await findAt(server, path)).toEqual({ items: [], gaps: [] });
    expect(server.seen).toEqual([]);
  });

  it('asks in the versions that Azure documents, and for no resource groups when given a GUID or nothing', async () => {
    await using server = await startWireServer(tenant);
    await findAt(server, '22222222-2222-4222-8222-222222222222');
    const two = ['/providers/Microsoft.Management/managementGroups?api-version=2020-05-01', '/subscriptions?api-version=2022-12-01'];
    await findAt(server, ' ');
    expect(server.seen.map(({ url }) => url)).toEqual([...two, ...two]);
    await findAt(server, 'rg');
    expect(server.seen.slice(4).map(({ url }) => url)).toEqual([
      ...two, `${production}/resourcegroups?api-version=2021-04-01`, `${sandbox}/resourcegroups?api-version=2021-04-01`,
    ]);
  });

  it.each([[20, []], [21, [{ kind: 'azure', why: 'tooManyScopes' }]]])('looks into twenty of %d subscriptions, four at a time, and says when there are more', async (count, gaps) => {
    const many = Array.from({ length: count }, (_, index) => ({ id: `/subscriptions/00000000-0000-4000-9000-${String(index).padStart(12, '0')}`, displayName: `Team ${index}` }));
    let now = 0;
    let most = 0;
    await using server = await startWireServer((request, response) => {
      if (request.url.startsWith('/subscriptions?')) return answerJson(response, 200, { value: many });
      if (!request.url.includes('resourcegroups')) return answerJson(response, 200, { value: [] });
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => { now -= 1; answerJson(response, 200, { value: [] }); }, 20);
    });
    expect(await findAt(server, 'team 20')).toEqual({ items: count === 21 ? [expect.objectContaining({ name: 'Team 20' })] : [], gaps });
    expect(server.seen.filter(({ url }) => url.includes('resourcegroups'))).toHaveLength(20);
    expect(most).toBe(4);
  });

  it.each([
    ['management groups', failing(/managementGroups/), 'production', production],
    ['subscriptions', failing(/subscriptions\?/), 'contoso', contoso],
    ['one subscription’s resource groups', failing(/2222.*resourcegroups/), 'rg-app', app],
    ['all resource groups', failing(/resourcegroups/), 'production', production],
  ])('promise 24: names %s that cannot be read as a gap, once, and tells the rest', async (_, answer, words, id) => {
    await using server = await startWireServer(answer);
    expect(await findAt(server, words)).toEqual({ items: [expect.objectContaining({ id })], gaps: [{ kind: 'azure', why: 'notPermitted' }] });
  });

  it('promise 24: fails when neither subscriptions nor management groups can be read', async () => {
    await using server = await startWireServer(failing(/./));
    expect((await failureOf(findAt(server, 'production'))).code).toBe('notPermitted');
  });
});

describe('findWidestScopes', () => {
  const inner = '/providers/Microsoft.Management/managementGroups/inner';
  const apart = '/providers/Microsoft.Management/managementGroups/apart';
  const groups = [{ id: inner, properties: { displayName: 'Inner' } }, ...managementGroups, { id: apart, properties: { displayName: 'Apart' } }];
  const below: Readonly<Record<string, readonly object[]>> = {
    contoso: [{ id: inner.toUpperCase(), type: 'Microsoft.Management/managementGroups' }, { id: production.toUpperCase(), type: '/subscriptions' }],
    inner: [{ id: production, type: '/subscriptions' }],
  };
  const hierarchy = (readsBelow: (group: string) => boolean): Answer => ({ url }, response) => {
    const { pathname } = new URL(url, 'https://arm.invalid');
    const group = /managementGroups\/([^/]+)\/descendants$/.exec(pathname)?.[1];
    if (pathname === '/subscriptions') answerJson(response, 200, { value: subscriptions });
    else if (group === undefined) answerJson(response, 200, { value: groups });
    else if (readsBelow(group)) answerJson(response, 200, { value: below[group] ?? [] });
    else answerJson(response, 403, { error: { code: 'AuthorizationFailed', message: '' } });
  };
  const widest = (server: WireServer): Promise<Listing<Scope>> => azureUser(adam, wireClient(server)).assignments.findWidestScopes();

  it('tells what lies below no other, by what each management group holds on every level', async () => {
    await using server = await startWireServer(hierarchy(() => true));
    expect(await widest(server)).toEqual({
      items: [expect.objectContaining({ id: contoso, name: 'Contoso root' }), expect.objectContaining({ id: apart }), expect.objectContaining({ id: sandbox })], gaps: [],
    });
    expect(server.seen.map(({ url }) => url)).toContain(`${contoso}/descendants?api-version=2020-05-01`);
  });

  it('reads what a management group holds to the last page, and asks for nothing of those that lie in another', async () => {
    const teams = Array.from({ length: 30 }, (_, index) => ({ id: `/providers/Microsoft.Management/managementGroups/team-${index}`, properties: { displayName: `Team ${index}` } }));
    await using server = await startWireServer(({ url }, response) => {
      if (url.startsWith('/subscriptions')) answerJson(response, 200, { value: subscriptions });
      else if (!url.includes('descendants')) answerJson(response, 200, { value: [...managementGroups, ...teams] });
      else if (url.includes('page=2')) answerJson(response, 200, { value: [...teams.slice(15), { id: production }] });
      else answerJson(response, 200, url.includes('contoso') ? { value: teams.slice(0, 15), nextLink: `${server.origin}${contoso}/descendants?page=2` } : { value: [] });
    });
    expect((await widest(server)).items.map(({ id }) => id)).toEqual([contoso, sandbox]);
    expect(server.seen.filter(({ url }) => url.includes('descendants')).length).toBeLessThan(10);
  });

  it('takes nothing to lie below a management group that does not tell: it is looked at twice rather than not at all', async () => {
    await using server = await startWireServer(hierarchy((group) => group === 'inner'));
    expect(await widest(server)).toEqual({ items: [inner, contoso, apart, sandbox].map((id) => expect.objectContaining({ id })), gaps: [] });
  });

  it('promise 24: names subscriptions that cannot be read as a gap, and fails when there is neither', async () => {
    await using server = await startWireServer(failing(/subscriptions\?/));
    expect(await widest(server)).toMatchObject({ items: [{ id: contoso }], gaps: [{ kind: 'azure', why: 'notPermitted' }] });
    await using closed = await startWireServer(failing(/./));
    expect((await failureOf(widest(closed))).code).toBe('notPermitted');
  });
});
