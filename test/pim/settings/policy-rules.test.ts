import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareSettings } from '../../../src/pim/settings/compare-settings.ts';
import { roundSettings, settingFields } from '../../../src/pim/settings/privileged-role-settings.ts';
import type { PrivilegedRoleSettings, SettingsChange } from '../../../src/pim/settings/privileged-role-settings.ts';
import { readPolicyRules } from '../../../src/pim/settings/read-policy.ts';
import { armForm, changedRules, graphForm } from '../../../src/pim/settings/write-policy.ts';
import { PimError } from '../../../src/pim/errors.ts';
import { everyApprover, forms, policy, settings, written } from './some-policy.ts';
import type { Rule } from './some-policy.ts';

/** Which rules a field stands in. */
const rulesOf: Readonly<Record<keyof PrivilegedRoleSettings, readonly string[]>> = {
  elevationDuration: ['Expiration_EndUser_Assignment'],
  notificationToUserOnElevation: ['Notification_Admin_EndUser_Assignment', 'Notification_Requestor_EndUser_Assignment'],
  ticketingInfoOnElevation: ['Enablement_EndUser_Assignment'],
  mfaOnElevation: ['Enablement_EndUser_Assignment'],
  approvalOnElevation: ['Approval_EndUser_Assignment'],
  approverIds: ['Approval_EndUser_Assignment'],
};

const part = fc.tuple(settings, fc.subarray([...settingFields])).map(([all, fields]): SettingsChange =>
  Object.fromEntries(Object.entries(all).filter(([name]) => fields.some((field) => field === name))));

const ruleIn = (rules: readonly Rule[], id: string): Rule | undefined => rules.find((rule) => rule.id === id);

// Guards: readPolicyRules (src/pim/settings/read-policy.ts), changedRules (src/pim/settings/write-policy.ts).
describe.each(forms)('role settings in the rules of %s', (_, form) => {
  it('are read as they were written, rounded, whatever the policy had before', () => {
    fc.assert(fc.property(policy(form), settings, (rules, wanted) => {
      const after = written(rules, changedRules(form, rules, wanted, everyApprover));
      expect(readPolicyRules(after).settings).toEqual(roundSettings(wanted));
      expect(changedRules(form, after, wanted, everyApprover)).toEqual([]);
    }));
  });

  it('that are not named stay as they are', () => {
    fc.assert(fc.property(policy(form), part, (rules, change) => {
      const after = written(rules, changedRules(form, rules, change, everyApprover));
      expect(readPolicyRules(after).settings).toEqual({ ...readPolicyRules(rules).settings, ...roundSettings(change) });
    }));
  });

  it('are written to their own rules alone, each once, and to none where nothing differs', () => {
    fc.assert(fc.property(policy(form), part, (rules, change) => {
      const rulesSent = changedRules(form, rules, change, everyApprover);
      for (const rule of rulesSent) expect(ruleIn(rules, rule.id)).not.toEqual(rule);
      const changed = rulesSent.map(({ id }) => id);
      const fields = compareSettings(readPolicyRules(rules).settings, change).map(({ field }) => field);
      const allowed = fields.flatMap((field) => rulesOf[field]);
      expect(new Set(changed).size).toBe(changed.length);
      expect(changed.filter((id) => !allowed.includes(id))).toEqual([]);
      for (const field of fields) expect(changed).toContain(rulesOf[field][0]);
    }));
  });

  it('leave everything else in a rule as it was', () => {
    fc.assert(fc.property(policy(form), settings, (rules, wanted) => {
      for (const rule of changedRules(form, rules, wanted, everyApprover)) {
        const present = ruleIn(rules, rule.id);
        const own = ['isExpirationRequired', 'maximumDuration', 'enabledRules', 'isDefaultRecipientsEnabled', 'notificationLevel', 'setting'];
        for (const [name, value] of Object.entries(present ?? {})) if (!own.includes(name)) expect([name, rule[name]]).toEqual([name, value]);
        expect(rule).toMatchObject(form.type(rule.id.startsWith('Approval') ? 'Approval' : rule.id.startsWith('Enablement') ? 'Enablement' : rule.id.startsWith('Expiration') ? 'Expiration' : 'Notification'));
      }
    }));
  });

  it('keep the second stage of an approval, the escalation and the terms of the first', () => {
    fc.assert(fc.property(policy(form), settings, (rules, wanted) => {
      const [changed] = changedRules(form, rules, wanted, everyApprover).filter(({ id }) => id.startsWith('Approval'));
      const { setting: before } = Object(ruleIn(rules, 'Approval_EndUser_Assignment'));
      const { setting: after } = Object(changed);
      if (changed === undefined || before.approvalStages === null || before.approvalStages.length === 0) return;
      const { primaryApprovers: _before, ...terms } = before.approvalStages[0];
      const { primaryApprovers: _after, ...kept } = after.approvalStages[0];
      const undescribed = (value: unknown): unknown => (form === armForm ? value : JSON.parse(JSON.stringify(value, (name, member) => (name === 'description' ? undefined : member))));
      expect(kept).toEqual(undescribed(terms));
      expect(after.approvalStages.slice(1)).toEqual(undescribed(before.approvalStages.slice(1)));
      expect(after).toMatchObject({ isApprovalRequiredForExtension: before.isApprovalRequiredForExtension, isRequestorJustificationRequired: before.isRequestorJustificationRequired });
    }));
  });

  it('keep whatever else a rule asks for, and ask for a justification', () => {
    fc.assert(fc.property(policy(form), settings, (rules, wanted) => {
      const [changed] = changedRules(form, rules, wanted, everyApprover).filter(({ id }) => id.startsWith('Enablement'));
      if (changed === undefined) return;
      const { enabledRules: before } = Object(ruleIn(rules, 'Enablement_EndUser_Assignment'));
      expect(changed['enabledRules']).toContain('Justification');
      expect(Array.from(Object(changed['enabledRules'])).includes('SomethingNew')).toBe(before.includes('SomethingNew'));
    }));
  });

  it('become stricter before they become looser', () => {
    fc.assert(fc.property(policy(form), settings, (rules, wanted) => {
      const loosening = compareSettings(readPolicyRules(rules).settings, wanted).filter(({ loosens, field }) => loosens && field !== 'approverIds');
      const loosened = new Set(loosening.flatMap(({ field }) => rulesOf[field]));
      const order = changedRules(form, rules, wanted, everyApprover).map(({ id }) => loosened.has(id));
      expect(order).toEqual([...order].sort((a, b) => Number(a) - Number(b)));
    }));
  });
});

