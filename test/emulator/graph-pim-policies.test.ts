import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { managementRules } from '../../src/emulator/management-rules.ts';
import { EmulatorClient, at, items, text } from './emulator-client.ts';
import { breakGlass, unit } from './engine.ts';
import { PimCaller, activation, column, directory, failure, graphSeed, groupActivation, group, idOf, policies, policyAssignments, reader, roles } from './graph-pim.ts';
import { alex, diego, guest, lee, megan, nestor, opsLeads, platform, seed } from './people.ts';

/** Settings of directory roles and of groups through Microsoft's Graph client. */

let control: EmulatorClient;
beforeAll(async () => {
  control = await EmulatorClient.start({ seed: graphSeed });
});
beforeEach(() => control.reset());
afterAll(() => control[Symbol.asyncDispose]());

const as = (user: string): PimCaller => new PimCaller(control, { user });
const ofRoles = "scopeId eq '/' and scopeType eq 'DirectoryRole'";

function ofRole(roleId: string): string {
  return `${policyAssignments}?$filter=${ofRoles} and roleDefinitionId eq '${roleId}'`;
}

function ofGroup(groupId: string, accessId: string): string {
  return `${policyAssignments}?$filter=scopeId eq '${groupId}' and scopeType eq 'Group' and roleDefinitionId eq '${accessId}'`;
}

async function policyOf(path: string, user = nestor): Promise<string> {
  return text((await as(user).list(path))[0], 'policyId');
}

const target = (caller: string, level: string): object => ({ caller, operations: ['all'], level, inheritableSettings: [], enforcedSettings: [] });
const typeOf = (name: string): string => `#microsoft.graph.unifiedRoleManagementPolicy${name}Rule`;

