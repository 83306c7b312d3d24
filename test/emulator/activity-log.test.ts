import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, at, items, outcome, text } from './emulator-client.ts';
import type { Answer } from './emulator-client.ts';
import { alex, contoso, development, megan, nestor, production, rgApp, rgWeb, roleAt, seed } from './people.ts';

/** https://learn.microsoft.com/rest/api/monitor/activity-logs/list */

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start({ seed: { ...seed, assigned: [{ kind: 'azure', principalId: megan, role: 'Monitoring Reader', scope: development }] } });
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

const ever = "eventTimestamp ge '2000-01-01T00:00:00Z'";

async function log(filter: string | null, user = nestor, scope = production): Promise<Answer> {
  const query = filter === null ? '' : `&$filter=${encodeURIComponent(filter)}`;
  const token = await client.token({ user });
  const version = scope.startsWith('/subscriptions/') ? '2015-04-01' : '2017-03-01-preview';
  return client.send(`${scope}/providers/Microsoft.Insights/eventtypes/management/values?api-version=${version}${query}`, { token });
}

const operations = (answer: Answer): readonly string[] => items(answer).map((event) => text(event, 'operationName', 'value').split('/').slice(1).join('/'));

const reader = { role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' } as const;
const owner = { role: 'Owner', scope: rgWeb, principalId: alex, duration: 'PT1H' } as const;

describe('the Activity Log', () => {
  it('has what PIM did to role assignments, the newest first', async () => {
    await client.person(alex).activate(reader);
    await client.advance('PT30M');
    await client.person(alex).activate(owner);
    await client.advance('PT6M');
    await client.person(alex).deactivate(owner);
    expect(operations(await log(ever))).toEqual([
      'roleAssignments/delete',
      'roleAssignments/write',
      'roleAssignments/delete',
      'roleAssignments/write',
    ]);
    expect(operations(await log(`${ever} and resourceGroupName eq 'RG-WEB'`))).toEqual(['roleAssignments/delete', 'roleAssignments/write']);
    expect(operations(await log(ever, megan, development))).toEqual([]);
  });

  it('tells which assignment, whose, and that PIM wrote it', async () => {
    await client.person(alex).activate(owner);
    const [instance] = items(await client.person(alex).list(rgWeb, 'roleAssignmentScheduleInstances', 'asTarget()'));
    const [event] = items(await log(ever));
    const assignment = text(instance, 'properties', 'originRoleAssignmentId');
    expect(event).toMatchObject({
      operationName: { value: 'Microsoft.Authorization/roleAssignments/write' },
      resourceProviderName: { value: 'Microsoft.Authorization' },
      category: { value: 'Administrative' },
      status: { value: 'Succeeded' },
      resourceId: assignment,
      resourceGroupName: 'rg-web',
      subscriptionId: production.split('/')[2],
      claims: { appid: '01fc33a7-78ba-4d2f-a4b7-768e336e890e' },
      properties: { entity: assignment, statusCode: 'Created' },
    });
    expect(JSON.parse(text(event, 'properties', 'requestbody'))).toEqual({
      Id: assignment.split('/').at(-1),
      Properties: { PrincipalId: alex, PrincipalType: 'User', RoleDefinitionId: roleAt('Owner', rgWeb), Scope: rgWeb },
    });
    await client.advance('PT1H');
    const [ended] = items(await log(ever));
    expect(at(ended, 'resourceId')).toBe(assignment);
    expect(JSON.parse(text(ended, 'properties', 'responseBody'))).toMatchObject({ id: assignment, properties: { principalId: alex } });
  });

  it('has assignments by an administrator, and no eligibility', async () => {
    const ask = (type: string, requestType: string): Promise<Answer> =>
      client.person(nestor).call(`${rgApp}/providers/Microsoft.Authorization/${type}/99999999-0000-4000-8000-0000000000${requestType === 'AdminAssign' ? '0' : '1'}${type.length % 10}?api-version=2020-10-01`, {
        method: 'PUT',
        body: {
          properties: {
            principalId: alex,
            roleDefinitionId: roleAt('Reader', rgApp),
            requestType,
            justification: 'because',
            ...(requestType === 'AdminAssign' ? { scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'P30D' } } } : {}),
          },
        },
      });
    expect((await ask('roleEligibilityScheduleRequests', 'AdminAssign')).status).toBe(201);
    expect((await ask('roleAssignmentScheduleRequests', 'AdminAssign')).status).toBe(201);
    await client.advance('PT6M');
    expect((await ask('roleAssignmentScheduleRequests', 'AdminRemove')).status).toBe(201);
    expect(operations(await log(ever))).toEqual(['roleAssignments/delete', 'roleAssignments/write']);
    const [removal, making] = items(await log(ever));
    expect(at(removal, 'resourceId')).toBe(at(making, 'resourceId'));
  });

  it('of a management group has what happened at the group itself', async () => {
    await client.person(alex).activate(reader);
    await client.person(alex).activate({ role: 'Monitoring Reader', scope: contoso, principalId: alex });
    const [event, ...others] = items(await log(ever, nestor, contoso));
    expect(others).toEqual([]);
    expect(event).toMatchObject({ operationName: { value: 'Microsoft.Authorization/roleAssignments/write' } });
    expect(text(event, 'resourceId')).toMatch(`${contoso}/providers/Microsoft.Authorization/roleAssignments/`);
    expect([at(event, 'subscriptionId'), at(event, 'resourceGroupName')]).toEqual([undefined, undefined]);
    expect(operations(await log(ever))).toHaveLength(1);
    expect(outcome(await log(ever, megan, contoso))).toBe('403 AuthorizationFailed');
    expect(outcome(await log(ever, nestor, contoso.replace('contoso', 'fabrikam')))).toBe('403 AuthorizationFailed');
  });

  it('is read by time, and lags where a fault says so', async () => {
    await client.person(alex).activate(reader);
    const written = text(items(await log(ever))[0], 'eventTimestamp');
    await client.advance('PT30M');
    expect(operations(await log(`eventTimestamp ge '${written}' and eventTimestamp le '${written}'`))).toEqual(['roleAssignments/write']);
    await client.fault({ path: 'eventtypes' }, { lag: 60_000 });
    expect(operations(await log(ever))).toEqual(['roleAssignments/write']);
    expect(operations(await log(ever))).toHaveLength(2);
  });

  it.each([
    ['a filter missing', null, nestor, '400 BadRequest'],
    ['a start missing', "resourceGroupName eq 'rg-app'", nestor, '400 BadRequest'],
    ['a time that is none', "eventTimestamp ge 'yesterday'", nestor, '400 BadRequest'],
    ['an unknown field', `${ever} and colour eq 'red'`, nestor, '400 BadRequest'],
    ['or', `${ever} or ${ever}`, nestor, '400 BadRequest'],
    ['another provider', `${ever} and resourceProvider eq 'Microsoft.Web'`, nestor, '400 BadRequest'],
    ['nobody who may read', ever, alex, '403 AuthorizationFailed'],
  ])('%s is refused', async (_, filter, user, expected) => {
    expect(outcome(await log(filter, user))).toBe(expected);
  });
});
