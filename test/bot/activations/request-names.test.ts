import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { deactivateByWords, deactivateChosen } from '../../../src/bot/activations/deactivate.ts';
import { decideApproval } from '../../../src/bot/approvals/decide-approval.ts';
import { openApproval } from '../../../src/bot/approvals/open-approval.ts';
import { recordProgress } from '../../../src/bot/activations/record-progress.ts';
import { PimError } from '../../../src/pim/errors.ts';
import type { ActivationRequest, ActiveAssignment } from '../../../src/pim/model.ts';
import { findActivation, findActivationByPimId, moveActivation, saveDraft, type Activation } from '../../../src/store/activations.ts';
import { alex, createStandIn, directory, megan, now, seen, turnOf, userAdministrator, whole, type StandIn } from '../stand-in.ts';

/** Graph names requests itself: what PIM calls a request is not what we call it. */
const pimId = '0b1e0000-0000-4000-8000-00000000000A';

const request: ActivationRequest = {
  id: pimId, action: 'activate', role: userAdministrator, scope: directory, requester: { ...alex, kind: 'user' }, pimStatus: 'PendingApproval', createdAt: now,
  start: null, minutes: 60, justification: 'a locked-out colleague', ticket: null, approvalId: 'approval-1', eligibilityScheduleId: '',
};

const held: ActiveAssignment = {
  id: 'opaque_text', role: userAdministrator, scope: directory, principal: { ...alex, kind: 'user' }, how: 'activated', start: now, until: null, requestId: pimId,
};

const revoked = async (id: string): Promise<ActivationRequest> => ({ ...request, id, action: 'deactivate', pimStatus: 'Revoked' });

/** A request of Alex's for an Entra role, sent by the bot. */
async function sent({ parts }: StandIn, person = alex, requestedStart: Date | null = null): Promise<Activation> {
  const draft = await saveDraft(parts.store.db, {
    requestId: randomUUID(), person, role: userAdministrator, scope: directory, eligibilityScheduleId: 'schedule-1', settings: null, createdAt: now,
    requestedStart, minutes: 60, justification: 'a locked-out colleague',
  });
  return await moveActivation(parts.store.db, draft.requestId, { from: ['draft'] }, { state: 'submitting', submittedAt: now }) ?? draft;
}

test('PIM\'s answer gives the request its name, whatever its case, and the name finds it', async () => {
  await using standIn = await createStandIn();
  const activation = await recordProgress(standIn.parts, await sent(standIn), request);
  expect(activation).toMatchObject({ state: 'pending', pimId: pimId.toLowerCase() });
  expect(await findActivationByPimId(standIn.parts.store.db, pimId)).toEqual(activation);
});

test('a request that PIM is still working on has its name, too, and no new version', async () => {
  await using standIn = await createStandIn();
  const activation = await sent(standIn);
  await recordProgress(standIn.parts, activation, { ...request, pimStatus: 'PendingProvisioning' });
  expect(await findActivation(standIn.parts.store.db, activation.requestId)).toEqual({ ...activation, pimId: pimId.toLowerCase() });
});

test('a resource lock that stops a granted request is told as one', async () => {
  await using standIn = await createStandIn();
  const activation = await recordProgress(standIn.parts, await sent(standIn), { ...request, pimStatus: 'FailedAsResourceIsLocked' });
  expect(activation).toMatchObject({ state: 'failed', problem: { code: 'resourceLocked' } });
});

// Guard: `requireSame` in `recordProgress` (src/bot/activations/record-progress.ts).
test.each<[string, Partial<ActivationRequest>]>([
  ['another role', { role: { definitionId: '62e90394-69f5-4237-9190-012177145e10', name: 'Global Administrator' } }],
  ['another scope', { scope: { id: '/administrativeUnits/f6e00000-0000-4000-8000-000000000001', name: 'Munich office', type: 'administrativeUnit' } }],
  ['another person', { requester: { ...megan, kind: 'user' } }],
  ['something else than an activation', { action: 'other' }],
])('promise 9: what was sent to PIM under the form\'s name for %s is not what its card asks approvers about', async (_, forged) => {
  await using standIn = await createStandIn();
  const activation = await sent(standIn);
  await expect(recordProgress(standIn.parts, activation, { ...request, ...forged })).rejects.toMatchObject({ code: 'requestNameTaken' });
  expect(await findActivation(standIn.parts.store.db, activation.requestId)).toEqual(activation);
});

const hoursLater = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);

