import * as fc from 'fast-check';
import { KnownStatus } from '@azure/arm-authorization';
import { describe, expect, it } from 'vitest';
import {
  activationState, activationWindow, beginsAsRequested, canMove, failureOf, hasBegun, isFinal, isLater, isPlanned, isUndecided, notAtPim, plannedStart,
  waitsForApproval,
} from '../../src/pim/activation-status.ts';
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

describe('failureOf', () => {
  it('knows of one status why PIM could not carry the request out, in any case', () => {
    expect(Object.values(KnownStatus).filter((status) => failureOf(status) !== null)).toEqual(['FailedAsResourceIsLocked']);
    expect(failureOf('FAILEDASRESOURCEISLOCKED')).toBe('resourceLocked');
  });
});

describe('isUndecided', () => {
  it.each(Object.values(KnownStatus))('says of %s what its meaning says', (pimStatus) => {
    expect(isUndecided({ pimStatus, createdAt: now })).toBe(['pending', 'submitting'].includes(table[pimStatus]));
  });
});

/** Later than `now` by so many milliseconds. */
const after = (ms: number): Date => new Date(now.getTime() + ms);
const minute = 60_000;

describe('a start', () => {
  it('is later than another one by more than a minute', () => {
    expect(isLater(after(minute), now)).toBe(false);
    expect(isLater(after(minute + 1), now)).toBe(true);
    expect(isLater(now, after(minute + 1))).toBe(false);
  });

  it('is planned where a request names one that is later than the request', () => {
    expect(plannedStart({ start: future, createdAt: now })).toBe(future);
    expect(plannedStart({ start: after(minute), createdAt: now })).toBe(null);
    expect(plannedStart({ start: null, createdAt: past })).toBe(null);
  });

  it.each(Object.values(KnownStatus))('is planned with %s where PIM has granted it', (pimStatus) => {
    const isGranted = pimStatus === 'Granted' || pimStatus === 'ScheduleCreated';
    expect(isPlanned({ pimStatus: pimStatus.toUpperCase(), start: future, createdAt: now })).toBe(isGranted);
    expect(isPlanned({ pimStatus, start: null, createdAt: now })).toBe(false);
    expect(isPlanned({ pimStatus, start: now, createdAt: now })).toBe(false);
  });
});

// Guard: beginsAsRequested in src/pim/activation-status.ts.
describe('promise 13: a request begins', () => {
  const begins = (requested: Date | null, start: Date | null): boolean => beginsAsRequested(requested, { start, createdAt: now }, now);

  it('at once where no start was asked for, as far as clocks agree', () => {
    expect(begins(null, null)).toBe(true);
    expect(begins(null, past)).toBe(true);
    expect(begins(null, after(5 * minute))).toBe(true);
    expect(begins(null, after(5 * minute + 1))).toBe(false);
  });

  it('at the start that was asked for, and neither earlier nor later', () => {
    expect(begins(future, future)).toBe(true);
    expect(begins(future, after(61 * minute))).toBe(true);
    expect(begins(future, after(61 * minute + 1))).toBe(false);
    expect(begins(future, after(59 * minute))).toBe(true);
    expect(begins(future, after(59 * minute - 1))).toBe(false);
    expect(begins(future, null)).toBe(false);
  });

  it('as soon as possible where the start that was asked for has passed', () => {
    expect(begins(past, now)).toBe(true);
    expect(begins(past, null)).toBe(true);
    expect(begins(past, future)).toBe(false);
    expect(begins(now, past)).toBe(false);
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

  const everyMove: Readonly<Record<ActivationState, string>> = {
    draft: 'held awaitingStepUp submitting',
    held: 'approved denied timedOut withdrawn',
    approved: 'awaitingStepUp submitting timedOut withdrawn',
    awaitingStepUp: 'held approved submitting pending scheduled active denied timedOut withdrawn failed deactivated expired',
    submitting: 'approved awaitingStepUp pending scheduled active denied timedOut withdrawn failed deactivated expired',
    pending: 'scheduled active denied timedOut withdrawn failed deactivated expired',
    scheduled: 'active withdrawn failed deactivated expired',
    active: 'deactivated expired',
    denied: '', timedOut: '', withdrawn: '', failed: '', deactivated: '', expired: '',
  };
  const everyState: readonly ActivationState[] = [...states, 'held', 'approved', 'awaitingStepUp'];

  it.each(everyState)('goes from %s to where that may lead, and nowhere else', (from) => {
    const moves = everyMove[from].split(' ').filter((to) => to !== '');
    expect(everyState.filter((to) => canMove(from, to)).toSorted()).toEqual(moves.toSorted());
  });

  it('waits for approval, at PIM or here, in two states', () => {
    expect(everyState.filter(waitsForApproval)).toEqual(['pending', 'held']);
  });

  it('is unknown to PIM in four states', () => {
    expect(everyState.filter((state) => notAtPim.has(state))).toEqual(['draft', 'held', 'approved', 'awaitingStepUp']);
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

describe('a right that was there', () => {
  const begun = (state: ActivationState, startAt: Date | null): boolean => hasBegun({ state, startAt }, now);

  it('is one that is there, or that has ended after its start', () => {
    expect([begun('active', null), begun('active', future)]).toEqual([true, true]);
    for (const state of ['expired', 'deactivated'] as const) {
      expect([begun(state, past), begun(state, now), begun(state, future), begun(state, null)]).toEqual([true, true, false, false]);
    }
  });

  it.each(['draft', 'held', 'approved', 'awaitingStepUp', 'submitting', 'pending', 'scheduled', 'denied', 'timedOut', 'withdrawn', 'failed'] as const)('is none that is %s', (state) => {
    expect(begun(state, past)).toBe(false);
  });
});
