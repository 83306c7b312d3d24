import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ActivationState } from '../../src/pim/activation-status.ts';
import type { ActivationRequest, RoleSettings } from '../../src/pim/model.ts';
import {
  adoptElsewhere, findActivation, findActivationByPimId, listUnnamed, moveActivation, rememberPimId, saveDraft,
} from '../../src/store/activations.ts';
import { describeOnBothEngines } from './engines.ts';
import { alex, megan, noon, pendingActivation, sampleDraft } from './samples.ts';

const settings: RoleSettings = {
  maximumMinutes: 120,
  justificationRequired: true,
  ticketRequired: true,
  mfaRequired: false,
  authenticationContext: 'c1',
  approvalRequired: true,
  approvers: [{ id: megan.id, kind: 'user', name: megan.name }],
  approverJustificationRequired: false,
  notifiesAdministrators: true,
};

describeOnBothEngines('activations', (store) => {
  test('a draft is read back as it was saved, with version 1', async () => {
    const draft = sampleDraft({ settings, minutes: 90, justification: 'deploy 日本', ticket: { number: 'T-1', system: 'Jira' } });
    const saved = await saveDraft(store.db, draft);
    expect(saved).toMatchObject({ ...draft, state: 'draft', origin: 'bot', version: 1, problem: null, decision: null });
    expect(await findActivation(store.db, draft.requestId)).toEqual(saved);
  });

  test('a GUID is a draft once', async () => {
    const draft = sampleDraft();
    await saveDraft(store.db, draft);
    await expect(saveDraft(store.db, draft)).rejects.toThrow(/duplicate key/);
  });

  test('an unknown request is not found', async () => {
    expect(await findActivation(store.db, randomUUID())).toBeNull();
  });

});

describeOnBothEngines('moves', (store) => {
  test('a move changes what it names, keeps the rest and raises the version', async () => {
    const { requestId } = await saveDraft(store.db, sampleDraft({ justification: 'kept' }));
    const moved = await moveActivation(store.db, requestId, { from: ['draft'] }, {
      state: 'failed',
      minutes: 30,
      pimStatus: 'Failed',
      problem: { code: 'policyRefused', rules: ['TicketingRule'] },
      ticket: { number: '7', system: 'Jira' },
      submittedAt: noon,
    });
    expect(moved).toMatchObject({
      state: 'failed', version: 2, minutes: 30, pimStatus: 'Failed', justification: 'kept', submittedAt: noon,
      problem: { code: 'policyRefused', rules: ['TicketingRule'] }, ticket: { number: '7', system: 'Jira' },
    });
    const cleared = await moveActivation(store.db, requestId, { from: ['failed'] }, {
      state: 'submitting', problem: null, ticket: null,
    });
    expect(cleared).toMatchObject({ version: 3, problem: null, ticket: null, minutes: 30 });
  });

  test('a decision is read back with who made it, and without where PIM does not say', async () => {
    const { requestId } = await pendingActivation(store);
    const decision = { result: 'deny', by: megan, reason: 'not today', at: noon } as const;
    const denied = await moveActivation(store.db, requestId, { from: ['pending'] }, { state: 'denied', decision });
    expect(denied?.decision).toEqual(decision);
    const anonymous = { ...decision, by: null };
    const again = await moveActivation(store.db, requestId, { from: ['denied'] }, { state: 'denied', decision: anonymous });
    expect(again?.decision).toEqual(anonymous);
  });

  test('a move from another state, another version or of an unknown request changes nothing', async () => {
    const pending = await pendingActivation(store);
    const move = (requestId: string, from: ActivationState, fromVersion?: number) =>
      moveActivation(
        store.db,
        requestId,
        { from: [from], ...(fromVersion === undefined ? {} : { fromVersion }) },
        { state: 'active' },
      );
    expect(await move(pending.requestId, 'scheduled')).toBeNull();
    expect(await move(pending.requestId, 'pending', pending.version - 1)).toBeNull();
    expect(await move(randomUUID(), 'pending')).toBeNull();
    expect(await findActivation(store.db, pending.requestId)).toEqual(pending);
    expect(await move(pending.requestId, 'pending', pending.version)).toMatchObject({ state: 'active' });
  });

});

describeOnBothEngines('where an activation is wanted', (store) => {
  test('changes with the move that sends it, and with no other', async () => {
    const draft = await saveDraft(store.db, sampleDraft());
    const scope = { id: `${draft.scope.id}/providers/Microsoft.KeyVault/vaults/kv`, name: 'kv', type: 'resource' as const };
    const sent = await moveActivation(store.db, draft.requestId, { from: ['draft'], fromVersion: 1 }, { state: 'submitting', scope, settings });
    expect(sent).toMatchObject({ scope, settings, version: 2 });
    expect(await moveActivation(store.db, draft.requestId, { from: ['draft'], fromVersion: 1 }, { state: 'submitting', scope: draft.scope })).toBeNull();
    expect(await moveActivation(store.db, draft.requestId, { from: ['submitting'] }, { state: 'active' })).toMatchObject({ scope });
  });
});

