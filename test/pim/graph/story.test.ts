import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActivationDraft, ActivationRequest, EligibleAssignment, RequestReference } from '../../../src/pim/model.ts';
import type { PimUser } from '../../../src/pim/pim.ts';
import { alex, breakGlass, codeOf, createGraphWorld, eligible, lee, megan, nestor, opsLeads } from './graph-world.ts';
import type { GraphWorld } from './graph-world.ts';

// The whole story against the local PIM service, which knows nothing of this client.

let world: GraphWorld;
let user: PimUser;

beforeEach(async () => {
  world = await createGraphWorld({ pageSize: 2 });
  user = world.person(alex);
});
afterEach(() => world[Symbol.asyncDispose]());

function draftOf({ role, scope, eligibilityScheduleId }: EligibleAssignment, change: Partial<ActivationDraft> = {}): ActivationDraft {
  return { role, scope, eligibilityScheduleId, start: null, minutes: 60, justification: 'Deploy', ticket: { number: 'INC1', system: 'SN' }, ...change };
}

function referenceTo({ id, role, scope }: ActivationRequest, requestId: string): RequestReference {
  return { requestId, pimId: id, role, scope };
}

const kinds = [
  ['a directory role', { decided: ['User Administrator', 'Directory'], free: ['Reports Reader', 'Directory'], stepUp: ['Security Reader', 'Directory'] }],
  ['membership of a group', { decided: ['Member', 'Production break-glass'], free: ['Member', 'Ops leads'], stepUp: ['Owner', 'Ops leads'] }],
] as const;

it('a person sees what they may activate of all kinds, in one list', async () => {
  const { items, gaps } = await user.listEligible();
  expect(gaps).toEqual([]);
  expect(items.map(({ role, scope, heldBy }) => `${role.name} at ${scope.name} (${heldBy.kind})`).sort()).toEqual([
    'Member at Ops leads (user)', 'Member at Production break-glass (user)', 'Owner at Ops leads (user)', 'Reader at Production (user)',
    'Reports Reader at Directory (user)', 'Security Reader at Directory (user)', 'User Administrator at Directory (user)',
  ]);
});

it('a person sees what a group of theirs may activate, and where an administrative unit is meant', async () => {
  const { items } = await world.person(lee).listEligible();
  expect(items.map(({ role, scope, heldBy }) => `${role.name} at ${scope.name} by ${heldBy.name}`).sort()).toEqual([
    'Cloud Device Administrator at Directory by Platform engineers', 'Helpdesk Administrator at Munich office by Lee Gu',
  ]);
  for (const mine of items) await world.person(lee).activate(randomUUID(), draftOf(mine));
  expect((await world.person(lee).listActive(items)).items.map(({ role, scope, how }) => [role.name, scope.name, how]).toSorted(([a = ''], [b = '']) => a.localeCompare(b))).toEqual([
    ['Cloud Device Administrator', 'Directory', 'activated'], ['Helpdesk Administrator', 'Munich office', 'activated'],
  ]);
});

