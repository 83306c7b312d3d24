import type { RoleManagementPolicyRuleUnion } from '@azure/arm-authorization';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { managementRules } from '../../src/emulator/management-rules.ts';
import { collect, sdkFor, sdkScope } from './arm-sdk.ts';
import { EmulatorClient, at, failedRules, items, outcome, requestStatus } from './emulator-client.ts';
import { alex, bot, diego, lee, megan, nestor, opsLeads, production, rgApp, rgWeb, roleAt, roleIds, seed } from './people.ts';

/** Role management policies of Azure through Microsoft's own client; every answer is held against Microsoft's description. */

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start();
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

const scope = sdkScope(rgApp);
const policiesOf = (user: string) => sdkFor(client, { user }).roleManagementPolicies;
const assignmentsOf = (user: string) => sdkFor(client, { user }).roleManagementPolicyAssignments;

/** Name of a role's policy. */
async function policyName(role: keyof typeof roleIds, where = scope): Promise<string> {
  const all = await collect(assignmentsOf(nestor).listForScope(where));
  const found = all.find(({ roleDefinitionId }) => roleDefinitionId?.endsWith(roleIds[role]));
  return found?.policyId?.split('/').at(-1) ?? '';
}

function ruleOf(rules: readonly RoleManagementPolicyRuleUnion[] | undefined, id: string): unknown {
  return rules?.find((rule) => rule.id === id);
}

const expiration = (maximumDuration: string): RoleManagementPolicyRuleUnion => ({
  id: 'Expiration_EndUser_Assignment',
  ruleType: 'RoleManagementPolicyExpirationRule',
  isExpirationRequired: true,
  maximumDuration,
});

/** The status and code that Microsoft's client tells; `taken` when nothing is refused. */
async function refusal(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error === null ? 'taken' : `${String(at(error, 'statusCode'))} ${String(at(error, 'code'))}`;
}

describe('a policy', () => {
  it('is there for every role at every scope, with seventeen rules and the scope that it is for', async () => {
    const name = await policyName('Contributor');
    const policy = await policiesOf(nestor).get(scope, name);
    expect(policy).toMatchObject({
      name,
      id: `${rgApp}/providers/Microsoft.Authorization/roleManagementPolicies/${name}`,
      type: 'Microsoft.Authorization/roleManagementPolicies',
      scope: rgApp,
      isOrganizationDefault: false,
      lastModifiedBy: { displayName: '' },
      policyProperties: { scope: { id: rgApp, displayName: 'rg-app', type: 'resourcegroup' } },
    });
    expect(policy.rules?.map(({ id }) => id)).toEqual(managementRules.map(({ id }) => id));
    expect(policy.effectiveRules).toEqual(policy.rules);
    expect((await collect(policiesOf(nestor).listForScope(scope))).find((candidate) => candidate.name === name)).toEqual(policy);
    const assignment = await assignmentsOf(nestor).get(scope, `${name}_${roleIds.Contributor}`);
    expect(assignment).toMatchObject({ policyId: policy.id, roleDefinitionId: roleAt('Contributor', rgApp), effectiveRules: policy.rules });
    expect(await refusal(policiesOf(nestor).get(scope, bot))).toBe('404 ResourceNotFound');
  });

  it('has its approvers as people and groups, with their names', async () => {
    const policy = await policiesOf(nestor).get(scope, await policyName('Contributor'));
    expect(ruleOf(policy.rules, 'Approval_EndUser_Assignment')).toMatchObject({
      setting: {
        isApprovalRequired: true,
        approvalStages: [
          {
            primaryApprovers: [
              { id: megan, description: 'Megan Bowen', isBackup: false, userType: 'User' },
              { id: opsLeads, description: 'Ops leads', isBackup: false, userType: 'Group' },
            ],
          },
        ],
      },
    });
  });

  it('is read by whoever reads the scope, and by who is eligible there; by nobody else', async () => {
    const [contributor, reader] = [await policyName('Contributor'), await policyName('Reader')];
    expect((await policiesOf(alex).get(scope, contributor)).name).toBe(contributor);
    expect(await refusal(policiesOf(megan).get(scope, reader))).toBe('403 AuthorizationFailed');
    expect(await refusal(policiesOf(diego).get(scope, contributor))).toBe('403 AuthorizationFailed');
    expect(await refusal(collect(policiesOf(diego).listForScope(scope)))).toBe('403 AuthorizationFailed');
    expect((await collect(policiesOf(megan).listForScope(scope))).map((policy) => policy.name)).toEqual([contributor]);
    const app = sdkFor(client, { app: 'pim-bot' }).roleManagementPolicies;
    expect((await app.get(scope, reader)).name).toBe(reader);
  });

  it('is read by administrators only where the seed says so', async () => {
    await using strict = await EmulatorClient.start({ seed: { ...seed, policyReading: 'administrators' } });
    expect(await refusal(collect(sdkFor(strict, { user: alex }).roleManagementPolicyAssignments.listForScope(scope)))).toBe('403 AuthorizationFailed');
    expect(await collect(sdkFor(strict, { user: nestor }).roleManagementPolicyAssignments.listForScope(scope))).not.toEqual([]);
  });
});

