import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PimUser } from '../../../src/pim/pim.ts';
import { createPimReader } from '../../../src/pim/reader.ts';
import { answerJson, startWireServer, wireClient } from '../http/wire-server.ts';
import { alex, app, contoso, data, megan, production, sandbox } from '../pim-seed.ts';
import { createPimWorld, draftOf, eligible, failureOf } from '../pim-world.ts';
import type { PimWorld } from '../pim-world.ts';

let world: PimWorld;
let user: PimUser;

beforeAll(async () => { world = await createPimWorld({ pageSize: 2 }); });
afterAll(async () => { await world[Symbol.asyncDispose](); });
beforeEach(async () => {
  await world.control('POST', 'reset');
  user = world.user(alex);
});

/** Alex's request for Contributor on rg-app waits for an approver. */
async function asks(): Promise<string> {
  const requestId = randomUUID();
  await user.activate(requestId, draftOf(await eligible(user, 'Contributor', app), { justification: 'Mending' }));
  return requestId;
}

const approval = (approvalId: string): { approvalId: string; scope: { id: string; name: string; type: 'resourceGroup' } } => ({ approvalId, scope: { id: app, name: 'rg-app', type: 'resourceGroup' } });

// Guard: `pendingAt` in src/pim/azure/pending-requests.ts.
describe('listPendingRequests', () => {
  it('tells what waits for an approver, once each, and nothing else', async () => {
    const requestId = await asks();
    await user.activate(randomUUID(), draftOf(await eligible(user, 'Reader', production)));
    const { requests, unread } = await world.reader([contoso, production.toUpperCase()], 'wide-bot').listPendingRequests(0);
    const { eligibilityScheduleId } = await eligible(user, 'Contributor', app);
    expect(requests).toMatchObject([{ id: requestId, justification: 'Mending', requester: { id: alex, name: 'Alex Wilber' }, minutes: 60, eligibilityScheduleId }]);
    expect(unread).toEqual([]);
    await user.cancel({ requestId, pimId: requestId, ...await eligible(user, 'Contributor', app) });
    expect((await world.reader().listPendingRequests(0)).requests).toEqual([]);
  });

  it('names a scope that refuses, and reads the others', async () => {
    const requestId = await asks();
    await world.fault({ path: `${sandbox}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests` }, { status: 403, body: { error: { code: 'AuthorizationFailed', message: '' } } }, 9);
    const { requests, read, unread } = await world.reader().listPendingRequests(0);
    expect(requests.map(({ id }) => id)).toEqual([requestId]);
    expect(read.map(({ id }) => id)).toEqual([production]);
    expect(unread).toMatchObject([{ scope: { id: sandbox }, code: 'notPermitted' }]);
  });

  it('believes no filter: what PIM answers is looked at again', async () => {
    const of = (changes: object): object => ({
      name: randomUUID(),
      properties: { scope: production, roleDefinitionId: `${production}/x/y`, principalId: alex, principalType: 'User', requestType: 'SelfActivate', status: 'PendingApproval', createdOn: '2026-01-01T00:00:00Z', ...changes },
    });
    const ours = of({});
    await using server = await startWireServer(({ url }, response) => {
      if (url.startsWith('/subscriptions?')) answerJson(response, 200, { value: [{ id: production, displayName: 'Production' }] });
      else answerJson(response, 200, { value: [ours, ours, of({ status: 'Provisioned' }), of({ requestType: 'AdminAssign' }), of({ principalType: 'Group' }), { ...of({}), name: 'no GUID' }] });
    });
    const client = wireClient(server);
    const { requests } = await createPimReader({ arm: client, graph: client, roleKinds: ['azure'] }).listPendingRequests(0);
    expect(requests.map(({ id }) => ({ name: id }))).toEqual([{ name: Object(ours).name }]);
  });

  // Guard: `scopesOfRound` in src/pim/azure/digest-scopes.ts.
  it('looks at no more than twenty scopes at a time, at management groups each time, and at every subscription within some rounds', async () => {
    const all = Array.from({ length: 50 }, () => `/subscriptions/${randomUUID()}`);
    const asked: string[] = [];
    let atOnce = 0;
    let most = 0;
    await using server = await startWireServer(({ url }, response) => {
      if (url.startsWith('/subscriptions?')) return answerJson(response, 200, { value: all.map((id) => ({ id })) });
      asked.push(decodeURI(url).replace(/^\/+/, '/').split('/providers/Microsoft.Authorization')[0] ?? '');
      most = Math.max(most, ++atOnce);
      setTimeout(() => { atOnce--; answerJson(response, 200, { value: [] }); }, 5);
    });
    const client = wireClient(server);
    const reader = createPimReader({ arm: client, graph: client, roleKinds: ['azure'], digestScopes: [contoso] });
    const rounds: (readonly string[])[] = [];
    for (let round = 7; round < 10; round++) {
      const before = asked.length;
      await reader.listPendingRequests(round);
      rounds.push(asked.slice(before));
    }
    expect(rounds.map(({ length }) => length <= 20)).toEqual([true, true, true]);
    expect(rounds.every((round) => round.includes(contoso))).toBe(true);
    expect(new Set(asked)).toEqual(new Set([...all, contoso]));
    expect(most).toBeLessThanOrEqual(4);
  });

  it('asks nobody where the tenant does not use PIM for Azure', async () => {
    await using server = await startWireServer((_, response) => { answerJson(response, 500, {}); });
    const client = wireClient(server);
    const reader = createPimReader({ arm: client, graph: client, roleKinds: ['entra', 'group'] });
    expect(await reader.listPendingRequests(0)).toEqual({ requests: [], read: [], unread: [] });
  });
});

