import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Seed } from '../../src/emulator/seed.ts';
import { collect, sdkFor, sdkScope } from './arm-sdk.ts';
import { EmulatorClient, failedRules, items, listPath, outcome, requestPath, text } from './emulator-client.ts';
import type { Answer } from './emulator-client.ts';
import { PimCaller, activation, directory, failure, graphSeed, idOf, policyAssignments } from './graph-pim.ts';
import { alex, contoso, development, diego, lee, nestor, production, rgApp, rgWeb, roleAt, roleIds, site } from './people.ts';

/** Roles that the tenant made itself, of Azure and of the directory. */

const accessManagerId = '77777777-0000-4000-8000-000000000001';
const customSeed: Seed = {
  ...graphSeed,
  roles: [
    {
      kind: 'azure',
      id: accessManagerId.toUpperCase(),
      name: 'Access manager',
      description: 'Gives access in the shop',
      actions: ['Microsoft.Authorization/*', 'Microsoft.Web/sites/read'],
      notActions: ['Microsoft.Authorization/roleManagementPolicies/write'],
      assignableScopes: [rgApp.toUpperCase(), rgWeb],
    },
    { kind: 'azure', name: 'Shop keeper', actions: ['Microsoft.Web/sites/*'], assignableScopes: [contoso] },
    { kind: 'entra', name: 'Badge clerk', description: 'Hands out badges' },
  ],
  eligible: [
    ...(graphSeed.eligible ?? []),
    { kind: 'azure', principalId: alex, role: 'access MANAGER', scope: rgApp },
    { kind: 'entra', principalId: alex, role: 'Badge clerk', scope: '/' },
  ],
  settings: [
    ...(graphSeed.settings ?? []),
    { kind: 'azure', role: 'Access manager', scope: rgApp, settings: { elevationDuration: 'PT1H' } },
    { kind: 'entra', role: 'Badge clerk', scope: '/', settings: { elevationDuration: 'PT30M' } },
  ],
};

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start({ seed: customSeed });
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

const definitionAt = (scope: string, id = accessManagerId): string => roleAt('Owner', scope).replace(roleIds.Owner, id);

/** Alex's activation of Access manager, or an assignment of Reader by Alex. */
function put(scope: string, properties: object, from = client): Promise<Answer> {
  const scheduleInfo = { expiration: { type: 'AfterDuration', duration: 'PT1H' } };
  const body = { properties: { principalId: alex, justification: 'because', scheduleInfo, ...properties } };
  return from.person(alex).call(requestPath(scope, randomUUID()), { method: 'PUT', body });
}

const activate = (scope: string, more: object = {}): Promise<Answer> => put(scope, { requestType: 'SelfActivate', roleDefinitionId: definitionAt(scope), ...more });
const assign = (scope: string): Promise<Answer> => put(scope, { requestType: 'AdminAssign', roleDefinitionId: roleAt('Reader', scope), principalId: diego });

