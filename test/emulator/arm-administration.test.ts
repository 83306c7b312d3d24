import { randomUUID } from 'node:crypto';
import type { RoleAssignmentScheduleRequest, RoleEligibilityScheduleRequest } from '@azure/arm-authorization';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collect, sdkFor, sdkScope } from './arm-sdk.ts';
import { EmulatorClient, at, failedRules, items, outcome, requestPath, requestStatus, text } from './emulator-client.ts';
import type { Answer } from './emulator-client.ts';
import { alex, bot, contoso, diego, lee, nestor, opsLeads, production, rgApp, rgWeb, roleAt } from './people.ts';
import type { RoleName } from './people.ts';

/** What administrators and holders ask of schedules: the nine request types on both sides, through Microsoft's own client. */

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start();
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

const sides = ['roleAssignment', 'roleEligibility'] as const;
type Side = (typeof sides)[number];
type Request = RoleAssignmentScheduleRequest & RoleEligibilityScheduleRequest;

function requestsOf(user: string, side: Side) {
  return sdkFor(client, { user })[`${side}ScheduleRequests`];
}

function schedulesOf(user: string, side: Side) {
  return sdkFor(client, { user })[`${side}Schedules`];
}

function instancesOf(user: string, side: Side) {
  return sdkFor(client, { user })[`${side}ScheduleInstances`];
}

const place = { principalId: lee, roleDefinitionId: roleAt('Owner', rgApp) };
const forAMonth = { scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'P30D' } } };
const scope = sdkScope(rgApp);

function wish(requestType: string, more: object = {}): Request {
  return { ...place, requestType, justification: 'on call in June', ...more };
}

async function mine(user: string, side: Side): Promise<readonly string[]> {
  return (await collect(instancesOf(user, side).listForScope('', { filter: 'asTarget()' }))).map((instance) => instance.scope ?? '');
}

async function now(): Promise<number> {
  return Date.parse(text((await client.send('/emulator/clock')).body, 'now'));
}

