import { describe, expect, it } from 'vitest';
import type { PimErrorCode } from '../../../src/pim/errors.ts';
import { failureOf } from '../pim-world.ts';
import { list, refusal, startGraph, wrapped } from './graph-stand-in.ts';
import type { GraphReply, Routes } from './graph-stand-in.ts';
import { alex, draftFor, kinds, megan, meganObject, mine, pimId, referenceTo, requestAnswer, requestId } from './samples.ts';

// Guards: submit, readBack, findSent, isGrantAfter, listAbout, isMadeBy, findOwn in src/pim/graph/graph-requests.ts.

const other = '33333333-3333-4333-8333-333333333333';
const exists = { status: 400, body: refusal('RoleAssignmentExists', 'The Role assignment already exists.') };
const pending = { status: 400, body: wrapped('PendingRoleAssignmentRequest', 'There is already an existing pending Role assignment request.') };

describe.each(kinds)('an activation of %s', (_, kind) => {
  const { paths, role, scope, target } = kind;
  const sent = `POST ${paths.requests}`;
  const own = mine(paths.requests);

  it('is sent with our GUID as custom data, and answered with what PIM calls it', async () => {
    await using graph = await startGraph({ [sent]: { status: 201, body: requestAnswer(kind, { status: 'PendingApproval', approvalId: pimId }) } });
    const request = await kind.create(graph).activate(requestId, draftFor(kind, { minutes: 90, ticket: { number: 'INC1', system: 'SN' } }));
    expect(request).toMatchObject({ id: pimId, action: 'activate', role, scope, pimStatus: 'PendingApproval', approvalId: pimId, minutes: 120, ticket: null });
    expect(graph.calls.map(({ method, version, path, body }) => ({ method, version, path, body }))).toEqual([{
      method: 'POST', version: 'v1.0', path: paths.requests,
      body: {
        action: 'selfActivate', principalId: alex, ...target, justification: 'Deploy', customData: requestId,
        scheduleInfo: { expiration: { type: 'afterDuration', duration: 'PT90M' } }, ticketInfo: { ticketNumber: 'INC1', ticketSystem: 'SN' },
      },
    }]);
  });

  it('is never sent twice by itself', async () => {
    await using graph = await startGraph({ [sent]: { status: 503 }, [own]: list([]) });
    expect((await failureOf(kind.create(graph).activate(requestId, draftFor(kind)))).code).toBe('outcomeUnknown');
    expect(graph.calls.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it.each<[string, GraphReply | null]>([
    ['was lost', null], ['was a fault', { status: 500 }], ['was nonsense', { status: 201, body: { nonsense: true } }], ['was empty', { status: 201 }],
    ['says that the role is held', exists], ['says that it is asked for already', pending], ['is a conflict', { status: 409, body: refusal('Conflict', '') }],
  ])('promise 15: whose answer %s is found by our GUID', async (_what, answer) => {
    await using graph = await startGraph({
      [sent]: () => answer,
      [own]: list([requestAnswer(kind, { id: other, customData: other }), requestAnswer(kind, { status: 'PendingApproval', customData: requestId.toUpperCase(), ...kind.names })]),
    });
    expect(await kind.create(graph).activate(requestId, draftFor(kind))).toMatchObject({ id: pimId, pimStatus: 'PendingApproval', role, scope });
  });

  it.each<[string, object]>([
    ['another action', { action: 'selfDeactivate' }], ['somebody else', { principalId: megan, principal: meganObject }],
    ['another role', { roleDefinitionId: other, accessId: 'owner' }], ['another scope', { directoryScopeId: `/administrativeUnits/${other}`, groupId: other }],
    ['another GUID', { customData: other }],
  ])('promise 15: is not found in a request of %s', async (_what, change) => {
    await using graph = await startGraph({ [sent]: exists, [own]: list([requestAnswer(kind, change)]) });
    expect((await failureOf(kind.create(graph).activate(requestId, draftFor(kind)))).code).toBe('alreadyActive');
  });

  it.each<[string, GraphReply | null, PimErrorCode]>([
    ['left open', null, 'outcomeUnknown'], ['refused as held', exists, 'alreadyActive'], ['refused as asked for', pending, 'alreadyRequested'],
  ])('promise 15: that was %s stays so when nothing is found, and when nothing can be read', async (_what, answer, code) => {
    for (const reply of [list([]), { status: 501 }, { status: 403, body: wrapped('PermissionScopeNotGranted', '') }]) {
      await using graph = await startGraph({ [sent]: () => answer, [own]: reply });
      expect((await failureOf(kind.create(graph).activate(requestId, draftFor(kind)))).code).toBe(code);
    }
  });

  it.each<[string, GraphReply, object]>([
    ['by a rule', { status: 400, body: refusal('RoleAssignmentRequestPolicyValidationFailed', 'The following policy rules failed: ["ExpirationRule","TicketingRule"]') }, { code: 'policyRefused', details: { rules: ['ExpirationRule', 'TicketingRule'] } }],
    ['for a stronger sign-in', { status: 400, body: refusal('RoleAssignmentRequestAcrsValidationFailed', '&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%20%22value%22%3A%22c1%22%7D%7D%7D') }, { code: 'stepUpRequired', details: { claims: '{"access_token":{"acrs":{"essential":true, "value":"c1"}}}' } }],
    ['for want of a right', { status: 403, body: refusal('Authorization_RequestDenied', '') }, { code: 'notPermitted' }],
    ['for want of consent', { status: 403, body: wrapped('PermissionScopeNotGranted', '') }, { code: 'consentRequired' }],
    ['for want of a licence', { status: 400, body: refusal('AadPremiumLicenseRequired', '') }, { code: 'licenceMissing' }],
    ['for being too many', { status: 429, headers: { 'retry-after': '7' } }, { code: 'throttled', details: { retryAfterMs: 7000 } }],
  ])('that is refused %s is read back by nobody', async (_what, reply, error) => {
    await using graph = await startGraph({ [sent]: reply });
    expect(await failureOf(kind.create(graph).activate(requestId, draftFor(kind)))).toMatchObject(error);
    expect(graph.calls).toHaveLength(1);
  });

  it('under no GUID is not sent', async () => {
    await using graph = await startGraph({});
    expect((await failureOf(kind.create(graph).activate('../x', draftFor(kind)))).code).toBe('invalidRequest');
    expect(graph.calls).toEqual([]);
  });

  describe('where the service keeps no custom data', () => {
    const dropped = (change: object = {}): object => requestAnswer(kind, { customData: null, ...change });
    const outcome = async (requests: readonly object[], answer: GraphReply | null = null): Promise<string> => {
      await using graph = await startGraph({ [sent]: () => answer, [own]: list(requests) });
      return await kind.create(graph).activate(requestId, draftFor(kind)).then(({ id }) => id, ({ code }: { code: string }) => code);
    };

    it('is the one that says the same and was made just now', async () => {
      expect(await outcome([dropped({ id: other, justification: 'another' }), dropped()])).toBe(pimId);
    });

    it.each<[string, object]>([
      ['says something else', { justification: 'another' }], ['begins tomorrow', { status: 'Granted', scheduleInfo: { startDateTime: '2026-03-02T09:00:00Z', expiration: { duration: 'PT2H' } } }], ['has come to its end', { status: 'Denied' }], ['was made a while ago', { createdDateTime: '2026-03-01T09:49:00Z' }],
      ['is another\'s', { principalId: megan, principal: meganObject }], ['is for another role', { roleDefinitionId: other, accessId: 'owner' }], ['ends the role', { action: 'selfDeactivate' }],
    ])('promise 15: is none that %s', async (_what, change) => {
      expect(await outcome([dropped(change)])).toBe('outcomeUnknown');
    });

    it('is the planned one that begins at the same time, and none that begins at once', async () => {
      const start = new Date('2026-03-02T09:00:00Z');
      const planned = dropped({ status: 'Granted', scheduleInfo: { startDateTime: '2026-03-02T09:00:00Z', expiration: { duration: 'PT2H' } } });
      for (const [requests, expected] of [[[planned, dropped({ id: other })], pimId], [[dropped()], 'outcomeUnknown']] as const) {
        await using graph = await startGraph({ [sent]: () => null, [own]: list(requests) });
        expect(await kind.create(graph).activate(requestId, draftFor(kind, { start })).then(({ id }) => id, ({ code }: { code: string }) => code)).toBe(expected);
        expect(graph.calls[0]?.body).toMatchObject({ scheduleInfo: { startDateTime: '2026-03-02T09:00:00.000Z' } });
      }
    });

    it('promise 15: is not guessed among two', async () => {
      expect(await outcome([dropped(), dropped({ id: other })])).toBe('outcomeUnknown');
    });

    it('promise 15: is not taken for another that the service does keep', async () => {
      expect(await outcome([dropped(), requestAnswer(kind, { id: other, customData: other })])).toBe('outcomeUnknown');
    });
  });

  describe('that is only tried out', () => {
    it.each([['Granted', 'granted'], ['Provisioned', 'granted'], ['PendingApproval', 'needsApproval'], ['PendingEvaluation', 'needsApproval']])('and would be %s is %s', async (status, expected) => {
      await using graph = await startGraph({ [sent]: { status: 201, body: { id: null, status, isValidationOnly: true } } });
      expect(await kind.create(graph).validate(draftFor(kind))).toBe(expected);
      expect(graph.calls.map(({ body }) => body)).toEqual([expect.objectContaining({ ...target, action: 'selfActivate', isValidationOnly: true })]);
    });

    it.each<[GraphReply | null, PimErrorCode]>([[{ status: 503 }, 'unavailable'], [null, 'unavailable'], [{ status: 201, body: { status: 'Odd' } }, 'badAnswer'], [exists, 'alreadyActive']])('and answered %o leaves nothing open', async (reply, code) => {
      await using graph = await startGraph({ [sent]: () => reply });
      expect((await failureOf(kind.create(graph).validate(draftFor(kind)))).code).toBe(code);
      expect(graph.calls).toHaveLength(1);
    });
  });
});

describe.each(kinds)('a deactivation of %s', (_, kind) => {
  const { paths, role, scope, target } = kind;

  it('names role and scope, and nothing else', async () => {
    await using graph = await startGraph({ [`POST ${paths.requests}`]: { status: 201, body: requestAnswer(kind, { action: 'selfDeactivate', status: 'Revoked', scheduleInfo: null }) } });
    expect(await kind.create(graph).deactivate(requestId, role, scope)).toMatchObject({ action: 'deactivate', pimStatus: 'Revoked', minutes: null });
    expect(graph.calls[0]?.body).toEqual({ action: 'selfDeactivate', principalId: alex, ...target, customData: requestId });
  });

  it('promise 15: whose answer was lost is found, with custom data and without', async () => {
    for (const customData of [requestId, null]) {
      await using graph = await startGraph({
        [`POST ${paths.requests}`]: () => null,
        [mine(paths.requests)]: list([requestAnswer(kind, { action: 'selfDeactivate', status: 'Revoked', customData, justification: null }), requestAnswer(kind, { id: other, customData: null })]),
      });
      expect(await kind.create(graph).deactivate(requestId, role, scope)).toMatchObject({ id: pimId, pimStatus: 'Revoked' });
    }
  });
});

describe.each(kinds)('promise 15: a deactivation of %s whose answer was lost, where the service keeps no custom data', (_, kind) => {
  const { paths, role, scope } = kind;
  const ended = (id: string, minute: string): object =>
    requestAnswer(kind, { id, action: 'selfDeactivate', status: 'Revoked', customData: null, justification: null, scheduleInfo: null, createdDateTime: `2026-03-01T09:${minute}:00Z` });
  const given = (minute: string, change: object = {}): object => requestAnswer(kind, { id: third, customData: null, createdDateTime: `2026-03-01T09:${minute}:00Z`, ...change });
  const third = '44444444-4444-4444-8444-444444444444';

  it.each<[string, readonly object[], string]>([
    ['is not one that ended what was activated anew since', [ended(pimId, '52'), given('53')], 'outcomeUnknown'],
    ['is not one that ended what an administrator has assigned since', [ended(pimId, '52'), given('53', { action: 'adminAssign', createdBy: { user: { id: megan } } })], 'outcomeUnknown'],
    ['is the later one, where an earlier one was followed by a new activation', [ended(other, '52'), given('53'), ended(pimId, '59')], pimId],
    ['may be an earlier one with nothing after it: the role is not held', [given('51'), ended(pimId, '56')], pimId],
    ['is not one of long ago', [ended(pimId, '49')], 'outcomeUnknown'],
  ])('%s', async (_what, requests, expected) => {
    await using graph = await startGraph({ [`POST ${paths.requests}`]: () => null, [mine(paths.requests)]: list(requests) });
    expect(await kind.create(graph).deactivate(requestId, role, scope).then(({ id }) => id, ({ code }: { code: string }) => code)).toBe(expected);
  });
});

describe.each(kinds)('a request of %s', (_, kind) => {
  const { paths, role, scope } = kind;
  const byId = `GET ${paths.requests}/${pimId}`;
  const own = mine(paths.requests);
  const deciding = mine(paths.requests, 'approver');
  const read = async (routes: Routes, id: string | null = pimId): Promise<unknown> => {
    await using graph = await startGraph(routes);
    return await kind.create(graph).readRequest(referenceTo(kind, id)).then((request) => request, ({ code }: { code: string }) => code);
  };

  it('is read by what PIM calls it, and called as we know it', async () => {
    expect(await read({ [byId]: { status: 200, body: requestAnswer(kind) } })).toMatchObject({ id: pimId, role, scope, start: new Date('2026-03-01T09:59:00Z') });
  });

  it.each([[404, refusal('Request_ResourceNotFound', '')], [403, wrapped('PermissionScopeNotGranted', '')]])('that may not be read by its id (%d) is looked for among one\'s own, then among those to decide', async (status, body) => {
    const denied = { [byId]: { status, body } };
    expect(await read({ ...denied, [own]: list([requestAnswer(kind)]) })).toMatchObject({ id: pimId });
    expect(await read({ ...denied, [own]: list([]), [deciding]: list([requestAnswer(kind, { principalId: megan, principal: meganObject })]) })).toMatchObject({ id: pimId, requester: { id: megan } });
  });

  it('that is nowhere is none, unless nobody may say', async () => {
    const nowhere = { [own]: list([]), [deciding]: list([]) };
    expect(await read({ [byId]: { status: 404, body: refusal('Request_ResourceNotFound', '') }, ...nowhere })).toBeNull();
    expect(await read({ [byId]: { status: 403, body: refusal('Authorization_RequestDenied', '') }, ...nowhere })).toBe('notPermitted');
    expect(await read({ [byId]: { status: 501 }, ...nowhere })).toBe('unavailable');
  });

  it('that PIM has not named yet is found by our GUID among one\'s own', async () => {
    expect(await read({ [own]: list([requestAnswer(kind, { id: other, customData: other }), requestAnswer(kind)]) }, null)).toMatchObject({ id: pimId });
    expect(await read({ [own]: list([requestAnswer(kind, { principalId: megan, principal: meganObject })]) }, null)).toBeNull();
    expect(await read({ [own]: list([requestAnswer(kind, { id: other, customData: other })]) }, null)).toBeNull();
  });

  it('promise 15: is not said to be missing while one without custom data may be it', async () => {
    const dropped = (change: object = {}): Routes => ({ [own]: list([requestAnswer(kind, { customData: null, ...change })]) });
    expect(await read(dropped(), null)).toBe('outcomeUnknown');
    expect(await read(dropped({ createdDateTime: '2026-02-01T09:00:00Z', scheduleInfo: { startDateTime: '2026-02-01T09:00:00Z', expiration: { duration: 'PT2H' } } }), null)).toBeNull();
    expect(await read(dropped({ status: 'Denied' }), null)).toBeNull();
  });

  it('is never asked for by something that is no GUID', async () => {
    await using graph = await startGraph({});
    const pim = kind.create(graph);
    for (const id of ['', '../x', `${pimId}/cancel`, `${pimId}?x`]) {
      expect((await failureOf(pim.readRequest(referenceTo(kind, id)))).code).toBe('invalidRequest');
      expect((await failureOf(pim.cancel(referenceTo(kind, id)))).code).toBe('invalidRequest');
    }
    expect(graph.calls).toEqual([]);
  });

  const cancel = `POST ${paths.requests}/${pimId}/cancel`;
  const cancelled = async (routes: Routes, id: string | null = pimId): Promise<string> => {
    await using graph = await startGraph(routes);
    return await kind.create(graph).cancel(referenceTo(kind, id)).then(() => 'done', ({ code }: { code: string }) => code);
  };

  it('is taken back by what PIM calls it, or by our GUID', async () => {
    expect(await cancelled({ [cancel]: { status: 204 } })).toBe('done');
    expect(await cancelled({ [cancel]: { status: 204 }, [own]: list([requestAnswer(kind)]) }, null)).toBe('done');
    expect(await cancelled({ [own]: list([]) }, null)).toBe('notFound');
  });

  it.each<[string, GraphReply | null, string, string]>([
    ['twice', { status: 400, body: refusal('BadRequest', '') }, 'Canceled', 'done'], ['with the answer lost', null, 'Canceled', 'done'],
    ['too late', { status: 400, body: refusal('BadRequest', '') }, 'Provisioned', 'alreadyDecided'], ['after a denial', { status: 400, body: refusal('BadRequest', '') }, 'Denied', 'alreadyDecided'],
    ['without any effect yet', null, 'PendingApproval', 'outcomeUnknown'], ['against PIM\'s will', { status: 400, body: refusal('BadRequest', '') }, 'PendingApproval', 'unexpected'],
  ])('that is taken back %s is read again', async (_what, answer, status, result) => {
    expect(await cancelled({ [cancel]: () => answer, [byId]: { status: 200, body: requestAnswer(kind, { status }) } })).toBe(result);
  });
});
