import { expect, test } from 'vitest';
import { verbNames } from '../../src/cards/verbs.ts';
import { approvers, ofAnybody, ofAssignments, ofInquiries, ofSettings, requesters } from '../bot/every-button.ts';

// The tables are in 8-to-13-every-actor-every-state.test.ts and 8-to-13-administrators-cards.test.ts.

test('promises 8 to 13: every action that a card can send is in a table of wrong actors and states', () => {
  const covered = [requesters, approvers, ofAssignments, ofSettings, ofInquiries, ofAnybody].flat().map(({ verb }) => verb);
  expect([...new Set(covered)].toSorted()).toEqual(verbNames.toSorted());
});
