import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkActivation, longestJustification, longestTicketField } from '../../src/pim/check-activation.ts';
import type { ActivationInput, ActivationTimes, Reason } from '../../src/pim/check-activation.ts';
import type { RoleSettings } from '../../src/pim/model.ts';
import { roleSettingsFromRules } from '../../src/pim/role-settings.ts';

const lenient: RoleSettings = {
  maximumMinutes: 480,
  justificationRequired: false,
  ticketRequired: false,
  mfaRequired: false,
  authenticationContext: null,
  approvalRequired: false,
  approvers: [],
  approverJustificationRequired: false,
  notifiesAdministrators: false,
};
const strict: RoleSettings = { ...lenient, maximumMinutes: 120, justificationRequired: true, ticketRequired: true, approvalRequired: true };
const now = new Date('2026-11-23T14:05:00Z');
const times: ActivationTimes = { now, eligibleUntil: null };
const filled: ActivationInput = { start: null, minutes: 60, justification: 'Deploy', ticket: { number: 'INC1', system: 'ServiceNow' } };

const refusals: readonly [string, RoleSettings | null, Partial<ActivationInput>, readonly Reason[]][] = [
  ['no duration', strict, { minutes: null }, [{ code: 'durationMissing' }]],
  ['half a minute', strict, { minutes: 30.5 }, [{ code: 'durationMissing' }]],
  ['a duration that is no number', strict, { minutes: Number.NaN }, [{ code: 'durationMissing' }]],
  ['a minute over the maximum', strict, { minutes: 121 }, [{ code: 'durationTooLong', maximumMinutes: 120 }]],
  ['a minute under half an hour', strict, { minutes: 29 }, [{ code: 'durationTooShort', minimumMinutes: 30 }]],
  ['zero minutes', strict, { minutes: 0 }, [{ code: 'durationTooShort', minimumMinutes: 30 }]],
  ['a negative duration', strict, { minutes: -60 }, [{ code: 'durationTooShort', minimumMinutes: 30 }]],
  ['less than a short maximum', { ...strict, maximumMinutes: 20 }, { minutes: 19 }, [{ code: 'durationTooShort', minimumMinutes: 20 }]],
  ['half an hour where only 20 minutes are allowed', { ...strict, maximumMinutes: 20 }, { minutes: 30 }, [{ code: 'durationTooLong', maximumMinutes: 20 }]],
  ['no justification', strict, { justification: '' }, [{ code: 'justificationMissing' }]],
  ['a justification of blanks', strict, { justification: ' \n\t' }, [{ code: 'justificationMissing' }]],
  ['a justification too long', strict, { justification: 'x'.repeat(longestJustification + 1) }, [{ code: 'justificationTooLong' }]],
  ['no ticket', strict, { ticket: null }, [{ code: 'ticketNumberMissing' }, { code: 'ticketSystemMissing' }]],
  ['no ticket number', strict, { ticket: { number: ' ', system: 'SN' } }, [{ code: 'ticketNumberMissing' }]],
  ['no ticket system', strict, { ticket: { number: '1', system: '' } }, [{ code: 'ticketSystemMissing' }]],
  ['a ticket too long, even one not asked for', lenient, { ticket: { number: 'x'.repeat(longestTicketField + 1), system: '' } }, [{ code: 'ticketTooLong' }]],
  ['everything at once', strict, { minutes: 500, justification: '', ticket: null }, [
    { code: 'durationTooLong', maximumMinutes: 120 }, { code: 'justificationMissing' },
    { code: 'ticketNumberMissing' }, { code: 'ticketSystemMissing' },
  ]],
  ['unreadable settings and no duration', null, { minutes: null }, [{ code: 'durationMissing' }]],
  ['unreadable settings and less than PIM ever allows', null, { minutes: 4 }, [{ code: 'durationTooShort', minimumMinutes: 5 }]],
  ['unreadable settings and a justification too long', null, { justification: 'x'.repeat(longestJustification + 1) }, [{ code: 'justificationTooLong' }]],
];