describe("a tenant's own Azure role", () => {
  const customAt = async (scope: string, filter = "type eq 'CustomRole'"): Promise<readonly string[]> =>
    (await collect(sdkFor(client, { user: alex }).roleDefinitions.list(sdkScope(scope), { filter }))).map(({ roleName = '' }) => roleName).toSorted();

  it('is a definition with its permissions, where it can be assigned', async () => {
    const found = await collect(sdkFor(client, { user: alex }).roleDefinitions.list(sdkScope(rgApp), { filter: "roleName eq 'Access manager'" }));
    expect(found).toMatchObject([
      {
        id: definitionAt(rgApp),
        name: accessManagerId,
        roleName: 'Access manager',
        roleType: 'CustomRole',
        description: 'Gives access in the shop',
        assignableScopes: [rgApp, rgWeb],
        permissions: [{ actions: ['Microsoft.Authorization/*', 'Microsoft.Web/sites/read'], notActions: ['Microsoft.Authorization/roleManagementPolicies/write'] }],
      },
    ]);
    expect(await customAt(site)).toEqual(['Access manager', 'Shop keeper']);
    expect(await customAt(production)).toEqual(['Shop keeper']);
    expect(await customAt(production, "atScopeAndBelow() and type eq 'CustomRole'")).toEqual(['Access manager', 'Shop keeper']);
    expect(await customAt(development, "atScopeAndBelow() and type eq 'CustomRole'")).toEqual(['Shop keeper']);
    expect(await customAt(rgApp, "type eq 'BuiltInRole' and roleName eq 'Access manager'")).toEqual([]);
  });

  it('is found by its id, though not where it has no business', async () => {
    for (const scope of ['', rgApp, production]) {
      expect([scope, (await sdkFor(client, { user: alex }).roleDefinitions.getById(`${scope}/providers/Microsoft.Authorization/roleDefinitions/${accessManagerId}`)).roleName]).toEqual([scope, 'Access manager']);
    }
    await expect(sdkFor(client, { user: alex }).roleDefinitions.get(sdkScope(development), accessManagerId)).rejects.toMatchObject({ statusCode: 404, code: 'RoleDefinitionDoesNotExist' });
  });

  it('is activated like any other, by its own settings, and told as what it is', async () => {
    expect(failedRules(await activate(rgApp, { scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT61M' } } }))).toEqual(['ExpirationRule']);
    const request = await activate(rgApp);
    const expanded = { expandedProperties: { roleDefinition: { id: definitionAt(rgApp), displayName: 'Access manager', type: 'CustomRole' } } };
    expect(request).toMatchObject({ status: 201, body: { properties: { status: 'Provisioned', ...expanded } } });
    const filter = `asTarget() and roleDefinitionId eq '${accessManagerId}'`;
    for (const type of ['roleEligibilityScheduleInstances', 'roleAssignmentScheduleInstances', 'roleAssignmentSchedules']) {
      expect(items(await client.person(alex).list(rgApp, type, filter))).toMatchObject([{ properties: expanded }]);
    }
    const reader = items(await client.person(alex).list(production, 'roleEligibilityScheduleInstances', `asTarget() and roleDefinitionId eq '${roleIds.Reader}'`));
    expect(reader).toMatchObject([{ properties: { expandedProperties: { roleDefinition: { type: 'BuiltInRole' } } } }]);
  });

  it('is not known outside its scopes, and has no settings there', async () => {
    expect(outcome(await activate(production))).toBe('400 RoleNotFound');
    expect(outcome(await put(production, { requestType: 'AdminAssign', roleDefinitionId: definitionAt(production) }))).toBe('400 RoleNotFound');
    const policies = async (scope: string): Promise<number> =>
      items(await client.person(nestor).call(listPath(scope, 'roleManagementPolicyAssignments', `roleDefinitionId eq '${definitionAt(scope)}'`))).length;
    expect([await policies(rgApp), await policies(site), await policies(production)]).toEqual([1, 1, 0]);
  });

  it('lets its holder do what its actions say, and not what its notActions say, while it is active', async () => {
    const permitted = async (): Promise<readonly unknown[]> => items(await client.person(alex).call(`${rgApp}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`));
    expect(outcome(await assign(rgApp))).toBe('403 AuthorizationFailed');
    await activate(rgApp);
    expect(await permitted()).toEqual([
      { actions: ['Microsoft.Authorization/*', 'Microsoft.Web/sites/read'], notActions: ['Microsoft.Authorization/roleManagementPolicies/write'], dataActions: [], notDataActions: [] },
    ]);
    expect((await assign(rgApp)).status).toBe(201);
    expect((await assign(site)).status).toBe(201);
    expect(outcome(await assign(rgWeb))).toBe('403 AuthorizationFailed');
    const [policy] = items(await client.person(nestor).call(listPath(rgApp, 'roleManagementPolicies')));
    const rules = [{ id: 'Expiration_EndUser_Assignment', ruleType: 'RoleManagementPolicyExpirationRule', maximumDuration: 'PT1H' }];
    const target = `${text(policy, 'id')}?api-version=2020-10-01`;
    expect(outcome(await client.person(alex).call(target, { method: 'PATCH', body: { properties: { rules } } }))).toBe('403 AuthorizationFailed');
    await client.advance('PT1H');
    expect(outcome(await assign(rgApp))).toBe('403 AuthorizationFailed');
  });

  it('without an id has the same one in every run', async () => {
    const idIn = async (control: EmulatorClient): Promise<unknown> =>
      (await collect(sdkFor(control, { user: alex }).roleDefinitions.list(sdkScope(rgApp), { filter: "roleName eq 'Shop keeper'" })))[0]?.name;
    await using other = await EmulatorClient.start({ seed: customSeed });
    expect(await idIn(other)).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idIn(other)).toBe(await idIn(client));
  });

  it('is still there after a restart', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pim-custom-'));
    const active = async (control: EmulatorClient): Promise<readonly unknown[]> =>
      items(await control.person(alex).list(rgApp, 'roleAssignmentScheduleInstances', 'asTarget()')).map((item) => text(item, 'properties', 'expandedProperties', 'roleDefinition', 'displayName'));
    {
      await using before = await EmulatorClient.start({ seed: customSeed, dataFolder: folder });
      await put(rgApp, { requestType: 'SelfActivate', roleDefinitionId: definitionAt(rgApp) }, before);
      expect(await active(before)).toEqual(['Access manager']);
    }
    {
      await using after = await EmulatorClient.start({ seed: customSeed, dataFolder: folder });
      expect(await active(after)).toEqual(['Access manager']);
    }
    rmSync(folder, { recursive: true, force: true });
  });
});

describe("a tenant's own directory role", () => {
  const as = (user: string): PimCaller => new PimCaller(client, { user });

  it('is a definition of its own, activated by its own settings', async () => {
    const [definition] = await as(alex).list(`${directory}/roleDefinitions?$filter=isBuiltIn eq false`);
    expect(definition).toMatchObject({ displayName: 'Badge clerk', description: 'Hands out badges', isBuiltIn: false, isEnabled: true, resourceScopes: ['/'] });
    const id = idOf(definition);
    expect(await as(alex).get(`${directory}/roleDefinitions/${id}`)).toMatchObject({ templateId: id });
    const [assignment] = await as(alex).list(`${policyAssignments}?$filter=scopeId eq '/' and scopeType eq 'DirectoryRole' and roleDefinitionId eq '${id}'&$expand=policy($expand=rules)`);
    expect(assignment).toMatchObject({ roleDefinitionId: id });
    const requests = `${directory}/roleAssignmentScheduleRequests`;
    expect(await failure(as(alex).post(requests, activation(id)))).toBe('400 RoleAssignmentRequestPolicyValidationFailed');
    const half = { scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT30M' } } };
    expect(await as(alex).post(requests, activation(id, alex, half))).toMatchObject({ status: 'Provisioned', roleDefinitionId: id });
    expect(await as(alex).mine(directory, 'roleAssignmentScheduleInstances', '?$expand=roleDefinition')).toMatchObject([{ roleDefinition: { displayName: 'Badge clerk', isBuiltIn: false } }]);
  });

  it('stands in the audit log by its name', async () => {
    const [definition] = await as(alex).list(`${directory}/roleDefinitions?$filter=displayName eq 'Badge clerk'`);
    await as(nestor).post(`${directory}/roleEligibilityScheduleRequests`, {
      action: 'adminAssign', principalId: lee, roleDefinitionId: idOf(definition), directoryScopeId: '/', justification: 'because', scheduleInfo: { expiration: { type: 'NoExpiration' } },
    });
    const [entry] = await as(nestor).list('auditLogs/directoryAudits');
    expect(JSON.stringify(entry)).toContain('Badge clerk');
  });
});
