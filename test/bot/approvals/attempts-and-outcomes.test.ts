import { expect, test } from 'vitest';
import { decideApproval } from '../../../src/bot/approvals/decide-approval.ts';
import type { BotParts } from '../../../src/bot/parts.ts';
import { moveActivation, rememberDecision } from '../../../src/store/activations.ts';
import { megan, turnOf } from '../stand-in.ts';
import { diego, openDesk, type Desk } from './one-request.ts';

// Guards: `countApproval` and `denyHeld` (src/bot/approvals/count-approval.ts), `recordDecision` (src/bot/approvals/decide-at-pim.ts).

/** What the chain has of Megan, in its order. */
async function megansEntries(desk: Desk, requestId: string): Promise<readonly string[]> {
  return (await desk.audit(requestId)).flatMap(({ actor, action, phase, details }) => (actor.id === megan.id ? [`${action} ${phase}${phase === 'outcome' ? `: ${String(details['result'])}` : ''}`] : []));
}

test.each(['approve', 'deny'] as const)('promise 18: "%s" that comes just after the request was taken back has an outcome, too', async (result) => {
  await using desk = await openDesk();
  const { requestId, version } = await desk.request('held');
  const expandApprovers: BotParts['pimReader']['expandApprovers'] = async (approvers) => {
    await moveActivation(desk.parts.store.db, requestId, { from: ['held'] }, { state: 'withdrawn' });
    return desk.parts.pimReader.expandApprovers(approvers);
  };
  await decideApproval({ ...desk.parts, pimReader: { ...desk.parts.pimReader, expandApprovers } }, turnOf(megan), result, { requestId, version, reason: 'fine' });
  expect(await megansEntries(desk, requestId)).toEqual([`${result} attempt`, `${result} outcome: tooLate`]);
});

test.each([['with her as its decider', megan], ['with somebody else', diego], ['with nobody', null]])('promise 18: a decision that PIM took has its decider\'s outcome, also where its effect was read before, %s', async (_, by) => {
  await using desk = await openDesk();
  const { requestId, version } = await desk.request('pending');
  const { db } = desk.parts.store;
  const decide = async (): Promise<void> => {
    if (by !== null) await rememberDecision(db, requestId, { result: 'approve', by, reason: 'fine', at: desk.parts.clock.now() });
    await moveActivation(db, requestId, { from: ['pending'] }, { state: 'active' });
  };
  const signIn = { ...desk.parts.signIn, pimOf: async (id: string) => ({ ...await desk.parts.signIn.pimOf(id), decide }) };
  await decideApproval({ ...desk.parts, signIn }, turnOf(megan), 'approve', { requestId, version, reason: 'fine' });
  expect(await megansEntries(desk, requestId)).toEqual(['approve attempt', 'approve outcome: taken']);
});