describeOnBothEngines('what PIM calls a request', (store) => {
  const submitting = async (changes: Partial<Parameters<typeof sampleDraft>[0]> = {}) => {
    const { requestId } = await saveDraft(store.db, sampleDraft(changes));
    await moveActivation(store.db, requestId, { from: ['draft'] }, { state: 'submitting' });
    return requestId;
  };

  test('finds it, whatever the case, and is another\'s never', async () => {
    const pimId = randomUUID().toUpperCase();
    const [first, second] = [await submitting(), await submitting()];
    const moved = await moveActivation(store.db, first, { from: ['submitting'] }, { state: 'pending', pimId });
    expect(moved?.pimId).toBe(pimId.toLowerCase());
    expect(await findActivationByPimId(store.db, pimId)).toEqual(moved);
    expect(await findActivationByPimId(store.db, first)).toBeNull();
    await expect(moveActivation(store.db, second, { from: ['submitting'] }, { state: 'pending', pimId })).rejects.toThrow(/unique|duplicate/u);
  });

  test('is remembered without a move, once', async () => {
    const requestId = await submitting();
    const pimId = randomUUID();
    await rememberPimId(store.db, requestId, pimId.toUpperCase());
    await rememberPimId(store.db, requestId, randomUUID());
    expect(await findActivation(store.db, requestId)).toMatchObject({ pimId, version: 2 });
  });

  test('is missing of those that were sent and not answered: this person\'s, for this role there', async () => {
    const person = { id: randomUUID(), name: 'Lee Gu' };
    const { role, scope } = sampleDraft();
    const unnamed = await submitting({ person });
    await submitting({ person: megan });
    await submitting({ person, scope: { ...scope, id: `${scope.id}-other` } });
    await saveDraft(store.db, sampleDraft({ person }));
    const named = await submitting({ person });
    await rememberPimId(store.db, named, randomUUID());
    const found = await listUnnamed(store.db, { person: { id: person.id.toUpperCase() }, role, scope: { ...scope, id: scope.id.toUpperCase() } });
    expect(found.map(({ requestId }) => requestId)).toEqual([unnamed]);
  });
});

describeOnBothEngines('moves at once', (store) => {
  // Guard: src/store/activations.ts, moveActivation (the WHERE of its UPDATE).
  test('promise 10, promise 11: of twenty approvals and denials at once, exactly one moves the request', async () => {
    const { requestId, version } = await pendingActivation(store);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const state = index % 2 === 0 ? 'active' : 'denied';
        return store.transaction((tx) => moveActivation(tx, requestId, { from: ['pending'] }, { state }));
      }),
    );
    const winners = results.filter((result) => result !== null);
    expect(winners).toHaveLength(1);
    expect(winners[0]?.version).toBe(version + 1);
    expect(await findActivation(store.db, requestId)).toEqual(winners[0]);
  });

  test('a move in a transaction that fails is undone', async () => {
    const pending = await pendingActivation(store);
    const failing = store.transaction(async (tx) => {
      await moveActivation(tx, pending.requestId, { from: ['pending'] }, { state: 'active' });
      throw new Error('and then the power failed');
    });
    await expect(failing).rejects.toThrow('power');
    expect(await findActivation(store.db, pending.requestId)).toEqual(pending);
  });
});

describeOnBothEngines('requests made elsewhere', (store) => {
  const request = (): ActivationRequest => ({
    id: randomUUID(),
    action: 'activate',
    role: sampleDraft().role,
    scope: sampleDraft().scope,
    requester: { ...alex, kind: 'user' },
    pimStatus: 'PendingApproval',
    createdAt: noon,
    start: null,
    minutes: 60,
    justification: 'from the portal',
    ticket: null,
    approvalId: 'approval-1',
    eligibilityScheduleId: '/subscriptions/1/providers/Microsoft.Authorization/roleEligibilitySchedules/2',
  });

  test('a request that we did not make is remembered as such', async () => {
    const made = request();
    const { activation, added } = await adoptElsewhere(store.db, made, { state: 'pending' });
    expect(added).toBe(true);
    expect(activation).toMatchObject({
      requestId: made.id, origin: 'elsewhere', person: alex, state: 'pending', pimStatus: 'PendingApproval',
      minutes: 60, justification: 'from the portal', approvalId: 'approval-1', version: 1,
    });
  });

  test('a request that we know stays as we know it', async () => {
    const pending = await pendingActivation(store);
    const seen = { ...request(), id: pending.requestId };
    expect(await adoptElsewhere(store.db, seen, { state: 'active' })).toEqual({ activation: pending, added: false });
  });

  test('a request of ours that PIM calls something else stays ours', async () => {
    const pending = await pendingActivation(store);
    const made = request();
    await rememberPimId(store.db, pending.requestId, made.id);
    const { activation, added } = await adoptElsewhere(store.db, { ...made, id: made.id.toUpperCase() }, { state: 'pending' });
    expect({ added, requestId: activation.requestId }).toEqual({ added: false, requestId: pending.requestId });
  });

  test('whoever made it is known again, however PIM writes their id', async () => {
    const made = request();
    const { activation } = await adoptElsewhere(store.db, { ...made, requester: { ...made.requester, id: alex.id.toUpperCase() } }, { state: 'pending' });
    expect(activation.person.id).toBe(alex.id);
  });

  test('twenty readers of the same request add it once', async () => {
    const made = request();
    const results = await Promise.all(
      Array.from({ length: 20 }, () => adoptElsewhere(store.db, made, { state: 'pending' })),
    );
    expect(results.filter(({ added }) => added)).toHaveLength(1);
    expect(new Set(results.map(({ activation }) => activation.requestId))).toEqual(new Set([made.id]));
  });
});