describe.each(kinds)('%s', (_, { decided, free, stepUp }) => {
  it('is activated, held, read and ended', async () => {
    const mine = await eligible(user, free);
    const requestId = randomUUID();
    expect(await user.validate(draftOf(mine))).toBe('granted');
    expect((await user.listActive([])).items).toEqual([]);
    const request = await user.activate(requestId, draftOf(mine));
    expect(request).toMatchObject({ pimStatus: 'Provisioned', role: mine.role, scope: mine.scope, minutes: 60, justification: 'Deploy', ticket: { number: 'INC1', system: 'SN' } });
    expect(request.id).not.toBe(requestId);
    const { items } = await user.listActive([mine]);
    expect(items).toMatchObject([{ role: mine.role, scope: mine.scope, how: 'activated', requestId: request.id, principal: { id: alex } }]);
    expect(await user.readRequest(referenceTo(request, requestId))).toMatchObject({ id: request.id, pimStatus: 'Provisioned' });
    expect(await user.readRequest({ ...referenceTo(request, requestId), pimId: null })).toMatchObject({ id: request.id });
    expect(await user.readRequest({ ...referenceTo(request, randomUUID()), pimId: null })).toBeNull();
    expect(await codeOf(user.deactivate(randomUUID(), mine.role, mine.scope))).toBe('tooSoon');
    await world.advance('PT6M');
    expect(await user.deactivate(randomUUID(), mine.role, mine.scope)).toMatchObject({ pimStatus: 'Revoked', action: 'deactivate' });
    expect((await user.listActive([mine])).items).toEqual([]);
    expect(await codeOf(user.deactivate(randomUUID(), mine.role, mine.scope))).toBe('notActive');
  });

  it('ends by itself', async () => {
    await user.activate(randomUUID(), draftOf(await eligible(user, free)));
    await world.advance('PT61M');
    expect((await user.listActive([])).items).toEqual([]);
  });

  it('is approved', async () => {
    const mine = await eligible(user, decided);
    const requestId = randomUUID();
    expect(await user.readRoleSettings(mine.role, mine.scope)).toMatchObject({ maximumMinutes: 120, approvalRequired: true, justificationRequired: true });
    expect(await user.validate(draftOf(mine))).toBe('needsApproval');
    const request = await user.activate(requestId, draftOf(mine));
    expect(request).toMatchObject({ pimStatus: 'PendingApproval' });
    expect((await user.listPending()).items).toMatchObject([{ id: request.id, requester: { name: 'Alex Wilber' } }]);
    expect((await user.listWaitingForMyDecision()).items).toEqual([]);
    const approver = world.person(megan);
    const { items: [waiting] } = await approver.listWaitingForMyDecision();
    expect(waiting).toMatchObject({ id: request.id, requester: { name: 'Alex Wilber' }, role: mine.role, scope: mine.scope, justification: 'Deploy' });
    const approval = { approvalId: waiting?.approvalId ?? '', scope: mine.scope };
    expect(await codeOf(world.person(lee).decide(approval, { result: 'approve', justification: 'x' }))).toBe('notPermitted');
    expect(await codeOf(user.decide(approval, { result: 'approve', justification: 'x' }))).toBe('notPermitted');
    await approver.decide(approval, { result: 'approve', justification: 'Go' });
    expect(await codeOf(approver.decide(approval, { result: 'deny', justification: 'No' }))).toBe('alreadyDecided');
    expect(await user.readRequest(referenceTo(request, requestId))).toMatchObject({ pimStatus: 'Provisioned' });
    expect(await approver.readRequest(referenceTo(request, requestId))).toMatchObject({ pimStatus: 'Provisioned' });
    expect((await user.listActive([])).items).toMatchObject([{ requestId: request.id }]);
    expect((await approver.listWaitingForMyDecision()).items).toEqual([]);
  });

  it('is denied', async () => {
    const mine = await eligible(user, decided);
    const requestId = randomUUID();
    const request = await user.activate(requestId, draftOf(mine));
    await world.person(megan).decide({ approvalId: request.approvalId ?? '', scope: mine.scope }, { result: 'deny', justification: 'No' });
    expect(await user.readRequest(referenceTo(request, requestId))).toMatchObject({ pimStatus: 'Denied' });
    expect((await user.listPending()).items).toEqual([]);
  });

  it('promise 15: is found again when the answer to a decision was lost', async () => {
    const mine = await eligible(user, decided);
    const request = await user.activate(randomUUID(), draftOf(mine));
    await world.fault({ method: 'PATCH', path: 'pprovals/' }, { dropAfterCommit: true });
    await world.person(megan).decide({ approvalId: request.approvalId ?? '', scope: mine.scope }, { result: 'approve', justification: 'Go' });
    expect((await user.listActive([])).items).toMatchObject([{ requestId: request.id }]);
  });

  it('is taken back', async () => {
    const mine = await eligible(user, decided);
    const requestId = randomUUID();
    const request = await user.activate(requestId, draftOf(mine));
    await user.cancel(referenceTo(request, requestId));
    expect(await user.readRequest(referenceTo(request, requestId))).toMatchObject({ pimStatus: 'Canceled' });
    await user.cancel(referenceTo(request, requestId));
    const again = await user.activate(randomUUID(), draftOf(mine));
    await world.person(megan).decide({ approvalId: again.approvalId ?? '', scope: mine.scope }, { result: 'approve', justification: 'Go' });
    expect(await codeOf(user.cancel(referenceTo(again, randomUUID())))).toBe('alreadyDecided');
  });

  it('is refused by its rules', async () => {
    const mine = await eligible(user, decided);
    const error = await user.activate(randomUUID(), draftOf(mine, { minutes: 121, justification: '' })).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'policyRefused', details: { rules: ['ExpirationRule', 'JustificationRule'] } });
    expect(await codeOf(world.person(lee).activate(randomUUID(), draftOf(mine)))).toBe('policyRefused');
  });

  it('promise 10: is asked for once, however often it is sent', async () => {
    for (const [names, status] of [[free, 'Provisioned'], [decided, 'PendingApproval']] as const) {
      const mine = await eligible(user, names);
      const requestId = randomUUID();
      const first = await user.activate(requestId, draftOf(mine));
      expect(await user.activate(requestId, draftOf(mine))).toMatchObject({ id: first.id, pimStatus: status });
      expect(await codeOf(user.activate(randomUUID(), draftOf(mine)))).toBe(status === 'Provisioned' ? 'alreadyActive' : 'alreadyRequested');
    }
  });

  it('promise 15: is found again when the answer was lost', async () => {
    const mine = await eligible(user, free);
    const requestId = randomUUID();
    await world.fault({ method: 'POST', path: 'ssignmentScheduleRequests$' }, { status: 500, after: true });
    const request = await user.activate(requestId, draftOf(mine));
    expect(request).toMatchObject({ pimStatus: 'Provisioned', role: mine.role });
    await world.advance('PT6M');
    await world.fault({ method: 'POST', path: 'ssignmentScheduleRequests$' }, { dropAfterCommit: true });
    expect(await user.deactivate(randomUUID(), mine.role, mine.scope)).toMatchObject({ pimStatus: 'Revoked' });
  });

  it('promise 15: is left open when it was lost on the way', async () => {
    const mine = await eligible(user, free);
    await world.fault({ method: 'POST', path: 'ssignmentScheduleRequests$' }, { status: 500 });
    expect(await codeOf(user.activate(randomUUID(), draftOf(mine)))).toBe('outcomeUnknown');
  });

  it('asks for a stronger sign-in, and takes one', async () => {
    const mine = await eligible(user, stepUp);
    const error = await user.activate(randomUUID(), draftOf(mine)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'stepUpRequired', details: { claims: '{"access_token":{"acrs":{"essential":true, "value":"c1"}}}' } });
    expect(await world.person(alex, { acrs: ['c1'] }).activate(randomUUID(), draftOf(mine))).toMatchObject({ pimStatus: 'Provisioned' });
  });
});

