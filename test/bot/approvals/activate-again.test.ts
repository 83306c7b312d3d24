import { expect, test } from 'vitest';
import { beginApproved } from '../../../src/bot/approvals/begin-approved.ts';
import type { BotParts } from '../../../src/bot/parts.ts';
import { PimError, type PimErrorCode } from '../../../src/pim/errors.ts';
import { findActivation, type Activation } from '../../../src/store/activations.ts';
import { alex, seen, turnOf } from '../stand-in.ts';
import { openDesk, type Desk } from './one-request.ts';

// Guard: `isStillGood` in `recordFailure` (src/bot/activations/send-activation.ts).

function refusing({ parts }: Desk, code: PimErrorCode): BotParts {
  const activate = (): Promise<never> => Promise.reject(new PimError(code, 'not now'));
  return { ...parts, signIn: { ...parts.signIn, pimOf: async (id) => ({ ...await parts.signIn.pimOf(id), activate }) } };
}

async function begins(parts: BotParts, { requestId }: Activation): Promise<{ words: string; verbs: readonly string[] }> {
  const { version = 0 } = await findActivation(parts.store.db, requestId) ?? {};
  return seen(await beginApproved(parts, turnOf(alex), { verb: 'activation.begin', requestId, version }));
}

test('an approval outlives a refusal of PIM\'s: the card says why, and "Activate now" works once PIM does', async () => {
  await using desk = await openDesk();
  const approved = await desk.request('approved');
  const refused = await begins(refusing(desk, 'throttled'), approved);
  expect(refused.words).toMatch(/Approved: activate now[^]*PIM is busy/u);
  expect(refused.verbs).toEqual(['activation.begin', 'activation.withdraw']);
  expect(desk.jobs.at(-1)).toBe('expire-request');

  expect((await begins(desk.parts, approved)).words).toContain('Active until');
  expect(desk.effects).toEqual(['Alex Wilber activate']);
  expect(await findActivation(desk.parts.store.db, approved.requestId)).toMatchObject({ state: 'active', problem: null });
});

test('a name that PIM has for something else is no way on', async () => {
  await using desk = await openDesk();
  const approved = await desk.request('approved');
  await begins(refusing(desk, 'requestNameTaken'), approved);
  expect((await findActivation(desk.parts.store.db, approved.requestId))?.state).toBe('failed');
});
