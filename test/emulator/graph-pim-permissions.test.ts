import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { delegatedPermissions } from '../../src/emulator/delegated-permissions.ts';
import { EmulatorClient, armAudience, at, graphAudience, outcome, text } from './emulator-client.ts';
import { breakGlass } from './engine.ts';
import { PimCaller, activation, directory, failure, forGood, graphSeed, group, groupActivation, groupReader, hours, idOf, nestedFailure, policies, policyAssignments, reader, remover, roles, stagesOf, stepsOf, writer } from './graph-pim.ts';
import { alex, lee, megan, nestor, opsLeads } from './people.ts';

/** What a token has to carry for PIM's part of Graph, beside what its person may do. */

let control: EmulatorClient;
beforeAll(async () => {
  control = await EmulatorClient.start({ seed: graphSeed });
});
beforeEach(() => control.reset());
afterAll(() => control[Symbol.asyncDispose]());

const as = (user: string): PimCaller => new PimCaller(control, { user });
const app = (subject: { readonly app: string }): PimCaller => new PimCaller(control, subject);
const withScopes = (user: string, ...scopes: readonly string[]): PimCaller => new PimCaller(control, { user, scopes });
const notGranted = (...scopes: readonly string[]): string => `403 PermissionScopeNotGranted Authorization failed due to missing permission scope ${scopes.join(',')}.`;

const requests = `${directory}/roleAssignmentScheduleRequests`;
const instances = `${directory}/roleAssignmentScheduleInstances`;
const policy = `${policyAssignments}?$filter=scopeId eq '/' and scopeType eq 'DirectoryRole' and roleDefinitionId eq '${roles.userAdministrator}'`;
const groupPolicy = `${policyAssignments}?$filter=scopeId eq '${breakGlass}' and scopeType eq 'Group'`;
const ofGroup = `?$filter=groupId eq '${breakGlass}'`;

