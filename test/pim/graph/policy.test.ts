import { describe, expect, it } from 'vitest';
import { failureOf } from '../pim-world.ts';
import { list, refusal, startGraph } from './graph-stand-in.ts';
import type { GraphReply } from './graph-stand-in.ts';
import { alex, alexObject, entra, group, kinds, megan, platform, platformObject, unit } from './samples.ts';

const target = { '@odata.type': 'microsoft.graph.unifiedRoleManagementPolicyRuleTarget', caller: 'EndUser', operations: ['all'], level: 'Assignment', inheritableSettings: [], enforcedSettings: [] };
const rule = (type: string, change: object): object => ({ '@odata.type': `#microsoft.graph.unifiedRoleManagementPolicy${type}Rule`, target, ...change });

function rules(primaryApprovers: readonly object[] = []): readonly object[] {
  return [
    rule('Expiration', { id: 'Expiration_EndUser_Assignment', isExpirationRequired: true, maximumDuration: 'PT1H45M' }),
    rule('Expiration', { id: 'Expiration_Admin_Assignment', isExpirationRequired: true, maximumDuration: 'P180D' }),
    rule('Enablement', { id: 'Enablement_EndUser_Assignment', enabledRules: ['Justification', 'Ticketing'] }),
    rule('AuthenticationContext', { id: 'AuthenticationContext_EndUser_Assignment', isEnabled: true, claimValue: 'c1' }),
    rule('Approval', {
      id: 'Approval_EndUser_Assignment',
      setting: { isApprovalRequired: true, approvalMode: 'SingleStage', approvalStages: [{ approvalStageTimeOutInDays: 1, isApproverJustificationRequired: true, primaryApprovers, escalationApprovers: [] }] },
    }),
    rule('Notification', { id: 'Notification_Admin_EndUser_Assignment', isDefaultRecipientsEnabled: false, notificationLevel: 'All' }),
  ];
}

const single = (userId: string, description?: string): object => ({ '@odata.type': '#microsoft.graph.singleUser', userId, ...(description === undefined ? {} : { description }) });
const members = (groupId: string): object => ({ '@odata.type': '#microsoft.graph.groupMembers', groupId });
const policies = 'GET /policies/roleManagementPolicyAssignments';

function assignment(roleDefinitionId: string, policyRules: readonly object[]): object {
  return { id: 'Policy_1', policyId: 'Policy', scopeId: '/', scopeType: 'DirectoryRole', roleDefinitionId, policy: { id: 'Policy', rules: policyRules } };
}

describe.each(kinds)('the settings of %s', (_, { create, role, scope }) => {
  it('are read from the policy, approvers with their names', async () => {
    await using graph = await startGraph({
      [policies]: list([assignment('another', rules()), assignment(role.definitionId.toUpperCase(), rules([single(megan, 'Megan Bowen'), single(alex), members(platform)]))]),
      'POST /directoryObjects/getByIds': { status: 200, body: { value: [alexObject, platformObject] } },
    });
    expect(await create(graph).readRoleSettings(role, scope)).toEqual({
      maximumMinutes: 105, justificationRequired: true, ticketRequired: true, mfaRequired: false, authenticationContext: 'c1', approvalRequired: true,
      approvers: [{ id: megan, kind: 'user', name: 'Megan Bowen' }, { id: alex, kind: 'user', name: 'Alex Wilber' }, { id: platform, kind: 'group', name: 'Platform engineers' }],
      approverJustificationRequired: true, notifiesAdministrators: false,
    });
    expect(graph.wire.seen).toHaveLength(2);
  });

  it('cost one call where all names are told', async () => {
    await using graph = await startGraph({ [policies]: list([assignment(role.definitionId, rules([single(megan, 'Megan Bowen')]))]) });
    await create(graph).readRoleSettings(role, scope);
    expect(graph.wire.seen).toHaveLength(1);
  });

  it('leave approvers by their ids where nobody may read the names', async () => {
    await using graph = await startGraph({ [policies]: list([assignment(role.definitionId, rules([members(platform)]))]) });
    expect((await create(graph).readRoleSettings(role, scope)).approvers).toEqual([{ id: platform, kind: 'group', name: platform }]);
  });

  it.each<[string, GraphReply, string]>([
    ['another role\'s alone', list([assignment('another', rules())]), 'notFound'], ['none', list([]), 'notFound'],
    ['closed', { status: 403, body: refusal('Authorization_RequestDenied', '') }, 'notPermitted'], ['without rules', list([{ ...assignment(role.definitionId, []), policy: {} }]), 'badAnswer'],
  ])('are not guessed where the policies are %s', async (_what, reply, code) => {
    await using graph = await startGraph({ [policies]: reply });
    expect((await failureOf(create(graph).readRoleSettings(role, scope))).code).toBe(code);
  });
});

describe('the policy that is asked for', () => {
  const filterFor = async (kind: typeof entra, scope = kind.scope): Promise<string | null | undefined> => {
    await using graph = await startGraph({ [policies]: list([assignment(kind.role.definitionId, rules())]) });
    await kind.create(graph).readRoleSettings(kind.role, scope);
    expect(graph.calls[0]?.query.get('$expand')).toBe('policy($expand=rules)');
    return graph.calls[0]?.query.get('$filter');
  };

  it('is the directory\'s, also in an administrative unit', async () => {
    const ofDirectory = `scopeId eq '/' and scopeType eq 'DirectoryRole' and roleDefinitionId eq '${entra.role.definitionId}'`;
    expect(await filterFor(entra)).toBe(ofDirectory);
    expect(await filterFor(entra, { id: `/administrativeUnits/${unit}`, name: 'Munich office', type: 'administrativeUnit' })).toBe(ofDirectory);
  });

  it('is the group\'s own, for its members or its owners', async () => {
    expect(await filterFor(group)).toBe(`scopeId eq '${platform}' and scopeType eq 'Group' and roleDefinitionId eq 'member'`);
  });
});
