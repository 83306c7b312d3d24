import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, at, text } from './emulator-client.ts';
import { breakGlass } from './engine.ts';
import { PimCaller, activation, column, directory, failure, forGood, graphSeed, group, groupActivation, hours, idOf, roles, stagesOf } from './graph-pim.ts';
import { alex, diego, lee, megan, nestor, opsLeads } from './people.ts';

/** What people do with PIM from beginning to end, for directory roles and for groups, through Microsoft's Graph client. */

let control: EmulatorClient;
beforeAll(async () => {
  control = await EmulatorClient.start({ seed: graphSeed });
});
beforeEach(() => control.reset());
afterAll(() => control[Symbol.asyncDispose]());

const as = (user: string): PimCaller => new PimCaller(control, { user });

describe('a directory role', () => {
  const requests = `${directory}/roleAssignmentScheduleRequests`;
  const active = (user: string): Promise<readonly unknown[]> => as(user).mine(directory, 'roleAssignmentScheduleInstances', '?$expand=roleDefinition');

  it('without approval is active at once, ended by its holder after five minutes, and its eligibility stays', async () => {
    const request = await as(alex).post(requests, activation(roles.groupsAdministrator));
    expect(request).toMatchObject({ status: 'Provisioned', action: 'selfActivate', approvalId: null });
    expect(column(await active(alex), 'roleDefinition', 'displayName')).toEqual(['Groups Administrator']);
    const end = { action: 'selfDeactivate', principalId: alex, roleDefinitionId: roles.groupsAdministrator, directoryScopeId: '/' };
    expect(await failure(as(alex).post(requests, end))).toBe('400 ActiveDurationTooShort');
    await control.advance('PT5M');
    expect(await as(alex).post(requests, end)).toMatchObject({ status: 'Revoked', action: 'selfDeactivate', scheduleInfo: null });
    expect(await active(alex)).toEqual([]);
    const eligible = await as(alex).mine(directory, 'roleEligibilityScheduleInstances');
    expect(column(eligible, 'roleDefinitionId')).toContain(roles.groupsAdministrator);
  });

  it('with approval waits for its approver, and is active once approved', async () => {
    const request = await as(alex).post(requests, activation(roles.userAdministrator));
    expect(request).toMatchObject({ status: 'PendingApproval', approvalId: at(request, 'id'), completedDateTime: null });
    expect(await active(alex)).toEqual([]);
    const waiting = await as(megan).list(`${requests}/filterByCurrentUser(on='approver')?$filter=status eq 'PendingApproval'&$expand=roleDefinition,principal`);
    expect(waiting).toMatchObject([{ id: at(request, 'id'), principal: { id: alex, displayName: 'Alex Wilber' }, roleDefinition: { displayName: 'User Administrator' } }]);
    await as(megan).decide(text(request, 'approvalId'), 'Approve');
    expect(await as(alex).get(`${requests}/${idOf(request)}`)).toMatchObject({ status: 'Provisioned' });
    expect(column(await active(alex), 'roleDefinitionId')).toEqual([roles.userAdministrator]);
  });

  it('that is denied stays away, and may be asked for again', async () => {
    const request = await as(alex).post(requests, activation(roles.userAdministrator));
    expect(await failure(as(alex).post(requests, activation(roles.userAdministrator)))).toBe('400 PendingRoleAssignmentRequest');
    await as(megan).decide(idOf(request), 'Deny');
    expect(await as(alex).get(`${requests}/${idOf(request)}`)).toMatchObject({ status: 'Denied' });
    expect(await active(alex)).toEqual([]);
    expect(await as(alex).post(requests, activation(roles.userAdministrator))).toMatchObject({ status: 'PendingApproval' });
  });

  it('that an administrator makes somebody eligible for is activated by them, and gone when the administrator takes it away', async () => {
    const eligible = `${directory}/roleEligibilityScheduleRequests`;
    const target = { principalId: diego, roleDefinitionId: roles.reportsReader, directoryScopeId: '/', justification: 'duty' };
    expect(await failure(as(alex).post(eligible, { action: 'adminAssign', ...target, ...hours(24) }))).toBe('403 Authorization_RequestDenied');
    const assigned = await as(nestor).post(eligible, { action: 'adminAssign', ...target, ...forGood });
    expect(assigned).toMatchObject({ status: 'Provisioned', scheduleInfo: { expiration: { type: 'noExpiration', duration: null, endDateTime: null } } });
    await as(diego).post(requests, activation(roles.reportsReader, diego));
    expect(await active(diego)).toMatchObject([{ roleDefinitionId: roles.reportsReader, memberType: 'Direct', assignmentType: 'Activated' }]);
    expect(await as(nestor).post(eligible, { action: 'adminRemove', ...target })).toMatchObject({ status: 'Revoked' });
    expect(await active(diego)).toEqual([]);
    expect(await failure(as(nestor).post(eligible, { action: 'adminRemove', ...target }))).toBe('400 RoleAssignmentDoesNotExist');
  });
});

