import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collect, sdkFor, sdkScope } from './arm-sdk.ts';
import { EmulatorClient, at, items, outcome, text } from './emulator-client.ts';
import { alex, contoso, development, diego, lee, nestor, onCall, production, rgApp, rgWeb, roleAt, seed, site } from './people.ts';

/** Just-enough access: where below their eligibility somebody may activate instead. */

const platformGroup = '/providers/Microsoft.Management/managementGroups/platform';

let client: EmulatorClient;
beforeAll(async () => {
  const scopes = [...(seed.scopes ?? []), { id: platformGroup, name: 'Platform', parent: contoso }];
  client = await EmulatorClient.start({ seed: { ...seed, scopes } });
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

const path = 'providers/Microsoft.Authorization/eligibleChildResources?api-version=2020-10-01';

async function children(user: string, scope: string, query = ''): Promise<readonly string[]> {
  return items(await client.person(user).call(`${scope}/${path}${query}`)).map((item) => text(item, 'id'));
}

describe('eligibleChildResources', () => {
  it('of a subscription are its resource groups, through the SDK with id, name and type', async () => {
    const { eligibleChildResources: api } = sdkFor(client, { user: alex });
    expect(await collect(api.list(sdkScope(production)))).toEqual([
      { id: rgApp, name: 'rg-app', type: 'resourcegroup' },
      { id: rgWeb, name: 'rg-web', type: 'resourcegroup' },
    ]);
  });

  it('of a management group are its management groups and subscriptions, and all below with $getAllChildren', async () => {
    const { eligibleChildResources: api } = sdkFor(client, { user: alex });
    const direct = await collect(api.list(sdkScope(contoso)));
    expect(direct.map(({ name, type }) => `${type} ${name}`)).toEqual(['subscription Production', 'subscription Development', 'managementgroup Platform']);
    expect(await children(alex, contoso, '&$getAllChildren=true')).toEqual([production, development, rgApp, rgWeb, platformGroup]);
    expect(await children(alex, contoso, '&$getAllChildren=false')).toEqual([production, development, platformGroup]);
  });

  it('of a resource group there are none: a resource is no type of this listing', async () => {
    expect(await children(alex, rgApp)).toEqual([]);
    expect(await children(alex, site)).toEqual([]);
  });

  it.each([
    ["resourceType eq 'Subscription'", [production, development]],
    ["resourceType eq 'subscription' or resourceType eq 'resourcegroup'", [production, development, rgApp, rgWeb]],
    ["resourceType+eq+'resourcegroup'", [rgApp, rgWeb]],
    ["resourceType+eq+'subscription'+or+resourceType+eq+'resourcegroup'", [production, development, rgApp, rgWeb]],
    ["RESOURCETYPE EQ 'ManagementGroup'", [platformGroup]],
    ["resourceType eq 'resource'", []],
  ])('are filtered by %s, through the SDK and as it stands in the document', async (filter, expected) => {
    const { eligibleChildResources: api } = sdkFor(client, { user: alex });
    const direct = expected.filter((id) => id !== rgApp && id !== rgWeb);
    expect((await collect(api.list(sdkScope(contoso), { filter }))).map(({ id }) => id)).toEqual(direct);
    for (const written of [filter, encodeURIComponent(filter)]) {
      const encoded = written.replaceAll(' ', '%20');
      expect(await children(alex, contoso, `&$getAllChildren=true&$filter=${encoded}`)).toEqual(expected);
    }
  });

  it.each(["resourceType eq 'Subscription' and resourceType eq 'resourcegroup'", "name eq 'rg-app'", 'asTarget()', "resourceType ne 'subscription'", "resourceType eq 'subscription''"])(
    'another filter is refused: %s',
    async (filter) => {
      expect(outcome(await client.person(alex).call(`${contoso}/${path}&$filter=${encodeURIComponent(filter)}`))).toBe('400 InvalidFilter');
    },
  );

  it('are shown to who is eligible at the scope or above it, also through a group, and to nobody else', async () => {
    const { roleEligibilityScheduleRequests: requests } = sdkFor(client, { user: nestor });
    expect(await children(lee, production)).toEqual([]);
    expect(await children(nestor, production)).toEqual([]);
    const scheduleInfo = { expiration: { type: 'AfterDuration', duration: 'PT1H' } };
    const body = { principalId: onCall, roleDefinitionId: roleAt('Reader', production), requestType: 'AdminAssign', scheduleInfo };
    await requests.create(sdkScope(production), randomUUID(), body);
    expect(await children(lee, production)).toEqual([rgApp, rgWeb]);
    expect(await children(diego, production)).toEqual([rgApp, rgWeb]);
    expect(await children(lee, contoso)).toEqual([]);
    await client.advance('PT1H');
    expect(await children(lee, production)).toEqual([]);
  });

  it('come in pages at the own origin', async () => {
    await using small = await EmulatorClient.start({ pageSize: 1 });
    const { eligibleChildResources: api } = sdkFor(small, { user: alex });
    const pages = await collect(api.list(sdkScope(production), { filter: "resourceType eq 'resourcegroup'" }).byPage());
    expect(pages.map((page) => page.map(({ id }) => id))).toEqual([[rgApp], [rgWeb]]);
    const first = await small.person(alex).call(`${production}/${path}`);
    expect(text(first.body, 'nextLink').startsWith(`${small.emulator.origin}/`)).toBe(true);
    expect(at(first.body, 'value', 1)).toBeUndefined();
  });

  it('a child that is listed can be activated at, with the eligibility above it', async () => {
    const [child = ''] = await children(alex, production);
    const answer = await client.person(alex).activate({ role: 'Reader', scope: child, principalId: alex, duration: 'PT30M' });
    expect(answer.status).toBe(201);
    expect(text(answer.body, 'properties', 'linkedRoleEligibilityScheduleId').startsWith(`${production}/providers/`)).toBe(true);
  });
});