describe.each(sides)('an administrator, by %sScheduleRequests,', (side) => {
  it('assigns for a duration: it is there at once, and gone when the time is over', async () => {
    const name = randomUUID();
    const before = await mine(lee, side);
    const created = await requestsOf(nestor, side).create(scope, name, wish('AdminAssign', forAMonth));
    expect(created).toMatchObject({ name, status: 'Provisioned', requestType: 'AdminAssign', principalType: 'User', principalId: lee, requestorId: nestor });
    expect(created.scheduleInfo?.expiration).toMatchObject({ type: 'AfterDuration', duration: 'P30D' });
    expect(await requestsOf(nestor, side).get(scope, name)).toEqual(created);
    expect(await mine(lee, side)).toEqual([...before, rgApp]);
    const [schedule] = await collect(schedulesOf(nestor, side).listForScope(scope, { filter: `principalId eq '${lee}' and roleDefinitionId eq '${place.roleDefinitionId}'` }));
    expect(schedule?.name).toBe(name);
    expect((schedule?.endDateTime?.getTime() ?? 0) - (schedule?.startDateTime?.getTime() ?? 0)).toBe(30 * 86_400_000);
    await client.advance('P30D');
    expect(await mine(lee, side)).toEqual(before);
  });

  it('assigns until a time', async () => {
    const endDateTime = new Date((await now()) + 7 * 86_400_000);
    const expiration = { type: 'AfterDateTime', endDateTime };
    const created = await requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminAssign', { scheduleInfo: { expiration } }));
    expect(created.scheduleInfo?.expiration).toMatchObject(expiration);
    const [schedule] = await collect(schedulesOf(nestor, side).listForScope(scope, { filter: `principalId eq '${lee}' and roleDefinitionId eq '${place.roleDefinitionId}'` }));
    expect(schedule?.endDateTime).toEqual(endDateTime);
  });

  it('assigns for good: there is no end', async () => {
    const created = await requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminAssign', { scheduleInfo: { expiration: { type: 'NoExpiration' } } }));
    expect([created.status, created.scheduleInfo?.expiration?.type]).toEqual(['Provisioned', 'NoExpiration']);
    await client.advance('P3650D');
    const [instance] = await collect(instancesOf(nestor, side).listForScope(scope, { filter: `principalId eq '${lee}' and roleDefinitionId eq '${place.roleDefinitionId}'` }));
    expect(instance?.endDateTime).toBeUndefined();
  });

  it('assigns to a group: its members hold it', async () => {
    await requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminAssign', { ...forAMonth, principalId: opsLeads }));
    const [instance] = await collect(instancesOf(diego, side).listForScope(scope, { filter: 'asTarget()' }));
    expect(instance).toMatchObject({ principalId: opsLeads, principalType: 'Group', memberType: 'Group' });
  });

  it('assigns for later: granted, and there when its time has come', async () => {
    const name = randomUUID();
    const startDateTime = new Date((await now()) + 86_400_000);
    const scheduleInfo = { startDateTime, ...forAMonth.scheduleInfo };
    expect((await requestsOf(nestor, side).create(scope, name, wish('AdminAssign', { scheduleInfo }))).status).toBe('Granted');
    expect(await mine(lee, side)).not.toContain(rgApp);
    expect(await schedulesOf(nestor, side).get(scope, name)).toMatchObject({ status: 'Granted', startDateTime });
    await client.advance('P1DT1M');
    expect((await requestsOf(nestor, side).get(scope, name)).status).toBe('Provisioned');
    expect(await mine(lee, side)).toContain(rgApp);
  });

  it('takes back what is granted for later', async () => {
    const name = randomUUID();
    const scheduleInfo = { startDateTime: new Date((await now()) + 86_400_000), ...forAMonth.scheduleInfo };
    await requestsOf(nestor, side).create(scope, name, wish('AdminAssign', { scheduleInfo }));
    await requestsOf(nestor, side).cancel(scope, name);
    expect((await requestsOf(nestor, side).get(scope, name)).status).toBe('Canceled');
    await expect(schedulesOf(nestor, side).get(scope, name)).rejects.toMatchObject({ statusCode: 404 });
    await client.advance('P2D');
    expect(await mine(lee, side)).not.toContain(rgApp);
  });

  it('removes', async () => {
    await requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminAssign', forAMonth));
    const removal = await requestsOf(nestor, side).create(scope, randomUUID(), { ...place, requestType: 'AdminRemove' });
    expect([removal.status, removal.scheduleInfo]).toEqual(['Revoked', undefined]);
    expect(await mine(lee, side)).not.toContain(rgApp);
    const again = requestsOf(nestor, side).create(scope, randomUUID(), { ...place, requestType: 'AdminRemove' });
    await expect(again).rejects.toMatchObject({ statusCode: 400, code: 'RoleAssignmentDoesNotExist' });
  });

  it('updates and extends: the schedule keeps its name and has another end', async () => {
    const name = randomUUID();
    await requestsOf(nestor, side).create(scope, name, wish('AdminAssign', forAMonth));
    for (const [requestType, days] of [['AdminUpdate', 10], ['AdminExtend', 90]] as const) {
      const scheduleInfo = { expiration: { type: 'AfterDuration', duration: `P${days}D` } };
      const before = await now();
      const target = { [side === 'roleAssignment' ? 'targetRoleAssignmentScheduleId' : 'targetRoleEligibilityScheduleId']: name };
      const changed = await requestsOf(nestor, side).create(scope, randomUUID(), wish(requestType, { scheduleInfo, ...target }));
      expect(changed).toMatchObject({ status: 'Provisioned', requestType });
      const ids: Request = changed;
      const [schedule] = await collect(schedulesOf(nestor, side).listForScope(scope, { filter: `principalId eq '${lee}' and roleDefinitionId eq '${place.roleDefinitionId}'` }));
      expect(schedule?.name).toBe(name);
      expect(ids.targetRoleAssignmentScheduleId ?? ids.targetRoleEligibilityScheduleId).toBe(schedule?.id);
      const [instance] = await collect(instancesOf(nestor, side).listForScope(scope, { filter: `principalId eq '${lee}' and roleDefinitionId eq '${place.roleDefinitionId}'` }));
      expect(ids.targetRoleAssignmentScheduleInstanceId ?? ids.targetRoleEligibilityScheduleInstanceId).toBe(instance?.id);
      expect(Math.abs((schedule?.endDateTime?.getTime() ?? 0) - before - days * 86_400_000)).toBeLessThan(60_000);
    }
  });

  it('names the instance that is meant; one that is not there is not found', async () => {
    await requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminAssign', forAMonth));
    const [instance] = await collect(instancesOf(nestor, side).listForScope(scope, { filter: `principalId eq '${lee}' and roleDefinitionId eq '${place.roleDefinitionId}'` }));
    const member = side === 'roleAssignment' ? 'targetRoleAssignmentScheduleInstanceId' : 'targetRoleEligibilityScheduleInstanceId';
    const remove = (id: string): Promise<unknown> => requestsOf(nestor, side).create(scope, randomUUID(), { ...place, requestType: 'AdminRemove', [member]: id });
    await expect(remove(randomUUID())).rejects.toMatchObject({ code: 'RoleAssignmentDoesNotExist' });
    expect(await remove(instance?.id ?? '')).toMatchObject({ status: 'Revoked', [member]: instance?.id });
  });

  it('renews what has ended', async () => {
    await requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminAssign', forAMonth));
    const early = requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminRenew', forAMonth));
    await expect(early).rejects.toMatchObject({ code: 'RoleAssignmentDoesNotExist' });
    await client.advance('P31D');
    expect((await requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminRenew', forAMonth))).status).toBe('Provisioned');
    expect(await mine(lee, side)).toContain(rgApp);
  });

  it('answers who asks for an extension, by extending', async () => {
    await requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminAssign', forAMonth));
    const name = randomUUID();
    const asked = await requestsOf(lee, side).create(scope, name, wish('SelfExtend', { scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'P60D' } } }));
    expect(asked.status).toBe('PendingAdminDecision');
    const [waiting] = await collect(requestsOf(nestor, side).listForScope(scope, { filter: "status eq 'PendingAdminDecision'" }));
    expect(waiting?.name).toBe(name);
    const again = requestsOf(lee, side).create(scope, randomUUID(), wish('SelfExtend', forAMonth));
    await expect(again).rejects.toMatchObject({ statusCode: 400, code: 'PendingRoleAssignmentRequest' });
    await requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminExtend', { scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'P60D' } } }));
    expect((await requestsOf(lee, side).get(scope, name)).status).toBe('Provisioned');
    await client.advance('P45D');
    expect(await mine(lee, side)).toContain(rgApp);
  });

  it('leaves it, and the holder takes the request back', async () => {
    await requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminAssign', forAMonth));
    const name = randomUUID();
    await requestsOf(lee, side).create(scope, name, wish('SelfExtend', forAMonth));
    await requestsOf(lee, side).cancel(scope, name);
    expect((await requestsOf(lee, side).get(scope, name)).status).toBe('Canceled');
  });

  it('answers who asks for a renewal, by renewing or by nothing', async () => {
    await requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminAssign', forAMonth));
    await client.advance('P31D');
    const name = randomUUID();
    expect((await requestsOf(lee, side).create(scope, name, wish('SelfRenew', forAMonth))).status).toBe('PendingAdminDecision');
    expect(await mine(lee, side)).not.toContain(rgApp);
    await requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminRenew', forAMonth));
    expect((await requestsOf(lee, side).get(scope, name)).status).toBe('Provisioned');
    expect(await mine(lee, side)).toContain(rgApp);
  });

  it('validates, and nothing is kept', async () => {
    const before = await mine(lee, side);
    const name = randomUUID();
    expect((await requestsOf(nestor, side).validate(scope, name, wish('AdminAssign', forAMonth))).status).toBe('Granted');
    await expect(requestsOf(nestor, side).get(scope, name)).rejects.toMatchObject({ statusCode: 404 });
    expect(await mine(lee, side)).toEqual(before);
    const wrong = requestsOf(nestor, side).validate(scope, name, wish('AdminAssign', { scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT4M' } } }));
    await expect(wrong).rejects.toMatchObject({ code: 'ActiveDurationTooShort' });
  });

  it('sets a condition: request, schedule and instance answer it', async () => {
    const name = randomUUID();
    const condition = { condition: "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'logs'", conditionVersion: '2.0' };
    expect(await requestsOf(nestor, side).create(scope, name, wish('AdminAssign', { ...forAMonth, ...condition }))).toMatchObject(condition);
    expect(await requestsOf(nestor, side).get(scope, name)).toMatchObject(condition);
    expect(await schedulesOf(nestor, side).get(scope, name)).toMatchObject(condition);
    const [instance] = await collect(instancesOf(nestor, side).listForScope(scope, { filter: `principalId eq '${lee}' and roleDefinitionId eq '${place.roleDefinitionId}'` }));
    expect(instance).toMatchObject(condition);
    await requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminUpdate', { scheduleInfo: forAMonth.scheduleInfo }));
    expect(await schedulesOf(nestor, side).get(scope, name)).toMatchObject(condition);
    const other = { condition: "@Principal[department] StringEquals 'IT'", conditionVersion: '2.0' };
    await requestsOf(nestor, side).create(scope, randomUUID(), wish('AdminUpdate', { scheduleInfo: forAMonth.scheduleInfo, ...other }));
    expect(await schedulesOf(nestor, side).get(scope, name)).toMatchObject(other);
  });

  it('who may not is refused as Azure refuses', async () => {
    const by = (user: string): Promise<unknown> => requestsOf(user, side).create(scope, randomUUID(), wish('AdminAssign', forAMonth));
    for (const user of [alex, lee]) {
      await expect(by(user)).rejects.toMatchObject({
        statusCode: 403,
        code: 'AuthorizationFailed',
        message: `The client '${user}' with object id '${user}' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '${rgApp}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
      });
    }
    const app = sdkFor(client, { app: 'pim-bot' })[`${side}ScheduleRequests`];
    await expect(app.create(scope, randomUUID(), wish('AdminAssign', forAMonth))).rejects.toMatchObject({ code: 'AuthorizationFailed' });
    await expect(requestsOf(alex, side).create(scope, randomUUID(), wish('AdminRemove'))).rejects.toMatchObject({ code: 'AuthorizationFailed' });
  });

  it('lists requests by each filter', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    await requestsOf(nestor, side).create(scope, first, wish('AdminAssign', forAMonth));
    await requestsOf(nestor, side).create(sdkScope(production), second, { ...wish('AdminAssign', forAMonth), principalId: diego, roleDefinitionId: roleAt('Reader', production) });
    const names = async (user: string, filter?: string, at = scope): Promise<readonly (string | undefined)[]> =>
      (await collect(requestsOf(user, side).listForScope(at, filter === undefined ? {} : { filter }))).map(({ name }) => name);
    expect(await names(nestor)).toEqual([first, second]);
    expect(await names(nestor, undefined, sdkScope(rgWeb))).toEqual([second]);
    expect(await names(nestor, 'atScope()', sdkScope(production))).toEqual([second]);
    expect(await names(nestor, `principalId eq '${lee}'`)).toEqual([first]);
    expect(await names(nestor, "status eq 'Provisioned'")).toEqual([first, second]);
    expect(await names(nestor, 'asRequestor()')).toEqual([first, second]);
    expect(await names(lee, 'asTarget()')).toEqual([first]);
    expect(await names(lee, 'asRequestor()')).toEqual([]);
    expect(await names(diego, 'asApprover()')).toEqual([]);
    await expect(names(alex)).rejects.toMatchObject({ statusCode: 400, code: 'InsufficientPermissions' });
  });
});

describe('the two sides', () => {
  it('do not know each other\'s requests', async () => {
    const name = randomUUID();
    await requestsOf(nestor, 'roleEligibility').create(scope, name, wish('AdminAssign', forAMonth));
    await expect(requestsOf(nestor, 'roleAssignment').get(scope, name)).rejects.toMatchObject({ statusCode: 404 });
    await expect(requestsOf(nestor, 'roleAssignment').cancel(scope, name)).rejects.toMatchObject({ statusCode: 404 });
    const sameName = requestsOf(nestor, 'roleAssignment').create(scope, name, wish('AdminAssign', forAMonth));
    await expect(sameName).rejects.toMatchObject({ statusCode: 409, code: 'RoleAssignmentRequestExists' });
  });

  it('an eligibility that an administrator made can be activated, and its end ends the activation', async () => {
    await requestsOf(nestor, 'roleEligibility').create(scope, randomUUID(), wish('AdminAssign', forAMonth));
    const activation = { scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT8H' } } };
    expect((await requestsOf(lee, 'roleAssignment').create(scope, randomUUID(), wish('SelfActivate', activation))).status).toBe('Provisioned');
    await requestsOf(nestor, 'roleEligibility').create(scope, randomUUID(), { ...place, requestType: 'AdminRemove' });
    expect(await mine(lee, 'roleAssignment')).toEqual([]);
    await expect(requestsOf(lee, 'roleAssignment').create(scope, randomUUID(), wish('SelfActivate', activation))).rejects.toMatchObject({ message: expect.stringContaining('EligibilityRule') });
  });

  it('an administrator ends an activation of somebody else', async () => {
    await requestsOf(nestor, 'roleEligibility').create(scope, randomUUID(), wish('AdminAssign', forAMonth));
    await requestsOf(lee, 'roleAssignment').create(scope, randomUUID(), wish('SelfActivate', { scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT8H' } } }));
    await requestsOf(nestor, 'roleAssignment').create(scope, randomUUID(), { ...place, requestType: 'AdminRemove' });
    expect(await mine(lee, 'roleAssignment')).toEqual([]);
  });

  it('an activation is none of an eligibility\'s request types', async () => {
    const wrong = requestsOf(lee, 'roleEligibility').create(scope, randomUUID(), wish('SelfActivate', forAMonth));
    await expect(wrong).rejects.toMatchObject({ statusCode: 400, code: 'InvalidRequestContent' });
  });

  it('who holds a role by PIM administers with it', async () => {
    await requestsOf(nestor, 'roleAssignment').create(scope, randomUUID(), wish('AdminAssign', forAMonth));
    const eligible = { ...wish('AdminAssign', forAMonth), principalId: diego };
    expect((await requestsOf(lee, 'roleEligibility').create(scope, randomUUID(), eligible)).status).toBe('Provisioned');
    const above = { ...eligible, roleDefinitionId: roleAt('Owner', production) };
    await expect(requestsOf(lee, 'roleEligibility').create(sdkScope(production), randomUUID(), above)).rejects.toMatchObject({ code: 'AuthorizationFailed' });
  });

  it('a service principal is assigned and not made to activate', async () => {
    const forApp = { ...wish('AdminAssign', forAMonth), principalId: bot };
    const created = await requestsOf(nestor, 'roleAssignment').create(scope, randomUUID(), forApp);
    expect(created).toMatchObject({ status: 'Provisioned', principalType: 'ServicePrincipal' });
  });

  it('a management group takes the bare role id', async () => {
    const atGroup = { ...wish('AdminAssign', forAMonth), roleDefinitionId: roleAt('Reader', contoso) };
    expect((await requestsOf(nestor, 'roleAssignment').create(sdkScope(contoso), randomUUID(), atGroup)).status).toBe('Provisioned');
  });
});

/** The body of the source document: names in Pascal case, `EndDateTime` null. */
function documented(requestType: string, role: RoleName, scheduleInfo: object | null): object {
  return {
    Properties: {
      RoleDefinitionId: roleAt(role, production),
      PrincipalId: diego,
      RequestType: requestType,
      ...(scheduleInfo === null ? {} : { ScheduleInfo: scheduleInfo }),
    },
  };
}

describe('the bodies of the source document', () => {
  const assigned = { StartDateTime: '2020-09-09T21:31:27.91Z', Expiration: { Type: 'AfterDuration', EndDateTime: null, Duration: 'P30D' } };
  const put = (user: string, body: object): Promise<Answer> => client.person(user).call(requestPath(production, randomUUID()), { method: 'PUT', body });

  it('assign and remove as they stand there, but for the justification that the default policy asks for', async () => {
    const bare = await put(nestor, documented('AdminAssign', 'Owner', assigned));
    expect(failedRules(bare)).toEqual(['JustificationRule']);
    const body = documented('AdminAssign', 'Owner', assigned);
    const answer = await put(nestor, { Properties: { ...Object(at(body, 'Properties')), Justification: 'as documented' } });
    expect([answer.status, requestStatus(answer)]).toEqual([201, 'Provisioned']);
    expect(items(await client.person(diego).list(production, 'roleAssignmentScheduleInstances', 'asTarget()'))).toHaveLength(1);
    expect(requestStatus(await put(nestor, documented('AdminRemove', 'Owner', null)))).toBe('Revoked');
    expect(items(await client.person(diego).list(production, 'roleAssignmentScheduleInstances', 'asTarget()'))).toEqual([]);
    expect(outcome(await put(nestor, documented('AdminRemove', 'Owner', null)))).toBe('400 RoleAssignmentDoesNotExist');
  });
});