describe('a delegated token', () => {
  it('carries every permission, or those that were asked for', async () => {
    const scopesOf = async (body: object): Promise<unknown> => decodeJwt(text((await control.send('/emulator/token', { method: 'POST', body })).body, 'access_token'))['scp'];
    expect(await scopesOf({ user: alex, audience: graphAudience })).toBe(delegatedPermissions.join(' '));
    expect(await scopesOf({ user: alex, audience: graphAudience, scopes: ['user.read', 'AuditLog.Read.All'] })).toBe('User.Read AuditLog.Read.All');
    expect(await scopesOf({ user: alex, audience: graphAudience, scopes: [] })).toBe('');
    expect(await scopesOf({ user: alex, audience: armAudience, scopes: ['User.Read'] })).toBe('user_impersonation');
    const unknown = await control.send('/emulator/token', { method: 'POST', body: { user: alex, audience: graphAudience, scopes: ['Everything.All'] } });
    expect(outcome(unknown)).toBe('400 InvalidRequestContent');
  });

  it('without the permission is refused in the nested form', async () => {
    const answer = await control.send(`/v1.0/${instances}/filterByCurrentUser(on='principal')`, {
      token: await control.token({ user: alex, scopes: ['User.Read'] }, graphAudience),
    });
    expect(outcome(answer)).toBe('403 UnknownError');
    expect(JSON.parse(text(answer.body, 'error', 'message'))).toEqual({
      errorCode: 'PermissionScopeNotGranted',
      message:
        'Authorization failed due to missing permission scope RoleAssignmentSchedule.Read.Directory,RoleManagement.Read.Directory,RoleManagement.Read.All,RoleAssignmentSchedule.ReadWrite.Directory,RoleManagement.ReadWrite.Directory.',
      instanceAnnotations: [],
    });
    expect(at(answer.body, 'error', 'innerError')).toEqual({ date: expect.any(String), 'request-id': expect.any(String), 'client-request-id': expect.any(String) });
  });

  it.each([
    ['RoleEligibilitySchedule.Read.Directory', `${directory}/roleEligibilityScheduleInstances/filterByCurrentUser(on='principal')`],
    ['RoleEligibilitySchedule.Read.Directory', `${directory}/roleEligibilitySchedules/filterByCurrentUser(on='principal')`],
    ['RoleAssignmentSchedule.Read.Directory', `${instances}/filterByCurrentUser(on='principal')`],
    ['RoleAssignmentSchedule.ReadWrite.Directory', `${requests}/filterByCurrentUser(on='principal')`],
    ['RoleEligibilitySchedule.ReadWrite.Directory', `${directory}/roleEligibilityScheduleRequests/filterByCurrentUser(on='principal')`],
    ['RoleManagement.Read.Directory', `${directory}/roleDefinitions`],
    ['RoleManagementPolicy.Read.Directory', policy],
    ['PrivilegedEligibilitySchedule.Read.AzureADGroup', `${group}/eligibilityScheduleInstances/filterByCurrentUser(on='principal')`],
    ['PrivilegedAssignmentSchedule.Read.AzureADGroup', `${group}/assignmentScheduleRequests/filterByCurrentUser(on='principal')`],
    ['RoleManagementPolicy.Read.AzureADGroup', groupPolicy],
  ])('with %s alone reads %s, and without it does not', async (scope, path) => {
    expect(Array.isArray(await withScopes(nestor, scope).list(path))).toBe(true);
    const related = ['RoleManagement.Read.All', 'RoleManagement.ReadWrite.Directory', 'Directory.Read.All'];
    const others = delegatedPermissions.filter((name) => name.split('.')[0] !== scope.split('.')[0] && !related.includes(name) && !name.startsWith('RoleManagement.'));
    expect(await nestedFailure(withScopes(nestor, ...others).get(path))).toMatch(/^403 PermissionScopeNotGranted /);
  });

  it('reads requests of directory roles only with a permission that can write', async () => {
    expect(await nestedFailure(withScopes(nestor, 'RoleAssignmentSchedule.Read.Directory', 'RoleManagement.Read.All').get(requests))).toBe(
      notGranted('RoleAssignmentSchedule.ReadWrite.Directory', 'RoleManagement.ReadWrite.Directory'),
    );
    expect(await withScopes(nestor, 'RoleAssignmentSchedule.ReadWrite.Directory').list(requests)).toEqual([]);
  });

  it('asks, takes back and decides only with a permission that can write', async () => {
    const reading = withScopes(alex, 'RoleAssignmentSchedule.Read.Directory');
    expect(await nestedFailure(reading.post(requests, activation(roles.userAdministrator)))).toMatch(/ReadWrite\.Directory/);
    const id = idOf(await withScopes(alex, 'RoleAssignmentSchedule.ReadWrite.Directory').post(requests, activation(roles.userAdministrator)));
    expect(await nestedFailure(reading.post(`${requests}/${id}/cancel`))).toMatch(/ReadWrite\.Directory/);
    const [step] = await as(megan).list(stepsOf(id));
    const decision = { reviewResult: 'Approve', justification: 'ok' };
    expect(await nestedFailure(withScopes(megan, 'RoleManagement.Read.All').patch(`${stepsOf(id)}/${idOf(step)}`, decision))).toBe(notGranted('RoleAssignmentSchedule.ReadWrite.Directory'));
    const member = idOf(await as(alex).post(`${group}/assignmentScheduleRequests`, groupActivation(opsLeads)));
    const readingGroups = withScopes(megan, 'PrivilegedAssignmentSchedule.Read.AzureADGroup');
    const [stage] = await readingGroups.list(stagesOf(member));
    expect(await nestedFailure(readingGroups.patch(`${stagesOf(member)}/${idOf(stage)}`, decision))).toBe(notGranted('PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup'));
  });

  it('changes settings only with the permission of that kind', async () => {
    const policyId = text((await as(nestor).list(policy))[0], 'policyId');
    const body = { '@odata.type': '#microsoft.graph.unifiedRoleManagementPolicyExpirationRule', maximumDuration: 'PT1H' };
    const path = `${policies}/${policyId}/rules/Expiration_EndUser_Assignment`;
    expect(await nestedFailure(withScopes(nestor, 'RoleManagementPolicy.Read.Directory', 'RoleManagementPolicy.ReadWrite.AzureADGroup').patch(path, body))).toBe(
      notGranted('RoleManagementPolicy.ReadWrite.Directory', 'RoleManagement.ReadWrite.Directory'),
    );
    expect(await withScopes(nestor, 'RoleManagementPolicy.ReadWrite.Directory').patch(path, body)).toBeUndefined();
  });

  it('with a permission to remove only removes', async () => {
    const removing = withScopes(nestor, 'RoleAssignmentSchedule.Remove.Directory');
    const target = { principalId: lee, roleDefinitionId: roles.licenseAdministrator, directoryScopeId: '/', justification: 'x' };
    expect(await nestedFailure(removing.post(requests, { action: 'adminUpdate', ...target, ...forGood }))).toMatch(/^403 PermissionScopeNotGranted/);
    expect(await removing.post(requests, { action: 'adminRemove', ...target })).toMatchObject({ status: 'Revoked' });
    await as(alex).post(requests, activation(roles.groupsAdministrator));
    await control.advance('PT5M');
    const end = { action: 'selfDeactivate', principalId: alex, roleDefinitionId: roles.groupsAdministrator, directoryScopeId: '/' };
    expect(await withScopes(alex, 'RoleAssignmentSchedule.Remove.Directory').post(requests, end)).toMatchObject({ status: 'Revoked' });
  });
});

