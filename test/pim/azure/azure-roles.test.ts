import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActiveAssignment } from '../../../src/pim/model.ts';
import type { PimUser } from '../../../src/pim/pim.ts';
import { adam, alex, app, contoso, data, engineers, lee, megan, production, sandbox, site } from '../pim-seed.ts';
import { createPimWorld, draftOf, eligible, failureOf, referenceTo } from '../pim-world.ts';
import type { PimWorld } from '../pim-world.ts';

let world: PimWorld;
let user: PimUser;

beforeAll(async () => { world = await createPimWorld({ pageSize: 2 }); });
afterAll(async () => { await world[Symbol.asyncDispose](); });
beforeEach(async () => {
  await world.control('POST', 'reset');
  user = world.user(alex);
});

async function activeOf(person: PimUser): Promise<readonly ActiveAssignment[]> {
  return (await person.listActive((await person.listEligible()).items)).items;
}

describe('listing', () => {
  it('lists every eligible role in one listing, directly and through groups, over several pages', async () => {
    const { items: roles } = await user.listEligible();
    expect(new Set(roles.map(({ role, scope }) => `${role.name} at ${scope.name}`))).toEqual(new Set([
      'Contributor at rg-app', 'Reader at Production', 'Contributor at rg-data', 'Owner at Sandbox', 'Reader at Contoso',
      'User Access Administrator at Sandbox',
    ]));
    expect(roles.find(({ scope }) => scope.id === data)?.heldBy).toEqual({ id: engineers, name: 'Engineers', kind: 'group' });
    expect(roles.every(({ eligibilityScheduleId }) => eligibilityScheduleId.startsWith('/'))).toBe(true);
    const paths = new Set((await world.calls()).filter(({ method }) => method === 'GET').map(({ path }) => path.replaceAll('//', '/')));
    expect([...paths].filter((path) => !path.startsWith('/emulator'))).toEqual(['/providers/Microsoft.Authorization/roleEligibilityScheduleInstances']);
  });

  it('has nothing for a person who is eligible for nothing', async () => {
    const nothing = { items: [], gaps: [] };
    expect(await world.user(adam).listEligible()).toEqual(nothing);
    expect(await world.user(adam).listActive([])).toEqual(nothing);
    expect(await world.user(adam).listPending()).toEqual(nothing);
    expect(await world.user(adam).listWaitingForMyDecision()).toEqual(nothing);
  });

  it('lists what is active with its end, each once although several scopes show it', async () => {
    const { items: roles } = await user.listEligible();
    const request = await user.activate(randomUUID(), draftOf(await eligible(user, 'Reader', production)));
    const { items: active } = await user.listActive(roles);
    expect(active).toHaveLength(1);
    expect(active[0]).toMatchObject({ role: { name: 'Reader' }, scope: { id: production }, principal: { id: alex }, how: 'activated', requestId: request.id });
    expect((active[0]?.until?.getTime() ?? 0) - (active[0]?.start?.getTime() ?? 0)).toBe(3_600_000);
  });

  it('does not show other people’s active roles', async () => {
    const other = world.user(lee);
    await other.activate(randomUUID(), draftOf(await eligible(other, 'Reader', production)));
    expect(await activeOf(user)).toEqual([]);
    expect(await activeOf(other)).toHaveLength(1);
  });

  it('lists what is pending for the requester, and what waits for the approver', async () => {
    const request = await user.activate(randomUUID(), draftOf(await eligible(user, 'Contributor', app), { minutes: 120 }));
    expect(request).toMatchObject({ action: 'activate', pimStatus: 'PendingApproval', minutes: 120, justification: 'Deploy', ticket: null });
    expect((await user.listPending()).items.map(({ id }) => id)).toEqual([request.id]);
    expect((await world.user(megan).listWaitingForMyDecision()).items.map(({ id }) => id)).toEqual([request.id]);
    expect((await user.listWaitingForMyDecision()).items).toEqual([]);
    expect((await world.user(adam).listWaitingForMyDecision()).items).toEqual([]);
  });
});