describe('a group', () => {
  const requests = `${group}/assignmentScheduleRequests`;
  const active = (user: string): Promise<readonly unknown[]> => as(user).mine(group, 'assignmentScheduleInstances', '?$expand=group');

  it('without approval has a new member at once, who ends it after five minutes', async () => {
    expect(await as(alex).post(requests, groupActivation())).toMatchObject({ status: 'Provisioned', accessId: 'member', groupId: breakGlass });
    expect(await active(alex)).toMatchObject([{ group: { displayName: 'Production break-glass' }, accessId: 'member', assignmentType: 'Activated' }]);
    expect(column(await as(alex).list(`groups/${breakGlass}/members`), 'id')).toEqual([alex]);
    await control.advance('PT6M');
    const end = { action: 'selfDeactivate', principalId: alex, groupId: breakGlass, accessId: 'member' };
    expect(await as(alex).post(requests, end)).toMatchObject({ status: 'Revoked' });
    expect(await as(alex).list(`groups/${breakGlass}/members`)).toEqual([]);
  });

  it('with approval gets its member once approved, who then has what the group has', async () => {
    const eligible = (): Promise<readonly unknown[]> => as(alex).mine(directory, 'roleEligibilityScheduleInstances', '?$expand=principal,roleDefinition');
    expect(column(await eligible(), 'roleDefinition', 'displayName')).not.toContain('Reports Reader');
    const request = await as(alex).post(requests, groupActivation(opsLeads));
    expect(request).toMatchObject({ status: 'PendingApproval', approvalId: at(request, 'id') });
    expect(column(await as(megan).list(`${requests}/filterByCurrentUser(on='approver')?$filter=status eq 'PendingApproval'`), 'id')).toEqual([at(request, 'id')]);
    await as(megan).decide(idOf(request), 'Approve', stagesOf(idOf(request)));
    expect(await active(alex)).toMatchObject([{ groupId: opsLeads }]);
    const throughGroup = (await eligible()).find((entry) => at(entry, 'roleDefinitionId') === roles.reportsReader);
    expect(throughGroup).toMatchObject({ memberType: 'Group', principalId: opsLeads, principal: { '@odata.type': '#microsoft.graph.group', displayName: 'Ops leads' } });
    expect(await as(alex).post(`${directory}/roleAssignmentScheduleRequests`, activation(roles.reportsReader))).toMatchObject({ status: 'Provisioned', principalId: alex });
  });

  it('that denies somebody does not have them', async () => {
    const request = await as(alex).post(requests, groupActivation(opsLeads));
    await as(megan).decide(idOf(request), 'Deny', stagesOf(idOf(request)));
    expect(await as(alex).get(`${requests}/${idOf(request)}`)).toMatchObject({ status: 'Denied' });
    expect(await active(alex)).toEqual([]);
  });

  it('has an owner who makes somebody eligible, and takes it back', async () => {
    const eligible = `${group}/eligibilityScheduleRequests`;
    const target = { principalId: megan, groupId: breakGlass, accessId: 'member', justification: 'duty' };
    expect(await failure(as(alex).post(eligible, { action: 'adminAssign', ...target, ...hours(24) }))).toBe('403 Authorization_RequestDenied');
    expect(await as(lee).post(eligible, { action: 'adminAssign', ...target, ...hours(24) })).toMatchObject({ status: 'Provisioned' });
    await as(megan).post(requests, groupActivation(breakGlass, megan));
    expect(column(await active(megan), 'groupId')).toEqual([breakGlass]);
    expect(await as(lee).post(eligible, { action: 'adminRemove', ...target })).toMatchObject({ status: 'Revoked' });
    expect(await active(megan)).toEqual([]);
  });

  it('that an administrator puts somebody into for a time lets them go when it is over', async () => {
    const target = { principalId: megan, groupId: breakGlass, accessId: 'owner', justification: 'duty' };
    const made = await as(nestor).post(requests, { action: 'adminAssign', ...target, ...hours(2) });
    expect(made).toMatchObject({ status: 'Provisioned', action: 'adminAssign' });
    expect(await active(megan)).toMatchObject([{ accessId: 'owner', assignmentType: 'Assigned' }]);
    await control.advance('PT2H');
    expect(await active(megan)).toEqual([]);
  });
});
