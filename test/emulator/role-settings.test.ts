import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, at, graphAudience, items, outcome, text } from './emulator-client.ts';
import type { Answer } from './emulator-client.ts';
import { breakGlass } from './engine.ts';
import { PimCaller, failure, graphSeed, policies, policyAssignments, roles } from './graph-pim.ts';
import { alex, lee, megan, nestor, production, roleAt } from './people.ts';

/** What somebody who writes settings from outside meets: all rules at once in ARM, one by one in Graph. */

let control: EmulatorClient;
beforeAll(async () => {
  const apps = [...(graphSeed.apps ?? []), { id: '99999999-0000-4000-8000-000000000001', name: 'auditor', permissions: ['AuditLog.Read.All'] }];
  control = await EmulatorClient.start({ seed: { ...graphSeed, apps } });
});
beforeEach(() => control.reset());
afterAll(() => control[Symbol.asyncDispose]());

const armType = (name: string): string => `RoleManagementPolicy${name}Rule`;
const graphType = (name: string): string => `#microsoft.graph.unifiedRoleManagementPolicy${name}Rule`;
const expiration = (maximumDuration: string) => ({ isExpirationRequired: true, maximumDuration });
const approval = (...primaryApprovers: readonly object[]) => ({ setting: { isApprovalRequired: true, approvalStages: [{ primaryApprovers }] } });

/** Address of the policy of Reader in the production subscription. */
async function armPolicy(): Promise<string> {
  const filter = `roleDefinitionId eq '${roleAt('Reader', production)}'`;
  const [assignment] = items(await control.person(nestor).list(production, 'roleManagementPolicyAssignments', filter));
  return `${text(assignment, 'properties', 'policyId')}?api-version=2020-10-01`;
}

interface ArmRule {
  readonly id: string;
  readonly type: string;
  readonly content: object;
}

async function patchArm(rules: readonly ArmRule[], user = nestor): Promise<Answer> {
  const sent = rules.map(({ id, type, content }) => ({ id, ruleType: armType(type), ...content }));
  return control.person(user).call(await armPolicy(), { method: 'PATCH', body: { properties: { rules: sent } } });
}

const as = (user: string): PimCaller => new PimCaller(control, { user });
const ofRole = `scopeId eq '/' and scopeType eq 'DirectoryRole' and roleDefinitionId eq '${roles.groupsAdministrator}'`;
const ofGroup = `scopeId eq '${breakGlass}' and scopeType eq 'Group' and roleDefinitionId eq 'member'`;

async function graphRule(filter: string, id: string): Promise<string> {
  const [assignment] = await as(nestor).list(`${policyAssignments}?$filter=${filter}`);
  return `${policies}/${text(assignment, 'policyId')}/rules/${id}`;
}

async function patchGraph(filter: string, { id, type, content }: ArmRule, user = nestor): Promise<string> {
  return failure(as(user).patch(await graphRule(filter, id), { '@odata.type': graphType(type), id, ...content }));
}

const taken = 'Error: it was answered';
const lastingHours = (hours: number): ArmRule => ({ id: 'Expiration_EndUser_Assignment', type: 'Expiration', content: expiration(`PT${hours}H`) });
const enabled = (...enabledRules: readonly string[]): ArmRule => ({ id: 'Enablement_EndUser_Assignment', type: 'Enablement', content: { enabledRules } });
const context: ArmRule = { id: 'AuthenticationContext_EndUser_Assignment', type: 'AuthenticationContext', content: { isEnabled: true, claimValue: 'c1' } };
const byMegan: ArmRule = { id: 'Approval_EndUser_Assignment', type: 'Approval', content: approval({ id: megan, userType: 'User' }) };
const byNobody: ArmRule = { ...byMegan, content: approval() };
const notification = (recipient: string): ArmRule => ({
  id: `Notification_${recipient}_EndUser_Assignment`,
  type: 'Notification',
  content: { notificationType: 'Email', recipientType: recipient, isDefaultRecipientsEnabled: false, notificationLevel: 'All', notificationRecipients: [] },
});

