import { expect, test } from 'vitest';
import { beginApproved } from '../../../src/bot/approvals/begin-approved.ts';
import { expireRequest } from '../../../src/jobs/expire-request.ts';
import { findActivation, listKeptOf, moveActivation } from '../../../src/store/activations.ts';
import { RetryLater } from '../../../src/store/job-queue.ts';
import { findStepUp, openStepUp } from '../../../src/store/step-ups.ts';
import { listAudit } from '../../../src/store/audit-log.ts';
import { openDesk, type Desk } from '../approvals/one-request.ts';
import { alex, seen, turnOf } from '../stand-in.ts';

// Guards: `endOf` and `whatComesOf` (src/jobs/expire-request.ts).

const at = (desk: Desk): Date => desk.parts.clock.now();

async function waitingFor(desk: Desk, approvedUntil: Date | null): Promise<{ requestId: string; pageId: string }> {
  const { db } = desk.parts.store;
  const { requestId } = await desk.request(approvedUntil === null ? 'draft' : 'approved');
  const waiting = await moveActivation(db, requestId, { from: ['draft', 'approved'] }, { state: 'awaitingStepUp', submittedAt: at(desk), minutes: 60, approvedUntil, problem: null });
  const page = await openStepUp(db, { requestId, person: alex, action: 'activate', reason: '', requestVersion: waiting?.version ?? 0, stepUp: { kind: 'mfa' }, createdAt: at(desk) });
  return { requestId, pageId: page.id };
}

test('what waits for a stronger sign-in ends after an hour, when no sign-in can come back, and says why', async () => {
  await using desk = await openDesk();
  const { requestId, pageId } = await waitingFor(desk, null);
  desk.wait(64);
  await expect(expireRequest(desk.parts, requestId)).rejects.toThrow(RetryLater);
  expect(await findStepUp(desk.parts.store.db, pageId)).toMatchObject({ state: 'open' });
  desk.wait(1);
  await expireRequest(desk.parts, requestId);
  expect(await findActivation(desk.parts.store.db, requestId)).toMatchObject({ state: 'failed', problem: { code: 'stepUpMissed' } });
  expect(await findStepUp(desk.parts.store.db, pageId)).toMatchObject({ state: 'cancelled' });
  expect(desk.jobs.slice(-2)).toEqual(['refresh-cards', 'tell-requester']);
  expect((await Array.fromAsync(listAudit(desk.parts.store.db, { requestId }))).at(-1)).toMatchObject({ phase: 'outcome', details: { from: 'awaitingStepUp', to: 'failed' } });
  expect(await listKeptOf(desk.parts.store.db, alex.id)).toEqual([]);
});

test('an approval outlives the stronger sign-in that did not come: "Activate now" is there again', async () => {
  await using desk = await openDesk();
  const { requestId } = await waitingFor(desk, new Date(at(desk).getTime() + 8 * 3_600_000));
  desk.wait(65);
  await expireRequest(desk.parts, requestId);
  expect(await findActivation(desk.parts.store.db, requestId)).toMatchObject({ state: 'approved', problem: { code: 'stepUpMissed' } });
  expect(desk.jobs.slice(-3)).toEqual(['refresh-cards', 'tell-requester', 'expire-request']);
  const { version = 0 } = await findActivation(desk.parts.store.db, requestId) ?? {};
  expect(seen(await beginApproved(desk.parts, turnOf(alex), { verb: 'activation.begin', requestId, version })).words).toContain('Active until');
});

test('an approval that is over while its requester is to sign in more strongly ends with it', async () => {
  await using desk = await openDesk();
  const { requestId } = await waitingFor(desk, new Date(at(desk).getTime() + 30 * 60_000));
  desk.wait(65);
  await expireRequest(desk.parts, requestId);
  expect(await findActivation(desk.parts.store.db, requestId)).toMatchObject({ state: 'timedOut', problem: null });
});