describe('checkActivation', () => {
  it.each(refusals)('refuses %s', (_, settings, change, reasons) => {
    expect(checkActivation(settings, { ...filled, ...change }, times)).toEqual({ ok: false, reasons });
  });

  it.each([
    ['exactly the maximum', strict, { minutes: 120 }, true],
    ['exactly half an hour', strict, { minutes: 30 }, true],
    ['the maximum of a role that allows less than half an hour', { ...strict, maximumMinutes: 20 }, { minutes: 20 }, true],
    ['a justification of just the longest length', strict, { justification: 'x'.repeat(longestJustification) }, true],
    ['a ticket of just the longest length', strict, { ticket: { number: 'x'.repeat(longestTicketField), system: 'x'.repeat(longestTicketField) } }, true],
    ['neither reason nor ticket where none is asked for', lenient, { justification: '', ticket: null }, false],
    ['what only PIM can judge, when the settings are unreadable', null, { minutes: 100_000, justification: '', ticket: null }, false],
  ] satisfies [string, RoleSettings | null, Partial<ActivationInput>, boolean][])('allows %s', (_, settings, change, needsApproval) => {
    expect(checkActivation(settings, { ...filled, ...change }, times)).toEqual({ ok: true, needsApproval });
  });
});

const incident = { system: 'ServiceNow', pattern: 'INC\\d+', link: null };
const listed = { ...strict, ticketLists: [[incident], [{ ...incident, system: 'Jira', pattern: '.+' }, { ...incident, pattern: 'INC1' }]] };

describe('promise 30: a ticket that our settings describe', () => {
  it.each([
    ['of another form', { number: 'CHG1', system: 'ServiceNow' }],
    ['that only one of two lists knows', { number: 'INC2', system: 'ServiceNow' }],
  ])('is refused where it is one %s', (_, ticket) => {
    const reasons = [{ code: 'ticketNotAccepted', ticketForms: 'ServiceNow: INC\\d+; Jira: .+; ServiceNow: INC1' }];
    expect(checkActivation(listed, { ...filled, ticket }, times)).toEqual({ ok: false, reasons });
  });

  it('is allowed where each list knows it', () => {
    expect(checkActivation(listed, filled, times)).toEqual({ ok: true, needsApproval: true });
  });

  it('is not called one of another form where there is none', () => {
    const reasons = [{ code: 'ticketNumberMissing' }, { code: 'ticketSystemMissing' }];
    expect(checkActivation(listed, { ...filled, ticket: null }, times)).toEqual({ ok: false, reasons });
  });
});

const later = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000);

describe('a later start', () => {
  it.each<[string, Partial<ActivationInput>, Date | null, readonly Reason[]]>([
    ['that is now', { start: now }, null, [{ code: 'startPast' }]],
    ['that has passed', { start: later(-1) }, null, [{ code: 'startPast' }]],
    ['that is no time', { start: new Date(Number.NaN) }, null, [{ code: 'startPast' }]],
    ['a year and a minute from now', { start: later(365 * 1440 + 1) }, null, [{ code: 'startTooFar' }]],
    ['when the eligibility ends', { start: later(600) }, later(600), [{ code: 'startAfterEligibility', eligibleUntil: later(600) }]],
    ['so near to the eligibility\'s end that the duration goes beyond it', { start: later(600), minutes: 61 }, later(660), [{ code: 'endAfterEligibility', eligibleUntil: later(660) }]],
    ['beside other faults', { start: now, minutes: null }, null, [{ code: 'startPast' }, { code: 'durationMissing' }]],
  ])('%s is refused, whether or not the settings are known', (_, change, eligibleUntil, reasons) => {
    for (const settings of [strict, null]) {
      expect(checkActivation(settings, { ...filled, ...change }, { now, eligibleUntil })).toEqual({ ok: false, reasons });
    }
  });

  it.each<[string, Partial<ActivationInput>, Date | null]>([
    ['a minute from now', { start: later(1) }, null],
    ['a year from now', { start: later(365 * 1440) }, null],
    ['that ends together with the eligibility', { start: later(600), minutes: 60 }, later(660)],
    ['none, when the eligibility ends before the activation would: PIM judges', { start: null, minutes: 60 }, later(10)],
  ])('%s is allowed', (_, change, eligibleUntil) => {
    expect(checkActivation(strict, { ...filled, ...change }, { now, eligibleUntil })).toEqual({ ok: true, needsApproval: true });
  });
});

