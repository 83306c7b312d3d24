import * as fc from 'fast-check';
import { KnownStatus } from '@azure/arm-authorization';
import { describe, expect, it } from 'vitest';
import { activationState, activationWindow, canMove, isFinal } from '../../src/pim/activation-status.ts';
import type { ActivationState } from '../../src/pim/activation-status.ts';

const now = new Date('2026-03-01T10:00:00Z');
const past = new Date('2026-03-01T09:00:00Z');
const future = new Date('2026-03-01T11:00:00Z');
const running = { start: past, end: future };

const table: Readonly<Record<KnownStatus, ActivationState>> = {
  Accepted: 'submitting',
  PendingEvaluation: 'submitting',
  Granted: 'active',
  Denied: 'denied',
  PendingProvisioning: 'submitting',
  Provisioned: 'active',
  PendingRevocation: 'deactivated',
  Revoked: 'deactivated',
  Canceled: 'withdrawn',
  Failed: 'failed',
  PendingApprovalProvisioning: 'pending',
  PendingApproval: 'pending',
  FailedAsResourceIsLocked: 'failed',
  PendingAdminDecision: 'pending',
  AdminApproved: 'submitting',
  AdminDenied: 'denied',
  TimedOut: 'timedOut',
  ProvisioningStarted: 'submitting',
  Invalid: 'failed',
  PendingScheduleCreation: 'submitting',
  ScheduleCreated: 'active',
  PendingExternalProvisioning: 'submitting',
};

const states: readonly ActivationState[] = [
  'draft', 'submitting', 'pending', 'scheduled', 'active', 'denied', 'timedOut', 'withdrawn', 'failed', 'deactivated', 'expired',
];

describe('activationState', () => {
  it.each(Object.values(KnownStatus))('has a meaning for PIM’s %s, in any case', (status) => {
    expect(activationState(status, running, now)).toBe(table[status]);
    expect(activationState(status.toUpperCase(), running, now)).toBe(table[status]);
  });

  it.each(['Provisioned', 'Granted', 'ScheduleCreated'])('lets the clock say what %s means', (status) => {
    expect(activationState(status, { start: future, end: null }, now)).toBe('scheduled');
    expect(activationState(status, { start: past, end: null }, now)).toBe('active');
    expect(activationState(status, { start: null, end: null }, now)).toBe('active');
    expect(activationState(status, { start: now, end: future }, now)).toBe('active');
    expect(activationState(status, { start: past, end: now }, now)).toBe('expired');
  });

  // Guard: activationState in src/pim/activation-status.ts (a status without a meaning is `inProgress`).
  it('promise 15: a status that we do not know is neither a success nor an end', () => {
    fc.assert(fc.property(fc.string(), (status) => {
      fc.pre(!Object.values(KnownStatus).some((known) => known.toLowerCase() === status.toLowerCase()));
      expect(activationState(status, running, now)).toBe('submitting');
    }));
    for (const name of ['constructor', '__proto__', 'toString', '']) expect(activationState(name, running, now)).toBe('submitting');
  });
});

describe('activationWindow', () => {
  it('counts the minutes from the start, or from when the request was made', () => {
    expect(activationWindow({ start: now, createdAt: past, minutes: 60 })).toEqual({ start: now, end: future });
    expect(activationWindow({ start: null, createdAt: past, minutes: 60 })).toEqual({ start: past, end: now });
    expect(activationWindow({ start: null, createdAt: past, minutes: null })).toEqual({ start: past, end: null });
  });
});

const anyState = fc.constantFrom(...states);

/** What remembering does: an answer is taken when it may be, and passed over when not. */
function follow(start: ActivationState, answers: readonly ActivationState[]): readonly ActivationState[] {
  const path = [start];
  for (const answer of answers) {
    const present = path.at(-1) ?? start;
    if (canMove(present, answer)) path.push(answer);
  }
  return path;
}

describe('the state machine', () => {
  it('ends in six ways and nowhere else', () => {
    expect(states.filter(isFinal)).toEqual(['denied', 'timedOut', 'withdrawn', 'failed', 'deactivated', 'expired']);
  });

  it.each([
    ['draft', 'submitting'], ['submitting', 'pending'], ['pending', 'active'], ['pending', 'denied'], ['scheduled', 'active'],
    ['active', 'expired'], ['active', 'deactivated'],
  ] satisfies [ActivationState, ActivationState][])('goes from %s to %s', (from, to) => {
    expect(canMove(from, to)).toBe(true);
  });

  it.each([
    ['active', 'pending'], ['active', 'denied'], ['active', 'submitting'], ['pending', 'submitting'], ['pending', 'draft'],
    ['denied', 'active'], ['expired', 'active'], ['withdrawn', 'pending'], ['draft', 'active'], ['pending', 'pending'],
  ] satisfies [ActivationState, ActivationState][])('never goes from %s to %s', (from, to) => {
    expect(canMove(from, to)).toBe(false);
  });

  // Guard: canMove in src/pim/activation-status.ts.
  it('promise 11: whatever answers come late, twice or in disorder, an end stays the end and no state comes twice', () => {
    fc.assert(fc.property(anyState, fc.array(anyState, { maxLength: 40 }), (start, answers) => {
      const path = follow(start, answers);
      expect(new Set(path).size).toBe(path.length);
      expect(path.slice(0, -1).filter(isFinal)).toEqual([]);
    }), { numRuns: 2000 });
  });

  it('promise 11: repeating each answer changes nothing', () => {
    fc.assert(fc.property(fc.array(anyState, { maxLength: 20 }), (answers) => {
      expect(follow('draft', answers.flatMap((answer) => [answer, answer]))).toEqual(follow('draft', answers));
    }));
  });
});
