import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, at, text } from './emulator-client.ts';
import { unit } from './engine.ts';
import { PimCaller, activation, column, directory, failure, forGood, graphSeed, hours, idOf, reader, roles } from './graph-pim.ts';
import { alex, diego, guest, lee, megan, nestor, opsLeads, platform } from './people.ts';

/** Directory roles through Microsoft's Graph client: every call, and the exact form of its answer. */

let control: EmulatorClient;
beforeAll(async () => {
  control = await EmulatorClient.start({ seed: graphSeed });
});
beforeEach(() => control.reset());
afterAll(() => control[Symbol.asyncDispose]());

const as = (user: string): PimCaller => new PimCaller(control, { user });
const requests = `${directory}/roleAssignmentScheduleRequests`;
const eligibilityRequests = `${directory}/roleEligibilityScheduleRequests`;
const guid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('role definitions', () => {
  const path = `${directory}/roleDefinitions`;

  it.each([
    ["displayName eq 'user administrator'", ['User Administrator']],
    ["startswith(displayName,'Privileged Role')", ['Privileged Role Administrator']],
    ["isBuiltIn eq true and startswith(displayName,'License')", ['License Administrator']],
    ['isBuiltIn eq false', []],
  ])('are found by %s', async (filter, names) => {
    expect(column(await as(alex).list(`${path}?$filter=${filter}`), 'displayName')).toEqual(names);
  });

  it("have Microsoft's template ids, and one is read by it", async () => {
    expect(await as(alex).get(`${path}/${roles.userAdministrator.toUpperCase()}`)).toEqual({
      '@odata.context': `${control.emulator.origin}/v1.0/$metadata#${path}/$entity`,
      id: roles.userAdministrator,
      description: 'User Administrator',
      displayName: 'User Administrator',
      isBuiltIn: true,
      isEnabled: true,
      resourceScopes: ['/'],
      templateId: roles.userAdministrator,
      version: '1',
      rolePermissions: [],
    });
    expect(await failure(as(alex).get(`${path}/${alex}`))).toBe('404 Request_ResourceNotFound');
    expect(await failure(as(alex).get(`${path}/member`))).toBe('404 Request_ResourceNotFound');
  });
});

