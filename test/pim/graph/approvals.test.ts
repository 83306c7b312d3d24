import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/pim/pim.ts';
import { failureOf } from '../pim-world.ts';
import { list, refusal, startGraph } from './graph-stand-in.ts';
import type { GraphReply, Routes } from './graph-stand-in.ts';
import { alex, entra, group, megan, pimId } from './samples.ts';

// Guards: decideStage, openStage, settle in src/pim/approval-stages.ts.

const approve: Decision = { result: 'approve', justification: 'Go' };
const stageId = '44444444-4444-4444-8444-444444444444';

const surfaces = [
  ['directory roles', { kind: entra, version: 'beta', stages: `/roleManagement/directory/roleAssignmentApprovals/${pimId}/steps` }],
  ['groups', { kind: group, version: 'v1.0', stages: `/identityGovernance/privilegedAccess/group/assignmentApprovals/${pimId}/stages` }],
] as const;

function stage(change: object = {}): object {
  return { id: stageId, displayName: null, status: 'InProgress', assignedToMe: true, reviewResult: 'NotReviewed', reviewedBy: null, reviewedDateTime: null, justification: null, ...change };
}

const over = (reviewResult: string, reviewedBy: object | null): object => stage({ status: 'Completed', reviewResult, reviewedBy });

describe.each(surfaces)('a decision on a request for %s', (_, { kind, version, stages }) => {
  const list1 = `GET ${stages}`;
  const review = `PATCH ${stages}/${stageId}`;
  const decided = async (routes: Routes, decision: Decision = approve): Promise<string> => {
    await using graph = await startGraph(routes);
    return await kind.create(graph, megan).decide({ approvalId: pimId, scope: kind.scope }, decision).then(() => 'done', ({ code }: { code: string }) => code);
  };

  it.each<[Decision, object]>([[approve, { reviewResult: 'Approve', justification: 'Go' }], [{ result: 'deny', justification: 'No' }, { reviewResult: 'Deny', justification: 'No' }]])('%o is made on the open stage that is theirs', async (decision, body) => {
    await using graph = await startGraph({ [list1]: list([over('Approve', { id: alex }), stage()].map((item, index) => ({ ...item, ...(index === 0 ? { id: 'first' } : {}) }))), [review]: { status: 204 } });
    await kind.create(graph, megan).decide({ approvalId: pimId, scope: kind.scope }, decision);
    expect(graph.calls.map((call) => `${call.method} ${call.version}`)).toEqual([`GET ${version}`, `PATCH ${version}`]);
    expect(graph.calls.at(-1)?.body).toEqual(body);
  });

  it.each<[string, readonly object[], string]>([
    ['of somebody else', [stage({ assignedToMe: false })], 'notPermitted'], ['that is closed', [over('Deny', { id: alex })], 'alreadyDecided'],
    ['that has run out', [stage({ status: 'Expired' })], 'alreadyDecided'], ['without stages', [], 'notFound'], ['that has not begun', [stage({ status: 'Initializing' })], 'notFound'],
  ])('promise 9: an approval %s is refused before anything is sent', async (_what, items, code) => {
    expect(await decided({ [list1]: list(items), [review]: { status: 204 } })).toBe(code);
  });

  it.each<[string, GraphReply | null, object, string]>([
    ['was lost, and is theirs', null, over('Approve', { id: megan.toUpperCase() }), 'done'],
    ['was lost, and is somebody else\'s', null, over('Approve', { id: alex }), 'alreadyDecided'],
    ['was lost, and went the other way', null, over('Deny', { id: megan }), 'alreadyDecided'],
    ['was lost, and nobody is named', null, over('Approve', null), 'outcomeUnknown'],
    ['was lost, and the stage is open', null, stage(), 'outcomeUnknown'],
    ['came second', { status: 409, body: refusal('Conflict', '') }, over('Approve', { id: alex }), 'alreadyDecided'],
    ['came from somebody who may not any more', { status: 403, body: refusal('Authorization_RequestDenied', '') }, stage({ assignedToMe: false }), 'notPermitted'],
    ['is refused', { status: 403, body: refusal('Authorization_RequestDenied', '') }, stage(), 'notPermitted'],
  ])('promises 11, 15: a decision whose answer %s is read again', async (_what, answer, after, result) => {
    let reads = 0;
    expect(await decided({ [list1]: () => list([reads++ === 0 ? stage() : after]), [review]: () => answer })).toBe(result);
  });

  it.each([[401, 'signInRequired'], [429, 'throttled']])('is not read again after %d', async (status, code) => {
    await using graph = await startGraph({ [list1]: list([stage()]), [review]: { status, body: refusal('x', '') } });
    expect((await failureOf(kind.create(graph).decide({ approvalId: pimId, scope: kind.scope }, approve))).code).toBe(code);
    expect(graph.calls).toHaveLength(2);
  });

  it('keeps ids inside their place in the path', async () => {
    await using graph = await startGraph({});
    for (const approvalId of ['', '../x', `${pimId}/steps`, `${pimId}?x`]) {
      expect((await failureOf(kind.create(graph).decide({ approvalId, scope: kind.scope }, approve))).code).toBe('invalidRequest');
    }
    expect(graph.calls).toEqual([]);
    expect(await decided({ [list1]: list([stage({ id: '../../x' })]), [`PATCH ${stages}/../../x`]: { status: 204 } })).toBe('done');
  });
});

describe('when Microsoft withdraws the beta of approvals', () => {
  const { create, scope } = entra;

  // Guard: isWithdrawn in src/pim/graph/beta-approvals.ts.
  it.each<[string, GraphReply, string]>([
    ['an address that there is not', { status: 400, body: refusal('BadRequest', 'Resource not found for the segment \'roleAssignmentApprovals\'.') }, 'onlyInPortal'],
    ['an address that is gone', { status: 410, body: refusal('Gone', 'removed') }, 'onlyInPortal'],
    ['nothing there', { status: 404, body: refusal('ResourceNotFound', '') }, 'notFound'],
  ])('promise 24: a decision is answered by what to do instead (%s)', async (_, reply, code) => {
    await using graph = await startGraph({ [`GET /roleManagement/directory/roleAssignmentApprovals/${pimId}/steps`]: reply });
    const failure = await failureOf(create(graph).decide({ approvalId: pimId, scope }, approve));
    expect(failure.code).toBe(code);
    expect(graph.calls).toHaveLength(1);
  });

  it('another bad request stays what it is', async () => {
    await using graph = await startGraph({ [`GET /roleManagement/directory/roleAssignmentApprovals/${pimId}/steps`]: { status: 400, body: refusal('BadRequest', 'Invalid filter clause') } });
    expect((await failureOf(create(graph).decide({ approvalId: pimId, scope }, approve))).code).toBe('unexpected');
  });

  it('nothing else is lost: one file asks beta, for approvals alone', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.startsWith('emulator'));
    const asking = files.filter((file) => readFileSync(`src/${file}`, 'utf8').includes('/beta/'));
    expect(asking).toEqual(['pim/graph/beta-approvals.ts']);
  });
});