describe('six fields as one PATCH of ARM', () => {
  it('are all written, in one change of one person', async () => {
    const rules = [lastingHours(74), enabled('MultiFactorAuthentication', 'Justification', 'Ticketing'), byMegan, notification('Admin'), notification('Requestor')];
    const answer = await patchArm(rules);
    expect(outcome(answer)).toBe('200');
    const written = await control.person(alex).call(await armPolicy());
    for (const { id, content } of rules) {
      const rule = [at(written.body, 'properties', 'rules')].flat().find((candidate) => at(candidate, 'id') === id);
      expect(rule).toMatchObject(content);
    }
    expect(at(written.body, 'properties', 'lastModifiedBy', 'id')).toBe(nestor);
    const now = Date.parse(text((await control.send('/emulator/clock')).body, 'now'));
    expect(now - Date.parse(text(written.body, 'properties', 'lastModifiedDateTime'))).toBeLessThan(60_000);
    const token = await control.token({ app: 'auditor' }, graphAudience);
    const audits = await control.send("/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Update%20role%20setting%20in%20PIM'", { token });
    expect(items(audits)).toMatchObject([{ category: 'ResourceManagement', initiatedBy: { user: { id: nestor } } }]);
  });

  it.each([
    ['one rule of many is wrong', [lastingHours(1), { ...enabled(), id: 'Enablement_EndUser_Everything' }], '400 InvalidPolicy'],
    ['MFA comes with an authentication context', [context, enabled('MultiFactorAuthentication')], '400 MfaAndAcrsConflict'],
    ['approval comes without approvers', [byNobody], '400 InvalidPolicy'],
    ['a member is misspelt', [{ ...lastingHours(1), content: { maximumDurations: 'PT1H' } }], '400 InvalidPolicy'],
    ['a member of the setting is misspelt', [{ ...byMegan, content: { setting: { isApprovalRequierd: true } } }], '400 InvalidPolicy'],
    ['a member of the stage is misspelt', [{ ...byMegan, content: { setting: { approvalStages: [{ approvers: [] }] } } }], '400 InvalidPolicy'],
  ])('change nothing where %s', async (_, rules, expected) => {
    const before = await control.person(nestor).call(await armPolicy());
    expect(outcome(await patchArm(rules))).toBe(expected);
    expect((await control.person(nestor).call(await armPolicy())).body).toEqual(before.body);
  });

  it('need to stand in properties.rules', async () => {
    const body = { rules: [{ id: 'Expiration_EndUser_Assignment', ruleType: armType('Expiration'), maximumDuration: 'PT1H' }] };
    expect(outcome(await control.person(nestor).call(await armPolicy(), { method: 'PATCH', body }))).toBe('400 InvalidRequestContent');
  });

  it('are for administrators', async () => {
    expect(outcome(await patchArm([lastingHours(1)], alex))).toBe('403 AuthorizationFailed');
    expect(outcome(await patchArm([lastingHours(1)], megan))).toBe('403 AuthorizationFailed');
  });
});

describe('six fields as PATCHes of Graph', () => {
  const approvedByMegan = { ...byMegan, content: approval({ '@odata.type': '#microsoft.graph.singleUser', userId: megan }) };

  it.each([ofRole, ofGroup])('are written rule by rule: %s', async (filter) => {
    const rules = [lastingHours(74), enabled('MultiFactorAuthentication', 'Justification', 'Ticketing'), approvedByMegan, notification('Admin'), notification('Requestor')];
    for (const rule of rules) {
      expect(await patchGraph(filter, rule)).toBe(taken);
      expect(await as(nestor).get(await graphRule(filter, rule.id))).toMatchObject(rule.content);
    }
    const [assignment] = await as(nestor).list(`${policyAssignments}?$filter=${filter}&$expand=policy`);
    expect(at(assignment, 'policy')).toMatchObject({ lastModifiedBy: { id: nestor }, lastModifiedDateTime: expect.any(String) });
    const changes = items(await control.send('/emulator/audit')).filter((entry) => at(entry, 'activity') === 'Update role setting in PIM');
    expect(changes).toHaveLength(rules.length);
  });

  it('of a group need approvers where they ask for approval, those of a directory role have its administrators', async () => {
    expect(await patchGraph(ofGroup, byNobody)).toBe('400 InvalidPolicy');
    expect(await patchGraph(ofRole, byNobody)).toBe(taken);
  });

  it('do not take MFA with an authentication context, a misspelt member, an unknown rule, or a stranger', async () => {
    expect(await patchGraph(ofRole, context)).toBe(taken);
    expect(await patchGraph(ofRole, enabled('MultiFactorAuthentication'))).toBe('400 MfaAndAcrsConflict');
    expect(await patchGraph(ofRole, { ...lastingHours(1), content: { maximumDurations: 'PT1H' } })).toBe('400 InvalidPolicyRule');
    expect(await patchGraph(ofRole, { ...lastingHours(1), id: 'Expiration_EndUser_Everything' })).toBe('404 Request_ResourceNotFound');
    expect(await patchGraph(ofRole, lastingHours(1), lee)).toBe('403 Authorization_RequestDenied');
  });
});

describe('a service that allows a day at most', () => {
  const aDay = { longestActivation: 'PT24H' };
  const settings = { method: 'PATCH', path: 'roleManagementPolicies' };

  it('refuses longer activations in ARM and in Graph, and takes others', async () => {
    await control.fault(settings, aDay, 6);
    const refused = await patchArm([enabled(), lastingHours(25)]);
    expect(outcome(refused)).toBe('400 InvalidPolicy');
    expect(text(refused.body, 'error', 'message')).toBe("The policy is invalid. 'maximumDuration' of Expiration_EndUser_Assignment must be at most PT24H, found PT25H.");
    expect(await patchGraph(ofRole, lastingHours(74))).toBe('400 InvalidPolicy');
    expect(outcome(await patchArm([lastingHours(24)]))).toBe('200');
    expect(await patchGraph(ofGroup, lastingHours(24))).toBe(taken);
    expect(await patchGraph(ofGroup, enabled())).toBe(taken);
  });

  it('is not there unless it is asked for', async () => {
    expect(outcome(await patchArm([lastingHours(74)]))).toBe('200');
  });
});