describe('a request', () => {
  it('is answered in full, with null for what it has not', async () => {
    const ticketInfo = { ticketNumber: 'CONTOSO:Normal-67890', ticketSystem: 'MS Project' };
    const answer = await as(alex).post(requests, activation(roles.groupsAdministrator, alex, { ticketInfo, customData: 'mine', ...hours(5) }));
    expect(answer).toEqual({
      '@odata.context': `${control.emulator.origin}/v1.0/$metadata#${requests}/$entity`,
      id: guid,
      status: 'Provisioned',
      createdDateTime: moment,
      completedDateTime: moment,
      approvalId: null,
      customData: 'mine',
      action: 'selfActivate',
      principalId: alex,
      roleDefinitionId: roles.groupsAdministrator,
      directoryScopeId: '/',
      appScopeId: null,
      isValidationOnly: false,
      targetScheduleId: at(answer, 'id'),
      justification: 'because',
      createdBy: { application: null, device: null, user: { displayName: null, id: alex } },
      scheduleInfo: { startDateTime: moment, recurrence: null, expiration: { type: 'afterDuration', endDateTime: null, duration: 'PT5H' } },
      ticketInfo,
    });
    const { '@odata.context': _, ...stored } = Object(await as(alex).get(`${requests}/${idOf(answer)}`));
    expect(answer).toMatchObject(stored);
  });

  it('without ticket and custom data has nulls for them', async () => {
    const answer = await as(alex).post(requests, activation(roles.groupsAdministrator));
    expect(answer).toMatchObject({ customData: null, ticketInfo: { ticketNumber: null, ticketSystem: null } });
  });

  it('for later is granted, complete when it begins, and begins then', async () => {
    const startDateTime = new Date(new Date().getTime() + 3_600_000).toISOString();
    const scheduleInfo = { startDateTime, expiration: { type: 'afterDateTime', endDateTime: new Date(new Date().getTime() + 7_200_000).toISOString() } };
    const answer = await as(alex).post(requests, activation(roles.groupsAdministrator, alex, { scheduleInfo }));
    expect(answer).toMatchObject({ status: 'Granted', completedDateTime: startDateTime });
    expect(at(answer, 'scheduleInfo')).toEqual({ ...scheduleInfo, recurrence: null, expiration: { ...scheduleInfo.expiration, duration: null } });
    const schedules = await as(alex).mine(directory, 'roleAssignmentSchedules');
    expect(schedules).toMatchObject([{ id: idOf(answer), status: 'Granted', createdUsing: idOf(answer) }]);
    expect(await as(alex).mine(directory, 'roleAssignmentScheduleInstances')).toEqual([]);
    await control.advance('PT1H');
    expect(await as(alex).mine(directory, 'roleAssignmentScheduleInstances')).toHaveLength(1);
  });

  it('for validation is judged and kept nowhere', async () => {
    const validation = (roleDefinitionId: string, more: object = {}): Promise<unknown> =>
      as(alex).post(requests, activation(roleDefinitionId, alex, { isValidationOnly: true, ...more }));
    const granted = await validation(roles.groupsAdministrator);
    expect(granted).toMatchObject({ status: 'Granted', isValidationOnly: true, approvalId: null });
    expect(await validation(roles.userAdministrator)).toMatchObject({ status: 'PendingApproval', approvalId: null });
    expect(await failure(validation(roles.groupsAdministrator, { justification: '' }))).toBe('400 RoleAssignmentRequestPolicyValidationFailed');
    expect(await as(alex).mine(directory, 'roleAssignmentScheduleRequests')).toEqual([]);
    expect(await failure(as(alex).get(`${requests}/${idOf(granted)}`))).toBe('404 Request_ResourceNotFound');
  });

  it('names its action, its expiration and its members in any case', async () => {
    const scheduleInfo = { Expiration: { Type: 'AFTERDURATION', Duration: 'PT1H' } };
    const body = { Action: 'SelfActivate', PrincipalId: alex.toUpperCase(), RoleDefinitionId: roles.groupsAdministrator, DirectoryScopeId: '/', Justification: 'x', scheduleInfo };
    expect(await as(alex).post(requests, body)).toMatchObject({ action: 'selfActivate', principalId: alex });
  });

  it.each([
    [{ action: 'adminDance' }, '400 InvalidRequestContent'],
    [{ principalId: 'alex' }, '400 InvalidRequestContent'],
    [{ roleDefinitionId: alex }, '400 RoleNotFound'],
    [{ roleDefinitionId: 'member' }, '400 RoleNotFound'],
    [{ directoryScopeId: `/administrativeUnits/${alex}` }, '404 Request_ResourceNotFound'],
    [{ directoryScopeId: '' }, '400 InvalidRequestContent'],
    [{ appScopeId: '/' }, '400 BadRequest'],
    [{ scheduleInfo: { expiration: { type: 'sometimes' } } }, '400 InvalidRequestContent'],
    [{ principalId: megan }, '403 Authorization_RequestDenied'],
    [{ roleDefinitionId: roles.reportsReader }, '400 RoleAssignmentRequestPolicyValidationFailed'],
    [{ scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT9H' } } }, '400 RoleAssignmentRequestPolicyValidationFailed'],
    [{ scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT1M' } } }, '400 ActiveDurationTooShort'],
  ])('with %j is refused: %s', async (wrong, expected) => {
    expect(await failure(as(alex).post(requests, activation(roles.groupsAdministrator, alex, wrong)))).toBe(expected);
    expect(await as(alex).mine(directory, 'roleAssignmentScheduleRequests')).toEqual([]);
  });

  it('of a role with an authentication context is challenged, and taken with it', async () => {
    const body = activation(roles.securityReader);
    expect(await failure(as(alex).post(requests, body))).toBe('400 RoleAssignmentRequestAcrsValidationFailed');
    const strong = new PimCaller(control, { user: alex, claims: { acrs: ['c1'] } });
    expect(await strong.post(requests, body)).toMatchObject({ status: 'Provisioned' });
  });

  it('takes each action that Graph has, on either side', async () => {
    const target = { principalId: diego, roleDefinitionId: roles.licenseAdministrator, directoryScopeId: '/', justification: 'duty' };
    const admin = async (action: string, path: string, more: object = {}): Promise<unknown> => at(await as(nestor).post(path, { action, ...target, ...more }), 'status');
    for (const path of [requests, eligibilityRequests]) {
      expect(await admin('adminAssign', path, hours(5))).toBe('Provisioned');
      expect(await admin('adminUpdate', path, hours(6))).toBe('Provisioned');
      expect(await admin('adminExtend', path, hours(7))).toBe('Provisioned');
      expect(at(await as(diego).post(path, { action: 'selfExtend', ...target, ...hours(9) }), 'status')).toBe('PendingAdminDecision');
      expect(await admin('adminExtend', path, hours(9))).toBe('Provisioned');
      await control.advance('PT10H');
      expect(at(await as(diego).post(path, { action: 'selfRenew', ...target, ...hours(9) }), 'status')).toBe('PendingAdminDecision');
      expect(await admin('adminRenew', path, hours(9))).toBe('Provisioned');
      expect(await admin('adminRemove', path)).toBe('Revoked');
    }
    expect(await failure(as(alex).post(eligibilityRequests, activation(roles.groupsAdministrator)))).toBe('400 InvalidRequestContent');
  });

  it('of an application names the application', async () => {
    const writer = new PimCaller(control, { app: 'role-writer' });
    const body = { action: 'adminAssign', principalId: diego, roleDefinitionId: roles.reportsReader, directoryScopeId: '/', justification: 'x', ...forGood };
    const id = text(await writer.post(requests, body), 'createdBy', 'application', 'id');
    expect(at(await as(nestor).list(requests), 0, 'createdBy')).toEqual({ application: { displayName: null, id }, device: null, user: null });
  });
});

describe('taking a request back', () => {
  it('is for whoever asked, and for administrators; once', async () => {
    const pending = idOf(await as(alex).post(requests, activation(roles.userAdministrator)));
    expect(await failure(as(diego).post(`${requests}/${pending}/cancel`))).toBe('403 Authorization_RequestDenied');
    expect(await as(alex).post(`${requests}/${pending}/cancel`)).toBeUndefined();
    expect(await as(alex).get(`${requests}/${pending}`)).toMatchObject({ status: 'Canceled' });
    expect(await failure(as(alex).post(`${requests}/${pending}/cancel`))).toBe('400 BadRequest');
    const startDateTime = new Date(new Date().getTime() + 3_600_000).toISOString();
    const later = idOf(await as(alex).post(requests, activation(roles.groupsAdministrator, alex, { scheduleInfo: { startDateTime, expiration: { type: 'AfterDuration', duration: 'PT1H' } } })));
    await as(nestor).post(`${requests}/${later}/cancel`);
    expect(await as(alex).get(`${requests}/${later}`)).toMatchObject({ status: 'Canceled' });
  });

  it('does not go for one that is carried out, or that is not there', async () => {
    const done = idOf(await as(alex).post(requests, activation(roles.groupsAdministrator)));
    expect(await failure(as(alex).post(`${requests}/${done}/cancel`))).toBe('400 BadRequest');
    expect(await failure(as(alex).post(`${requests}/${alex}/cancel`))).toBe('404 Request_ResourceNotFound');
    expect(await failure(as(alex).post(`${eligibilityRequests}/${done}/cancel`))).toBe('404 Request_ResourceNotFound');
  });
});

describe('what one holds oneself', () => {
  it('eligibilities are of the person and of their groups, with an id as Entra makes it', async () => {
    const instances = await as(diego).mine(directory, 'roleEligibilityScheduleInstances', '?$expand=principal');
    expect(instances).toMatchObject([
      { roleDefinitionId: roles.helpdeskAdministrator, principalId: platform, memberType: 'Group', principal: { displayName: 'Platform engineers' } },
      { roleDefinitionId: roles.reportsReader, principalId: opsLeads, memberType: 'Group' },
    ]);
    const own = await as(alex).mine(directory, 'roleEligibilityScheduleInstances', `?$filter=roleDefinitionId eq '${roles.groupsAdministrator}'`);
    expect(own).toEqual([
      {
        '@odata.type': '#microsoft.graph.unifiedRoleEligibilityScheduleInstance',
        id: 'UafX_Qu2SkSYTAJlL-j6HKqqqqoAAABAgAAAAAAAAAE-1-e',
        principalId: alex,
        roleDefinitionId: roles.groupsAdministrator,
        directoryScopeId: '/',
        appScopeId: null,
        startDateTime: moment,
        endDateTime: '2099-01-01T00:00:00.000Z',
        memberType: 'Direct',
        roleEligibilityScheduleId: guid,
      },
    ]);
    expect(await as(alex).get(`${directory}/roleEligibilityScheduleInstances/${idOf(own[0])}`)).toMatchObject({ id: idOf(own[0]), memberType: 'Direct' });
  });

  it('their schedules tell how long, and what made them', async () => {
    const own = await as(alex).mine(directory, 'roleEligibilitySchedules', `?$filter=roleDefinitionId eq '${roles.groupsAdministrator}'`);
    expect(own).toEqual([
      {
        '@odata.type': '#microsoft.graph.unifiedRoleEligibilitySchedule',
        id: guid,
        principalId: alex,
        roleDefinitionId: roles.groupsAdministrator,
        directoryScopeId: '/',
        appScopeId: null,
        memberType: 'Direct',
        createdUsing: null,
        createdDateTime: moment,
        modifiedDateTime: null,
        status: 'Provisioned',
        scheduleInfo: { startDateTime: moment, recurrence: null, expiration: { type: 'afterDateTime', endDateTime: '2099-01-01T00:00:00.000Z', duration: null } },
      },
    ]);
    expect(await as(alex).get(`${directory}/roleEligibilitySchedules/${idOf(own[0])}`)).toMatchObject({ id: idOf(own[0]) });
  });

  it('an activation tells its schedule and what it was activated from', async () => {
    const request = await as(alex).post(requests, activation(roles.groupsAdministrator));
    const [instance] = await as(alex).mine(directory, 'roleAssignmentScheduleInstances', '?$expand=activatedUsing,roleDefinition($select=displayName),directoryScope');
    expect(instance).toMatchObject({
      id: expect.stringMatching(/-1$/),
      roleAssignmentOriginId: at(instance, 'id'),
      roleAssignmentScheduleId: idOf(request),
      assignmentType: 'Activated',
      directoryScope: null,
      roleDefinition: { id: roles.groupsAdministrator, displayName: 'Groups Administrator' },
      activatedUsing: { roleDefinitionId: roles.groupsAdministrator, endDateTime: '2099-01-01T00:00:00.000Z' },
    });
    const [schedule] = await as(alex).mine(directory, 'roleAssignmentSchedules', '?$expand=activatedUsing');
    expect(schedule).toMatchObject({ id: idOf(request), createdUsing: idOf(request), activatedUsing: { id: at(instance, 'activatedUsing', 'roleEligibilityScheduleId') } });
    const [made] = await as(alex).mine(directory, 'roleAssignmentScheduleRequests', '?$expand=targetSchedule,activatedUsing');
    expect(made).toMatchObject({ targetSchedule: { id: idOf(request) }, activatedUsing: { id: at(schedule, 'activatedUsing', 'id') } });
  });

  it('a role in an administrative unit names it', async () => {
    const scope = `/administrativeUnits/${unit}`;
    const eligible = await as(alex).mine(directory, 'roleEligibilityScheduleInstances', `?$filter=directoryScopeId eq '${scope}'&$expand=directoryScope`);
    expect(eligible).toMatchObject([
      { directoryScopeId: scope, directoryScope: { '@odata.type': '#microsoft.graph.administrativeUnit', id: unit, displayName: 'Munich office' } },
    ]);
    expect(await as(alex).post(requests, activation(roles.licenseAdministrator, alex, { directoryScopeId: scope }))).toMatchObject({ directoryScopeId: scope });
    expect(await failure(as(alex).post(requests, activation(roles.licenseAdministrator)))).toBe('400 RoleAssignmentRequestPolicyValidationFailed');
  });

  it.each([
    ['roleEligibilityScheduleInstances', 'approver'],
    ['roleAssignmentSchedules', 'createdBy'],
    ['roleAssignmentScheduleRequests', 'createdBy'],
    ['roleAssignmentScheduleRequests', 'everybody'],
  ])('%s do not go by %s', async (collection, on) => {
    expect(await failure(as(alex).get(`${directory}/${collection}/filterByCurrentUser(on='${on}')`))).toBe('400 BadRequest');
  });
});

describe("everybody's", () => {
  it('are for those who read them, and for applications', async () => {
    for (const collection of ['roleEligibilitySchedules', 'roleEligibilityScheduleInstances', 'roleAssignmentSchedules', 'roleAssignmentScheduleInstances', 'roleAssignmentScheduleRequests']) {
      expect(await failure(as(alex).get(`${directory}/${collection}`))).toBe('403 Authorization_RequestDenied');
      expect(Array.isArray(await as(guest).list(`${directory}/${collection}`))).toBe(true);
    }
    expect(column(await new PimCaller(control, reader).list(`${directory}/roleAssignmentScheduleInstances`), 'principalId')).toEqual([lee]);
  });

  it.each([
    [`principalId eq '${opsLeads}'`, [roles.reportsReader]],
    [`principalId eq '${alex}' and roleDefinitionId eq '${roles.securityReader}'`, [roles.securityReader]],
    [`principalId eq '${alex}' and directoryScopeId eq '/administrativeUnits/${unit}'`, [roles.licenseAdministrator]],
    [`roleDefinitionId eq '${roles.helpdeskAdministrator}'`, [roles.helpdeskAdministrator]],
    ['endDateTime le 2099-01-01T00:00:00Z', [roles.groupsAdministrator]],
  ])('are narrowed by %s', async (filter, expected) => {
    expect(column(await as(guest).list(`${directory}/roleEligibilityScheduleInstances?$filter=${filter}`), 'roleDefinitionId')).toEqual(expected);
  });

  it('of one unit are for those who read that unit', async () => {
    const path = `${directory}/roleEligibilityScheduleInstances`;
    const inUnit = `directoryScopeId eq '/administrativeUnits/${unit}'`;
    expect(column(await as(diego).list(`${path}?$filter=${inUnit}`), 'principalId')).toEqual([alex]);
    expect(await failure(as(diego).get(`${path}?$filter=directoryScopeId eq '/'`))).toBe('403 Authorization_RequestDenied');
    expect(await failure(as(alex).get(`${path}?$filter=${inUnit}`))).toBe('403 Authorization_RequestDenied');
  });

  it('one of them is not for others, and an unknown one is not found', async () => {
    const [lees] = await as(guest).list(`${directory}/roleAssignmentSchedules`);
    const path = `${directory}/roleAssignmentSchedules/${idOf(lees)}`;
    expect(await as(lee).get(path)).toMatchObject({ principalId: lee, assignmentType: 'Assigned', scheduleInfo: { expiration: { type: 'noExpiration' } } });
    expect(await failure(as(alex).get(path))).toBe('403 Authorization_RequestDenied');
    expect(await failure(as(lee).get(`${directory}/roleAssignmentSchedules/${alex}`))).toBe('404 Request_ResourceNotFound');
    const request = idOf(await as(alex).post(requests, activation(roles.userAdministrator)));
    expect(await as(megan).get(`${requests}/${request}?$expand=principal`)).toMatchObject({ principal: { id: alex } });
    expect(await failure(as(diego).get(`${requests}/${request}`))).toBe('403 Authorization_RequestDenied');
  });

  it('come in pages, each of them the next', async () => {
    const first = await as(guest).get(`${directory}/roleEligibilityScheduleInstances?$top=2&$expand=principal`);
    const next = new URL(text(first, '@odata.nextLink'));
    const second = await as(guest).get(`${next.pathname.slice('/v1.0/'.length)}${next.search}`);
    const ids = [at(first, 'value', 0, 'id'), at(first, 'value', 1, 'id'), at(second, 'value', 0, 'id')];
    expect([new Set(ids).size, at(second, 'value', 0, 'principal', 'id')]).toEqual([3, at(second, 'value', 0, 'principalId')]);
  });

  it('lag behind where a fault says so, while the request itself does not', async () => {
    await control.fault({ path: 'roleAssignmentScheduleInstances' }, { lag: 60_000 }, 2);
    const request = await as(alex).post(requests, activation(roles.groupsAdministrator));
    expect(await as(alex).mine(directory, 'roleAssignmentScheduleInstances')).toEqual([]);
    expect(await as(alex).get(`${requests}/${idOf(request)}`)).toMatchObject({ status: 'Provisioned' });
    await control.advance('PT1M');
    expect(await as(alex).mine(directory, 'roleAssignmentScheduleInstances')).toHaveLength(1);
  });
});