describe('an application', () => {
  it('reads with its permission, and requests only with one that can write', async () => {
    expect(await app(reader).list(instances)).toHaveLength(1);
    expect(await nestedFailure(app(reader).get(requests))).toMatch(/^403 PermissionScopeNotGranted/);
    expect(await app(writer).list(requests)).toEqual([]);
    expect(await nestedFailure(app({ app: 'blind' }).get(instances))).toMatch(/^403 PermissionScopeNotGranted/);
    expect(await app(groupReader).list(`${group}/assignmentScheduleInstances${ofGroup}`)).toEqual([]);
    expect(await nestedFailure(app(groupReader).get(instances))).toMatch(/^403 PermissionScopeNotGranted/);
    expect(await nestedFailure(app(reader).get(`${group}/assignmentScheduleInstances${ofGroup}`))).toMatch(/^403 PermissionScopeNotGranted/);
    expect(await app(groupReader).list(groupPolicy)).toHaveLength(2);
  });

  it('assigns with a permission that can write, removes with one to remove', async () => {
    const target = { principalId: alex, roleDefinitionId: roles.reportsReader, directoryScopeId: '/', justification: 'x' };
    expect(await nestedFailure(app(reader).post(requests, { action: 'adminAssign', ...target, ...hours(1) }))).toMatch(/^403 PermissionScopeNotGranted/);
    expect(await nestedFailure(app(remover).post(requests, { action: 'adminAssign', ...target, ...hours(1) }))).toMatch(/^403 PermissionScopeNotGranted/);
    expect(await app(writer).post(requests, { action: 'adminAssign', ...target, ...hours(1) })).toMatchObject({ status: 'Provisioned' });
    expect(await app(remover).post(requests, { action: 'adminRemove', ...target })).toMatchObject({ status: 'Revoked' });
    expect(await failure(app(writer).post(requests, activation(roles.groupsAdministrator)))).toBe('403 Authorization_RequestDenied');
  });
});

describe('errors', () => {
  it("have Graph's shape", async () => {
    const answer = await control.send(`/v1.0/${requests}`, { token: await control.token({ user: alex }, graphAudience), headers: { 'client-request-id': 'mine' } });
    expect(answer.body).toEqual({
      error: {
        code: 'Authorization_RequestDenied',
        message: 'Insufficient privileges to complete the operation.',
        innerError: { date: expect.stringMatching(/^[\d-]+T[\d:]+$/), 'request-id': answer.headers['request-id'], 'client-request-id': 'mine' },
      },
    });
  });

  it("are told as a text inside of an unknown error where a fault says so, with the status that they have", async () => {
    await control.fault({ method: 'POST', path: 'roleAssignmentScheduleRequests' }, { wrapErrors: true }, 3);
    const tooLong = activation(roles.groupsAdministrator, alex, hours(9));
    expect(await nestedFailure(as(alex).post(requests, tooLong))).toBe('400 RoleAssignmentRequestPolicyValidationFailed The following policy rules failed: ["ExpirationRule"]');
    expect(await nestedFailure(withScopes(alex, 'User.Read').post(requests, tooLong))).toMatch(/^403 PermissionScopeNotGranted /);
    expect(await as(alex).post(requests, activation(roles.groupsAdministrator))).toMatchObject({ status: 'Provisioned' });
    expect(await failure(as(alex).post(requests, tooLong))).toBe('400 RoleAssignmentExists');
  });
});