describe('a policy', () => {
  it('of a directory role is found by its scope and role, with its seventeen rules', async () => {
    const [assignment] = await as(nestor).list(`${ofRole(roles.userAdministrator)}&$expand=policy($expand=rules)`);
    const policyId = text(assignment, 'policyId');
    expect(policyId).toMatch(new RegExp(`^DirectoryRole_${seed.tenantId}_[0-9a-f-]{36}$`));
    expect(assignment).toEqual({
      id: `${policyId}_${roles.userAdministrator}`,
      policyId,
      scopeId: '/',
      scopeType: 'DirectoryRole',
      roleDefinitionId: roles.userAdministrator,
      policy: {
        id: policyId,
        displayName: 'DirectoryRole',
        description: 'DirectoryRole',
        isOrganizationDefault: false,
        scopeId: '/',
        scopeType: 'DirectoryRole',
        lastModifiedDateTime: null,
        lastModifiedBy: { id: null, displayName: null },
        rules: expect.any(Array),
      },
    });
    const rules = at(assignment, 'policy', 'rules');
    expect(Array.isArray(rules) && column(rules, 'id')).toEqual(managementRules.map(({ id }) => id));
    expect(managementRules).toHaveLength(17);
    expect(await as(nestor).get(`${policyAssignments}/${idOf(assignment)}`)).toMatchObject({ policyId });
    expect(await as(nestor).get(`${policies}/${policyId}?$expand=rules`)).toMatchObject({ id: policyId, rules });
    expect(await as(nestor).list(`${policies}/${policyId}/rules`)).toEqual(rules);
  });

  it.each([
    ['Expiration_EndUser_Assignment', { '@odata.type': typeOf('Expiration'), isExpirationRequired: true, maximumDuration: 'PT2H', target: target('EndUser', 'Assignment') }],
    ['Expiration_Admin_Eligibility', { '@odata.type': typeOf('Expiration'), isExpirationRequired: false, maximumDuration: 'P365D', target: target('Admin', 'Eligibility') }],
    ['Enablement_EndUser_Assignment', { '@odata.type': typeOf('Enablement'), enabledRules: ['Justification'], target: target('EndUser', 'Assignment') }],
    ['AuthenticationContext_EndUser_Assignment', { '@odata.type': typeOf('AuthenticationContext'), isEnabled: false, claimValue: null, target: target('EndUser', 'Assignment') }],
    [
      'Notification_Requestor_Admin_Assignment',
      {
        '@odata.type': typeOf('Notification'),
        notificationType: 'Email',
        recipientType: 'Requestor',
        notificationLevel: 'All',
        isDefaultRecipientsEnabled: true,
        notificationRecipients: [],
        target: target('Admin', 'Assignment'),
      },
    ],
    [
      'Approval_EndUser_Assignment',
      {
        '@odata.type': typeOf('Approval'),
        setting: {
          isApprovalRequired: true,
          isApprovalRequiredForExtension: false,
          isRequestorJustificationRequired: true,
          approvalMode: 'SingleStage',
          approvalStages: [
            {
              approvalStageTimeOutInDays: 1,
              isApproverJustificationRequired: true,
              escalationTimeInMinutes: 0,
              isEscalationEnabled: false,
              primaryApprovers: [{ '@odata.type': '#microsoft.graph.singleUser', userId: megan }],
              escalationApprovers: [],
            },
          ],
        },
        target: target('EndUser', 'Assignment'),
      },
    ],
  ])('has %s in the form of Graph', async (id, rule) => {
    const policyId = await policyOf(ofRole(roles.userAdministrator));
    const context = `${control.emulator.origin}/v1.0/$metadata#${policies}('${policyId}')/rules/$entity`;
    expect(await as(nestor).get(`${policies}/${policyId}/rules/${id}`)).toEqual({ '@odata.context': context, id, ...rule });
  });

  it('of a group is one for members and one for owners', async () => {
    const [members, owners] = [await policyOf(ofGroup(breakGlass, 'member'), lee), await policyOf(ofGroup(breakGlass, 'owner'), lee)];
    expect(members).toMatch(new RegExp(`^Group_${breakGlass}_[0-9a-f-]{36}$`));
    expect(owners).not.toBe(members);
    expect(await as(lee).get(`${policies}/${members}/rules/Enablement_EndUser_Assignment`)).toMatchObject({ enabledRules: ['Justification', 'Ticketing'] });
    expect(await as(lee).get(`${policyAssignments}/${owners}_owner`)).toMatchObject({ roleDefinitionId: 'owner', scopeId: breakGlass });
    expect(await as(lee).list(`${policies}?$filter=scopeId eq '${breakGlass}' and scopeType eq 'Group'`)).toHaveLength(2);
  });

  it('needs a scope to be found, and is not found by a wrong id', async () => {
    for (const filter of ['', "?$filter=scopeType eq 'DirectoryRole'", "?$filter=scopeId eq '/'", `?$filter=roleDefinitionId eq '${roles.userAdministrator}'`]) {
      expect(await failure(as(nestor).get(`${policyAssignments}${filter}`))).toBe('400 BadRequest');
    }
    expect(await failure(as(nestor).get(policies))).toBe('400 BadRequest');
    expect(await failure(as(nestor).get(`${policies}?$filter=scopeId eq '${alex}' and scopeType eq 'Group'`))).toBe('404 Request_ResourceNotFound');
    const policyId = await policyOf(ofRole(roles.userAdministrator));
    for (const path of [`${policies}/${alex}`, `${policies}/${policyId.replace(seed.tenantId, alex)}`, `${policyAssignments}/${policyId}_${roles.reportsReader}`]) {
      expect(await failure(as(nestor).get(path))).toBe('404 Request_ResourceNotFound');
    }
    expect(await failure(as(nestor).get(`${policies}/${policyId}/rules/Everything`))).toBe('404 Request_ResourceNotFound');
  });

  it('is called Directory as well as DirectoryRole, and is the same', async () => {
    const filter = `scopeId eq '/' and scopeType eq 'Directory' and roleDefinitionId eq '${roles.userAdministrator}'`;
    const [assignment] = await as(nestor).list(`${policyAssignments}?$filter=${filter}&$expand=policy`);
    expect(assignment).toMatchObject({ policyId: expect.stringMatching(/^Directory_/), scopeType: 'Directory', policy: { displayName: 'Directory' } });
    expect(await as(nestor).get(`${policies}/${text(assignment, 'policyId')}/rules/Expiration_EndUser_Assignment`)).toMatchObject({ maximumDuration: 'PT2H' });
  });
});

