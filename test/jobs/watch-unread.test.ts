import { expect, test } from 'vitest';
import type { BotParts } from '../../src/bot/parts.ts';
import { showStatus } from '../../src/bot/activations/show-activation.ts';
import { watchActivation } from '../../src/jobs/watch-activation.ts';
import { PimError } from '../../src/pim/errors.ts';
import { findActivation } from '../../src/store/activations.ts';
import { openDesk } from '../bot/approvals/one-request.ts';
import { alex, seen, turnOf } from '../bot/stand-in.ts';

// Guard: `isLongUndecided` (src/jobs/watch-activation.ts).
test('a request that nobody may read any more, its requester having signed out, is over a day later, and says that it does not know how', async () => {
  await using desk = await openDesk();
  const { requestId } = await desk.request('pending');
  const refused = (code: 'notPermitted' | 'signInRequired') => (): Promise<never> => Promise.reject(new PimError(code, 'no'));
  const parts: BotParts = {
    ...desk.parts, pimReader: { ...desk.parts.pimReader, readRequest: refused('notPermitted') }, signIn: { ...desk.parts.signIn, pimOf: refused('signInRequired') },
  };
  const stateAfter = async (minutes: number): Promise<string | undefined> => {
    desk.wait(minutes);
    await watchActivation(parts, requestId, 0);
    return (await findActivation(parts.store.db, requestId))?.state;
  };
  expect(await stateAfter(24 * 60)).toBe('pending');
  expect(await stateAfter(11)).toBe('timedOut');
  expect(desk.jobs.slice(-2)).toEqual(['refresh-cards', 'tell-requester']);
  const ended = await findActivation(parts.store.db, requestId);
  expect(ended === null ? '' : seen(await showStatus(parts, turnOf(alex), ended)).words).toContain('has not told this bot how it ended');
});
