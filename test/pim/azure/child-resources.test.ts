import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { listChildren } from '../../../src/pim/azure/child-resources.ts';
import type { ChildType } from '../../../src/pim/model.ts';
import { parseScope } from '../../../src/pim/scope.ts';
import { azureUser } from '../azure-user.ts';
import { answerJson, startWireServer, wireClient } from '../http/wire-server.ts';
import { alex, app, contoso, data, production, site } from '../pim-seed.ts';
import { failureOf } from '../pim-world.ts';

const at = (id: string): NonNullable<ReturnType<typeof parseScope>> => {
  const scope = parseScope(id);
  if (scope === null) throw new Error(id);
  return scope;
};

describe('the children of a scope', () => {
  it('are read to the last page, each with its name and type', async () => {
    await using server = await startWireServer(({ url }, response) => {
      if (url.includes('page=2')) answerJson(response, 200, { value: [{ id: data, name: 'rg-data', type: 'resourcegroup' }] });
      else answerJson(response, 200, { value: [{ id: production.slice(1), name: 'Production', type: 'subscription' }, { id: app.toUpperCase() }, { id: '/', name: 'root' }], nextLink: `${server.origin}/x?page=2` });
    });
    expect(await azureUser(alex, wireClient(server)).listChildren(at(contoso))).toEqual([
      { id: production, name: 'Production', type: 'subscription' },
      { id: app.toUpperCase(), name: 'RG-APP', type: 'resourceGroup' },
      { id: data, name: 'rg-data', type: 'resourceGroup' },
    ]);
  });

  it.each([contoso, production, app])('of %s are asked for there', async (id) => {
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value: [] }); });
    expect(await listChildren(wireClient(server), at(id))).toEqual([]);
    expect(server.seen.map(({ url }) => url.replace(/^\/+/, '/'))).toEqual([`${id}/providers/Microsoft.Authorization/eligibleChildResources?api-version=2020-10-01`]);
  });

  it('of a resource are none, and nobody is asked', async () => {
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value: [] }); });
    expect(await listChildren(wireClient(server), at(site))).toEqual([]);
    expect(server.seen).toEqual([]);
  });

  it.each<[readonly ChildType[], string]>([
    [['subscription'], "resourceType eq 'Subscription'"],
    [['resourceGroup'], "resourceType eq 'ResourceGroup'"],
    [['subscription', 'resourceGroup'], "resourceType eq 'Subscription' or resourceType eq 'ResourceGroup'"],
  ])('are asked for by type: %j', async (types, filter) => {
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value: [] }); });
    await listChildren(wireClient(server), at(contoso), types);
    expect(new URL(server.seen[0]?.url.replace(/^\/+/, '/') ?? '', server.origin).searchParams.get('$filter')).toBe(filter);
  });

  it.each([[200, { value: [{ name: 'no id' }] }, 'badAnswer'], [200, {}, 'badAnswer'], [400, { error: { code: 'InsufficientPermissions', message: '' } }, 'notPermitted']])(
    'promise 24: an answer of %d %j is no empty list', async (status, body, code) => {
      await using server = await startWireServer((_, response) => { answerJson(response, status, body); });
      expect((await failureOf(listChildren(wireClient(server), at(production)))).code).toBe(code);
    },
  );

  // Guard: ownOriginPolicy in src/pim/http/azure-pipeline.ts.
  it('promise 23: are never asked for at another host', async () => {
    await using stranger = await startWireServer((_, response) => { answerJson(response, 200, { value: [] }); });
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value: [], nextLink: `${stranger.origin}/` }); });
    expect((await failureOf(listChildren(wireClient(server), at(production)))).code).toBe('badAnswer');
    expect(stranger.seen).toEqual([]);
  });
});

describe('an activation at a child', () => {
  const role = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
  const bare = `/providers/Microsoft.Authorization/roleDefinitions/${role}`;

  // Guard: sendActivation in src/pim/azure/activation-requests.ts.
  it.each([
    ['a management group', contoso, bare, production], ['a management group', contoso, bare, site], ['a subscription', production, `${production}${bare}`, app],
    ['a resource group', app, `${production}${bare}`, site],
  ])('of %s goes to the child, names the role as the child demands, and the eligibility verbatim', async (_, parent, definitionId, child) => {
    const eligibilityScheduleId = `${parent}/providers/Microsoft.Authorization/RoleEligibilitySchedules/${randomUUID().toUpperCase()}`;
    const draft = { role: { definitionId, name: 'Contributor' }, scope: at(child), eligibilityScheduleId, start: null, minutes: 30, justification: 'Mend', ticket: null };
    await using server = await startWireServer(({ method, body }, response) => {
      answerJson(response, method === 'PUT' ? 201 : 200, { name: randomUUID(), properties: { scope: child, status: 'Granted', createdOn: '2026-03-01T10:00:00Z', ...Object(body).properties } });
    });
    const user = azureUser(alex, wireClient(server));
    await user.activate(randomUUID(), draft);
    await user.validate(draft);
    for (const { url, body } of server.seen) {
      expect(url.replace(/^\/+/, '/').startsWith(`${child}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/`)).toBe(true);
      expect(body).toEqual({ properties: {
        principalId: alex, roleDefinitionId: `${production}${bare}`, requestType: 'SelfActivate', linkedRoleEligibilityScheduleId: eligibilityScheduleId,
        justification: 'Mend', scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT30M' } },
      } });
    }
    expect(server.seen.map(({ method }) => method)).toEqual(['PUT', 'POST']);
  });
});
