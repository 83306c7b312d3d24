import { beforeEach, describe, expect, it } from 'vitest';
import { mayDo } from '../../src/emulator/access.ts';
import { decide, hasApproval, mayDecide } from '../../src/emulator/approvals.ts';
import { directMembers, groupsOf, transitiveMembers } from '../../src/emulator/directory.ts';
import { changePolicy, lastPolicyChange, policyAt, resetPolicy } from '../../src/emulator/policies.ts';
import type { ActivationRules } from '../../src/emulator/policy.ts';
import { graphScopeId } from '../../src/emulator/scopes.ts';
import type { ScheduleRequest } from '../../src/emulator/state.ts';
import { Engine, breakGlass, person, refusal, threeKinds, unit } from './engine.ts';
import type { Wish } from './engine.ts';
import { alex, diego, lee, megan, nestor, opsLeads, production, rgApp } from './people.ts';

let engine: Engine;
beforeEach(() => {
  engine = new Engine();
});

const userAdministrator: Wish = { type: 'SelfActivate', kind: 'entra', role: 'User Administrator', scope: '/', principalId: alex };
const helpdesk: Wish = { type: 'SelfActivate', kind: 'entra', role: 'Helpdesk Administrator', scope: '/', principalId: diego };
const member: Wish = { type: 'SelfActivate', kind: 'group', role: 'member', scope: breakGlass, principalId: alex, ticket: 'INC1' };
const reader: Wish = { type: 'SelfActivate', kind: 'azure', role: 'Reader', scope: production, principalId: alex, minutes: 30 };

function decideAs(approver: string, request: ScheduleRequest, result: 'Approve' | 'Deny', justification = 'ok'): string {
  return refusal(() => {
    if (hasApproval(request)) {
      decide(engine.pim, request, person(approver), { result, justification });
    }
  });
}

