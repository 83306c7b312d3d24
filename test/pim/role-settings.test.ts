import { describe, expect, it } from 'vitest';
import { roleSettingsFromRules } from '../../src/pim/role-settings.ts';
import type { RoleSettings } from '../../src/pim/model.ts';

const expiration = (maximumDuration: unknown): object =>
  ({ id: 'Expiration_EndUser_Assignment', ruleType: 'RoleManagementPolicyExpirationRule', isExpirationRequired: false, maximumDuration });
const enablement = (enabledRules: unknown): object => ({ id: 'Enablement_EndUser_Assignment', enabledRules });
const context = (isEnabled: unknown, claimValue?: unknown): object =>
  ({ id: 'AuthenticationContext_EndUser_Assignment', isEnabled, claimValue });
const notification = (isDefaultRecipientsEnabled: unknown, notificationLevel = 'All'): object =>
  ({ id: 'Notification_Admin_EndUser_Assignment', isDefaultRecipientsEnabled, notificationLevel });
const approval = (isApprovalRequired: unknown, approvalStages: unknown = []): object =>
  ({ id: 'Approval_EndUser_Assignment', setting: { isApprovalRequired, approvalStages } });

const strictest: RoleSettings = {
  maximumMinutes: 30,
  justificationRequired: true,
  ticketRequired: true,
  mfaRequired: true,
  authenticationContext: null,
  approvalRequired: true,
  approvers: [],
  approverJustificationRequired: true,
  notifiesAdministrators: true,
};

describe('roleSettingsFromRules', () => {
  it('reads all end-user rules of a policy', () => {
    expect(roleSettingsFromRules([
      expiration('PT2H'),
      enablement(['Justification', 'Ticketing', 'MultiFactorAuthentication']),
      context(true, 'c1'),
      notification(false),
      approval(true, [{
        isApproverJustificationRequired: false,
        primaryApprovers: [
          { id: 'a', userType: 'User', description: 'Megan Bowen', isBackup: false },
          { id: 'b', userType: 'Group', description: '' },
        ],
      }]),
    ])).toEqual({
      maximumMinutes: 120,
      justificationRequired: true,
      ticketRequired: true,
      mfaRequired: true,
      authenticationContext: 'c1',
      approvalRequired: true,
      approvers: [{ id: 'a', kind: 'user', name: 'Megan Bowen' }, { id: 'b', kind: 'group', name: 'b' }],
      approverJustificationRequired: false,
      notifiesAdministrators: false,
    });
  });

  it('picks rules by their id, so that an administrator’s limit never overwrites a person’s', () => {
    const settings = roleSettingsFromRules([
      { id: 'Expiration_Admin_Eligibility', ruleType: 'RoleManagementPolicyExpirationRule', maximumDuration: 'P365D' },
      expiration('PT1H'),
      { id: 'Expiration_Admin_Assignment', ruleType: 'RoleManagementPolicyExpirationRule', maximumDuration: 'P180D' },
      enablement([]),
      { id: 'Enablement_Admin_Assignment', ruleType: 'RoleManagementPolicyEnablementRule', enabledRules: ['Justification', 'MultiFactorAuthentication'] },
      { id: 'Notification_Requestor_EndUser_Assignment', isDefaultRecipientsEnabled: true, notificationLevel: 'All' },
      notification(false),
    ]);
    expect(settings).toMatchObject({ maximumMinutes: 60, justificationRequired: false, mfaRequired: false, notifiesAdministrators: false });
  });

  it('takes the strictest for every rule that is missing', () => {
    expect(roleSettingsFromRules([])).toEqual(strictest);
  });

  it('takes the strictest for every rule that cannot be read, and passes over what it does not know', () => {
    expect(roleSettingsFromRules([
      expiration(8), enablement('Justification'), context('yes'), notification(null), approval('no'),
      null, 7, 'rule', [], { id: 5 }, { ruleType: 'no id' }, { id: 'PIMOnlyMode_Admin_Assignment', pimOnlyModeSettings: { mode: 'Enabled' } },
    ])).toEqual(strictest);
  });

  it.each([
    ['PT8H', 480], ['PT30M', 30], ['P1D', 1440], ['P3DT2H', 4440], ['PT1H45M', 105], ['PT90S', 1], ['PT59.9S', 30],
    ['', 30], ['8 hours', 30], ['PT-2H', 30], ['PT0S', 30],
  ])('reads a maximum of %j as %d minutes', (duration, minutes) => {
    expect(roleSettingsFromRules([expiration(duration)]).maximumMinutes).toBe(minutes);
  });

  it('asks for no authentication context that is switched off', () => {
    expect(roleSettingsFromRules([context(false, 'c1')]).authenticationContext).toBeNull();
    expect(roleSettingsFromRules([context(true, null)]).authenticationContext).toBeNull();
  });

  it('knows that no mail goes out at level None', () => {
    expect(roleSettingsFromRules([notification(true, 'None')]).notifiesAdministrators).toBe(false);
    expect(roleSettingsFromRules([notification(true)]).notifiesAdministrators).toBe(true);
  });

  it('names each approver once, over all stages', () => {
    const approvers = roleSettingsFromRules([approval(true, [
      { primaryApprovers: [{ id: 'A', userType: 'User' }] },
      { primaryApprovers: [{ id: 'a', userType: 'User' }, { id: 'b', userType: 'group' }] },
      {},
    ])]).approvers;
    expect(approvers.map(({ id, kind }) => [id, kind])).toEqual([['a', 'user'], ['b', 'group']]);
  });
});