// Guard: `beginsAsRequested` (src/pim/activation-status.ts) in `requireSame`.
test.each<[string, Date | null, Partial<ActivationRequest>]>([
  ['tomorrow where at once was asked for', null, { start: hoursLater(24) }],
  ['at once where tomorrow was asked for', hoursLater(24), { start: now }],
  ['at once, without a start, where tomorrow was asked for', hoursLater(24), { start: null }],
  ['the day after where tomorrow was asked for', hoursLater(24), { start: hoursLater(48) }],
  ['an hour before the time that was asked for', hoursLater(24), { start: hoursLater(23) }],
])('promise 10 and promise 13: a request of that name that begins %s is another one', async (_, requestedStart, forged) => {
  await using standIn = await createStandIn();
  const activation = await sent(standIn, alex, requestedStart);
  for (const pimStatus of ['PendingApproval', 'Granted', 'Provisioned']) {
    await expect(recordProgress(standIn.parts, activation, { ...request, ...forged, pimStatus })).rejects.toMatchObject({ code: 'requestNameTaken' });
  }
  expect(await findActivation(standIn.parts.store.db, activation.requestId)).toEqual(activation);
});

test.each<[string, Date | null, Partial<ActivationRequest>, Partial<Activation>]>([
  ['is planned', hoursLater(24), { pimStatus: 'Granted', start: hoursLater(24) }, { state: 'scheduled', startAt: hoursLater(24), endAt: hoursLater(25) }],
  ['waits, for the time that was asked for', hoursLater(24), { start: new Date(hoursLater(24).getTime() + 30_000) }, { state: 'pending' }],
  ['was approved after its time had passed', hoursLater(-2), { pimStatus: 'Provisioned', createdAt: hoursLater(-5), start: now }, { state: 'active', startAt: now, endAt: hoursLater(1) }],
  ['began at once', null, { pimStatus: 'Provisioned', start: now }, { state: 'active' }],
  ['began at once by a clock that is ahead of ours', null, { pimStatus: 'Provisioned', createdAt: new Date(now.getTime() + 120_000), start: new Date(now.getTime() + 120_000) }, {}],
])('a request that %s is the one that was asked for', async (_, requestedStart, said, recorded) => {
  await using standIn = await createStandIn();
  expect(await recordProgress(standIn.parts, await sent(standIn, alex, requestedStart), { ...request, ...said })).toMatchObject({ requestedStart, ...recorded });
});

// Guard: `asAskedFor` in `recordState` (src/bot/activations/record-progress.ts).
test('promise 9: an approver is shown how long and why as PIM has it, whatever the form said', async () => {
  await using standIn = await createStandIn();
  const asked = { minutes: 480, justification: 'the whole night', ticket: { number: 'INC1', system: 'SN' } };
  expect(await recordProgress(standIn.parts, await sent(standIn), { ...request, ...asked })).toMatchObject({ state: 'pending', ...asked });
});

test('an activation that is seen by its effect alone keeps what was asked for', async () => {
  await using standIn = await createStandIn();
  const seenActive = { ...request, pimStatus: 'Provisioned', start: now, minutes: 59, justification: '', approvalId: null };
  expect(await recordProgress(standIn.parts, await sent(standIn), seenActive)).toMatchObject({ state: 'active', minutes: 60, justification: 'a locked-out colleague' });
});

test('a request of PIM\'s that is known as another one is not taken for this one, too', async () => {
  await using standIn = await createStandIn();
  await recordProgress(standIn.parts, await sent(standIn), request);
  const second = await sent(standIn);
  await expect(recordProgress(standIn.parts, second, request)).rejects.toMatchObject({ code: 'alreadyRequested' });
  expect(await findActivation(standIn.parts.store.db, second.requestId)).toEqual(second);
});

test('ending a role ends the activation that is behind it, found by PIM\'s name for it', async () => {
  await using standIn = await createStandIn({ pim: { listEligible: async () => whole(), listActive: async () => whole(held), deactivate: revoked } });
  const { requestId } = await recordProgress(standIn.parts, await sent(standIn), { ...request, pimStatus: 'Provisioned', start: now });
  const { words } = seen(await deactivateByWords(standIn.parts, turnOf(alex), { role: 'user administrator', scope: '' }));
  expect(words).toContain('Deactivated');
  expect(await findActivation(standIn.parts.store.db, requestId)).toMatchObject({ state: 'deactivated' });
  expect((await standIn.audit()).filter(({ action }) => action === 'deactivate').map((row) => row.requestId)).toEqual([requestId, requestId]);
});

// Guard: `own` in `deactivate` (src/bot/activations/deactivate.ts).
test('promise 13: what somebody else asked for is neither shown nor ended, though PIM names it behind a role of mine', async () => {
  await using standIn = await createStandIn({ pim: { listEligible: async () => whole(), listActive: async () => whole(held), deactivate: revoked } });
  const theirs = await recordProgress(standIn.parts, await sent(standIn, megan), { ...request, requester: { ...megan, kind: 'user' }, pimStatus: 'Provisioned', start: now });
  const { words } = seen(await deactivateChosen(standIn.parts, turnOf(alex), held.id));
  expect(words).toContain('User Administrator');
  expect(words).not.toContain('locked-out colleague');
  expect(await findActivation(standIn.parts.store.db, theirs.requestId)).toEqual(theirs);
  expect((await standIn.audit()).at(-1)).toMatchObject({ action: 'deactivate', phase: 'outcome', requestId: null });
});

