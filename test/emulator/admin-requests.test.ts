import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/emulator/identity.ts';
import { changePolicy, policyAt } from '../../src/emulator/policies.ts';
import type { LevelRules } from '../../src/emulator/policy.ts';
import type { RoleKind } from '../../src/emulator/roles.ts';
import type { Side } from '../../src/emulator/state.ts';
import { Engine, application, breakGlass, person, provisioner, refusal, threeKinds, unit } from './engine.ts';
import type { Wish } from './engine.ts';
import { alex, bot, diego, lee, megan, nestor, opsLeads, production, rgApp } from './people.ts';

let engine: Engine;
beforeEach(() => {
  engine = new Engine();
});

/** One role of each kind that nobody has yet, and who may administer it. */
const kinds = [
  { kind: 'azure', role: 'Contributor', scope: production, administrator: nestor, refused: '403 AuthorizationFailed' },
  { kind: 'entra', role: 'Reports Reader', scope: '/', administrator: nestor, refused: '403 Authorization_RequestDenied' },
  { kind: 'group', role: 'member', scope: opsLeads, administrator: nestor, refused: '403 Authorization_RequestDenied' },
] as const satisfies readonly { kind: RoleKind; role: string; scope: string; administrator: string; refused: string }[];

const sides: readonly Side[] = ['assignment', 'eligibility'];
const cases = kinds.flatMap((kind) => sides.map((side) => ({ ...kind, side })));
type Case = (typeof cases)[number];

function wishOf({ kind, role, scope, side }: Case, type: Wish['type'], more: Partial<Wish> = {}): Wish {
  return { type, kind, role, scope, side, principalId: lee, ...more };
}

function wordOf({ side, role }: Case): string {
  return `${side === 'eligibility' ? 'eligible' : 'assigned'} ${role}`;
}

/** Changes what administrators are held to. */
function ask({ kind, role, scope, side }: Case, rules: Partial<LevelRules>): void {
  const place = engine.place(kind, role, scope);
  const policy = policyAt(engine.pim, place.role, place.scope);
  changePolicy(engine.pim, place, { ...policy, [side]: { ...policy[side], ...rules } }, person(nestor));
}

