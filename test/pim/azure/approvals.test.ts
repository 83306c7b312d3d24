import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActivationRequest, Scope } from '../../../src/pim/model.ts';
import type { ApprovalReference, Decision, PimUser } from '../../../src/pim/pim.ts';
import { azureUser } from '../azure-user.ts';
import { adam, alex, app, lee, megan, nestor, seniorLeads } from '../pim-seed.ts';
import { createPimWorld, draftOf, eligible, failureOf, referenceTo } from '../pim-world.ts';
import type { PimWorld } from '../pim-world.ts';
import { answerJson, startWireServer, wireClient } from '../http/wire-server.ts';
import type { Answer } from '../http/wire-server.ts';

const approve: Decision = { result: 'approve', justification: 'Reviewed' };
const deny: Decision = { result: 'deny', justification: 'Not today' };

describe('a decision at the local PIM service', () => {
  let world: PimWorld;
  let requester: PimUser;
  let request: ActivationRequest;
  let approval: ApprovalReference;

  beforeAll(async () => { world = await createPimWorld(); });
  afterAll(async () => { await world[Symbol.asyncDispose](); });
  beforeEach(async () => {
    await world.control('POST', 'reset');
    requester = world.user(alex);
    request = await requester.activate(randomUUID(), draftOf(await eligible(requester, 'Contributor', app)));
    approval = { approvalId: request.approvalId ?? '', scope: request.scope };
  });

  const status = async (): Promise<string | undefined> => (await requester.readRequest(referenceTo(request)))?.pimStatus;

  it.each([['approve', approve, 'Provisioned'], ['deny', deny, 'Denied']] as const)('to %s is PIM’s', async (_, decision, expected) => {
    await world.user(megan).decide(approval, decision);
    expect(await status()).toBe(expected);
    expect((await world.user(megan).listWaitingForMyDecision()).items).toEqual([]);
  });

  it('is open to a member of a group inside the approvers’ group, and by the bare GUID of the approval', async () => {
    await world.user(nestor).decide({ ...approval, approvalId: request.id }, approve);
    expect(await status()).toBe('Provisioned');
  });

  it('of the first approver stands: the second is told that it was decided', async () => {
    await world.user(megan).decide(approval, deny);
    expect((await failureOf(world.user(lee).decide(approval, approve))).code).toBe('alreadyDecided');
    expect(await status()).toBe('Denied');
  });

  it('of two approvers at once has one winner', async () => {
    const results = await Promise.allSettled([world.user(megan).decide(approval, approve), world.user(lee).decide(approval, deny)]);
    const lost = results.filter((result) => result.status === 'rejected');
    expect(lost).toHaveLength(1);
    expect(lost[0]?.reason).toMatchObject({ code: 'alreadyDecided' });
    expect(await status()).toBe(results[0]?.status === 'fulfilled' ? 'Provisioned' : 'Denied');
  });

  it('comes too late once the request was taken back, or timed out', async () => {
    await requester.cancel(referenceTo(request));
    expect((await failureOf(world.user(megan).decide(approval, approve))).code).toBe('alreadyDecided');
    await world.control('POST', 'reset');
    request = await requester.activate(randomUUID(), draftOf(await eligible(requester, 'Contributor', app)));
    await world.advance('P1DT1M');
    expect((await failureOf(world.user(megan).decide({ ...approval, approvalId: request.id }, approve))).code).toBe('alreadyDecided');
    expect(await status()).toBe('TimedOut');
  });

  // Guard: openStage in src/pim/azure/approvals.ts, and PIM itself.
  it.each([['the requester, who is in the approvers’ group', alex], ['a stranger', adam]])('promise 8: of %s is refused', async (_, person) => {
    expect((await failureOf(world.user(person).decide(approval, approve))).code).toBe('notPermitted');
    expect(await status()).toBe('PendingApproval');
  });

  // Guard: decideApproval in src/pim/azure/approvals.ts: PIM is asked at the decision, with the approver's own token.
  it('promise 9: of an approver who has left the group since the request is refused', async () => {
    expect((await world.user(nestor).listWaitingForMyDecision()).items.map(({ id }) => id)).toEqual([request.id]);
    await world.leaveGroup(seniorLeads, nestor);
    expect(await failureOf(world.user(nestor).decide(approval, approve))).toMatchObject({ code: 'notPermitted', effect: 'none' });
    expect((await world.user(nestor).listWaitingForMyDecision()).items).toEqual([]);
    expect(await status()).toBe('PendingApproval');
  });

  // Guard: settle in src/pim/azure/approvals.ts.
  it('promise 15: counts although its answer was lost, when PIM names this approver', async () => {
    await world.fault({ method: 'PATCH', path: 'stages' }, { dropAfterCommit: true });
    await world.user(megan).decide(approval, approve);
    expect(await status()).toBe('Provisioned');
  });

  it('promise 15: is not known to be made when PIM failed before it', async () => {
    await world.fault({ method: 'PATCH', path: 'stages' }, { status: 500 });
    expect(await failureOf(world.user(megan).decide(approval, approve))).toMatchObject({ code: 'outcomeUnknown', effect: 'unknown' });
    expect(await status()).toBe('PendingApproval');
  });

  it('made again by the same approver says that it was made', async () => {
    await world.user(megan).decide(approval, approve);
    expect((await failureOf(world.user(megan).decide(approval, approve))).code).toBe('alreadyDecided');
  });

  it('without the justification that PIM asks for is refused', async () => {
    expect(await failureOf(world.user(megan).decide(approval, { result: 'approve', justification: '' })))
      .toMatchObject({ code: 'policyRefused', details: { rules: ['JustificationRule'] } });
  });

  it('on an approval that does not exist is not found', async () => {
    expect((await failureOf(world.user(megan).decide({ ...approval, approvalId: randomUUID() }, approve))).code).toBe('notFound');
  });
});