describe('reading settings', () => {
  it('is for those who read roles, for applications, and for who is eligible: of the roles in question', async () => {
    expect((await as(guest).list(`${policyAssignments}?$filter=${ofRoles}&$top=999`)).length).toBeGreaterThan(30);
    expect(await new PimCaller(control, reader).list(ofRole(roles.reportsReader))).toHaveLength(1);
    const own = await as(alex).list(`${policyAssignments}?$filter=${ofRoles}&$expand=policy($expand=rules)`);
    expect(column(own, 'roleDefinitionId')).toEqual([roles.groupsAdministrator, roles.licenseAdministrator, roles.securityReader, roles.userAdministrator]);
    expect(await failure(as(alex).get(ofRole(roles.reportsReader)))).toBe('403 Authorization_RequestDenied');
    expect(await as(alex).list(ofRole(alex))).toEqual([]);
    expect(await failure(as(alex).get(`${policies}/${await policyOf(ofRole(roles.reportsReader))}`))).toBe('403 Authorization_RequestDenied');
    expect(column(await as(lee).list(`${policies}?$filter=${ofRoles}`), 'id')).toEqual([await policyOf(ofRole(roles.helpdeskAdministrator))]);
  });

  it('of a group is for its owners and members, and for who is eligible', async () => {
    expect(await as(diego).list(ofGroup(opsLeads, 'member'))).toHaveLength(1);
    expect(column(await as(alex).list(`${policyAssignments}?$filter=scopeId eq '${platform}' and scopeType eq 'Group'`), 'roleDefinitionId')).toEqual(['owner']);
    expect(await failure(as(alex).get(`${policyAssignments}?$filter=scopeId eq '${platform}' and scopeType eq 'DirectoryRole'`))).toBe('400 BadRequest');
    expect(await failure(as(megan).get(ofGroup(platform, 'member')))).toBe('403 Authorization_RequestDenied');
  });

  it('is for administrators only where the seed says so', async () => {
    await using strict = await EmulatorClient.start({ seed: { ...graphSeed, policyReading: 'administrators' } });
    const user = (id: string): PimCaller => new PimCaller(strict, { user: id });
    expect(await failure(user(alex).get(ofRole(roles.userAdministrator)))).toBe('403 Authorization_RequestDenied');
    expect(await failure(user(alex).get(ofGroup(breakGlass, 'member')))).toBe('403 Authorization_RequestDenied');
    expect(await user(nestor).list(ofRole(roles.userAdministrator))).toHaveLength(1);
    expect(await user(guest).list(ofRole(roles.userAdministrator))).toHaveLength(1);
  });
});

