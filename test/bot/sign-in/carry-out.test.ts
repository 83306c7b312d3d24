import { expect, test } from 'vitest';
import type { TokenCredential } from '@azure/core-auth';
import type { BotParts } from '../../../src/bot/parts.ts';
import { carryOut } from '../../../src/bot/sign-in/carry-out.ts';
import { lockActivation, addApproval } from '../../../src/store/approvals-given.ts';
import { findActivation, type Activation } from '../../../src/store/activations.ts';
import { openStepUp, type StepUpRecord } from '../../../src/store/step-ups.ts';
import { alex, megan } from '../stand-in.ts';
import { diego, openDesk, type Desk } from '../approvals/one-request.ts';

// What may have changed in the hour that a stronger sign-in takes. Guards: `takesOurApproval` and `hasAllOthers` (src/bot/sign-in/carry-out.ts).

const credential: TokenCredential = { getToken: async () => null };

/** The bot, with a stronger sign-in that is as good as any. */
function strong({ parts }: Desk, pim: Awaited<ReturnType<BotParts['signIn']['pimOf']>>): BotParts {
  return { ...parts, signIn: { ...parts.signIn, pimWith: () => pim } };
}

function opened({ parts }: Desk, { requestId, version }: Activation, person: typeof megan, action: StepUpRecord['action']): Promise<StepUpRecord> {
  return openStepUp(parts.store.db, { requestId, person, action, reason: 'fine', requestVersion: version, stepUp: { kind: 'mfa' }, createdAt: parts.clock.now() });
}

test('promise 30: what our settings ask approval for by now waits for it, also after a stronger sign-in', async () => {
  await using desk = await openDesk();
  const waiting = await desk.request('awaitingStepUp');
  const stepUp = await opened(desk, waiting, alex, 'activate');
  const parts = strong(desk, await desk.parts.signIn.pimOf(alex.id));
  expect(await carryOut(parts, stepUp, credential)).toEqual({ outcome: 'pending' });
  expect((await findActivation(parts.store.db, waiting.requestId))?.state).toBe('held');
  expect(desk.jobs).toEqual(expect.arrayContaining(['find-approvers', 'expire-request']));
  expect(await carryOut(parts, stepUp, credential)).toEqual({ outcome: 'tooLate' });
  expect(desk.effects).toEqual([]);
});

test.each([[false, 'done', ['Diego Siciliani approve']], [true, 'tooLate', []]] as const)('promise 9: the last approval is sent only with those before it (one has left: %s)', async (hasLeft, outcome, effects) => {
  await using desk = await openDesk({ approvalsRequired: 2 });
  const { requestId } = await desk.request('pending');
  const { store, clock } = desk.parts;
  await store.transaction(async (tx) => {
    await lockActivation(tx, requestId);
    for (const by of [megan, diego]) await addApproval(tx, requestId, { by, reason: 'fine', at: clock.now() });
  });
  const counted = await findActivation(store.db, requestId);
  if (counted === null) throw new Error('the request is gone');
  const stepUp = await opened(desk, counted, diego, 'approve');
  if (hasLeft) desk.approvers.delete(megan.id);
  expect(await carryOut(strong(desk, await desk.parts.signIn.pimOf(diego.id)), stepUp, credential)).toEqual({ outcome });
  expect(desk.effects).toEqual(effects);
});