const bare = { target: { caller: 'EndUser', operations: ['All'], level: 'Assignment' } };
const rulesWith = (change: Readonly<Record<string, object>> = {}): readonly Rule[] => Object.entries({
  Expiration_EndUser_Assignment: { isExpirationRequired: false, maximumDuration: 'PT8H' },
  Enablement_EndUser_Assignment: { enabledRules: [] },
  Approval_EndUser_Assignment: { setting: { isApprovalRequired: false, approvalMode: 'NoApproval', approvalStages: [] } },
  Notification_Admin_EndUser_Assignment: { isDefaultRecipientsEnabled: true, notificationLevel: 'All' },
  ...change,
}).map(([id, members]) => ({ ...bare, ...members, id }));

const [first, second] = ['a1e00000-0000-4000-8000-000000000000', 'a1e00000-0000-4000-8000-000000000001'];

describe('a rule that is written', () => {
  it('names users and groups as ARM has them', () => {
    expect(changedRules(armForm, rulesWith(), { approvalOnElevation: true, approverIds: [first, second] }, everyApprover)).toEqual([{
      ...bare, id: 'Approval_EndUser_Assignment', ruleType: 'RoleManagementPolicyApprovalRule',
      setting: {
        isApprovalRequired: true, approvalMode: 'SingleStage',
        approvalStages: [{
          approvalStageTimeOutInDays: 1, isApproverJustificationRequired: true, escalationTimeInMinutes: 0, isEscalationEnabled: false,
          primaryApprovers: [
            { id: first, userType: 'User', isBackup: false, description: 'Approver 0' }, { id: second, userType: 'Group', isBackup: false, description: 'Approver 1' },
          ],
        }],
      },
    }]);
  });

  it('names users and groups as Graph has them, without a description', () => {
    const present = { setting: { isApprovalRequired: true, approvalMode: 'SingleStage', approvalStages: [{ primaryApprovers: [
      { '@odata.type': '#microsoft.graph.singleUser', userId: first.toUpperCase(), description: 'x', isBackup: true },
      { '@odata.type': '#microsoft.graph.requestorManager', managerLevel: 1 },
    ] }] } };
    const [rule] = changedRules(graphForm, rulesWith({ Approval_EndUser_Assignment: present }), { approverIds: [first, second] }, everyApprover);
    expect(rule).toMatchObject({ '@odata.type': '#microsoft.graph.unifiedRoleManagementPolicyApprovalRule', setting: { isApprovalRequired: true, approvalMode: 'SingleStage' } });
    expect(Object(rule).setting.approvalStages[0].primaryApprovers).toEqual([
      { '@odata.type': '#microsoft.graph.singleUser', userId: first.toUpperCase(), isBackup: true },
      { '@odata.type': '#microsoft.graph.groupMembers', groupId: second },
    ]);
  });

  it('makes an activation end, with the maximum', () => {
    expect(changedRules(armForm, rulesWith(), { elevationDuration: 'PT1H50M' }, [])).toEqual([
      { ...bare, id: 'Expiration_EndUser_Assignment', ruleType: 'RoleManagementPolicyExpirationRule', isExpirationRequired: true, maximumDuration: 'PT2H' },
    ]);
  });

  it('names nobody whom the directory does not have', () => {
    expect(() => changedRules(armForm, rulesWith(), { approverIds: ['a1e00000-0000-4000-8000-00000000000f'] }, everyApprover)).toThrow(PimError);
  });
});