describe('changing settings', () => {
  const expiration = (maximumDuration: string): object => ({
    '@odata.type': typeOf('Expiration'),
    id: 'Expiration_EndUser_Assignment',
    isExpirationRequired: true,
    maximumDuration,
    target: { '@odata.type': 'microsoft.graph.unifiedRoleManagementPolicyRuleTarget', caller: 'EndUser', operations: ['All'], level: 'Assignment', inheritableSettings: [], enforcedSettings: [] },
  });

  it("holds from then on, leaves the rest alone, and tells who and when", async () => {
    const policyId = await policyOf(ofRole(roles.groupsAdministrator));
    const rule = `${policies}/${policyId}/rules/Expiration_EndUser_Assignment`;
    const before = await as(nestor).list(`${policies}/${policyId}/rules`);
    expect(await as(nestor).patch(rule, expiration('PT1H45M'))).toBeUndefined();
    const after = await as(nestor).list(`${policies}/${policyId}/rules`);
    expect(after).toEqual(before.map((entry) => (at(entry, 'id') === 'Expiration_EndUser_Assignment' ? { ...Object(entry), maximumDuration: 'PT1H45M' } : entry)));
    expect(await as(nestor).get(`${policies}/${policyId}`)).toMatchObject({ lastModifiedBy: { id: nestor, displayName: 'Nestor Wilke' }, lastModifiedDateTime: expect.stringMatching(/Z$/) });
    const tooLong = activation(roles.groupsAdministrator, alex, { scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT2H' } } });
    expect(await failure(as(alex).post(`${directory}/roleAssignmentScheduleRequests`, tooLong))).toBe('400 RoleAssignmentRequestPolicyValidationFailed');
    const entries = items(await control.send('/emulator/audit')).filter((entry) => at(entry, 'activity') === 'Update role setting in PIM');
    expect(entries).toMatchObject([{ actor: nestor, role: 'Groups Administrator' }]);
  });

  it('approval by a person or by a group makes requests wait for them', async () => {
    const policyId = await policyOf(ofRole(roles.groupsAdministrator));
    const primaryApprovers = [{ '@odata.type': '#microsoft.graph.singleUser', userId: lee }, { '@odata.type': '#microsoft.graph.groupMembers', groupId: opsLeads }];
    const setting = { isApprovalRequired: true, approvalStages: [{ primaryApprovers }] };
    await as(nestor).patch(`${policies}/${policyId}/rules/Approval_EndUser_Assignment`, { '@odata.type': typeOf('Approval'), setting });
    const rule = await as(nestor).get(`${policies}/${policyId}/rules/Approval_EndUser_Assignment`);
    expect(at(rule, 'setting')).toMatchObject({ isRequestorJustificationRequired: true, approvalStages: [{ primaryApprovers, isApproverJustificationRequired: true }] });
    const request = await as(alex).post(`${directory}/roleAssignmentScheduleRequests`, activation(roles.groupsAdministrator));
    expect(request).toMatchObject({ status: 'PendingApproval' });
    await as(diego).decide(idOf(request), 'Approve');
    expect(await as(alex).get(`${directory}/roleAssignmentScheduleRequests/${idOf(request)}`)).toMatchObject({ status: 'Provisioned' });
  });

  it('of a group is for its owner, and holds for that group alone', async () => {
    const policyId = await policyOf(ofGroup(breakGlass, 'member'));
    const enablement = { '@odata.type': typeOf('Enablement'), id: 'Enablement_EndUser_Assignment', enabledRules: [] };
    await as(lee).patch(`${policies}/${policyId}/rules/Enablement_EndUser_Assignment`, enablement);
    const body = groupActivation(breakGlass, alex, { ticketInfo: null, justification: '' });
    expect(await as(alex).post(`${group}/assignmentScheduleRequests`, body)).toMatchObject({ status: 'Provisioned' });
    const other = await policyOf(ofGroup(opsLeads, 'member'));
    expect(await as(nestor).get(`${policies}/${other}/rules/Enablement_EndUser_Assignment`)).toMatchObject({ enabledRules: ['Justification'] });
  });

  it('of a directory role holds in its administrative units, too', async () => {
    const policyId = await policyOf(ofRole(roles.licenseAdministrator));
    await as(nestor).patch(`${policies}/${policyId}/rules/Expiration_EndUser_Assignment`, expiration('PT30M'));
    const body = activation(roles.licenseAdministrator, alex, { directoryScopeId: `/administrativeUnits/${unit}` });
    expect(await failure(as(alex).post(`${directory}/roleAssignmentScheduleRequests`, body))).toBe('400 RoleAssignmentRequestPolicyValidationFailed');
  });

  it('is for Privileged Role Administrators', async () => {
    const path = `${policies}/${await policyOf(ofRole(roles.groupsAdministrator))}/rules/Expiration_EndUser_Assignment`;
    for (const user of [alex, guest, lee]) {
      expect(await failure(as(user).patch(path, expiration('PT1H')))).toBe('403 Authorization_RequestDenied');
    }
    expect(await new PimCaller(control, { app: 'role-writer' }).patch(path, expiration('PT1H'))).toBeUndefined();
    expect(await as(nestor).get(path)).toMatchObject({ maximumDuration: 'PT1H' });
  });

  it.each([
    ['Expiration_EndUser_Assignment', { '@odata.type': typeOf('Expiration'), maximumDuration: 'eight hours' }, '400 InvalidPolicyRule'],
    ['Expiration_EndUser_Assignment', { '@odata.type': typeOf('Expiration'), maximumDuration: 'PT0S' }, '400 InvalidPolicyRule'],
    ['Expiration_EndUser_Assignment', { '@odata.type': typeOf('Expiration'), isExpirationRequired: 'yes' }, '400 InvalidPolicyRule'],
    ['Expiration_EndUser_Assignment', { '@odata.type': typeOf('Enablement'), enabledRules: [] }, '400 InvalidPolicyRule'],
    ['Expiration_EndUser_Assignment', { maximumDuration: 'PT1H' }, '400 InvalidPolicyRule'],
    ['Expiration_EndUser_Assignment', { '@odata.type': typeOf('Expiration'), id: 'Expiration_Admin_Assignment' }, '400 InvalidPolicyRule'],
    ['Enablement_EndUser_Assignment', { '@odata.type': typeOf('Enablement'), enabledRules: ['Retina'] }, '400 InvalidPolicyRule'],
    ['Enablement_EndUser_Assignment', { '@odata.type': typeOf('Enablement'), enabledRules: 'Justification' }, '400 InvalidRequestContent'],
    ['Enablement_Admin_Assignment', { '@odata.type': typeOf('Enablement'), enabledRules: ['Ticketing'] }, '400 InvalidPolicyRule'],
    ['AuthenticationContext_EndUser_Assignment', { '@odata.type': typeOf('AuthenticationContext'), isEnabled: true }, '400 InvalidPolicyRule'],
    ['AuthenticationContext_EndUser_Assignment', { '@odata.type': typeOf('AuthenticationContext'), isEnabled: true, claimValue: 'c100' }, '400 InvalidPolicyRule'],
    ['Notification_Admin_EndUser_Assignment', { '@odata.type': typeOf('Notification'), notificationLevel: 'Loud' }, '400 InvalidPolicyRule'],
    ['Notification_Admin_EndUser_Assignment', { '@odata.type': typeOf('Notification'), recipientType: 'Approver' }, '400 InvalidPolicyRule'],
    ['Approval_EndUser_Assignment', { '@odata.type': typeOf('Approval'), setting: { approvalStages: [{}, {}] } }, '400 InvalidPolicyRule'],
    ['Everything', { '@odata.type': typeOf('Expiration') }, '404 Request_ResourceNotFound'],
  ])('of %s to %j is refused: %s', async (rule, body, expected) => {
    const policyId = await policyOf(ofRole(roles.groupsAdministrator));
    const before = await as(nestor).list(`${policies}/${policyId}/rules`);
    expect(await failure(as(nestor).patch(`${policies}/${policyId}/rules/${rule}`, body))).toBe(expected);
    expect(await as(nestor).list(`${policies}/${policyId}/rules`)).toEqual(before);
  });

  it.each([
    [{ '@odata.type': '#microsoft.graph.singleUser', userId: megan, description: 'Megan' }],
    [{ '@odata.type': '#microsoft.graph.singleUser', userId: opsLeads }],
    [{ '@odata.type': '#microsoft.graph.groupMembers', groupId: megan }],
    [{ '@odata.type': '#microsoft.graph.requestorManager', managerLevel: 1 }],
    [{ userId: megan }],
  ])('to the approver %j is refused', async (approver) => {
    const policyId = await policyOf(ofRole(roles.groupsAdministrator));
    const setting = { isApprovalRequired: true, approvalStages: [{ primaryApprovers: [approver] }] };
    const body = { '@odata.type': typeOf('Approval'), setting };
    expect(await failure(as(nestor).patch(`${policies}/${policyId}/rules/Approval_EndUser_Assignment`, body))).toBe('400 InvalidPolicy');
  });

  it('MFA and an authentication context exclude each other, whichever comes second', async () => {
    const mfa = { '@odata.type': typeOf('Enablement'), enabledRules: ['MultiFactorAuthentication'] };
    const context = { '@odata.type': typeOf('AuthenticationContext'), isEnabled: true, claimValue: 'c1' };
    const withContext = `${policies}/${await policyOf(ofRole(roles.securityReader))}/rules`;
    expect(await failure(as(nestor).patch(`${withContext}/Enablement_EndUser_Assignment`, mfa))).toBe('400 MfaAndAcrsConflict');
    const withMfa = `${policies}/${await policyOf(ofRole(roles.groupsAdministrator))}/rules`;
    await as(nestor).patch(`${withMfa}/Enablement_EndUser_Assignment`, mfa);
    expect(await failure(as(nestor).patch(`${withMfa}/AuthenticationContext_EndUser_Assignment`, context))).toBe('400 MfaAndAcrsConflict');
  });
});
