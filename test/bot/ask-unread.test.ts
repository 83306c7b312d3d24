import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { recordProgress } from '../../src/bot/activations/record-progress.ts';
import { findApprovers } from '../../src/jobs/find-approvers.ts';
import { PimError } from '../../src/pim/errors.ts';
import type { Approver, RoleSettings } from '../../src/pim/model.ts';
import { moveActivation, saveDraft } from '../../src/store/activations.ts';
import { listAskedApprovers } from '../../src/store/approvals.ts';
import { alex, contoso, contributor, createStandIn, lenient, megan, now, production } from './stand-in.ts';

const diego = { id: 'a1e00000-0000-4000-8000-000000000003', name: 'Diego Siciliani' };
const eligibilityScheduleId = `${contoso.id}/providers/Microsoft.Authorization/roleEligibilitySchedules/5a3c0000-0000-4000-8000-000000000001`;

function askingFor(...people: readonly { readonly id: string; readonly name: string }[]): RoleSettings {
  return { ...lenient, approvalRequired: true, approvers: people.map((person): Approver => ({ ...person, kind: 'user' })) };
}

/** Who is asked about Alex's request at Production, below the management group whose policy the bot may not read. */
async function askedWith(settings: RoleSettings | null): Promise<readonly string[]> {
  await using standIn = await createStandIn({
    reader: {
      readRoleSettings: (_role, { id }) => (id === production.id ? Promise.resolve(askingFor(megan)) : Promise.reject(new PimError('notPermitted', 'no'))),
      expandApprovers: async (approvers) => ({ people: approvers.map(({ id, name }) => ({ id, name, userPrincipalName: '' })), unreadable: [] }),
    },
  });
  const { parts } = standIn;
  const { requestId } = await saveDraft(parts.store.db, {
    requestId: randomUUID(), person: alex, role: contributor, scope: production, eligibilityScheduleId, settings, createdAt: now, minutes: 60, justification: 'x',
  });
  const sent = await moveActivation(parts.store.db, requestId, { from: ['draft'] }, { state: 'submitting', submittedAt: now });
  if (sent === null) throw new Error('the draft was not sent');
  await recordProgress(parts, sent, {
    id: requestId, action: 'activate', role: contributor, scope: production, requester: { ...alex, kind: 'user' }, pimStatus: 'PendingApproval', createdAt: now,
    start: null, minutes: 60, justification: 'x', ticket: null, approvalId: null, eligibilityScheduleId: '',
  });
  await findApprovers(parts, requestId);
  return (await listAskedApprovers(parts.store.db, requestId)).map(({ approver }) => approver.name).toSorted();
}

// Guard: `refusalOf` in `readGoverningSettings` (src/pim/governing-settings.ts).
test('the approvers of the scope that can be read are asked, though the scope above cannot be', async () => {
  expect(await askedWith(null)).toEqual(['Megan Bowen']);
});

// Guard: `readOrRecall` (src/jobs/find-approvers.ts).
test('the form\'s approvers stand for a scope that only the requester may read', async () => {
  expect(await askedWith(askingFor(diego))).toEqual(['Diego Siciliani', 'Megan Bowen']);
});