describe('a policy that is read', () => {
  it('counts the first stage\'s approvers, once each, users and groups', () => {
    const entries = [{ id: second.toUpperCase(), userType: 'Group', description: 'Leads' }, { id: first, userType: 'User' }, { id: first.toUpperCase(), userType: 'User' }];
    const approval = { setting: { isApprovalRequired: true, approvalStages: [{ primaryApprovers: entries }, { primaryApprovers: [{ id: 'other', userType: 'User' }] }] } };
    expect(readPolicyRules(rulesWith({ Approval_EndUser_Assignment: approval }))).toMatchObject({
      settings: { approverIds: [first, second] },
      approvers: [{ id: first, kind: 'user', name: first }, { id: second, kind: 'group', name: 'Leads' }],
    });
  });

  it('tells nothing that it does not have: a rule that is missing or cannot be read is no default', () => {
    for (const id of ['Expiration', 'Enablement', 'Approval', 'Notification_Admin'].map((name) => `${name}_EndUser_Assignment`)) {
      expect(() => readPolicyRules(rulesWith().filter((rule) => rule.id !== id))).toThrow(id);
      expect(() => readPolicyRules(rulesWith({ [id]: {} }))).toThrow(id);
    }
    expect(() => readPolicyRules(rulesWith({ Expiration_EndUser_Assignment: { maximumDuration: 'eight hours' } }))).toThrow('cannot be read');
    expect(() => readPolicyRules(rulesWith({ AuthenticationContext_EndUser_Assignment: { isEnabled: 'yes' } }))).toThrow('AuthenticationContext');
  });

  it('shows a maximum as it is, also one that nobody would have written so', () => {
    expect(readPolicyRules(rulesWith({ Expiration_EndUser_Assignment: { maximumDuration: 'PT105M' } })).settings.elevationDuration).toBe('PT1H45M');
  });

  it.each<[readonly string[] | null, boolean]>([[[], true], [null, true], [['NotificationRecipients'], true], [['All'], false], [['multifactorauthentication'], false]])('whose target enforces %j lets MFA be configured: %s', (enforcedSettings, expected) => {
    const enablement = { enabledRules: [], target: { enforcedSettings } };
    expect(readPolicyRules(rulesWith({ Enablement_EndUser_Assignment: enablement })).isMfaOnElevationConfigurable).toBe(expected);
  });

  it('knows the authentication context that is switched on', () => {
    const contextOf = (context: object) => readPolicyRules(rulesWith({ AuthenticationContext_EndUser_Assignment: context })).authenticationContext;
    expect(contextOf({ isEnabled: true, claimValue: 'c1' })).toEqual({ claimValue: 'c1' });
    expect(contextOf({ isEnabled: true, claimValue: null })).toEqual({ claimValue: null });
    expect(contextOf({ isEnabled: false, claimValue: 'c1' })).toBeNull();
    expect(readPolicyRules(rulesWith()).authenticationContext).toBeNull();
  });
});