describe.each(cases)('an administrator, $kind, $side', (of) => {
  const administrator = person(of.administrator);
  const submit = (type: Wish['type'], more: Partial<Wish> = {}, by: Caller = administrator): string => {
    const wish = wishOf(of, type, more);
    return refusal(() => engine.submit(wish, by));
  };

  it('assigns for a time, until a moment, and for good', () => {
    const timed = engine.submit(wishOf(of, 'AdminAssign'), administrator);
    expect([timed.status, timed.completedAt]).toEqual(['Provisioned', engine.now]);
    expect(engine.holdings(lee, of.kind)).toContain(wordOf(of));
    engine.submit(wishOf(of, 'AdminAssign', { principalId: diego, endAt: engine.now + 3_600_000 }), administrator);
    engine.submit(wishOf(of, 'AdminAssign', { principalId: megan, minutes: null }), administrator);
    engine.advance(60);
    expect(engine.holdings(lee, of.kind)).not.toContain(wordOf(of));
    expect(engine.holdings(diego, of.kind)).not.toContain(wordOf(of));
    engine.advance(100_000);
    expect(engine.holdings(megan, of.kind)).toContain(wordOf(of));
  });

  it('assigns for later: Granted until then', () => {
    const request = engine.submit(wishOf(of, 'AdminAssign', { startInMinutes: 30 }), administrator);
    expect(request.status).toBe('Granted');
    expect(engine.holdings(lee, of.kind)).not.toContain(wordOf(of));
    expect(submit('AdminAssign', { startInMinutes: 60 })).toBe('400 RoleAssignmentExists');
    expect(submit('AdminAssign', { minutes: 20 })).toBe('taken');
    engine.advance(30);
    expect(request.status).toBe('Provisioned');
    expect(engine.holdings(lee, of.kind)).toContain(wordOf(of));
  });

  it('assigns to a group', () => {
    expect(submit('AdminAssign', { principalId: breakGlass })).toBe('taken');
    expect(engine.holdings(breakGlass, of.kind)).toContain(wordOf(of));
  });

  it('does not assign what is there, nor to nobody, nor for less than five minutes', () => {
    expect(submit('AdminAssign', { minutes: null })).toBe('taken');
    expect(submit('AdminAssign')).toBe('400 RoleAssignmentExists');
    expect(submit('AdminAssign', { principalId: '99999999-0000-4000-8000-000000000000' })).toBe('400 SubjectNotFound');
    expect(submit('AdminAssign', { principalId: diego, minutes: 4 })).toBe('400 ActiveDurationTooShort');
  });

  it('is held to all rules for administrators at once', () => {
    const enablement = { justification: true, mfa: true, ticket: true };
    ask(of, { enablement, expiration: { isExpirationRequired: true, maximumDuration: 'PT2H' } });
    const all = '400 RoleAssignmentRequestPolicyValidationFailed ExpirationRule JustificationRule TicketingRule MfaRule';
    expect(submit('AdminAssign', { minutes: 121, justification: ' ' })).toBe(all);
    expect(submit('AdminAssign', { minutes: null, justification: ' ' })).toBe(all);
    expect(submit('AdminAssign', { minutes: 120, ticket: 'INC1' }, person(of.administrator, { amr: ['mfa'] }))).toBe('taken');
  });

  it('may assign for longer than the maximum where no end is required', () => {
    ask(of, { expiration: { isExpirationRequired: false, maximumDuration: 'PT2H' } });
    expect(submit('AdminAssign', { minutes: 121 })).toBe('taken');
  });

  it('removes what is there, once', () => {
    submit('AdminAssign', { minutes: null });
    const request = engine.submit(wishOf(of, 'AdminRemove'), administrator);
    expect([request.status, request.schedule]).toEqual(['Revoked', null]);
    expect(engine.holdings(lee, of.kind)).not.toContain(wordOf(of));
    expect(submit('AdminRemove')).toBe('400 RoleAssignmentDoesNotExist');
    expect(submit('AdminAssign')).toBe('taken');
  });

  it.each(['AdminUpdate', 'AdminExtend'] as const)('%s gives another end to what is there', (type) => {
    expect(submit(type)).toBe('400 RoleAssignmentDoesNotExist');
    const made = engine.submit(wishOf(of, 'AdminAssign'), administrator);
    const changed = engine.submit(wishOf(of, type, { minutes: 180, target: made.name }), administrator);
    expect([changed.status, changed.targetName]).toEqual(['Provisioned', made.name]);
    engine.advance(179);
    expect(engine.holdings(lee, of.kind)).toContain(wordOf(of));
    engine.advance(1);
    expect(engine.holdings(lee, of.kind)).not.toContain(wordOf(of));
    expect(submit(type)).toBe('400 RoleAssignmentDoesNotExist');
  });

  it('changes only the schedule that was named, and under the same rules', () => {
    submit('AdminAssign');
    expect(submit('AdminUpdate', { target: '99999999-0000-4000-8000-000000000000' })).toBe('400 RoleAssignmentDoesNotExist');
    ask(of, { expiration: { isExpirationRequired: true, maximumDuration: 'PT2H' } });
    expect(submit('AdminUpdate', { minutes: 121 })).toBe('400 RoleAssignmentRequestPolicyValidationFailed ExpirationRule');
  });

  it('extends up to what was granted for later, and not into it', () => {
    submit('AdminAssign');
    submit('AdminAssign', { startInMinutes: 120 });
    expect(submit('AdminExtend', { minutes: 121 })).toBe('400 RoleAssignmentExists');
    expect(submit('AdminExtend', { minutes: 120 })).toBe('taken');
  });

  it('renews what has ended, and nothing else', () => {
    expect(submit('AdminRenew')).toBe('400 RoleAssignmentDoesNotExist');
    submit('AdminAssign');
    expect(submit('AdminRenew')).toBe('400 RoleAssignmentDoesNotExist');
    engine.advance(60);
    expect(submit('AdminRenew')).toBe('taken');
    expect(engine.holdings(lee, of.kind)).toContain(wordOf(of));
    expect(submit('AdminRenew')).toBe('400 RoleAssignmentExists');
  });

  it('answers whoever asked for an extension', () => {
    submit('AdminAssign');
    const asked = engine.submit(wishOf(of, 'SelfExtend', { minutes: 300 }));
    expect(asked.status).toBe('PendingAdminDecision');
    expect(refusal(() => engine.submit(wishOf(of, 'SelfExtend')))).toBe('400 PendingRoleAssignmentRequest');
    submit('AdminExtend', { minutes: 120 });
    expect(asked.status).toBe('Provisioned');
    const again = engine.submit(wishOf(of, 'SelfExtend', { minutes: 300 }));
    submit('AdminRemove');
    expect(again.status).toBe('Denied');
  });

  it('renews for whoever asked, once it has ended', () => {
    submit('AdminAssign');
    expect(refusal(() => engine.submit(wishOf(of, 'SelfRenew')))).toBe('400 RoleAssignmentDoesNotExist');
    engine.advance(60);
    const asked = engine.submit(wishOf(of, 'SelfRenew'));
    expect(asked.status).toBe('PendingAdminDecision');
    expect(engine.holdings(lee, of.kind)).not.toContain(wordOf(of));
    submit('AdminRenew');
    expect(asked.status).toBe('Provisioned');
    expect(engine.holdings(lee, of.kind)).toContain(wordOf(of));
  });

  it('what is permanent needs no extension, and nobody extends for another', () => {
    submit('AdminAssign', { minutes: null });
    expect(refusal(() => engine.submit(wishOf(of, 'SelfExtend')))).toBe('400 BadRequest');
    const refused = of.kind === 'azure' ? '400 InsufficientPermissions' : '403 Authorization_RequestDenied';
    expect(refusal(() => engine.submit(wishOf(of, 'SelfExtend'), person(alex)))).toBe(refused);
  });

  it('is nobody else', () => {
    for (const type of ['AdminAssign', 'AdminRemove', 'AdminUpdate', 'AdminExtend', 'AdminRenew'] as const) {
      expect(submit(type, {}, person(lee))).toBe(of.refused);
      expect(submit(type, {}, application(bot, ['RoleEligibilitySchedule.Read.Directory', 'RoleManagement.Read.All']))).toBe(of.refused);
    }
  });

  it('may take back what has not begun', () => {
    const request = engine.submit(wishOf(of, 'AdminAssign', { startInMinutes: 30 }), administrator);
    expect(refusal(() => { engine.cancel(request, person(lee)); })).toBe(of.refused);
    engine.cancel(request, administrator);
    engine.advance(60);
    expect(request.status).toBe('Canceled');
    expect(engine.holdings(lee, of.kind)).not.toContain(wordOf(of));
    expect(refusal(() => { engine.cancel(request, administrator); })).toBe('400 BadRequest');
  });

  it('validates without a trace', () => {
    expect(engine.validate(wishOf(of, 'AdminAssign'), administrator).status).toBe('Granted');
    expect(refusal(() => engine.validate(wishOf(of, 'AdminRemove'), administrator))).toBe('400 RoleAssignmentDoesNotExist');
    expect([engine.pim.state.requests.size, engine.activities().length]).toEqual([0, 0]);
  });
});