test('a role that was activated elsewhere, under a name that is no GUID, is ended and audited', async () => {
  await using standIn = await createStandIn({
    pim: { listEligible: async () => whole(), listActive: async () => whole({ ...held, requestId: 'group_member_x' }), deactivate: revoked },
  });
  expect(seen(await deactivateChosen(standIn.parts, turnOf(alex), held.id)).words).toContain('Deactivated');
  const [attempt] = (await standIn.audit()).filter(({ action }) => action === 'deactivate');
  expect(attempt).toMatchObject({ requestId: null, details: { pimRequestId: 'group_member_x', scope: '/' } });
});

const approves = { listWaitingForMyDecision: async () => whole(request), readRoleSettings: () => Promise.reject(new PimError('notPermitted', 'no')) };

test('an approver opens a request by PIM\'s name from the list, and by ours from the card', async () => {
  await using standIn = await createStandIn({ others: approves });
  const { requestId } = await recordProgress(standIn.parts, await sent(standIn), request);
  for (const id of [pimId, pimId.toLowerCase(), requestId]) {
    const { verbs, form } = seen(await openApproval(standIn.parts, turnOf(megan), id));
    expect(verbs).toEqual(['approval.approve', 'approval.deny', 'approval.offer']);
    expect(form.requestId).toBe(requestId);
  }
});

test('a request that was made elsewhere is taken in once, however often and by whomever it is opened', async () => {
  await using standIn = await createStandIn({ others: approves });
  const lee = { id: 'a1e00000-0000-4000-8000-000000000004', name: 'Lee Gu' };
  const opened = await Promise.all([megan, lee, megan].map(async (who) => seen(await openApproval(standIn.parts, turnOf(who), pimId)).form.requestId));
  expect(new Set(opened)).toEqual(new Set([pimId.toLowerCase()]));
  expect(standIn.jobs.filter((job) => job === 'watch-activation')).toHaveLength(1);
});

// Guard: `findRemembered` (src/bot/approvals/adopt-request.ts).
test('a request of ours whose answer was lost is not taken for somebody else\'s: PIM is asked which it is', async () => {
  await using standIn = await createStandIn({ others: approves, reader: { readRequest: async () => request } });
  const { requestId } = await sent(standIn);
  const { form } = seen(await openApproval(standIn.parts, turnOf(megan), pimId));
  expect(form.requestId).toBe(requestId);
  expect(await findActivationByPimId(standIn.parts.store.db, pimId)).toMatchObject({ requestId, state: 'pending', origin: 'bot' });
});

test('while nobody can say which request is which, it cannot be opened yet, and nobody is asked to sign in for another', async () => {
  await using standIn = await createStandIn({ others: approves, reader: { readRequest: () => Promise.reject(new PimError('signInRequired', 'no token')) } });
  await sent(standIn);
  await expect(openApproval(standIn.parts, turnOf(megan), pimId)).rejects.toMatchObject({ code: 'unavailable' });
});

// Guard: `wasAsked` in `openApproval` and the looked-up list of what waits (src/bot/approvals/open-approval.ts).
test('promise 13: neither our name nor PIM\'s for a request shows it to somebody who does not decide on it', async () => {
  await using standIn = await createStandIn({ others: { listWaitingForMyDecision: async () => whole() } });
  const { requestId, version } = await recordProgress(standIn.parts, await sent(standIn), request);
  for (const id of [pimId, requestId]) {
    expect(seen(await openApproval(standIn.parts, turnOf(megan), id)).words).not.toMatch(/locked-out|User Administrator|Alex/u);
    expect(seen(await decideApproval(standIn.parts, turnOf(megan), 'approve', { requestId: id, version: version + 1 })).words).not.toMatch(/locked-out|Alex/u);
  }
});

test('promise 13: somebody else\'s form cannot be opened as a request', async () => {
  await using standIn = await createStandIn({ others: { listWaitingForMyDecision: async () => whole() } });
  const { requestId } = await saveDraft(standIn.parts.store.db, {
    requestId: randomUUID(), person: alex, role: userAdministrator, scope: directory, eligibilityScheduleId: 'schedule-1', settings: null, createdAt: now,
  });
  expect(seen(await openApproval(standIn.parts, turnOf(megan), requestId)).words).toContain('Request not found');
});