describe('an administrator', () => {
  const cases = [['a directory role', 'Groups Administrator', 'directory'], ['a group', 'Owner', 'Production break-glass']] as const;

  it.each(cases)('assigns, sees and takes away %s, on either side', async (_, roleName, scopeName) => {
    const admin = world.person(nestor);
    const { assignments } = admin;
    const { items: [scope] } = await assignments.findScopes(scopeName);
    if (scope === undefined) throw new Error('no such scope');
    const [role] = await assignments.findRoles(scope, roleName);
    const [principal] = await assignments.findPrincipals('Lee');
    if (role === undefined || principal === undefined) throw new Error('nothing found');
    expect(principal).toEqual({ id: lee, name: 'Lee Gu', kind: 'user', userPrincipalName: 'lee@contoso.example' });
    for (const side of ['active', 'eligible'] as const) {
      const draft = { side, principal, role, scope, start: null, expiration: { type: 'afterDuration', minutes: 60 * 24 } as const, justification: 'On call', ticket: null };
      const requestId = randomUUID();
      expect(await codeOf(world.person(alex).assignments.assign(randomUUID(), draft))).toBe('notPermitted');
      const request = await assignments.assign(requestId, draft);
      expect(request).toMatchObject({ pimStatus: 'Provisioned', role: { name: role.name }, scope: { name: scope.name } });
      expect(await assignments.assign(requestId, draft)).toMatchObject({ id: request.id });
      const query = { side, when: 'now', scope, filter: { principalId: lee, roleDefinitionId: role.definitionId } } as const;
      expect(await assignments.list(query)).toMatchObject([{ side, principal: { name: 'Lee Gu' }, role: { name: role.name }, how: 'assigned', requestId: side === 'active' ? request.id : null }]);
      expect(await assignments.list({ ...query, when: 'alsoLater', filter: { ...query.filter, atScope: true } })).toHaveLength(1);
      expect(await codeOf(world.person(alex).assignments.list(query))).toBe('notPermitted');
      const own = await world.person(lee).assignments.list({ ...query, filter: { asTarget: true, roleDefinitionId: role.definitionId } });
      expect(own).toHaveLength(1);
      await world.advance('PT6M');
      await world.fault({ method: 'POST', path: 'ScheduleRequests$' }, { status: 500, after: true });
      expect(await assignments.unassign(randomUUID(), { ...draft, justification: 'Over' })).toMatchObject({ pimStatus: 'Revoked' });
      expect(await assignments.list(query)).toEqual([]);
    }
  });

  it('sees what a person holds through their groups', async () => {
    const { assignments } = world.person(nestor);
    const { items: [directory] } = await assignments.findScopes('directory');
    if (directory === undefined) throw new Error('no directory');
    const query = { side: 'eligible', when: 'now', scope: directory, filter: { assignedTo: lee } } as const;
    expect((await assignments.list(query)).map(({ role, principal }) => `${role.name} by ${principal.name}`).sort()).toEqual(['Cloud Device Administrator by Platform engineers', 'Helpdesk Administrator by Lee Gu']);
    expect((await assignments.list({ ...query, filter: { principalId: lee } })).map(({ scope }) => scope.name)).toEqual(['Munich office']);
    expect(await assignments.list({ ...query, filter: { principalId: lee, atScope: true } })).toEqual([]);
  });
});