describe('changing a policy', () => {
  it('changes the rules that are sent and no other, answers the whole policy, and tells who and when', async () => {
    const name = await policyName('Reader', sdkScope(production));
    const before = await policiesOf(nestor).get(sdkScope(production), name);
    const enablement = { id: 'Enablement_EndUser_Assignment', ruleType: 'RoleManagementPolicyEnablementRule', enabledRules: ['Justification', 'Ticketing'] } as const;
    const notification = {
      id: 'Notification_Admin_EndUser_Assignment',
      ruleType: 'RoleManagementPolicyNotificationRule',
      notificationLevel: 'Critical',
      isDefaultRecipientsEnabled: false,
      notificationRecipients: ['soc@contoso.example'],
    } as const;
    const rules: RoleManagementPolicyRuleUnion[] = [expiration('PT90M'), { ...enablement, enabledRules: [...enablement.enabledRules] }, { ...notification, notificationRecipients: [...notification.notificationRecipients] }];
    const after = await policiesOf(nestor).update(sdkScope(production), name, { rules });
    expect(after.lastModifiedBy).toEqual({ id: nestor, displayName: 'Nestor Wilke', type: 'User', email: 'nestor@contoso.example' });
    expect(after.lastModifiedDateTime?.getTime()).toBeGreaterThan(before.lastModifiedDateTime?.getTime() ?? 0);
    for (const { id = '' } of before.rules ?? []) {
      const sent = rules.find((rule) => rule.id === id);
      expect(ruleOf(after.rules, id)).toMatchObject({ ...Object(ruleOf(before.rules, id)), ...sent });
    }
    expect(await policiesOf(nestor).get(sdkScope(production), name)).toEqual(after);
    const wish = { role: 'Reader', scope: production, principalId: alex, duration: 'PT2H' } as const;
    expect(failedRules(await client.person(alex).activate(wish))).toEqual(['ExpirationRule', 'TicketingRule']);
    const entries = items(await client.send('/emulator/audit')).filter((entry) => at(entry, 'activity') === 'Update role setting in PIM');
    expect(entries).toMatchObject([{ actor: nestor, role: 'Reader', scope: production }]);
  });

  it('holds for that scope alone, not for those below', async () => {
    await policiesOf(nestor).update(sdkScope(production), await policyName('Reader', sdkScope(production)), { rules: [expiration('PT1H')] });
    const below = await policiesOf(nestor).get(sdkScope(rgWeb), await policyName('Reader', sdkScope(rgWeb)));
    expect(ruleOf(below.rules, 'Expiration_EndUser_Assignment')).toMatchObject({ maximumDuration: 'PT8H' });
  });

  it('of the approvers makes requests wait for them', async () => {
    const setting = { isApprovalRequired: true, approvalStages: [{ primaryApprovers: [{ id: lee, userType: 'User', isBackup: false, description: 'ignored' }] }] };
    const rules: RoleManagementPolicyRuleUnion[] = [{ id: 'Approval_EndUser_Assignment', ruleType: 'RoleManagementPolicyApprovalRule', setting }];
    await policiesOf(nestor).update(sdkScope(production), await policyName('Reader', sdkScope(production)), { rules });
    const request = await client.person(alex).activate({ role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' });
    expect(requestStatus(request)).toBe('PendingApproval');
    expect(items(await client.person(lee).list('', 'roleAssignmentScheduleRequests', 'asApprover()'))).toHaveLength(1);
  });

  it('needs the right to write policies, which the right to read them is not', async () => {
    const name = await policyName('Contributor');
    const change = { rules: [expiration('PT1H')] };
    expect(await refusal(policiesOf(alex).update(scope, name, change))).toBe('403 AuthorizationFailed');
    expect(await refusal(sdkFor(client, { app: 'pim-bot' }).roleManagementPolicies.update(scope, name, change))).toBe('403 AuthorizationFailed');
    await client.person(alex).activate({ role: 'Owner', scope: rgWeb, principalId: alex });
    expect(await refusal(policiesOf(alex).update(sdkScope(rgWeb), await policyName('Contributor', sdkScope(rgWeb)), change))).toBe('taken');
    expect(await refusal(policiesOf(alex).update(scope, name, change))).toBe('403 AuthorizationFailed');
  });

  const enabled = (id: string, enabledRules: string[]): RoleManagementPolicyRuleUnion => ({ id, ruleType: 'RoleManagementPolicyEnablementRule', enabledRules });
  const permanent = (rest: object): RoleManagementPolicyRuleUnion => ({ id: 'Expiration_Admin_Assignment', ruleType: 'RoleManagementPolicyExpirationRule', isExpirationRequired: false, ...rest });
  const approvers = (...primaryApprovers: object[]): RoleManagementPolicyRuleUnion => ({
    id: 'Approval_EndUser_Assignment',
    ruleType: 'RoleManagementPolicyApprovalRule',
    setting: { isApprovalRequired: true, approvalStages: [{ primaryApprovers }] },
  });

  it.each([
    [[permanent({ maximumDuration: 'P365D' })], '400 InvalidPolicy'],
    [[permanent({ isExpirationRequired: true, maximumDuration: 'P90D' })], 'taken'],
    [[{ ...expiration('PT4H'), isExpirationRequired: false }], 'taken'],
    [[expiration('often')], '400 InvalidPolicy'],
    [[{ ...expiration('PT1H'), id: 'Expiration_Of_Everything' }], '400 InvalidPolicy'],
    [[{ ...expiration('PT1H'), id: 'Enablement_EndUser_Assignment' }], '400 InvalidPolicy'],
    [[enabled('Enablement_Admin_Assignment', ['Ticketing'])], '400 InvalidPolicy'],
    [[enabled('Enablement_Admin_Assignment', ['MultiFactorAuthentication', 'Justification'])], 'taken'],
    [[approvers({ id: opsLeads, userType: 'User' })], '400 InvalidPolicy'],
    [[approvers({ id: opsLeads })], '400 InvalidPolicy'],
    [[approvers({ id: opsLeads, userType: 'Group', description: 'any' })], 'taken'],
    [[approvers()], '400 InvalidPolicy'],
    [[], '400 InvalidRequestContent'],
    [[expiration('PT1H'), expiration('never')], '400 InvalidPolicy'],
  ])('to %j: %s; what is refused changes nothing', async (rules, expected) => {
    const name = await policyName('Security Reader', sdkScope(production));
    const before = await policiesOf(nestor).get(sdkScope(production), name);
    expect(await refusal(policiesOf(nestor).update(sdkScope(production), name, { rules }))).toBe(expected);
    const after = await policiesOf(nestor).get(sdkScope(production), name);
    expect(JSON.stringify(after.rules) === JSON.stringify(before.rules)).toBe(expected !== 'taken');
  });

  it('what must end may last for good again', async () => {
    const name = await policyName('Contributor');
    await policiesOf(nestor).update(scope, name, { rules: [permanent({ isExpirationRequired: true, maximumDuration: 'P90D' })] });
    const after = await policiesOf(nestor).update(scope, name, { rules: [permanent({})] });
    expect(ruleOf(after.rules, 'Expiration_Admin_Assignment')).toMatchObject({ isExpirationRequired: false, maximumDuration: 'P90D' });
  });

  it('MFA and an authentication context exclude each other, but may change places in one call', async () => {
    const name = await policyName('Security Reader', sdkScope(production));
    const update = (rules: RoleManagementPolicyRuleUnion[]): Promise<string> => refusal(policiesOf(nestor).update(sdkScope(production), name, { rules }));
    const mfa = enabled('Enablement_EndUser_Assignment', ['MultiFactorAuthentication']);
    const context = (isEnabled: boolean): RoleManagementPolicyRuleUnion => ({ id: 'AuthenticationContext_EndUser_Assignment', ruleType: 'RoleManagementPolicyAuthenticationContextRule', isEnabled, claimValue: 'c1' });
    expect(await update([mfa])).toBe('400 MfaAndAcrsConflict');
    expect(await update([context(false), mfa])).toBe('taken');
    expect(await update([context(true)])).toBe('400 MfaAndAcrsConflict');
  });

  it('is undone by deleting the policy or its assignment: it is as it was at the start', async () => {
    const name = await policyName('Contributor');
    const before = await policiesOf(nestor).get(scope, name);
    await policiesOf(nestor).update(scope, name, { rules: [expiration('PT30M')] });
    expect(await refusal(policiesOf(alex).delete(scope, name))).toBe('403 AuthorizationFailed');
    await policiesOf(nestor).delete(scope, name);
    expect(await policiesOf(nestor).get(scope, name)).toEqual(before);
    await policiesOf(nestor).update(scope, name, { rules: [expiration('PT30M')] });
    await assignmentsOf(nestor).delete(scope, `${name}_${roleIds.Contributor}`);
    expect(await policiesOf(nestor).get(scope, name)).toEqual(before);
    const path = `${rgApp}/providers/Microsoft.Authorization/roleManagementPolicies/${name}?api-version=2020-10-01`;
    expect((await client.person(nestor).call(path, { method: 'DELETE' })).status).toBe(204);
  });
});

describe('the assignment of a policy', () => {
  it('is put as it is, and not in any other way', async () => {
    const name = await policyName('Contributor');
    const { policyId = '', roleDefinitionId = '' } = await assignmentsOf(nestor).get(scope, `${name}_${roleIds.Contributor}`);
    const put = (parameters: object, user = nestor): Promise<string> => refusal(assignmentsOf(user).create(scope, `${name}_${roleIds.Contributor}`, parameters));
    expect(await put({ scope: rgApp, roleDefinitionId, policyId })).toBe('taken');
    expect(await put({ scope: rgApp, roleDefinitionId: roleAt('Reader', rgApp), policyId })).toBe('400 InvalidPolicy');
    expect(await put({ scope: rgApp, roleDefinitionId, policyId: policyId.replace(name, bot) })).toBe('400 InvalidPolicy');
    expect(await put({ scope: rgApp, roleDefinitionId, policyId }, alex)).toBe('403 AuthorizationFailed');
    expect(outcome(await client.person(nestor).call(`${rgApp}/providers/Microsoft.Authorization/roleManagementPolicyAssignments/${bot}?api-version=2020-10-01`))).toBe('404 ResourceNotFound');
  });
});