describe('role settings', () => {
  it('are those of the role at its scope', async () => {
    const { role, scope } = await eligible(user, 'Contributor', app);
    const settings = await user.readRoleSettings(role, scope);
    expect(settings).toMatchObject({
      maximumMinutes: 120, justificationRequired: true, ticketRequired: false, mfaRequired: false, authenticationContext: null,
      approvalRequired: true, notifiesAdministrators: true,
    });
    expect(settings.approvers.map(({ kind, name }) => [kind, name])).toEqual([['group', 'Ops leads'], ['user', 'Lee Gu']]);
  });

  it('are PIM’s own where none are set: eight hours, a justification, no approval', async () => {
    const { role, scope } = await eligible(user, 'Reader', contoso);
    expect(await user.readRoleSettings(role, scope)).toMatchObject({ maximumMinutes: 480, justificationRequired: true, approvalRequired: false, ticketRequired: false });
  });

  it('are refused to a person who could not activate the role', async () => {
    const { role, scope } = await eligible(user, 'Contributor', app);
    expect((await failureOf(world.user(megan).readRoleSettings(role, scope))).code).toBe('notPermitted');
  });
});

describe('activating', () => {
  it('gives the role at once where nobody has to approve', async () => {
    const requestId = randomUUID();
    expect(await user.activate(requestId, draftOf(await eligible(user, 'Reader', production)))).toMatchObject({
      id: requestId, pimStatus: 'Provisioned', requester: { id: alex, name: 'Alex Wilber' }, role: { name: 'Reader' }, scope: { name: 'Production' }, minutes: 60,
    });
  });

  it('through a group names the person, and the group’s eligibility', async () => {
    const held = await eligible(user, 'Contributor', data);
    const ticket = { number: 'INC42', system: 'ServiceNow' };
    expect(await user.activate(randomUUID(), draftOf(held, { ticket }))).toMatchObject({ pimStatus: 'Provisioned', requester: { id: alex }, ticket });
  });

  it('reaches a management group, and a child of what the eligibility is for', async () => {
    const above = await eligible(user, 'Reader', contoso);
    expect(await user.activate(randomUUID(), draftOf(above))).toMatchObject({ pimStatus: 'Provisioned', scope: { id: contoso } });
    const held = await eligible(user, 'Contributor', app);
    const below = { id: site, name: 'shop', type: 'resource' as const };
    expect(await user.activate(randomUUID(), draftOf(held, { scope: below }))).toMatchObject({ pimStatus: 'PendingApproval', scope: { id: site } });
  });

  it('sent again under its GUID reaches the same request, whose state it tells', async () => {
    const requestId = randomUUID();
    const draft = draftOf(await eligible(user, 'Contributor', app));
    const [first, second] = await Promise.all([user.activate(requestId, draft), user.activate(requestId, draft)]);
    expect(second).toEqual(first);
    await world.user(megan).decide({ approvalId: first.approvalId ?? '', scope: first.scope }, { result: 'approve', justification: 'ok' });
    expect(await user.activate(requestId, draft)).toMatchObject({ id: requestId, pimStatus: 'Provisioned' });
    expect(await activeOf(user)).toHaveLength(1);
  });

  it('under a GUID that another request has is refused, and leaves that request alone', async () => {
    const requestId = randomUUID();
    await user.activate(requestId, draftOf(await eligible(user, 'Reader', production)));
    const other = world.user(lee);
    expect((await failureOf(other.activate(requestId, draftOf(await eligible(other, 'Reader', production))))).code).toMatch(/requestNameTaken|outcomeUnknown/);
    // At another scope the request of that name cannot be seen, so nothing can be said about it.
    expect((await failureOf(user.activate(requestId, draftOf(await eligible(user, 'Contributor', app))))).code).toBe('outcomeUnknown');
    expect(await activeOf(other)).toEqual([]);
  });

  it('carries a justification as it is', async () => {
    const justification = '<at>all</at> ${secret} "quoted" \u202Ertl 日本語\nnext line';
    const request = await user.activate(randomUUID(), draftOf(await eligible(user, 'Reader', production), { justification }));
    expect((await user.readRequest(referenceTo(request)))?.justification).toBe(justification);
  });

  it('ends by the clock', async () => {
    await user.activate(randomUUID(), draftOf(await eligible(user, 'Reader', production)));
    await world.advance('PT61M');
    expect(await activeOf(user)).toEqual([]);
  });
});

