import { expect, test } from 'vitest';
import { decideApproval } from '../../src/bot/approvals/decide-approval.ts';
import { openApproval } from '../../src/bot/approvals/open-approval.ts';
import { PimError } from '../../src/pim/errors.ts';
import type { ActivationRequest } from '../../src/pim/model.ts';
import type { PimUser } from '../../src/pim/pim.ts';
import { findActivationByPimId } from '../../src/store/activations.ts';
import { alex, createStandIn, directory, lenient, megan, now, seen, turnOf, userAdministrator, whole, type StandIn } from './stand-in.ts';

// A request for an Entra role, made in the portal by somebody who has never signed in to the bot: the bot's own identity may not read it.

const pimId = '0b1e0000-0000-4000-8000-00000000000a';
const approver = turnOf(megan);

const request: ActivationRequest = {
  id: pimId, action: 'activate', role: userAdministrator, scope: directory, requester: { ...alex, kind: 'user' }, pimStatus: 'PendingApproval', createdAt: now,
  start: null, minutes: 60, justification: 'a locked-out colleague', ticket: null, approvalId: 'approval-1', eligibilityScheduleId: '',
};

interface Waiting {
  readonly decide: PimUser['decide'];
  readonly readRequest: PimUser['readRequest'];
}

/** Megan has the request's card. */
async function openedBy(approverAtPim: Waiting): Promise<StandIn> {
  const standIn = await createStandIn({
    others: { ...approverAtPim, listWaitingForMyDecision: async () => whole(request), readRoleSettings: async () => lenient },
    reader: { readRequest: () => Promise.reject(new PimError('notPermitted', 'only the person may')) },
  });
  const pimOf: typeof standIn.parts.signIn.pimOf = (personId) =>
    personId === alex.id ? Promise.reject(new PimError('signInRequired', 'never signed in')) : standIn.parts.signIn.pimOf(personId);
  const opened = { ...standIn, parts: { ...standIn.parts, signIn: { ...standIn.parts.signIn, pimOf } } };
  await openApproval(opened.parts, approver, pimId);
  return opened;
}

async function denies({ parts }: StandIn): Promise<{ readonly words: string; readonly verbs: readonly string[]; readonly state: string | undefined }> {
  const before = await findActivationByPimId(parts.store.db, pimId);
  const { requestId = '', version = 0 } = before ?? {};
  const reply = await decideApproval(parts, approver, 'deny', { requestId, version, reason: 'use the self-service' });
  const after = await findActivationByPimId(parts.store.db, pimId);
  return { ...seen(reply), state: after?.state };
}

const alreadyDecided = (): Promise<never> => Promise.reject(new PimError('alreadyDecided', 'somebody else was first'));

// Guard: `readBack` (src/bot/approvals/decide-at-pim.ts).
test('a decision that neither the bot nor the requester can be asked about is read back with the approver\'s own token', async () => {
  await using standIn = await openedBy({ decide: async () => undefined, readRequest: async () => ({ ...request, pimStatus: 'Denied' }) });
  const { words, verbs, state } = await denies(standIn);
  expect(state).toBe('denied');
  expect(words).toContain('Megan Bowen');
  expect(verbs).not.toContain('approval.approve');
});

// Guard: `readBack` after `alreadyDecided` in `decideAtPim` (src/bot/approvals/decide-at-pim.ts).
test('promise 12: who comes second sees what came of the request, also where only approvers can read it', async () => {
  await using standIn = await openedBy({ decide: alreadyDecided, readRequest: async () => ({ ...request, pimStatus: 'Denied' }) });
  const { verbs, state } = await denies(standIn);
  expect(state).toBe('denied');
  expect(verbs).not.toContain('approval.approve');
});

// Guard: `decided.state === 'pending'` in `decideAtPim` (src/bot/approvals/decide-at-pim.ts).
test.each<[string, PimUser['readRequest']]>([
  ['cannot be read', () => Promise.reject(new PimError('notPermitted', 'no'))],
  ['is not found', async () => null],
  ['is still told as waiting', async () => request],
])('promise 12: who comes second is told so, where what came of it %s', async (_, readRequest) => {
  await using standIn = await openedBy({ decide: alreadyDecided, readRequest });
  const { words, state } = await denies(standIn);
  expect(words).toContain('Already decided');
  expect(state).toBe('pending');
});

test('promise 15: a decision that PIM took is on record while nobody can read its effect', async () => {
  await using standIn = await openedBy({ decide: async () => undefined, readRequest: () => Promise.reject(new PimError('unavailable', 'down')) });
  const { verbs, state } = await denies(standIn);
  expect(state).toBe('pending');
  expect(verbs).not.toContain('approval.deny');
});