describe('the bot\'s own identity', () => {
  it('tells who has activated what, of all kinds, as far as it may look', async () => {
    await user.activate(randomUUID(), draftOf(await eligible(user, ['Reports Reader', 'Directory'])));
    await user.activate(randomUUID(), draftOf(await eligible(user, ['Member', 'Ops leads'])));
    const { elevations, gaps, unread } = await world.reader([opsLeads, breakGlass]).listElevations();
    expect(elevations.map(({ principal, role, scope, how }) => [principal.name, role.name, scope.name, how])).toEqual([
      ['Alex Wilber', 'Reports Reader', 'Directory', 'activated'], ['Alex Wilber', 'Member', 'Ops leads', 'activated'],
    ]);
    expect([gaps, unread]).toEqual([[], []]);
    expect((await world.reader().listElevations()).elevations).toHaveLength(1);
  });

  it.each([['Reports Reader', 'Directory'], ['Member', 'Ops leads']])('reads an activation that is in force by its effect: %s at %s', async (...names) => {
    const mine = await eligible(user, names);
    const requestId = randomUUID();
    const request = await user.activate(requestId, draftOf(mine));
    expect(await world.reader().readRequest(referenceTo(request, requestId))).toMatchObject({ id: request.id, pimStatus: 'Provisioned', minutes: 60, requester: { id: alex } });
    expect(await codeOf(world.reader().readRequest({ ...referenceTo(request, requestId), pimId: null }))).toBe('notPermitted');
    expect(await codeOf(world.reader().readRequest({ ...referenceTo(request, requestId), pimId: randomUUID() }))).toBe('notPermitted');
    await world.advance('PT61M');
    expect(await codeOf(world.reader().readRequest(referenceTo(request, requestId)))).toBe('notPermitted');
  });

  it('reads settings and approvers of either kind', async () => {
    for (const names of [['User Administrator', 'Directory'], ['Member', 'Production break-glass']] as const) {
      const mine = await eligible(user, names);
      const { approvers } = await world.reader().readRoleSettings(mine.role, mine.scope);
      expect((await world.reader().expandApprovers(approvers)).people.map(({ name }) => name)).toEqual(['Megan Bowen']);
    }
  });
});

describe('while PIM\'s lists lag behind', () => {
  it.each([['Reports Reader', 'Directory'], ['Member', 'Ops leads']])('promise 15: a request whose answer was lost is open, and found once they have caught up: %s at %s', async (...names) => {
    const mine = await eligible(user, names);
    const requestId = randomUUID();
    await world.fault({ method: 'POST', path: 'ssignmentScheduleRequests$' }, { status: 500, after: true });
    await world.fault({ method: 'GET', path: 'filterByCurrentUser' }, { lag: 60_000 }, 3);
    expect(await codeOf(user.activate(requestId, draftOf(mine)))).toBe('outcomeUnknown');
    const reference = { requestId, pimId: null, role: mine.role, scope: mine.scope };
    expect(await user.readRequest(reference)).toBeNull();
    expect(await codeOf(user.activate(requestId, draftOf(mine)))).toBe('alreadyActive');
    expect(await user.readRequest(reference)).toMatchObject({ pimStatus: 'Provisioned', role: mine.role });
  });
});

it.each([['Reports Reader', 'Directory'], ['Member', 'Ops leads']])('a refusal is understood inside of Graph\'s own error, too: %s at %s', async (...names) => {
  const mine = await eligible(user, names);
  await world.fault({ method: 'POST', path: 'ssignmentScheduleRequests$' }, { wrapErrors: true });
  const error = await user.activate(randomUUID(), draftOf(mine, { minutes: 121 })).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'policyRefused', details: { rules: ['ExpirationRule'], pimCode: 'RoleAssignmentRequestPolicyValidationFailed' } });
});

it('one kind that does not answer hides no other', async () => {
  await world.fault({ path: 'privilegedAccess/group' }, { status: 501 });
  const { items, gaps } = await user.listEligible();
  expect(items.map(({ role }) => role.name).sort()).toEqual(['Reader', 'Reports Reader', 'Security Reader', 'User Administrator']);
  expect(gaps).toEqual([{ kind: 'group', why: 'unavailable' }]);
});