describe('what a service may answer to a decision', () => {
  const scope: Scope = { id: app, name: 'rg-app', type: 'resourceGroup' };
  const approvalId = randomUUID();
  const path = `/providers/Microsoft.Authorization/roleAssignmentApprovals/${approvalId}`;
  const stage = (properties: object, id: string = randomUUID()): object => ({ id: `${path}/stages/${id}`, name: id, properties });
  const approval: ApprovalReference = { approvalId, scope };
  const open = stage({ status: 'InProgress', assignedToMe: true, reviewResult: 'NotReviewed' }, 'the-stage');

  /** First the stages, then the answer to the decision, then the stages again. */
  const story = (before: readonly object[], patch: Answer, after: readonly object[] = before): Answer => {
    let decided = false;
    return (request, response) => {
      if (request.method === 'PATCH') {
        decided = true;
        patch(request, response);
      } else answerJson(response, 200, { value: decided ? after : before });
    };
  };
  const answer = (status: number, body: string): Answer => (_, response) => { response.writeHead(status, { 'content-type': 'application/json' }).end(body); };
  const ok = answer(200, JSON.stringify(open));
  const lost: Answer = (_, response) => { response.destroy(); };

  it.each([['200 with the stage', ok], ['200 without a body', answer(200, '')], ['204', answer(204, '')]])('%s is a decision', async (_, patch) => {
    await using server = await startWireServer(story([stage({ status: 'NotStarted' }), open], patch));
    await azureUser(megan, wireClient(server)).decide(approval, approve);
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${path}/stages?api-version=2021-01-01-preview`, `PATCH ${path}/stages/the-stage?api-version=2021-01-01-preview`,
    ]);
  });

  it.each([
    ['somebody else’s stage', [stage({ status: 'InProgress', assignedToMe: false })], 'notPermitted'],
    ['a stage that does not say whose it is', [stage({ status: 'InProgress' })], 'notPermitted'],
    ['a stage that is done', [stage({ status: 'Completed', assignedToMe: true })], 'alreadyDecided'],
    ['a stage that ran out', [stage({ status: 'Expired', assignedToMe: true })], 'alreadyDecided'],
    ['no stage', [], 'notFound'],
    ['a stage of another shape', [{ id: 5 }], 'badAnswer'],
    ['a stage elsewhere', [{ id: 'https://example.invalid/stages/x', properties: { status: 'InProgress', assignedToMe: true } }], 'badAnswer'],
  ])('%s is not decided', async (_, stages, code) => {
    await using server = await startWireServer(story(stages, ok));
    expect((await failureOf(azureUser(megan, wireClient(server)).decide(approval, approve))).code).toBe(code);
    expect(server.seen.filter(({ method }) => method === 'PATCH')).toHaveLength(0);
  });

  const completed = (reviewResult: string, principalId?: string): object =>
    stage({ status: 'Completed', assignedToMe: false, reviewResult, ...(principalId === undefined ? {} : { reviewedBy: { principalId } }) }, 'the-stage');
  const refused = answer(409, '{"error":{"code":"Conflict","message":""}}');
  const forbidden = answer(403, '{"error":{"code":"AuthorizationFailed","message":""}}');

  // Guard: settle in src/pim/azure/approvals.ts.
  it.each([
    ['an answer that was lost, and ours on record', lost, [completed('Approve', megan)], 'done'],
    ['a lost answer, and ours on record in capitals', lost, [completed('Approve', megan.toUpperCase())], 'done'],
    ['a conflict with an earlier one of ours on record', refused, [completed('Approve', megan)], 'alreadyDecided'],
    ['an answer that was lost, and another’s on record', lost, [completed('Approve', lee)], 'alreadyDecided'],
    ['an answer that was lost, and the opposite on record', lost, [completed('Deny', megan)], 'alreadyDecided'],
    ['an answer that was lost, and nobody named on record', lost, [completed('Approve')], 'outcomeUnknown'],
    ['a conflict with nobody named on record', refused, [completed('Approve')], 'alreadyDecided'],
    ['an answer that was lost, and nothing on record', lost, [open], 'outcomeUnknown'],
    ['an answer that was lost, and no stage left', lost, [], 'outcomeUnknown'],
    ['a refusal, and the stage no longer ours', forbidden, [stage({ status: 'InProgress', assignedToMe: false }, 'the-stage')], 'notPermitted'],
    ['an answer that was lost, and the stage open but no longer ours', lost, [stage({ status: 'InProgress', assignedToMe: false }, 'the-stage')], 'notPermitted'],
    ['a refusal, and nothing on record', forbidden, [open], 'notPermitted'],
    ['a refusal for want of a token', answer(401, '{}'), [completed('Approve', lee)], 'signInRequired'],
    ['a redirect', (_, response) => { response.writeHead(302, { location: '/' }).end(); }, [open], 'badAnswer'],
  ] satisfies [string, Answer, readonly object[], string][])('promise 15: %s', async (_, patch, after, expected) => {
    await using server = await startWireServer(story([open], patch, after));
    const work = azureUser(megan, wireClient(server)).decide(approval, approve);
    if (expected === 'done') await work;
    else expect((await failureOf(work)).code).toBe(expected);
    expect(server.seen.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });

  it.each(['', 'x', '/', `${path}?x=1`, `${path}/stages/x`, '/providers/Microsoft.Authorization/roleDefinitions/x', `/a/../..${path}`, `https://example.invalid${path}`])(
    'nothing is sent for %j, which is no approval', async (id) => {
      await using server = await startWireServer(story([open], ok));
      expect((await failureOf(azureUser(megan, wireClient(server)).decide({ approvalId: id, scope }, approve))).code).toBe('invalidRequest');
      expect(server.seen).toHaveLength(0);
    },
  );

  it('an approval below a scope is decided there', async () => {
    await using server = await startWireServer(story([open], ok));
    await azureUser(megan, wireClient(server)).decide({ approvalId: `${app}${path}`, scope }, approve);
    expect(server.seen[0]?.url).toBe(`${app}${path}/stages?api-version=2021-01-01-preview`);
  });
});