describe('activation, whatever the kind of role', () => {
  it('an Entra role with approval waits for its approver', () => {
    const request = engine.submit(userAdministrator);
    expect(request.status).toBe('PendingApproval');
    expect(decideAs(lee, request, 'Approve')).toBe('403 Authorization_RequestDenied');
    expect(decideAs(alex, request, 'Approve')).toBe('403 Authorization_RequestDenied');
    expect(decideAs(megan, request, 'Approve', ' ')).toBe('400 RoleAssignmentRequestPolicyValidationFailed JustificationRule');
    expect(decideAs(megan, request, 'Approve')).toBe('taken');
    expect([request.status, ...engine.holdings(alex, 'entra')]).toEqual(['Provisioned', 'eligible User Administrator', 'activated User Administrator']);
    expect(decideAs(megan, request, 'Deny')).toBe('409 Conflict');
  });

  it('an Entra role through a group belongs to the person who activates it', () => {
    expect(engine.submit(helpdesk).status).toBe('Provisioned');
    expect(engine.holdings(diego, 'entra')).toEqual(['activated Helpdesk Administrator']);
  });

  it('eligibility at the directory entitles its administrative units, not the other way round', () => {
    expect(refusal(() => engine.submit({ ...helpdesk, scope: `/administrativeUnits/${unit}` }))).toBe('taken');
    expect(refusal(() => engine.submit({ ...helpdesk, principalId: nestor }))).toBe('400 RoleAssignmentRequestPolicyValidationFailed EligibilityRule');
  });

  it('a group has settings of its own', () => {
    const { ticket: _, ...without } = member;
    expect(refusal(() => engine.submit({ ...without, minutes: 61 }))).toBe('400 RoleAssignmentRequestPolicyValidationFailed ExpirationRule TicketingRule');
    expect(engine.submit(member).status).toBe('Provisioned');
    expect(refusal(() => engine.submit(member))).toBe('400 RoleAssignmentExists');
    expect(refusal(() => engine.submit({ ...member, role: 'owner' }))).toBe('400 RoleAssignmentRequestPolicyValidationFailed EligibilityRule');
  });

  it.each([member, helpdesk, reader])('$kind: it ends by itself, or is given back after five minutes', (wish) => {
    const { name } = engine.submit(wish);
    const back: Wish = { ...wish, type: 'SelfDeactivate' };
    engine.advance(4);
    expect(refusal(() => engine.submit(back))).toBe('400 ActiveDurationTooShort');
    engine.advance(1);
    expect(engine.submit(back)).toMatchObject({ status: 'Revoked', targetName: name });
    expect(refusal(() => engine.submit(back))).toBe('400 RoleAssignmentDoesNotExist');
    engine.submit(wish);
    engine.advance(60);
    expect(engine.holdings(wish.principalId, wish.kind).filter((held) => held.startsWith('activated'))).toEqual([]);
  });

  it.each([
    [userAdministrator, '403 Authorization_RequestDenied'],
    [member, '403 Authorization_RequestDenied'],
    [reader, '400 InsufficientPermissions'],
  ])('nobody activates for another', (wish, refused) => {
    expect(refusal(() => engine.submit(wish, person(lee)))).toBe(refused);
  });

  it('is for active assignments only', () => {
    expect(refusal(() => engine.submit({ ...member, side: 'eligibility' }))).toBe('400 InvalidRequestContent');
  });

  it('what an administrator assigned cannot be deactivated, and not activated beside', () => {
    const admin: Wish = { ...reader, type: 'AdminAssign', minutes: null };
    engine.submit(admin, person(nestor));
    engine.advance(10);
    expect(refusal(() => engine.submit({ ...reader, type: 'SelfDeactivate' }))).toBe('400 RoleAssignmentDoesNotExist');
    expect(refusal(() => engine.submit(reader))).toBe('400 RoleAssignmentExists');
    engine.submit({ ...admin, type: 'AdminRemove' }, person(nestor));
    expect(refusal(() => engine.submit(reader))).toBe('taken');
  });

  it('a name is taken once; without one a new one is made up', () => {
    const name = '12345678-0000-4000-8000-000000000000';
    expect(engine.submit({ ...reader, name }).name).toBe(name);
    expect(refusal(() => engine.submit({ ...member, name }))).toBe('409 RoleAssignmentRequestExists');
    expect(engine.submit(member).name).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('what an eligibility gives, ends with it', () => {
  it.each(['AdminRemove', 'time'] as const)('%s', (how) => {
    const eligible: Wish = { type: 'AdminAssign', side: 'eligibility', kind: 'group', role: 'member', scope: opsLeads, principalId: lee, minutes: 90 };
    engine.submit(eligible, person(nestor));
    engine.advance(60);
    const request = engine.submit({ ...member, scope: opsLeads, principalId: lee, minutes: 480 });
    expect(engine.pim.state.assignments.get(request.name)?.endAt).toBe(engine.now + 30 * 60_000);
    expect(directMembers(engine.pim, opsLeads)).toContain(lee);
    if (how === 'time') {
      engine.advance(30);
    } else {
      engine.submit({ ...eligible, type: 'AdminRemove' }, person(nestor));
    }
    expect(directMembers(engine.pim, opsLeads)).not.toContain(lee);
    expect(engine.holdings(lee, 'group')).toEqual([]);
    expect(request.status).toBe('Provisioned');
  });

  it('an activation alone may be ended by an administrator, too', () => {
    engine.submit(reader);
    expect(engine.submit({ ...reader, type: 'AdminRemove' }, person(nestor)).status).toBe('Revoked');
    expect(engine.holdings(alex, 'azure')).toEqual(expect.not.arrayContaining(['activated Reader']));
    expect(refusal(() => engine.submit(reader))).toBe('taken');
  });

  it('a request that waits fails at the decision', () => {
    const request = engine.submit(userAdministrator);
    engine.submit({ ...userAdministrator, type: 'AdminRemove', side: 'eligibility' }, person(nestor));
    decideAs(megan, request, 'Approve');
    expect(request.status).toBe('Failed');
  });
});

describe('a member of a group for a time', () => {
  it('is a member wherever members count, and no longer than that', () => {
    engine.submit(member);
    expect([directMembers(engine.pim, breakGlass), transitiveMembers(engine.pim, breakGlass)]).toEqual([[alex], [alex]]);
    expect(groupsOf(engine.pim, alex)).toContain(breakGlass);
    engine.advance(60);
    expect([directMembers(engine.pim, breakGlass), groupsOf(engine.pim, alex).has(breakGlass)]).toEqual([[], false]);
  });

  it('has what the group has: active roles, and eligibility for more', () => {
    const owner: Wish = { type: 'SelfActivate', kind: 'azure', role: 'Owner', scope: rgApp, principalId: alex };
    const { scope } = engine.place('azure', 'Owner', rgApp);
    const write = 'Microsoft.Authorization/roleAssignments/write';
    expect(mayDo(engine.pim, alex, write, scope)).toBe(false);
    expect(refusal(() => engine.submit(owner))).toBe('400 RoleAssignmentRequestPolicyValidationFailed EligibilityRule');
    engine.submit(member);
    expect(mayDo(engine.pim, alex, write, scope)).toBe(true);
    expect(refusal(() => engine.submit(owner))).toBe('taken');
  });

  it('approves for the group, but never their own request', () => {
    const request = engine.submit({ ...reader, role: 'Contributor', scope: rgApp, principalId: megan, minutes: 60 });
    expect(mayDecide(engine.pim, { ...request, approval: approvalOf(request) }, person(alex))).toBe(false);
    engine.submit({ ...member, scope: opsLeads });
    expect(mayDecide(engine.pim, { ...request, approval: approvalOf(request) }, person(alex))).toBe(true);
    expect(mayDecide(engine.pim, { ...request, approval: approvalOf(request) }, person(megan))).toBe(false);
  });
});

function approvalOf({ approval }: ScheduleRequest): NonNullable<ScheduleRequest['approval']> {
  if (approval === null) {
    throw new Error('the request waits for nobody');
  }
  return approval;
}

describe('settings that are changed', () => {
  const place = (): ReturnType<Engine['place']> => engine.place('entra', 'Helpdesk Administrator', '/');
  const change = (rules: Partial<ActivationRules>): void => {
    const policy = policyAt(engine.pim, place().role, place().scope);
    changePolicy(engine.pim, place(), { ...policy, activation: { ...policy.activation, ...rules } }, person(nestor));
  };

  it('hold from then on, until they are reset', () => {
    change({ expiration: { isExpirationRequired: true, maximumDuration: 'PT30M' } });
    expect(refusal(() => engine.submit(helpdesk))).toBe('400 RoleAssignmentRequestPolicyValidationFailed ExpirationRule');
    expect(lastPolicyChange(engine.pim, place().role, place().scope)).toMatchObject({ changedBy: nestor, changedAt: engine.now });
    resetPolicy(engine.pim, place(), person(nestor));
    expect(lastPolicyChange(engine.pim, place().role, place().scope)).toBeNull();
    expect(refusal(() => engine.submit(helpdesk))).toBe('taken');
    expect(engine.activities().slice(0, 2).map(({ activity }) => activity)).toEqual(['Update role setting in PIM', 'Update role setting in PIM']);
  });

  it('an activation ends, even where the rule does not require it', () => {
    change({ expiration: { isExpirationRequired: false, maximumDuration: 'PT8H' } });
    expect(refusal(() => engine.submit({ ...helpdesk, minutes: null }))).toBe('400 RoleAssignmentRequestPolicyValidationFailed ExpirationRule');
  });

  it('MFA and an authentication context exclude each other', () => {
    change({ authenticationContext: { isEnabled: true, claimValue: 'c2' } });
    expect(refusal(() => engine.submit(helpdesk))).toBe('400 RoleAssignmentRequestAcrsValidationFailed');
    expect(refusal(() => { change({ enablement: { mfa: true, justification: false, ticket: false } }); })).toBe('400 MfaAndAcrsConflict');
    expect(refusal(() => engine.submit(helpdesk, person(diego, { acrs: ['c2'] })))).toBe('taken');
  });

  it('approval without approvers is for those who administer the role, and the reason is asked for as the rule says', () => {
    const { approval } = policyAt(engine.pim, place().role, place().scope).activation;
    change({ approval: { ...approval, isApprovalRequired: true, isApproverJustificationRequired: false } });
    const request = engine.submit(helpdesk);
    expect(decideAs(megan, request, 'Approve', '')).toBe('403 Authorization_RequestDenied');
    expect(decideAs(nestor, request, 'Approve', '')).toBe('taken');
  });
});

describe('the seed', () => {
  const contributor = { kind: 'azure', principalId: lee, role: 'Contributor', scope: production } as const;

  it('assigned roles are active from their start to their end', () => {
    engine = new Engine({ ...threeKinds, assigned: [{ ...contributor, start: '2026-01-05T09:00:00Z', end: '2026-01-05T10:00:00Z' }] });
    expect(engine.holdings(lee, 'azure')).toEqual([]);
    engine.advance(60);
    expect(engine.holdings(lee, 'azure')).toEqual(['assigned Contributor']);
    engine.advance(60);
    expect(engine.holdings(lee, 'azure')).toEqual([]);
    expect(engine.activities().map(({ activity, at, actor }) => [activity, at, actor])).toEqual([
      ['Remove member from role in PIM completed (timebound)', '2026-01-05T10:00:00.000Z', null],
    ]);
  });

  it('eligibility counts from its start', () => {
    engine = new Engine({ ...threeKinds, eligible: [{ kind: 'group', principalId: lee, role: 'member', scope: breakGlass, start: '2026-01-05T09:00:00Z' }] });
    const early = { ...member, principalId: lee };
    expect(refusal(() => engine.submit(early))).toBe('400 RoleAssignmentRequestPolicyValidationFailed EligibilityRule');
    engine.advance(60);
    expect(refusal(() => engine.submit(early))).toBe('taken');
  });

  it('what was over before the start leaves no trace', () => {
    engine = new Engine({ ...threeKinds, eligible: [{ ...contributor, end: '2025-01-01T00:00:00Z' }], assigned: [{ ...contributor, end: '2025-01-01T00:00:00Z' }] });
    engine.advance(1);
    expect([engine.holdings(lee, 'azure'), engine.activities()]).toEqual([[], []]);
  });

  it('scopes have the ids that Graph has for them', () => {
    const ids = [engine.place('entra', 'Global Reader', '/'), engine.place('entra', 'Global Reader', `/administrativeUnits/${unit}`), engine.place('group', 'member', breakGlass)];
    expect(ids.map(({ scope }) => [scope.type, scope.name, graphScopeId(scope)])).toEqual([
      ['directory', 'Directory', '/'],
      ['administrativeunit', 'Munich office', `/administrativeUnits/${unit}`],
      ['group', 'Production break-glass', breakGlass],
    ]);
  });
});