describe('who administers what', () => {
  const entra: Wish = { type: 'AdminAssign', kind: 'entra', role: 'Reports Reader', scope: '/', principalId: lee };
  const inUnit: Wish = { ...entra, scope: `/administrativeUnits/${unit}` };
  const group: Wish = { type: 'AdminAssign', kind: 'group', role: 'member', scope: breakGlass, principalId: diego };

  it('an administrator of a unit administers the unit alone', () => {
    expect(refusal(() => engine.submit(inUnit, person(diego)))).toBe('taken');
    expect(refusal(() => engine.submit(entra, person(diego)))).toBe('403 Authorization_RequestDenied');
    expect(refusal(() => engine.submit({ ...inUnit, principalId: megan }, person(nestor)))).toBe('taken');
  });

  it('an administrator of Azure scopes is none of the directory, and the other way round', () => {
    const azureOnly = new Engine({ ...threeKinds, administrators: [{ principalId: nestor, scope: production }, { kind: 'entra', principalId: megan }] });
    expect(refusal(() => azureOnly.submit(entra, person(nestor)))).toBe('403 Authorization_RequestDenied');
    const azure: Wish = { type: 'AdminAssign', kind: 'azure', role: 'Contributor', scope: production, principalId: lee };
    expect(refusal(() => azureOnly.submit(azure, person(megan)))).toBe('403 AuthorizationFailed');
  });

  it('a Global Administrator administers once the role is active', () => {
    expect(refusal(() => engine.submit(entra, person(megan)))).toBe('403 Authorization_RequestDenied');
    engine.submit({ type: 'SelfActivate', kind: 'entra', role: 'Global Administrator', scope: '/', principalId: megan });
    expect(refusal(() => engine.submit(entra, person(megan)))).toBe('taken');
  });

  it('a group is administered by its owners: of the seed, and active ones', () => {
    expect(refusal(() => engine.submit(group, person(lee)))).toBe('taken');
    const other = { ...group, principalId: alex };
    expect(refusal(() => engine.submit(other, person(megan)))).toBe('403 Authorization_RequestDenied');
    engine.submit({ ...group, type: 'SelfActivate', role: 'owner', principalId: megan });
    expect(refusal(() => engine.submit(other, person(megan)))).toBe('taken');
    expect(refusal(() => engine.submit({ ...other, scope: opsLeads }, person(megan)))).toBe('403 Authorization_RequestDenied');
  });

  it('an application administers what its permissions and Azure roles name', () => {
    const app = application(provisioner, ['RoleManagement.ReadWrite.Directory', 'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup']);
    expect(refusal(() => engine.submit(entra, app))).toBe('taken');
    expect(refusal(() => engine.submit(group, app))).toBe('taken');
    expect(refusal(() => engine.submit({ ...group, side: 'eligibility' }, app))).toBe('403 Authorization_RequestDenied');
    const azure: Wish = { type: 'AdminAssign', kind: 'azure', role: 'Contributor', scope: rgApp, principalId: lee };
    expect(refusal(() => engine.submit(azure, app))).toBe('taken');
  });

  it('who may not administer learns nothing about who there is', () => {
    const nobody = { ...entra, principalId: '99999999-0000-4000-8000-000000000000' };
    expect(refusal(() => engine.submit(nobody, person(lee)))).toBe('403 Authorization_RequestDenied');
  });
});