describe('deactivating', () => {
  it('ends the role, and again under the same GUID tells the same', async () => {
    const held = await eligible(user, 'Reader', production);
    await user.activate(randomUUID(), draftOf(held));
    await world.advance('PT6M');
    const requestId = randomUUID();
    const done = await user.deactivate(requestId, held.role, held.scope);
    expect(done).toMatchObject({ action: 'deactivate', pimStatus: 'Revoked', minutes: null });
    expect(await user.deactivate(requestId, held.role, held.scope)).toEqual(done);
    expect(await activeOf(user)).toEqual([]);
  });
});

describe('taking back', () => {
  it('ends a pending request, twice without harm', async () => {
    const request = await user.activate(randomUUID(), draftOf(await eligible(user, 'Contributor', app)));
    await user.cancel(referenceTo(request));
    await user.cancel(referenceTo(request));
    expect((await user.readRequest(referenceTo(request)))?.pimStatus).toBe('Canceled');
    expect((await user.listPending()).items).toEqual([]);
  });

  it('comes too late for a request that was decided', async () => {
    const request = await user.activate(randomUUID(), draftOf(await eligible(user, 'Contributor', app)));
    await world.user(megan).decide({ approvalId: request.approvalId ?? '', scope: request.scope }, { result: 'approve', justification: 'ok' });
    expect((await failureOf(user.cancel(referenceTo(request)))).code).toBe('alreadyDecided');
  });

  it('is for the requester alone', async () => {
    const request = await user.activate(randomUUID(), draftOf(await eligible(user, 'Contributor', app)));
    expect((await failureOf(world.user(megan).cancel(referenceTo(request)))).code).toBe('notPermitted');
    expect((await user.readRequest(referenceTo(request)))?.pimStatus).toBe('PendingApproval');
  });

  // Guard: cancelRequest in src/pim/azure/activation-requests.ts.
  it('promise 15: is done when PIM says so although the answer was lost', async () => {
    const request = await user.activate(randomUUID(), draftOf(await eligible(user, 'Contributor', app)));
    await world.fault({ method: 'POST', path: 'cancel' }, { dropAfterCommit: true });
    await user.cancel(referenceTo(request));
    expect((await user.readRequest(referenceTo(request)))?.pimStatus).toBe('Canceled');
  });

  it('promise 15: is not known to be done when PIM failed', async () => {
    const request = await user.activate(randomUUID(), draftOf(await eligible(user, 'Contributor', app)));
    await world.fault({ method: 'POST', path: 'cancel' }, { status: 500 });
    expect((await failureOf(user.cancel(referenceTo(request)))).code).toBe('outcomeUnknown');
  });
});

describe('readRequest', () => {
  it('has nothing for a GUID that PIM does not know', async () => {
    const { role, scope } = await eligible(user, 'Reader', production);
    expect(await user.readRequest({ requestId: randomUUID(), pimId: null, role, scope })).toBeNull();
  });
});