/** PIM's own judgement, told independently: straight from the policy's rules. */
interface Policy {
  readonly hours: number;
  readonly enabled: readonly ('Justification' | 'Ticketing' | 'MultiFactorAuthentication')[];
  readonly approval: boolean;
}

function rulesOf({ hours, enabled, approval }: Policy): readonly unknown[] {
  return [
    { id: 'Expiration_EndUser_Assignment', ruleType: 'RoleManagementPolicyExpirationRule', maximumDuration: `PT${hours}H` },
    { id: 'Enablement_EndUser_Assignment', ruleType: 'RoleManagementPolicyEnablementRule', enabledRules: enabled },
    { id: 'Approval_EndUser_Assignment', ruleType: 'RoleManagementPolicyApprovalRule', setting: { isApprovalRequired: approval } },
  ];
}

function pimRefuses({ hours, enabled }: Policy, { minutes, justification, ticket }: ActivationInput): boolean {
  return minutes === null || minutes > hours * 60 || minutes < 5
    || (enabled.includes('Justification') && justification.trim() === '')
    || (enabled.includes('Ticketing') && (ticket === null || ticket.number.trim() === '' || ticket.system.trim() === ''));
}

const policies: fc.Arbitrary<Policy> = fc.record({
  hours: fc.integer({ min: 1, max: 24 }),
  enabled: fc.subarray(['Justification', 'Ticketing', 'MultiFactorAuthentication'] as const),
  approval: fc.boolean(),
});
const words = fc.oneof(fc.constant(''), fc.constant('  '), fc.string({ maxLength: 20 }));
const inputs: fc.Arbitrary<ActivationInput> = fc.record({
  start: fc.option(fc.date({ noInvalidDate: true })),
  minutes: fc.option(fc.oneof(fc.integer({ min: -10, max: 3000 }), fc.integer({ min: 1, max: 24 }).map((hours) => hours * 60))),
  justification: words,
  ticket: fc.option(fc.record({ number: words, system: words })),
});

describe('our check and PIM', () => {
  // Guards: checkActivation in src/pim/check-activation.ts; roleSettingsFromRules in src/pim/role-settings.ts.
  it('promise 30: nothing that a policy refuses passes our check, and approval is never left out', () => {
    fc.assert(fc.property(policies, inputs, (policy, input) => {
      const verdict = checkActivation(roleSettingsFromRules(rulesOf(policy)), input, times);
      if (!verdict.ok) return;
      expect(pimRefuses(policy, input)).toBe(false);
      expect(verdict.needsApproval).toBe(policy.approval);
    }), { numRuns: 2000 });
  });

  // Guard: roleSettingsFromRules in src/pim/role-settings.ts (what a missing rule counts as).
  it('promise 30: taking a rule away never makes our check pass what it refused', () => {
    fc.assert(fc.property(policies, inputs, fc.nat(2), (policy, input, missing) => {
      const whole = roleSettingsFromRules(rulesOf(policy));
      const partial = roleSettingsFromRules(rulesOf(policy).filter((_, index) => index !== missing));
      if (checkActivation(partial, input, times).ok) expect(checkActivation(whole, input, times).ok).toBe(true);
    }), { numRuns: 2000 });
  });
});
