import { describe, expect, it } from 'vitest';
import { onlyApprovalsSince } from '../../../src/bot/approvals/count-approval.ts';
import {
  approvalProgress, isCurrentApprover, isStillApprover, requireReadable, withPerson, type CurrentApprovers, type CurrentRequirement,
} from '../../../src/bot/approvals/current-approvers.ts';
import type { Person } from '../../../src/pim/model.ts';

// Guards of promises 9 and 11: `isCurrentApprover`, `isStillApprover`, `approvalProgress`, `withPerson` and `requireReadable`
// (src/bot/approvals/current-approvers.ts). Of promise 12: `onlyApprovalsSince` (src/bot/approvals/count-approval.ts).

const person = (id: string): Person => ({ id, name: id, userPrincipalName: `${id}@contoso.example` });
const unread = { approver: { id: 'g', kind: 'group' as const, name: 'Leads' }, passing: true };

function listOf(ids: string, more: Partial<CurrentRequirement> = {}): CurrentRequirement {
  return { people: ids.split(' ').map(person), count: 1, unreadable: [], isWhole: true, onlyPimKnows: false, ...more };
}

const approversOf = (...requirements: readonly CurrentRequirement[]): CurrentApprovers => ({ heldBy: 'bot', requirements });

describe('promise 9: an approver', () => {
  const approvers = approversOf(listOf('a b'), listOf('C'));

  it.each([['a', true], ['B', true], ['c', true], ['d', false], ['', false]])('is whoever is on a list: %s', (id, expected) => {
    expect(isCurrentApprover(approvers, id)).toBe(expected);
    expect(isStillApprover(approvers, id)).toBe(expected);
  });

  it('is nobody where there is no list', () => {
    expect(isCurrentApprover(approversOf(), 'a')).toBe(false);
    expect(isStillApprover(approversOf(), 'a')).toBe(false);
  });

  it('may be anybody where one list of several is not whole', () => {
    const unknown = approversOf(listOf('a'), listOf('b', { isWhole: false }));
    expect(isStillApprover(unknown, 'd')).toBeNull();
    expect(isStillApprover(unknown, 'a')).toBe(true);
  });

  it('may be on a list that could not be read', () => {
    expect(() => { requireReadable(approvers); }).not.toThrow();
    expect(() => { requireReadable(approversOf(listOf('a'), listOf('b', { unreadable: [unread] }))); })
      .toThrow(expect.objectContaining({ code: 'unavailable', message: 'a list of approvers could not be read' }));
  });

  it('is who PIM says, on every list and once', () => {
    const told = withPerson(approvers, { id: 'b', name: 'Ben' });
    expect(told.heldBy).toBe('bot');
    expect(told.requirements.map(({ people }) => people.map(({ id }) => id))).toEqual([['a', 'b'], ['C', 'b']]);
    expect(told.requirements[1]?.people[1]).toEqual({ id: 'b', name: 'Ben', userPrincipalName: '' });
  });
});

describe('promise 11: approvals', () => {
  it('count in each list for those who are on it, and no further than it takes', () => {
    const approvers = approversOf(listOf('a b c', { count: 2 }), listOf('c d'));
    expect(approvalProgress(approvers, [])).toEqual({ given: 0, needed: 3 });
    expect(approvalProgress(approvers, ['A'])).toEqual({ given: 1, needed: 3 });
    expect(approvalProgress(approvers, ['a', 'A'])).toEqual({ given: 1, needed: 3 });
    expect(approvalProgress(approvers, ['c'])).toEqual({ given: 2, needed: 3 });
    expect(approvalProgress(approvers, ['a', 'b', 'x'])).toEqual({ given: 2, needed: 3 });
    expect(approvalProgress(approvers, ['a', 'b', 'c', 'd'])).toEqual({ given: 3, needed: 3 });
  });

  it('of one person who stands twice on a list count once', () => {
    expect(approvalProgress(approversOf(listOf('a A b', { count: 2 })), ['a'])).toEqual({ given: 1, needed: 2 });
  });

  it('of whomever PIM has let through count where only PIM knows its list', () => {
    expect(approvalProgress(approversOf(listOf('a', { count: 2, onlyPimKnows: true })), ['x', 'X'])).toEqual({ given: 1, needed: 2 });
    expect(approvalProgress(approversOf(listOf('a', { count: 2, onlyPimKnows: true })), ['x', 'y', 'z'])).toEqual({ given: 2, needed: 2 });
  });

  it('are none where nobody is asked', () => {
    expect(approvalProgress(approversOf(), ['a'])).toEqual({ given: 0, needed: 0 });
  });
});

describe('promise 12: a card of an older version', () => {
  const given = [4, 5].map((version) => ({ by: { id: 'a', name: 'Ann' }, at: new Date(0), version, reason: '' }));

  it.each([
    [3, 5, true], [4, 5, true], [5, 5, true], [3, 3, true], [3, 6, false], [2, 5, false], [2, 3, false], [5, 6, false], [6, 5, false], [9, 3, false],
  ])('shows what is true still, of version %d where version %d is the present one: %s', (shown, present, expected) => {
    expect(onlyApprovalsSince(given, shown, present)).toBe(expected);
  });
});