// Guard: `readDecision` in src/pim/azure/approvals.ts.
describe('readDecision', () => {
  it('tells nothing of an open approval, and who has decided a closed one, why and when', async () => {
    const requestId = await asks();
    const { approvalId } = (await world.reader().listPendingRequests(0)).requests[0] ?? {};
    const reference = approval(approvalId ?? '');
    expect(await world.reader().readDecision(reference)).toBeNull();
    await world.user(megan).decide(reference, { result: 'deny', justification: 'not today' });
    const decision = await world.reader().readDecision(reference);
    expect(decision).toMatchObject({ result: 'deny', by: { id: megan, name: 'Megan Bowen' }, reason: 'not today' });
    expect(decision?.at).toBeInstanceOf(Date);
    expect(await world.reader().readDecision(approval(requestId))).toEqual(decision);
  });

  it('is silent where the bot may not read, and where only people may', async () => {
    await asks();
    await world.fault({ path: 'roleAssignmentApprovals' }, { status: 403, body: { error: { code: 'AuthorizationFailed', message: '' } } }, 9);
    expect(await world.reader().readDecision(approval(randomUUID()))).toBeNull();
    const directory = { id: '/', name: 'Directory', type: 'directory' } as const;
    expect(await world.reader().readDecision({ approvalId: randomUUID(), scope: directory })).toBeNull();
  });

  it('an outage is no "nobody"', async () => {
    await world.fault({ path: 'roleAssignmentApprovals' }, { status: 501 }, 9);
    expect((await failureOf(world.reader().readDecision(approval(randomUUID())))).code).toBe('unavailable');
  });

  it('a result without a name or a time is a decision all the same', async () => {
    const stage = { id: `/providers/Microsoft.Authorization/roleAssignmentApprovals/${randomUUID()}/stages/1`, properties: { status: 'Completed', reviewResult: 'approve' } };
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value: [stage] }); });
    const client = wireClient(server);
    const reader = createPimReader({ arm: client, graph: client, roleKinds: ['azure'] });
    expect(await reader.readDecision(approval(randomUUID()))).toEqual({ result: 'approve', by: null, reason: '', at: null });
  });
});

// Guards: `listAzureHeldBy` in src/pim/azure/held-by.ts, `inTime` in src/pim/reader.ts.
describe('listHeldBy', () => {
  it('tells what a person holds, also through a group, and what others hold not', async () => {
    await user.activate(randomUUID(), draftOf(await eligible(user, 'Contributor', data), { ticket: { number: '1', system: 'x' } }));
    await world.user(megan).activate(randomUUID(), draftOf(await eligible(world.user(megan), 'Contributor', sandbox)));
    const { items, gaps } = await world.reader([production]).listHeldBy(alex);
    expect(items.map(({ role, scope }) => `${role.name} at ${scope.name}`)).toEqual(['Contributor at rg-data']);
    expect(gaps).toEqual([]);
  });

  it('a scope that refuses is a gap beside the rest', async () => {
    await world.fault({ path: `${sandbox}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances` }, { status: 403 }, 9);
    await user.activate(randomUUID(), draftOf(await eligible(user, 'Reader', production)));
    const { items, gaps } = await world.reader().listHeldBy(alex);
    expect(items.map(({ role }) => role.name)).toEqual(['Reader']);
    expect(gaps).toEqual([{ kind: 'azure', why: 'notPermitted' }]);
  });

  it('what does not come in time is a gap, and hides nothing else', async () => {
    // The client itself would wait for a minute.
    await using server = await startWireServer(({ url }, response) => {
      if (url.includes('$batch')) answerJson(response, 200, { responses: [0, 1].map((id) => ({ id: String(id), status: 200, body: { value: [] } })) });
    });
    const client = wireClient(server, { timeoutMs: 60_000 });
    const reader = createPimReader({ arm: client, graph: client, roleKinds: ['azure', 'entra', 'group'], heldWithinMs: 500 });
    expect(await reader.listHeldBy(alex)).toEqual({ items: [], gaps: [{ kind: 'azure', why: 'unavailable' }] });
  });
});