describe('faults on the way', () => {
  // Guards: submit and readBack in src/pim/azure/activation-requests.ts.
  it('promise 15: an activation whose answer was lost after it was done is told from PIM’s own record', async () => {
    await world.fault({ method: 'PUT', path: 'roleAssignmentScheduleRequests' }, { dropAfterCommit: true });
    const requestId = randomUUID();
    expect(await user.activate(requestId, draftOf(await eligible(user, 'Reader', production)))).toMatchObject({ id: requestId, pimStatus: 'Provisioned' });
    expect((await world.calls()).filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  it('promise 15: a 500 before anything was done leaves the outcome unknown, and sending it again works', async () => {
    await world.fault({ method: 'PUT', path: 'roleAssignmentScheduleRequests' }, { status: 500 });
    const requestId = randomUUID();
    const draft = draftOf(await eligible(user, 'Reader', production));
    expect(await failureOf(user.activate(requestId, draft))).toMatchObject({ code: 'outcomeUnknown', effect: 'unknown' });
    expect(await user.activate(requestId, draft)).toMatchObject({ id: requestId, pimStatus: 'Provisioned' });
  });

  it('promise 15: an answer that takes twenty seconds is not waited for, and the request is found later', async () => {
    const draft = draftOf(await eligible(user, 'Reader', production));
    await world.fault({ method: 'PUT', path: 'roleAssignmentScheduleRequests' }, { delay: 20_000 });
    const requestId = randomUUID();
    const started = performance.now();
    expect((await failureOf(world.user(alex, { timeoutMs: 800 }).activate(requestId, draft))).code).toBe('outcomeUnknown');
    expect(performance.now() - started).toBeLessThan(2000);
    expect(await user.readRequest({ requestId, pimId: null, role: draft.role, scope: draft.scope })).toMatchObject({ pimStatus: 'Provisioned' });
  });

  it('promise 24: throttling names the pause', async () => {
    await world.fault({ path: 'roleEligibilityScheduleInstances' }, { status: 429, headers: { 'retry-after': '17' } }, 5);
    expect(await failureOf(user.listEligible())).toMatchObject({ code: 'throttled', details: { retryAfterMs: 17_000 } });
  });

  it('promise 24: a nextLink to another host is refused', async () => {
    const body = { value: [], nextLink: 'https://example.invalid/next' };
    await world.fault({ path: 'roleEligibilityScheduleInstances' }, { status: 200, body });
    expect((await failureOf(user.listEligible())).code).toBe('badAnswer');
  });
});

describe('what PIM refuses', () => {
  const refusals: readonly [string, () => Promise<unknown>, object][] = [
    ['too long an activation', async () => user.activate(randomUUID(), draftOf(await eligible(user, 'Reader', production), { minutes: 241 })),
      { code: 'policyRefused', details: { rules: ['ExpirationRule'] } }],
    ['no justification', async () => user.activate(randomUUID(), draftOf(await eligible(user, 'Contributor', app), { justification: '' })),
      { code: 'policyRefused', details: { rules: ['JustificationRule'] } }],
    ['no ticket', async () => user.activate(randomUUID(), draftOf(await eligible(user, 'Contributor', data))),
      { code: 'policyRefused', details: { rules: ['TicketingRule'] } }],
    ['no MFA', async () => user.activate(randomUUID(), draftOf(await eligible(user, 'Owner', sandbox))),
      { code: 'policyRefused', details: { rules: ['MfaRule'] } }],
    ['all of these at once', async () => user.activate(randomUUID(), draftOf(await eligible(user, 'Contributor', data), { minutes: 999, justification: '' })),
      { code: 'policyRefused', details: { rules: ['ExpirationRule', 'JustificationRule', 'TicketingRule'] } }],
    ['a role that one is not eligible for', async () => {
      const { scope } = await eligible(user, 'Reader', production);
      return user.activate(randomUUID(), draftOf(await eligible(user, 'Owner', sandbox), { scope }));
    }, { code: 'policyRefused', details: { rules: ['EligibilityRule'] } }],
    ['less than five minutes', async () => user.activate(randomUUID(), draftOf(await eligible(user, 'Reader', production), { minutes: 4 })),
      { code: 'tooSoon' }],
    ['a role that is active', async () => {
      const draft = draftOf(await eligible(user, 'Reader', production));
      await user.activate(randomUUID(), draft);
      await user.activate(randomUUID(), draft);
    }, { code: 'alreadyActive', effect: 'none' }],
    ['a role that is asked for', async () => {
      const draft = draftOf(await eligible(user, 'Contributor', app));
      await user.activate(randomUUID(), draft);
      await user.activate(randomUUID(), draft);
    }, { code: 'alreadyRequested', effect: 'none' }],
    ['deactivating what is not active', async () => {
      const { role, scope } = await eligible(user, 'Reader', production);
      await user.deactivate(randomUUID(), role, scope);
    }, { code: 'notActive', effect: 'none' }],
    ['deactivating within five minutes', async () => {
      const held = await eligible(user, 'Reader', production);
      await user.activate(randomUUID(), draftOf(held));
      await user.deactivate(randomUUID(), held.role, held.scope);
    }, { code: 'tooSoon' }],
    ['a missing authentication context', async () => user.activate(randomUUID(), draftOf(await eligible(user, 'User Access Administrator', sandbox))),
      { code: 'stepUpRequired', details: { claims: '{"access_token":{"acrs":{"essential":true, "value":"c1"}}}' } }],
    ['a token of nobody', async () => world.user(alex, { credential: { getToken: () => Promise.resolve({ token: 'a.b.c', expiresOnTimestamp: Date.now() + 3_600_000 }) } }).listEligible(),
      { code: 'signInRequired', details: { status: 401 } }],
  ];

  it.each(refusals)('%s', async (_, work, expected) => {
    expect(await failureOf(work())).toMatchObject(expected);
  });

  it.each([
    ['ResourceIsLocked', 400, 'resourceLocked'], ['SubjectNotFound', 400, 'principalUnknown'], ['AadPremiumLicenseRequired', 400, 'licenceMissing'],
    ['AuthorizationFailed', 403, 'notPermitted'], ['InvalidRoleAssignmentId', 400, 'alreadyActive'], ['SomethingNew', 400, 'unexpected'],
  ])('%s, which the local service cannot provoke by itself', async (code, status, ours) => {
    await world.fault({ method: 'PUT', path: 'roleAssignmentScheduleRequests' }, { status, body: { error: { code, message: 'no' } } });
    expect(await failureOf(user.activate(randomUUID(), draftOf(await eligible(user, 'Reader', production)))))
      .toMatchObject({ code: ours, details: { pimCode: code, status } });
  });

  it('lets through what carries the MFA or the authentication context asked for', async () => {
    const withMfa = world.user(alex, { claims: { amr: ['mfa'] } });
    expect(await withMfa.activate(randomUUID(), draftOf(await eligible(withMfa, 'Owner', sandbox)))).toMatchObject({ pimStatus: 'Provisioned' });
    const stepped = world.user(alex, { claims: { acrs: ['c1'] } });
    expect(await stepped.activate(randomUUID(), draftOf(await eligible(stepped, 'User Access Administrator', sandbox)))).toMatchObject({ pimStatus: 'Provisioned' });
  });

  // Guard: sendActivation in src/pim/azure/activation-requests.ts: the principal is the person, with whom PIM compares the token.
  it('promise 5: with another person’s token nothing is activated, for neither of the two', async () => {
    const draft = draftOf(await eligible(user, 'Reader', production));
    const mixedUp = world.user(alex, { credential: world.credential(lee) });
    expect((await failureOf(mixedUp.activate(randomUUID(), draft))).code).toBe('notPermitted');
    for (const person of [user, world.user(lee)]) expect(await activeOf(person)).toEqual([]);
    expect((await world.calls()).filter(({ method }) => method === 'PUT').map(({ actor }) => actor)).toEqual([lee]);
  });
});
