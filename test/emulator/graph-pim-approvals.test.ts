import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, at } from './emulator-client.ts';
import { PimCaller, activation, column, directory, failure, graphSeed, group, groupActivation, idOf, nestedFailure, roles, stagesOf, stepsOf } from './graph-pim.ts';
import { alex, guest, lee, megan, nestor, opsLeads } from './people.ts';

/** Approvals in Graph: of directory roles in beta only, of groups under another name in each version. */

let control: EmulatorClient;
beforeAll(async () => {
  control = await EmulatorClient.start({ seed: graphSeed });
});
beforeEach(() => control.reset());
afterAll(() => control[Symbol.asyncDispose]());

const as = (user: string): PimCaller => new PimCaller(control, { user });

async function pendingRole(): Promise<string> {
  return idOf(await as(alex).post(`${directory}/roleAssignmentScheduleRequests`, activation(roles.userAdministrator)));
}

async function pendingMember(): Promise<string> {
  return idOf(await as(alex).post(`${group}/assignmentScheduleRequests`, groupActivation(opsLeads)));
}

const kinds = [
  { what: 'a directory role', request: pendingRole, stages: stepsOf, name: 'steps' },
  { what: 'a group', request: pendingMember, stages: stagesOf, name: 'stages' },
  { what: 'a group in beta', request: pendingMember, stages: (id: string) => `/beta/${group}/assignmentApprovals/${id}/steps`, name: 'steps' },
] as const;

describe.each(kinds)('the approval of $what', ({ request, stages, name }) => {
  it('has one stage, which an approver finds to be theirs', async () => {
    const id = await request();
    const open = { status: 'InProgress', displayName: null, reviewResult: 'NotReviewed', reviewedBy: null, reviewedDateTime: null, justification: '' };
    const [stage] = await as(megan).list(stages(id));
    expect(stage).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), ...open, assignedToMe: true });
    expect(await as(megan).get(`${stages(id)}/${idOf(stage)}`)).toMatchObject({ id: idOf(stage), status: 'InProgress' });
    const approval = stages(id).slice(0, -name.length - 1);
    expect(await as(megan).get(approval)).toEqual({ '@odata.context': expect.stringContaining('Approvals/$entity'), id });
    expect(await as(megan).get(`${approval}?$expand=${name}`)).toMatchObject({ id, [name]: [{ id: idOf(stage), assignedToMe: true }] });
  });

  it('is found by its approver while it waits, and by its requester', async () => {
    const collection = stages('').slice(0, -`//${name}`.length);
    const mine = (user: string, on: string): Promise<readonly unknown[]> => as(user).list(`${collection}/filterByCurrentUser(on='${on}')?$expand=${name}`);
    const id = await request();
    expect(await mine(megan, 'approver')).toEqual([{ '@odata.type': '#microsoft.graph.approval', id, [name]: [expect.objectContaining({ assignedToMe: true })] }]);
    expect(column(await mine(alex, 'target'), 'id')).toEqual([id]);
    expect(column(await mine(alex, 'createdBy'), 'id')).toEqual([id]);
    for (const [user, on] of [[alex, 'approver'], [megan, 'target'], [lee, 'approver'], [lee, 'createdBy']] as const) {
      expect(await mine(user, on)).toEqual([]);
    }
    expect(await failure(mine(megan, 'principal'))).toBe('400 BadRequest');
    await as(megan).decide(id, 'Deny', stages(id));
    expect(await mine(megan, 'approver')).toEqual([]);
    expect(column(await mine(alex, 'target'), 'id')).toEqual([id]);
  });

  it('is shown to the requester and to those who read everything, without being theirs, and to nobody else', async () => {
    const id = await request();
    for (const user of [alex, nestor, guest]) {
      expect(column(await as(user).list(stages(id)), 'assignedToMe')).toEqual([false]);
    }
    expect(await failure(as(lee).get(stages(id)))).toBe('403 Authorization_RequestDenied');
  });

  it('is decided once, by an approver', async () => {
    const id = await request();
    const stage = `${stages(id)}/${idOf((await as(megan).list(stages(id)))[0])}`;
    const approve = { reviewResult: 'Approve', justification: 'checked' };
    expect(await failure(as(alex).patch(stage, approve))).toBe('403 Authorization_RequestDenied');
    expect(await failure(as(nestor).patch(stage, approve))).toBe('403 Authorization_RequestDenied');
    expect(await failure(as(megan).patch(stage, { justification: 'checked' }))).toBe('400 InvalidRequestContent');
    expect(await failure(as(megan).patch(stage, { reviewResult: 'Approve' }))).toBe('400 RoleAssignmentRequestPolicyValidationFailed');
    expect(await as(megan).patch(stage, { reviewResult: 'approve', justification: 'checked' })).toBeUndefined();
    expect(await as(megan).get(stage)).toMatchObject({
      status: 'Completed',
      assignedToMe: false,
      reviewResult: 'Approve',
      reviewedBy: { id: megan, displayName: 'Megan Bowen', userPrincipalName: 'megan@contoso.example' },
      justification: 'checked',
    });
    expect(await failure(as(megan).patch(stage, { ...approve, reviewResult: 'Deny' }))).toBe('409 Conflict');
  });

  it('that nobody decided for a day is over', async () => {
    const id = await request();
    const [stage] = await as(megan).list(stages(id));
    await control.advance('P1D');
    expect(column(await as(megan).list(stages(id)), 'status')).toEqual(['Expired']);
    expect(await failure(as(megan).patch(`${stages(id)}/${idOf(stage)}`, { reviewResult: 'Approve', justification: 'late' }))).toBe('409 Conflict');
  });

  it('is not found where there is none', async () => {
    const id = await request();
    expect(await failure(as(megan).get(stages(alex)))).toBe('404 Request_ResourceNotFound');
    expect(await failure(as(megan).patch(`${stages(id)}/${id}`, { reviewResult: 'Approve', justification: 'x' }))).toBe('404 Request_ResourceNotFound');
  });

  it('is for people, not for applications', async () => {
    const id = await request();
    const writer = new PimCaller(control, { app: 'role-writer' });
    expect(await nestedFailure(writer.get(stages(id)))).toMatch(/^403 PermissionScopeNotGranted /);
    expect(await nestedFailure(writer.patch(`${stages(id)}/${id}`, { reviewResult: 'Approve', justification: 'x' }))).toMatch(/^403 PermissionScopeNotGranted /);
  });
});

describe('versions', () => {
  it('v1.0 has no approvals of directory roles: the segment is unknown', async () => {
    const id = await pendingRole();
    const answer = as(megan).get(`${directory}/roleAssignmentApprovals/${id}`);
    await expect(answer).rejects.toMatchObject({ statusCode: 400, code: 'BadRequest', message: "Resource not found for the segment 'roleAssignmentApprovals'." });
  });

  it('beta has the rest of PIM as well, each answer under its own context', async () => {
    const id = await pendingRole();
    const body = await as(alex).get(`/beta/${directory}/roleAssignmentScheduleRequests/${id}`);
    expect(at(body, '@odata.context')).toBe(`${control.emulator.origin}/beta/$metadata#${directory}/roleAssignmentScheduleRequests/$entity`);
    expect(await failure(as(megan).get(`${group}/assignmentApprovals/${await pendingMember()}/steps`))).toBe('400 BadRequest');
  });

  it('an approval of one kind is not found among those of the other', async () => {
    expect(await failure(as(megan).get(stepsOf(await pendingMember())))).toBe('404 Request_ResourceNotFound');
    expect(await failure(as(megan).get(stagesOf(await pendingRole())))).toBe('404 Request_ResourceNotFound');
  });
});
